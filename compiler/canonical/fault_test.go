package canonical_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"jsc/compiler/canonical"
)

func TestFault(t *testing.T) {
	type inner struct{ Path string }
	for _, test := range []struct{ data, want string }{
		{"{\n  \"artifacts\": [\n    x\n  ]\n}", "line 3, column 5: it is not JSON"},
		{"{\n  \"ä\" 1}", "line 2, column 7: it is not JSON"},
		{"{\"a\": \"b\nc\"}", "line 1, column 9: it is not JSON"},
		{"{\n  \"artifacts\": [", "it is not JSON: it ends too early"},
		{"", "it is not JSON: it ends too early"},
		{"{\n  \"artifacts\": [\"a\"]\n}", "line 2, column 19: \"artifacts\" cannot be a string"},
		{"{\n  \"format\": [1]\n}", "line 2, column 13: \"format\" cannot be an array"},
		{"{\n  \"format\": 1.5\n}", "line 2, column 15: \"format\" cannot be the number 1.5"},
		{"[]", "line 1, column 1: it cannot be an array"},
		{`{"other": 1}`, `it has the unknown field "other"`},
	} {
		var into struct {
			Format    int     `json:"format"`
			Artifacts []inner `json:"artifacts"`
		}
		d := json.NewDecoder(bytes.NewReader([]byte(test.data)))
		d.DisallowUnknownFields()
		if err := canonical.Fault([]byte(test.data), d.Decode(&into)); err == nil || err.Error() != test.want {
			t.Errorf("%q: %v, want %s", test.data, err, test.want)
		}
		if err := canonical.Fault([]byte(test.data), json.Unmarshal([]byte(test.data), &into)); err != nil && err.Error() != test.want {
			t.Errorf("%q, whole: %v, want %s", test.data, err, test.want)
		}
	}
	if err := errors.New("another"); canonical.Fault(nil, err) != err || canonical.Fault(nil, nil) != nil {
		t.Error("other errors do not stay as they are")
	}
}
