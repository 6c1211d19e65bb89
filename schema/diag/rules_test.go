package diag

import (
	"regexp"
	"strings"
	"testing"
)

// specified are the names that the design pages give, with their severity
// and "!" for those that cannot be ignored.
const specified = `
syntax unknown-attribute unknown-block missing-attribute wrong-type duplicate-name unknown-reference wrong-reference
reference-cycle unset-variable variable-validation bad-for-each bad-duration bad-size bad-time bad-subject
file-outside-root! file-too-large secret-in-source! account-token-large

artifact-stale token-due token-expired key-missing key-mismatch key-wrong-type key-unpinned lock-invalid
lock-unknown-format artifact-tampered! creds-in-tree! lock-elsewhere

no-operator two-operators system-account-jetstream tier-and-flat-limits scoped-user-permissions unknown-signing-key
strict-signing-key export-overlap wildcard-export-forbidden too-many-imports too-many-exports import-without-export
import-type-mismatch import-cycle self-import import-collision import-shadows-stream bad-local-subject
activation-wrong-account activation-wrong-subject activation-expired activation-signed-by-scoped-key
account-token-position latency-on-stream response-on-stream mapping-over-100 mapping-cycle bearer-forbidden
auth-callout-cycle

stream-name stream-subject-overlap stream-captures-api stream-replicas stream-limits-account max-bytes-required
mirror-with-subjects mirror-and-sources discard-new-per-subject duplicate-window-over-max-age min-server-version
consumer-name consumer-push-field consumer-pull-field deliver-subject-cycle workqueue-overlap workqueue-ack
filter-outside-stream filter-overlap backoff-max-deliver flow-control-heartbeat max-ack-pending-limit bucket-name
bucket-history

share-target-missing share-to-self share-without-target share-external-needs-key share-ack-collision
share-flow-control-collision share-public-private share-mode share-jetstream-off

share-consumer-create filter-not-a-boundary read-steals-pull share-consumer-many publish-rollup inbox-prefix
reserved-local-subject bundle-unknown-grant ack-format-flag key-retired! lock-forged! key-unproven! lock-rollback!
iat-in-future! artifact-foreign! policy-weakened evaluation-limit bad-name! hidden-character! key-in-tree!
account-limits-over-server

warning: share-push-no-deliver-group deliver-remapped long-poll-threshold user-unrestricted public-jetstream-api
over-grant wildcard-export-wide expires-soon no-expiry unused-share-grant unused-local unused-variable stream-unbounded
ephemeral-no-ack dollar-stripped operator-identity-signs bearer-user replicas-even unreachable-permission
importer-has-no-user-for-share deprecated-field ignore-without-reason naming
sys-user-unrestricted shared-inbox user-token-large server-plaintext

info: flow-control-queue ack-format-v1 push-over-pull no-account-limits memory-resolver-large
`

func TestTableHasEverySpecifiedRule(t *testing.T) {
	severity := fail
	for _, word := range strings.Fields(specified) {
		switch word {
		case "warning:":
			severity = warn
			continue
		case "info:":
			severity = Info
			continue
		}
		name, fixed := strings.CutSuffix(word, "!")
		r := Lookup(name)
		if r == nil {
			t.Errorf("no rule %s", name)
			continue
		}
		if r.Severity != severity || r.Fixed != fixed {
			t.Errorf("%s: severity %v, fixed %v; want %v, %v", name, r.Severity, r.Fixed, severity, fixed)
		}
	}
}

func TestTableIsWellFormed(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)*$`)
	seen := make(map[string]bool)
	for _, r := range Rules() {
		if seen[r.Name] {
			t.Errorf("%s is there twice", r.Name)
		}
		seen[r.Name] = true
		if !kebab.MatchString(r.Name) {
			t.Errorf("%q is not kebab-case", r.Name)
		}
		if r.Severity != fail && r.Severity != warn && r.Severity != Info {
			t.Errorf("%s: severity %v", r.Name, r.Severity)
		}
		if r.Fixed && r.Severity != fail {
			t.Errorf("%s cannot be ignored but is no error", r.Name)
		}
		if r.Message == "" || strings.HasSuffix(r.Message, ".") || strings.ContainsAny(r.Message, "\n\t") {
			t.Errorf("%s: Message %q is not one line without a full stop", r.Name, r.Message)
		}
		if bad := regexp.MustCompile(`%[^sqv%]`).FindString(r.Message); bad != "" {
			t.Errorf("%s: the verb %s would print a string or a number wrongly", r.Name, bad)
		}
		for what, s := range map[string]string{"Why": r.Why, "Mend": r.Mend} {
			if !strings.HasSuffix(s, ".") || strings.ContainsAny(s, "\n\t") || strings.Contains(s, ". ") {
				t.Errorf("%s: %s %q is not one sentence", r.Name, what, s)
			}
		}
		if s := r.Stricter; s != "" && (!strings.HasPrefix(s, "The server ") || !strings.HasSuffix(s, ".") || strings.ContainsAny(s, "\n\t") || strings.Contains(s, ". ")) {
			t.Errorf("%s: Stricter %q is not one sentence about the server", r.Name, s)
		}
		if r.Stricter != "" && r.Severity != fail {
			t.Errorf("%s refuses nothing, so that it cannot be stricter than the server", r.Name)
		}
		if (r.Bad() == "") != (r.Good() == "") {
			t.Errorf("%s has only one of its two examples", r.Name)
		}
		if r.Bad() != "" && r.Bad() == r.Good() {
			t.Errorf("%s: the examples are equal", r.Name)
		}
		if Lookup(r.Name) != r {
			t.Errorf("Lookup(%q) is another rule", r.Name)
		}
	}
}

func TestLookupOfNoRule(t *testing.T) {
	if r := Lookup("no-such-rule"); r != nil {
		t.Errorf("got %s", r.Name)
	}
}
