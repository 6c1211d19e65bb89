package subject

import (
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"pgregory.net/rapid"
)

func TestIntersection(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"a.>", "a.b", "a.b"},
		{"a.*", "a.>", "a.*"},
		{"*.b", "a.*", "a.b"},
		{">", "a.>", "a.>"},
		{">", ">", ">"},
		{"a", "a.>", ""},
		{"a.*", "a.b.c", ""},
		{"a.>", "*.b.*.>", "a.b.*.>"},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got, ok := Intersection(pair[0], pair[1]); got != c.want || ok != (c.want != "") {
				t.Errorf("Intersection(%q, %q) = %q, %v; want %q", pair[0], pair[1], got, ok, c.want)
			}
		}
	}
}

func TestImage(t *testing.T) {
	for _, c := range []struct{ src, dest, of, want string }{
		{">", "tt.>", "s.>", "tt.s.>"},
		{"", "tt.>", "s.*", "tt.s.*"},
		{"in.*", "out.$1", "in.*", "out.*"},
		{"in.*", "out.$1", "in.a", "out.a"},
		{"in.*", "out.$1", "on.*", ""},
		{"*.*.>", "x.{{wildcard(2)}}.{{Wildcard(1)}}.>", "a.>", "x.*.a.>"},
		{"a.*", "p.{{partition(3,1)}}.$1", "a.b", "p.*.b"},
		{"a.*", "p.{{split(1,-)}}.q", "a.*", "p.>"},
		{"a.*", "", "a.>", "a.*"},
		{"a", "$KV.b", ">", "$KV.b"},
	} {
		if got, ok := Image(c.src, c.dest, c.of); got != c.want || ok != (c.want != "") {
			t.Errorf("Image(%q, %q, %q) = %q, %v; want %q", c.src, c.dest, c.of, got, ok, c.want)
		}
	}
}

// TestImageContains: what the server makes of a subject is in the image, and a
// preimage becomes what it is for where the mapping has wildcards only.
func TestImageContains(t *testing.T) {
	token := rapid.SampledFrom([]string{"a", "b", "c-d", "*"})
	to := rapid.SampledFrom([]string{"x", "$1", "{{wildcard(2)}}", "{{partition(3,1)}}", "{{split(1,-)}}", "{{right(2,1)}}", "{{random(2)}}"})
	rapid.Check(t, func(t *rapid.T) {
		join := func(g *rapid.Generator[string], rest bool, label string) string {
			tokens := rapid.SliceOfN(g, 1, 4).Draw(t, label)
			if rest {
				tokens = append(tokens, Rest)
			}
			return strings.Join(tokens, ".")
		}
		rest := rapid.Bool().Draw(t, "rest")
		src, dest := join(token, rest, "src"), join(to, rest, "dest")
		of := join(token, rapid.Bool().Draw(t, "of rest"), "of")
		tr, err := server.NewSubjectTransform(src, dest)
		if err != nil || ValidMapping(src, dest) != nil {
			return
		}
		image, ok := Image(src, dest, of)
		if its, overlaps := Intersection(src, of); ok != overlaps || ok && (!Contains(src, its) || !Contains(of, its)) {
			t.Fatalf("Image %q, %v of %q", image, ok, its)
		}
		if !ok {
			return
		}
		in, _ := Preimage(src, dest, of, "none", "f")
		out, err := tr.Match(in)
		if err != nil || !Contains(image, out) || !Contains(of, in) {
			t.Fatalf("%q of %q becomes %q (%v), not in %q", in, of, out, err, image)
		}
		if Computes(dest) {
			return
		}
		if back, _ := Preimage(src, dest, of, out, "g"); mustMatch(tr, back) != out || !Contains(of, back) {
			t.Fatalf("the preimage of %q is %q, which becomes %q", out, back, mustMatch(tr, back))
		}
	})
}

func mustMatch(tr server.SubjectTransformer, s string) string {
	out, err := tr.Match(s)
	if err != nil {
		return err.Error()
	}
	return out
}
