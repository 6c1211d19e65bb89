package compiler_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// A filter of a bucket's share is refused where clients can put no key that it
// stands for.
func TestKeyFilters(t *testing.T) {
	js, err := jetstream.New(startServer(t, 1).account(t, unlimited).nc)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	kv, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "K"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ filter, key, hint string }{
		{"a", "a", ""},
		{"a.b", "a.b", ""},
		{"a.>", "a.b.c", ""},
		{">", "a", ""},
		{"*", "a", ""},
		{"*.b.*.>", "a.b.c.d", ""},
		{"A-/_=9.b", "A-/_=9.b", ""},
		{"ä", "ä", "Write one of"},
		{"ä.>", "ä.b", "Write one of"},
		{"a:b.>", "a:b.c", "Write one of"},
		{"a*", "a*", "Write one of"},
		{"a>.b", "a>.b", "Write one of"},
		{"$KV", "$KV", "Write one of"},
		{"$KV.K.a", "$KV.K.a", `Write "a":`},
		{"$KV.K.a.>", "$KV.K.a.b", `Write "a.>":`},
		{"$KV.K.>", "$KV.K.b", `Write ">":`},
		{"$KV.K.ä", "$KV.K.ä", "Write one of"},
		{"$KV.L.a", "$KV.L.a", "Write one of"},
	} {
		t.Run(tt.filter, func(t *testing.T) {
			src := fmt.Sprintf(`
operator "O" {}
account "A" {
  jetstream {}
  key_value "K" {}
}
account "B" {}
share "s" {
  key_value       = account.A.key_value.K
  filter_subjects = [%q]
  watch           = false
  to "B" {}
}`, tt.filter)
			config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(src)}}, Path: "t.hcl"})
			_, more := compiler.Compile(config, nil)
			diags = append(diags, more...)
			if wrong := mistakes(diags); (tt.hint != "") != (len(wrong) == 1) {
				t.Fatal(wrong)
			}
			if tt.hint != "" && !strings.HasPrefix(diag.Of(diags[0]).Hint, tt.hint) {
				t.Errorf("hint %q, want %q", diag.Of(diags[0]).Hint, tt.hint)
			}
			_, err := kv.PutString(ctx, tt.key, "")
			if tt.hint == "" && err != nil || tt.hint != "" && !errors.Is(err, jetstream.ErrInvalidKey) {
				t.Errorf("the client puts %q: %v", tt.key, err)
			}
		})
	}
}
