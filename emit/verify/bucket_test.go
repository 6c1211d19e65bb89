package verify

import "testing"

// TestMirroredBucket: clients read a key-value bucket that copies one of
// another domain, though its stream has no subjects.
func TestMirroredBucket(t *testing.T) {
	r := verifyText(t, `
operator "O" {}
account "A" {
  jetstream {}
  key_value "FAR" {
    mirror {
      name = "K"
      external { api = "$JS.hub.API" }
    }
  }
  user "own" {
    access { read = [account.A.key_value.FAR] }
  }
}
account "B" {}
share "x" {
  key_value = account.A.key_value.FAR
  to "B" {}
}
`, Options{})
	if !r.OK() {
		t.Error(table(t, r))
	}
}
