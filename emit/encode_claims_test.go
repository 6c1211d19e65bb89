package emit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/nats-io/jwt/v2"
)

// TestClaimsAreEncodingJSONs: with any one field set, and with all, the body of
// claims is what encoding/json writes of them, also of fields that the library
// gets one day.
func TestClaimsAreEncodingJSONs(t *testing.T) {
	for _, empty := range []func() jwt.Claims{
		func() jwt.Claims { return &jwt.UserClaims{} },
		func() jwt.Claims { return &jwt.AccountClaims{} },
	} {
		fields := 0
		for one := range 1000 {
			c := empty()
			f := filler{only: one}
			f.fill(reflect.ValueOf(c).Elem(), fmt.Sprintf("%T", c))
			if fields = f.seen; one >= fields {
				break
			}
			isEncodingJSONs(t, f.at, c, true)
		}
		if fields < 30 {
			t.Errorf("%T has %d fields", empty(), fields)
		}
		for _, s := range odd {
			c := empty()
			(&filler{only: -1, text: s}).fill(reflect.ValueOf(c).Elem(), "")
			isEncodingJSONs(t, "all, "+s, c, true)
		}
		isEncodingJSONs(t, "nothing", empty(), true)
	}
	for name, a := range map[string]jwt.Account{
		"no import":        {Imports: jwt.Imports{nil}},
		"no export":        {Exports: jwt.Exports{nil}},
		"an import's type": {Imports: jwt.Imports{{Type: 7}}},
		"an export's type": {Exports: jwt.Exports{{Type: -1}}},
		"a sampling rate":  {Exports: jwt.Exports{{Latency: &jwt.ServiceLatency{Sampling: 101}}}},
	} {
		isEncodingJSONs(t, name, &jwt.AccountClaims{Account: a}, false)
	}
	isEncodingJSONs(t, "an operator", &jwt.OperatorClaims{}, false)
}

// isEncodingJSONs holds that the body of claims is encoding/json's, and whether it
// was made without.
func isEncodingJSONs(t *testing.T, what string, c jwt.Claims, done bool) {
	t.Helper()
	d := c.Claims()
	d.Issuer = "issuer"
	d.IssuedAt, d.Expires, d.ID = 1, 2, "x"
	was := *d
	w := jsonWriter{html: true}
	if w.claims(c) != done {
		t.Errorf("%s: done %v", what, !done)
	}
	got, failed := newEncoder().claimsBody(c)
	if *d != was {
		t.Errorf("%s: the claims are %v, and were %v", what, *d, was)
	}
	d.IssuedAt, d.Expires, d.ID = 0, 0, ""
	want, err := json.Marshal(c)
	if d.Audience != "" || err != nil {
		if failed == nil {
			t.Errorf("%s: it is encoded", what)
		}
		got = w.out
	}
	if err == nil && !bytes.Equal(got, want) {
		t.Errorf("%s:\n%s\nencoding/json has\n%s", what, got, want)
	}
}

// filler sets fields, and counts them: all, or only one; texts to text, or to
// something that has to be escaped.
type filler struct {
	only, seen int
	text       string
	at         string // the one that was set
}

func (f *filler) fill(v reflect.Value, at string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i), at+"."+v.Type().Field(i).Name)
		}
		return
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), at)
		return
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.fill(v.Index(i), at+"[]")
		}
		return
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		key.SetString("key")
		if value.Kind() != reflect.Interface {
			f.fill(value, at+"{}")
		}
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
		return
	}
	f.seen++
	if f.only >= 0 && f.only != f.seen-1 {
		return
	}
	f.at = at
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.text)
		if f.only >= 0 {
			v.SetString("a.> é")
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8, reflect.Uint:
		v.SetUint(2)
	default:
		v.SetInt(2)
	}
}
