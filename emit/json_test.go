package emit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"jsc/compiler/bundle"
)

// odd are strings that encoding/json does not write as they are.
var odd = []string{
	"", "plain", "a.>", "<b> & c", `"quoted" \ back`, "\x00\x1f\x7f\n\r\t", "é日本\u2028\u2029", "\xff\xfe", "\ufffd",
}

func TestStringsAreEncodingJSONs(t *testing.T) {
	for _, s := range odd {
		for _, html := range []bool{true, false} {
			var want bytes.Buffer
			e := json.NewEncoder(&want)
			e.SetEscapeHTML(html)
			if err := e.Encode(s); err != nil {
				t.Fatal(err)
			}
			if got := string(appendString([]byte("before "), s, html)); got != "before "+strings.TrimSuffix(want.String(), "\n") {
				t.Errorf("%q, html %v: %s", s, html, got)
			}
		}
	}
}

// TestManifestIsEncodingJSONs: each entry is what encoding/json writes of it.
func TestManifestIsEncodingJSONs(t *testing.T) {
	m := &Manifest{Format: 1, Lock: "<lock>.json"}
	for i, s := range odd {
		n := int64(i % 3)
		m.Artifacts = append(m.Artifacts, ManifestArtifact{s, s, s, s, s, s, n, -n})
		share := ManifestShare{Name: s, Kind: s, From: s, To: s}
		for range n {
			share.Grants = append(share.Grants, ManifestGrant{s, "stream", s, s, s, i%2 == 0})
		}
		m.Shares = append(m.Shares, share)
	}
	m.Shares[1].Grants = []ManifestGrant{}
	lines := func(entries ...any) string {
		var out []string
		for _, v := range entries {
			line, err := appendJSON(nil, v, false)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, "    "+strings.TrimSuffix(string(line), "\n"))
		}
		return strings.Join(out, ",\n")
	}
	var artifacts, shares []any
	for i := range m.Artifacts {
		artifacts, shares = append(artifacts, m.Artifacts[i]), append(shares, m.Shares[i])
	}
	want := fmt.Sprintf("{\n  \"format\": 1,\n  \"lock\": \"<lock>.json\",\n  \"artifacts\": [\n%s\n  ],\n  \"shares\": [\n%s\n  ]\n}\n",
		lines(artifacts...), lines(shares...))
	if got := string(m.Encode()); got != want {
		t.Errorf("%s\nnot\n%s", got, want)
	}
	empty := "{\n  \"format\": 1,\n  \"lock\": \"\",\n  \"artifacts\": [],\n  \"shares\": []\n}\n"
	if got := string((&Manifest{Format: 1}).Encode()); got != empty {
		t.Errorf("%s\nnot\n%s", got, empty)
	}
}

// TestBundleIsEncodingJSONs: a bundle is what encoding/json writes of a
// bundle.Bundle, which is how the other party reads it.
func TestBundleIsEncodingJSONs(t *testing.T) {
	n := 0
	for path, f := range render(t, full()) {
		if f.Kind != "bundle" {
			continue
		}
		n++
		b, err := bundle.Parse(f.Data)
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(b); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(f.Data, want.Bytes()) {
			t.Errorf("%s\n%s\nnot\n%s", path, f.Data, want.Bytes())
		}
	}
	if n == 0 {
		t.Error("there is no bundle")
	}
}
