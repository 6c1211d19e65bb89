package canonical

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// indent is Append, to nothing.
func indent(data []byte) ([]byte, error) { return Append(make([]byte, 0, 2*len(data)), data) }

// library is what indent does, by way of maps.
func library(data []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

var samples = []string{
	`{}`, `[]`, `null`, `-12.50e+3`, `"a"`, `[[],{},[[]]]`, ` { "b" : 1 , "a" : [ true , false , null ] } `,
	`{"z":{"y":{"x":"\u003e\u003c\u0026"}},"\u003e":1,">a":2,"a\"b":3,"ä":4,"\ud83d\ude00":5}`,
	`{"orders.\u003e":[{"subject":"a.\u003e","weight":100}],"orders.*":[]}`,
	`{"n":12345678901234567890123,"s":"tab\tnew\nline\u2028\u0000\u007f"}`, `{"a":"\ud800"}`, `{"":{"":""}}`,
	`["\u003c\u003e\u0026","\u003C","\u003e\n","\u003eä","\u003e\u0022","\u003e\\u003e","\u0026lt;"]`, "[\"\\u003e\x7f\",\"\\u003e\u2028\",\"\\u003e\xff\"]",
	`[1,2 ,3,"x","y,z]}"]`, `{"a":{"c":1,"b":2},"A":3,"aa":4}`,
}

func TestIndentIsTheLibrarys(t *testing.T) {
	for _, sample := range samples {
		got, err := indent([]byte(sample))
		if err != nil {
			t.Errorf("%s: %v", sample, err)
			continue
		}
		want, err := library([]byte(sample))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is\n%s\nthe library's is\n%s", sample, got, want)
		}
	}
}

func TestIndentRefuses(t *testing.T) {
	for _, bad := range []string{``, `{`, `{"a":1,}`, `{"a":1} x`, `{"a":1,"a":2}`, `[{"x":{"a":1,"\u0061":2}}]`, `nul`,
		`[`, `[1,]`, `[,]`, `{,}`, `{"a"}`, `{"a":}`, `{1:2}`, `]`, `"`, `"a`, `"\x"`, `"\u00g0"`, "\"\n\"", "\x00", "[1]\x00", `01`, `1.`, `.5`, `-`, `1e`,
		`+1`, `truex`, `1 2`, strings.Repeat("[", 10001) + strings.Repeat("]", 10001), strings.Repeat(`{"a":`, 20000),
	} {
		if got, err := indent([]byte(bad)); err == nil {
			t.Errorf("%s is %s", bad, got)
		}
	}
	if _, err := indent([]byte(strings.Repeat("[", 10000) + strings.Repeat("]", 10000))); err != nil {
		t.Errorf("10000 arrays within each other: %v", err)
	}
}

// TestAppend: what is indented may lie before it.
func TestAppend(t *testing.T) {
	out := append(make([]byte, 0, 1000), `before {"b":1,"a":2}`...)
	got, err := Append(out, out[len("before "):])
	if want := `before {"b":1,"a":2}` + "{\n  \"a\": 2,\n  \"b\": 1\n}\n"; err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzIndent(f *testing.F) {
	for _, sample := range samples {
		f.Add([]byte(sample))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := indent(data)
		if err == nil != json.Valid(data) && (err == nil || !strings.Contains(err.Error(), "twice")) {
			t.Fatalf("%q: %v", data, err)
		}
		if err != nil {
			return
		}
		want, err := library(data)
		if err != nil {
			t.Fatalf("%q is %q, and the library says %v", data, got, err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%q is\n%q\nthe library's is\n%q", data, got, want)
		}
	})
}

func BenchmarkIndent(b *testing.B) {
	claims := []byte(`{"jti":"X","iat":1790000000,"iss":"OA","name":"A","sub":"AD","nats":{"imports":[` +
		`{"name":"a","subject":"$JS.ACK.ORDERS.C.\u003e","account":"AD","token":"` + string(bytes.Repeat([]byte("eyJ0"), 250)) + `","type":"service"}],"limits":{"subs":-1,"data":-1},"type":"account","version":2}}`)
	b.Run("canonical", func(b *testing.B) {
		for b.Loop() {
			if _, err := indent(claims); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		for b.Loop() {
			if _, err := library(claims); err != nil {
				b.Fatal(err)
			}
		}
	})
}
