package verify

import (
	"strings"
	"testing"
)

// TestMirroredBuckets: clients read a key-value bucket that copies one of
// another domain, though its stream has no subjects; what they cannot use of
// mirrors fails, with the reason.
func TestMirroredBuckets(t *testing.T) {
	const text = `
operator "O" {}
account "A" {
  jetstream {}
  key_value "K" {}
  object_store "O" {}
  key_value "FAR" {
    mirror {
      name = "K"
      external { api = "$JS.hub.API" }
    }
  }
  key_value "NEAR" {
    mirror { name = "K" }
  }
  object_store "OCOPY" {
    mirror { name = "O" }
  }
  user "own" {
    access { LIST = [account.A.BUCKET] }
  }
}
account "B" {}
share "x" {
  KIND = account.A.BUCKET
  mode = "LIST"
  to "B" {}
}
`
	for _, c := range []struct{ list, kind, bucket, want string }{
		{"read", "key_value", "FAR", ""},
		{"write", "key_value", "FAR", "what clients write goes to the bucket that it copies"},
		{"read", "key_value", "NEAR", "clients ask it for what is called after it"},
		{"read", "object_store", "OCOPY", "clients ask it for what is called after it"},
	} {
		r := verifyText(t, strings.NewReplacer("LIST", c.list, "KIND", c.kind, "BUCKET", c.kind+"."+c.bucket).Replace(text), Options{})
		if r.OK() != (c.want == "") {
			t.Errorf("%s of %s:\n%s", c.list, c.bucket, table(t, r))
		}
		told := 0
		for i := range r.Rows {
			if c.want != "" && strings.Contains(r.Rows[i].Detail, c.want) {
				told++
			}
		}
		if c.want != "" && told != 2 {
			t.Errorf("%s of %s: the reason is told %d times, not of share and user:\n%s", c.list, c.bucket, told, table(t, r))
		}
	}
}
