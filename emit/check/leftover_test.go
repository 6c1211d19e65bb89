package check

import (
	"strings"
	"testing"
)

// TestABundleThatAMergeLeft: a bundle that the manifest does not list holds tokens
// that may be good still. Only its removal mends it, of which its place is told.
func TestABundleThatAMergeLeft(t *testing.T) {
	const name, grant = "activations/EXT.json", "  to \"EXT\" {\n    api_prefix = \"A.API\"\n    expires    = \"90d\"\n  }\n"
	with := built(t)
	tr := &tree{t: t, topology: with.topology}
	tr.edit(grant, "").build(start)
	expect(t, "without", tr.input(), "")
	tr.folder[name] = with.folder[name]
	r := expect(t, "with the bundle", tr.input(), "artifact-foreign")
	if text := says(r.Diagnostics); len(r.Diagnostics) != 1 || !strings.Contains(text, name+" is a token that no build") || !strings.Contains(text, "Remove the file") {
		t.Errorf("said:\n%s", text)
	}

	// Where the manifest lists it, somebody took its tokens out of the lock.
	forged := with.clone()
	l := forged.locked()
	for id := range l.Tokens {
		if strings.HasSuffix(id, "/EXT") && strings.HasPrefix(id, "activation/") {
			delete(l.Tokens, id)
		}
	}
	forged.lock = l.Encode()
	if got := verdict(run(t, forged.input())); got != "lock-forged" {
		t.Errorf("taken out of the lock: %s", got)
	}
}
