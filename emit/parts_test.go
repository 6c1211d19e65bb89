package emit

import (
	"bytes"
	"slices"
	"testing"

	"jsc/emit/lock"
)

// TestIsMadeOf: of the parts of what is made, a file is known to be made, unless
// it has the claims in words; and of no others.
func TestIsMadeOf(t *testing.T) {
	p := example().build(t, lock.New(), start)
	l, err := NewLayout(p, "l", Targets()...)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for i := range l.Artifacts {
		a := &l.Artifacts[i]
		data, err := a.Make()
		if err != nil {
			t.Fatal(err)
		}
		_, room := a.IsMadeOf(&Parts{}, nil)
		parts := p.parts(data)
		if same, _ := a.IsMadeOf(&parts, room); same != !a.decodes {
			t.Errorf("%s is made of its parts: %v", a.Path, same)
		} else if same {
			known[a.Kind] = true
		}
		if a.decodes {
			bare := NewParts(1, 0)
			bare.Add(nil, a.about.Text)
			if same, _ := a.IsMadeOf(&bare, room); same {
				t.Errorf("%s is made of a token as it is", a.Path)
			}
		}
		for what, change := range map[string]func(*Parts){
			"another end": func(p *Parts) { p.End([]byte("x")) },
			"a text more": func(p *Parts) { p.Add(nil, "") },
			"another byte": func(p *Parts) {
				if p.rest = bytes.Clone(p.rest); len(p.rest) > 0 {
					p.rest[len(p.rest)/2] ^= 1
				} else {
					p.rest = []byte("x")
				}
			},
			"a text elsewhere": func(p *Parts) {
				if len(p.at) > 0 && len(p.rest) > 0 {
					p.at[0] = (p.at[0] + 1) % (len(p.rest) + 1)
				} else {
					p.End([]byte("x"))
				}
			},
			"another text": func(p *Parts) {
				if n := len(p.Texts); n > 0 {
					p.Texts[n-1] += "x"
				} else {
					p.Add(nil, "x")
				}
			},
			"a text less": func(p *Parts) {
				if n := len(p.Texts); n > 0 {
					p.Texts, p.at = p.Texts[:n-1], p.at[:n-1]
				} else {
					p.End([]byte("x"))
				}
			},
		} {
			changed := p.parts(data)
			if change(&changed); len(changed.Texts) != len(changed.at) {
				t.Fatal(what)
			}
			if same, _ := a.IsMadeOf(&changed, room); same {
				t.Errorf("%s is made of %s", a.Path, what)
			}
		}
	}
	for _, kind := range []string{"operator-jwt", "account-jwt", "user-jwt", "bundle", "activation-jwt", "operator-conf", resolverKind} {
		if !known[kind] {
			t.Errorf("no file of kind %s is known to be made", kind)
		}
	}
	for _, token := range p.Tokens {
		token.Text = ""
	}
	if i := l.Find("operator.jwt"); i >= 0 {
		parts := NewParts(1, 1)
		parts.Add(nil, "")
		parts.End([]byte("\n"))
		if same, _ := l.Artifacts[i].IsMadeOf(&parts, nil); same {
			t.Error("a file is made without its token")
		}
	}
}

// parts are a file's, with the texts of all tokens that it has.
func (p *Plan) parts(data []byte) (out Parts) {
	for {
		first, text := len(data), ""
		for _, t := range p.Tokens {
			if at := bytes.Index(data, []byte(t.Text)); t.Text != "" && at >= 0 && at < first {
				first, text = at, t.Text
			}
		}
		if text == "" {
			out.End(data)
			return out
		}
		out.Add(slices.Clone(data[:first]), text)
		data = data[first+len(text):]
	}
}
