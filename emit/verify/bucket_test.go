package verify

import "testing"

// TestMirroredBuckets proves what is allowed of buckets that are mirrors: their
// streams have no subjects of their own.
func TestMirroredBuckets(t *testing.T) {
	r := verifyText(t, `
operator "O" {}
account "A" {
  jetstream {}
  key_value "K" {}
  object_store "O" {}
  key_value "KCOPY" {
    mirror { name = "K" }
  }
  object_store "OCOPY" {
    mirror { name = "O" }
  }
  user "own" {
    access { read = [account.A.key_value.KCOPY, account.A.object_store.OCOPY] }
  }
}
account "B" {
  user "app" {
    access { shares = [share.k, share.o] }
  }
}
share "k" {
  key_value = account.A.key_value.KCOPY
  to "B" {}
}
share "o" {
  object_store = account.A.object_store.OCOPY
  to "B" {}
}
`, Options{})
	if !r.OK() || len(r.Rows) < 12 {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
}
