package diff

import (
	"slices"
	"testing"
)

func TestJSON(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		ignored        []string
		want           []string
	}{
		{"the same", `{"a":[1,{"name":"x"}],"b":null}`, `{"b":null,"a":[{"name":"x"},1]}`, nil, nil},
		{"a value", `{"a":{"b":1}}`, `{"a":{"b":2}}`, nil, []string{"a.b: 1 → 2"}},
		{"large numbers", `{"a":9007199254740993}`, `{"a":9007199254740992}`, nil, []string{"a: 9007199254740993 → 9007199254740992"}},
		{"new and gone", `{"a":1}`, `{"b":"x"}`, nil, []string{"a: 1 is gone", "b: x is new"}},
		{"empty text", `{"a":""}`, `{}`, nil, []string{`a: "" is gone`}},
		{"an object for a value", `{"a":1}`, `{"a":{"b":">"}}`, nil, []string{`a: 1 → {"b":">"}`}},
		{"elements by name", `{"l":[{"name":"x","v":1},{"name":"y"}]}`, `{"l":[{"name":"y"},{"name":"x","v":2}]}`, nil, []string{"l[x].v: 1 → 2"}},
		{"elements of one name", `{"l":[{"name":"x","v":1},{"name":"x","v":2}]}`, `{"l":[{"name":"x","v":1},{"name":"x","v":3}]}`, nil, []string{"l[x (2)].v: 2 → 3"}},
		{"a set", `{"s":["a","b"]}`, `{"s":["b","c"]}`, nil, []string{"s: c is new", "s: a is gone"}},
		{"a list that goes", `{"s":["a"]}`, `{}`, nil, []string{"s: a is gone"}},
		{"ignored", `{"iat":1,"l":[{"name":"x","token":"a"}]}`, `{"iat":2,"l":[{"name":"x","token":"b"}]}`, []string{"iat", "l[].token"}, nil},
	} {
		fields, err := JSON([]byte(c.old), []byte(c.new), c.ignored...)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, f := range fields {
			got = append(got, f.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
	if _, err := JSON([]byte("{}"), []byte("{")); err == nil {
		t.Error("what is no JSON is compared")
	}
}
