package check

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"

	"jsc/emit"
	"jsc/emit/folder"
	"jsc/emit/lock"
)

// relock changes the tree's lock.
func (tr *tree) relock(change func(*lock.Lock)) *tree {
	l := tr.locked()
	change(l)
	tr.lock = l.Encode()
	return tr
}

// resign puts another token in a place: what change makes of the claims there,
// signed by the key of an ID and generation.
func (tr *tree) resign(path, signer, generation string, change func(jwt.Claims)) *tree {
	tr.t.Helper()
	c, err := emit.Decode(strings.TrimSuffix(tr.folder[path], "\n"))
	if err != nil {
		tr.t.Fatal(err)
	}
	c.Claims().Issuer = public(signer, generation)
	change(c)
	tr.folder[path] = sign(c, signer, generation) + "\n"
	return tr
}

// sign is the canonical token of claims.
func sign(c jwt.Claims, signer, generation string) string {
	input, err := emit.SigningInput(c)
	if err != nil {
		panic(err)
	}
	sig, err := pair(signer, generation).Sign(input)
	if err != nil {
		panic(err)
	}
	return string(input) + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// believed is a check against the tree as it was built.
func believed(t *testing.T, tr *tree) Input {
	in := tr.input()
	in.Base = built(t).locked()
	return in
}

// Whatever byte of whatever file changes is seen; in a token, the manifest or a
// file that holds tokens as what no build wrote, elsewhere as stale.
func TestOneChangedByte(t *testing.T) {
	clean := built(t)
	for name, text := range clean.folder {
		places := []int{0, len(text) / 3, len(text) / 2, len(text) - 2, len(text) - 1}
		if path.Ext(name) == ".jwt" {
			places = append(places, strings.Index(text, ".")+5, strings.LastIndex(text, ".")+1)
		}
		for _, at := range places {
			tr := clean.clone()
			changed := []byte(text)
			changed[at]++
			tr.folder[name] = string(changed)
			got := verdict(run(t, tr.input()))
			switch {
			case path.Ext(name) == ".jwt" || name == emit.ManifestPath:
				if got != "artifact-tampered" && got != "artifact-foreign" {
					t.Errorf("%s, byte %d: %q", name, at, got)
				}
			case got != "stale" && got != "artifact-tampered":
				t.Errorf("%s, byte %d: %q", name, at, got)
			}
		}
	}
}

func TestAMissingFileIsStale(t *testing.T) {
	clean := built(t)
	for name := range clean.folder {
		for kind, in := range map[string]func(*tree) Input{
			"alone":  (*tree).input,
			"a base": func(tr *tree) Input { return believed(t, tr) },
		} {
			tr := clean.clone()
			delete(tr.folder, name)
			r := run(t, in(tr))
			if got := verdict(r); got != "stale" {
				t.Errorf("%s, %s: %q\n%s", name, kind, got, says(r.Diagnostics))
			}
			if !strings.Contains(says(r.Diagnostics), name+" is missing") {
				t.Errorf("%s, %s is not named:\n%s", name, kind, says(r.Diagnostics))
			}
		}
	}
	tr := clean.clone()
	tr.folder, tr.lock = files{}, nil
	if got := verdict(run(t, tr.input())); got != "stale" {
		t.Errorf("never built: %q", got)
	}
}

// attacks are what somebody may commit, with the rules that tell of it; alone
// says what a check without a base or a trusted operator finds.
var attacks = []struct {
	name   string
	commit func(*tree)
	alone  string
	based  string // against the tree as it was before; alone's when ""
}{
	{"a foreign token", func(tr *tree) { tr.folder["accounts/MINE.jwt"] = tr.folder["accounts/A.jwt"] }, "artifact-foreign", ""},
	{"a foreign token for somebody else", func(tr *tree) { tr.folder["activations/EVE/x.jwt"] = "x" }, "artifact-foreign", ""},
	{"a foreign token where no build writes", func(tr *tree) { tr.folder["deep/er/token.jwt"] = tr.folder["accounts/A.jwt"] }, "artifact-foreign", ""},
	{"another foreign file", func(tr *tree) { tr.folder["README"] = "mine" }, "", ""},
	{"an account signed by another key", func(tr *tree) {
		tr.resign("accounts/A.jwt", "operator/EVE", "", nothing)
	}, "artifact-tampered", ""},
	{"the operator's token by another operator, which signs accounts by it", func(tr *tree) {
		eve := public("operator/EVE", "")
		tr.resign("operator.jwt", "operator/EVE", "", func(c jwt.Claims) { c.(*jwt.OperatorClaims).SigningKeys.Add(eve) })
		tr.resign("accounts/A.jwt", "operator/EVE", "", nothing)
	}, "artifact-tampered", ""},
	{"an account signed by an account", func(tr *tree) {
		tr.resign("accounts/A.jwt", "account/A", "", nothing)
	}, "artifact-tampered", ""},
	{"a user signed by another account", func(tr *tree) {
		tr.resign("users/B/app.jwt", "account/A", "", nothing)
	}, "artifact-tampered", ""},
	{"a user signed by a signing key for another account", func(tr *tree) {
		tr.resign("users/A/app.jwt", "account/A/signing/plain", "", func(c jwt.Claims) { c.(*jwt.UserClaims).IssuerAccount = public("account/B", "") })
	}, "artifact-tampered", ""},
	{"the same, and its own account's token gone", func(tr *tree) {
		tr.resign("users/A/app.jwt", "account/A/signing/plain", "", func(c jwt.Claims) { c.(*jwt.UserClaims).IssuerAccount = public("account/B", "") })
		delete(tr.folder, "accounts/A.jwt")
		delete(tr.folder, "resolver.conf") // which has it too
	}, "artifact-tampered", ""},
	{"an activation signed by the key of a role", func(tr *tree) {
		old := tokensIn(tr.folder["activations/B.json"])[0]
		c, err := emit.Decode(old)
		if err != nil {
			panic(err)
		}
		c.Claims().Issuer = public("account/A/signing/role", "")
		tr.folder["activations/B.json"] = strings.Replace(tr.folder["activations/B.json"], old, sign(c, "account/A/signing/role", ""), 1)
	}, "artifact-tampered", ""},
	{"an account in another's place", func(tr *tree) {
		tr.folder["accounts/B.jwt"] = tr.folder["accounts/A.jwt"]
	}, "artifact-tampered", ""},
	{"a user in an account's place", func(tr *tree) {
		tr.folder["accounts/B.jwt"] = tr.folder["users/A/app.jwt"]
	}, "artifact-tampered", ""},
	{"more than the token", func(tr *tree) { tr.folder["accounts/A.jwt"] += "\n" }, "artifact-tampered", ""},
	{"wider claims at the same time, by the right key", func(tr *tree) {
		tr.resign("users/A/app.jwt", "account/A/signing/plain", "", func(c jwt.Claims) { c.(*jwt.UserClaims).Permissions.Pub.Allow.Add("wide.>") })
	}, "lock-forged", ""},
	{"a token from the future", func(tr *tree) {
		tr.resign("users/A/app.jwt", "account/A/signing/plain", "", func(c jwt.Claims) { c.Claims().IssuedAt = start + 5000 })
		tr.relock(func(l *lock.Lock) { setIssued(l, "account/A/user/app", start+5000) })
	}, "iat-in-future", ""},
	{"an issue time in the lock", func(tr *tree) {
		tr.relock(func(l *lock.Lock) { setIssued(l, "account/A", start+1) })
	}, "lock-forged", ""},
	{"an earlier issue time in the lock", func(tr *tree) {
		tr.relock(func(l *lock.Lock) { setIssued(l, "account/A", start-1) })
	}, "lock-forged", "lock-forged lock-rollback"},
	{"an activation's issue time in the lock", func(tr *tree) {
		tr.relock(func(l *lock.Lock) {
			for _, id := range slices.Sorted(maps.Keys(l.Tokens)) {
				if strings.HasPrefix(id, "activation/") {
					setIssued(l, id, start+1)
					return
				}
			}
		})
	}, "lock-forged", ""},
	{"a digest in the lock", func(tr *tree) {
		tr.relock(func(l *lock.Lock) {
			t := l.Tokens["account/A"]
			t.Claims = l.Tokens["account/B"].Claims
			l.Tokens["account/A"] = t
		})
	}, "lock-forged", "lock-forged lock-rollback"},
	{"an expiry in the lock", func(tr *tree) {
		tr.relock(func(l *lock.Lock) {
			t := l.Tokens["account/B/user/app"]
			t.Expires++
			l.Tokens["account/B/user/app"] = t
		})
	}, "lock-forged", "lock-forged lock-rollback"},
	{"a pin in the lock", func(tr *tree) {
		tr.relock(func(l *lock.Lock) { l.Keys["account/B"] = public("account/B", "mine") })
	}, "lock-forged", "lock-forged lock-rollback"},
	{"a signing key's pin in the lock", func(tr *tree) {
		tr.relock(func(l *lock.Lock) { l.Keys["account/A/signing/plain"] = public("account/A", "mine") })
	}, "key-unproven", "key-unproven lock-rollback"},
	{"the key of a role as the pin of one that may sign all", func(tr *tree) {
		const plain, role = "account/A/signing/plain", "account/A/signing/role"
		tr.relock(func(l *lock.Lock) { l.Keys[plain], l.Keys[role] = l.Keys[role], l.Keys[plain] })
	}, "key-unproven", "key-unproven lock-rollback"},
	{"the pin of what is to come", func(tr *tree) {
		tr.relock(func(l *lock.Lock) { l.Keys["account/NEXT"] = public("account/NEXT", "mine") })
	}, "key-unproven", ""},
	{"a user's pin in the lock, its token gone", func(tr *tree) {
		delete(tr.folder, "users/A/app.jwt")
		tr.relock(func(l *lock.Lock) {
			mine := public("account/A/user/app", "mine")
			l.Keys["account/A/user/app"] = mine
			t := l.Tokens["account/A/user/app"]
			t.Subject = mine
			l.Tokens["account/A/user/app"] = t
		})
	}, "key-unproven", "key-unproven lock-rollback"},
	{"a token gone from the lock", func(tr *tree) {
		tr.relock(func(l *lock.Lock) { delete(l.Tokens, "account/A/user/app") })
	}, "lock-forged", ""},
	{"a revocation that no token has", func(tr *tree) {
		tr.relock(func(l *lock.Lock) {
			l.Revoked[lock.UserRevocationID(l.Keys["account/A"], l.Keys["account/A/user/app"])] = lock.Revocation{Before: start}
		})
	}, "lock-forged", ""},
	{"another operator and all that it signs", func(tr *tree) {
		mine := &tree{t: tr.t, topology: tr.topology, keys: "mine"}
		mine.build(start)
		tr.lock, tr.folder = mine.lock, mine.folder
	}, "", "artifact-tampered lock-rollback"},
	{"base64 with padding bits", func(tr *tree) {
		text := strings.TrimSuffix(tr.folder["accounts/A.jwt"], "\n")
		tr.folder["accounts/A.jwt"] = loose(text) + "\n"
	}, "artifact-tampered", ""},
	{"a line break in base64", func(tr *tree) {
		text := tr.folder["accounts/A.jwt"]
		tr.folder["accounts/A.jwt"] = text[:len(text)-10] + "\n" + text[len(text)-10:]
	}, "artifact-tampered", ""},
	{"a key twice in a token's JSON", func(tr *tree) {
		tr.payload("accounts/A.jwt", "operator/RETAIL", func(s string) string { return strings.Replace(s, `"name":"A"`, `"name":"B","name":"A"`, 1) })
	}, "artifact-tampered", ""},
	{"an unknown field in a token's JSON", func(tr *tree) {
		tr.payload("accounts/A.jwt", "operator/RETAIL", func(s string) string { return strings.Replace(s, `"name":"A"`, `"nome":"A","name":"A"`, 1) })
	}, "artifact-tampered", ""},
	{"the lock in another form", func(tr *tree) { tr.lock = []byte(strings.Replace(string(tr.lock), "  ", "   ", 1)) }, "artifact-tampered", ""},
	{"a manifest with a field twice", func(tr *tree) {
		tr.folder["manifest.json"] = strings.Replace(tr.folder["manifest.json"], `"format": 1,`, "\"format\": 1,\n  \"format\": 1,", 1)
	}, "artifact-tampered", ""},
	{"a manifest without an entry", func(tr *tree) {
		lines := strings.SplitAfter(tr.folder["manifest.json"], "\n")
		tr.folder["manifest.json"] = strings.Join(slices.Delete(lines, 4, 5), "")
	}, "artifact-tampered", ""},
	{"a manifest with a line more", func(tr *tree) { tr.folder["manifest.json"] += "\n" }, "artifact-tampered", ""},
	{"a manifest cut short", func(tr *tree) {
		tr.folder["manifest.json"] = strings.TrimSuffix(tr.folder["manifest.json"], "\n")
	}, "artifact-tampered", ""},
	{"a manifest of another lock", func(tr *tree) {
		tr.folder["manifest.json"] = strings.Replace(tr.folder["manifest.json"], `"lock": "t.lock.json"`, `"lock": "u.lock.json"`, 1)
	}, "artifact-tampered", ""},
	{"a manifest with a path outside", func(tr *tree) {
		tr.folder["manifest.json"] = strings.Replace(tr.folder["manifest.json"], `"path":"server.conf"`, `"path":"../../x"`, 1)
	}, "artifact-tampered", ""},
	{"a stranger's account in the preload", func(tr *tree) {
		c := jwt.NewAccountClaims(public("account/EVE", ""))
		c.Issuer, c.IssuedAt = public("operator/EVE", ""), start
		tr.folder["resolver.conf"] += fmt.Sprintf("# %s\n", sign(c, "operator/EVE", ""))
	}, "artifact-tampered", ""},
	{"an importer ahead of its exporter", func(tr *tree) { tr.ahead("chunked") }, "artifact-tampered lock-forged", ""},
	{"an importer ahead of its exporter, which answers otherwise than by default", func(tr *tree) { tr.ahead("single") }, "artifact-tampered lock-forged", ""},
	{"an older activation in another bundle", func(tr *tree) {
		c, err := emit.Decode(tokensIn(tr.folder["activations/B.json"])[0])
		if err != nil {
			panic(err)
		}
		c.Claims().IssuedAt--
		tr.folder["activations/A.json"] = sign(c, "account/A/signing/plain", "")
	}, "lock-forged", ""},
	{"a server config by hand", func(tr *tree) { tr.folder["server.conf"] += "trusted_keys: []\n" }, "stale", ""},
	{"a topology that is not built", func(tr *tree) { tr.edit(`disk = "1GiB"`, `disk = "2GiB"`) }, "stale", ""},
	{"a user gone from the topology", func(tr *tree) { tr.edit("  user \"app\" {}\n", "") }, "stale", ""},
	{"an account new in the topology", func(tr *tree) { tr.topology += "account \"NEW\" {}\n" }, "stale", ""},
	{"a share gone, built", func(tr *tree) {
		tr.edit(tr.topology[strings.Index(tr.topology, "share \"work\""):], "").build(start + 50)
	}, "", ""},
	{"a user gone, built", func(tr *tree) { tr.edit("  user \"app\" {}\n", "").build(start + 50) }, "", ""},
	{"a user gone, built from a lock that forgot it", func(tr *tree) {
		tr.relock(func(l *lock.Lock) { delete(l.Tokens, "account/A/user/app") })
		tr.edit("  user \"app\" {}\n", "").build(start + 50)
	}, "", "lock-rollback"},
	{"a signing key gone, built, and not retired", func(tr *tree) {
		tr.relock(func(l *lock.Lock) { delete(l.Keys, "account/A/signing/plain") })
		tr.edit("  signing_key \"plain\" {}\n", "").build(start + 50)
	}, "", "lock-rollback"},
	{"a signing key gone, built", func(tr *tree) { tr.edit("  signing_key \"plain\" {}\n", "").build(start + 50) }, "", ""},
}

func nothing(jwt.Claims) {}

// ahead changes how the service answers that B imports from A, and takes B's
// token, and what the lock has of it, from a build of that: A's says otherwise.
func (tr *tree) ahead(response string) {
	tr.edit(`response = "stream"`, fmt.Sprintf("response = %q", response))
	built := tr.clone().build(start + 50)
	tr.folder["accounts/B.jwt"] = built.folder["accounts/B.jwt"]
	tr.relock(func(l *lock.Lock) { l.Tokens["account/B"] = built.locked().Tokens["account/B"] })
}

func setIssued(l *lock.Lock, id string, at int64) {
	t := l.Tokens[id]
	t.IssuedAt = at
	l.Tokens[id] = t
}

// loose is a token whose signature has a bit set that base64 does not use.
func loose(text string) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(digits, text[len(text)-1])
	return text[:len(text)-1] + string(digits[last|1])
}

// payload changes the JSON of a token and signs it with the right key.
func (tr *tree) payload(path, signer string, change func(string) string) {
	tr.t.Helper()
	parts := strings.Split(tr.folder[path], ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		tr.t.Fatal(err)
	}
	changed := change(string(payload))
	if changed == string(payload) || !json.Valid([]byte(changed)) {
		tr.t.Fatal("nothing is changed, or it is no JSON")
	}
	input := parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(changed))
	sig, err := pair(signer, "").Sign([]byte(input))
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.folder[path] = input + "." + base64.RawURLEncoding.EncodeToString(sig) + "\n"
}

// A manifest that has another digest of a file says so of that file.
func TestAnotherDigest(t *testing.T) {
	tr := built(t).clone()
	for _, name := range []string{"server.conf", "users/A/app.jwt"} {
		old := folder.Digest([]byte(tr.folder[name]))
		one := tr.clone()
		one.folder[emit.ManifestPath] = strings.Replace(one.folder[emit.ManifestPath], old, strings.Repeat("0", len(old)), 1)
		if got := says(run(t, one.input()).Diagnostics); !strings.Contains(got, name+" what is not so: its digest") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// No manifest is none that a build writes.
func TestNoManifest(t *testing.T) {
	in := built(t).input()
	plan, _ := emit.NewLockedPlan(in.Topology, in.Lock)
	layout, err := emit.NewLayout(plan, "t.lock.json")
	if err != nil {
		t.Fatal(err)
	}
	digests := make([]string, len(layout.Artifacts))
	if (&manifest{}).is(layout, digests) || !(&manifest{data: layout.Manifest(digests)}).is(layout, digests) {
		t.Error("the manifest is another")
	}
}

func TestAttacks(t *testing.T) {
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			tr := built(t).clone()
			a.commit(tr)
			if a.based == "" {
				a.based = a.alone
			}
			for _, c := range []struct {
				how, want string
				in        Input
			}{{"alone", a.alone, tr.input()}, {"against the base", a.based, believed(t, tr)}} {
				r := run(t, c.in)
				if got := verdict(r); got != c.want {
					t.Errorf("%s: %q, not %q\n%s", c.how, got, c.want, says(r.Diagnostics))
				}
				agree(t, c.how, c.in)
			}
		})
	}
}

// An operator that signs with signing keys only vouches for nothing that its identity
// key signed, as a server has it.
func TestAStrictOperatorsIdentitySignsNothing(t *testing.T) {
	for _, strict := range []bool{false, true} {
		text := fmt.Sprintf("operator \"O\" {\n  strict_signing_keys = %t\n  signing_key \"s\" {}\n}\naccount \"A\" {}\n", strict)
		tr := (&tree{t: t, topology: text}).build(start)
		expect(t, "as it was built", tr.input(), "")
		tr.resign("accounts/A.jwt", "operator/O", "", nothing)
		said := says(run(t, tr.input()).Diagnostics)
		if refused := strings.Contains(said, "accounts/A.jwt does not verify: it is signed by "+public("operator/O", "")+", which is no key of the operator"); refused != strict {
			t.Errorf("strict: %t\n%s", strict, said)
		}
	}
}

// What the operator's token does not list is no signing key of the operator.
func TestAForgedSigningKeyOfTheOperator(t *testing.T) {
	tr := (&tree{t: t, topology: "operator \"O\" {\n  signing_key \"s\" {}\n}\naccount \"A\" {}\n"}).build(start)
	expect(t, "as it was built", tr.input(), "")
	id := lock.OperatorSigningKeyID("O", "s")
	tr.relock(func(l *lock.Lock) { l.Keys[id] = public(id, "mine") })
	said := says(run(t, tr.input()).Diagnostics)
	if !strings.Contains(said, "nothing proves that "+public(id, "mine")+" is the key of "+id) {
		t.Error(said)
	}
}
