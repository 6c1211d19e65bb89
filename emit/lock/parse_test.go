package lock

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"
	"pgregory.net/rapid"

	"jsc/schema/diag"
)

func TestParseReadsWhatEncodeWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyLock(t)
		data := want.Encode()
		got, diags := Parse("x.lock.json", data)
		if diags.HasErrors() {
			t.Fatalf("%v\n%s", diags, data)
		}
		if !got.Equal(want) || !got.Canonical(data) {
			t.Fatalf("read\n%s\nwritten\n%s", got.Encode(), data)
		}
	})
}

func TestParseAcceptsAnyOrderAndWhiteSpace(t *testing.T) {
	a, u := accountKeyOf("A"), userKeyOf("U")
	data := []byte("\n{\"format\":1,\"tokens\":{},\r\n\t\"keys\":{\"account/A/user/\\u0055\" : \"" + u + "\",\"account/A\":\"" + a + "\"}} \n")
	l, diags := Parse("x.lock.json", data)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if l.Keys["account/A"] != a || l.Keys["account/A/user/U"] != u || len(l.Keys) != 2 {
		t.Errorf("keys: %v", l.Keys)
	}
	if l.Canonical(data) {
		t.Error("said to be canonical")
	}
}

func TestParseRefuses(t *testing.T) {
	a, u := accountKeyOf("A"), userKeyOf("U")
	account := func(entry string) string {
		return "{\n\"format\": 1,\n\"tokens\": {\n\"account/A\": " + entry + "\n}}"
	}
	full := func(iat, exp, claims string) string {
		return account(fmt.Sprintf(`{"iat": %s, "sub": %q, "exp": %s, "claims": %q}`, iat, a, exp, claims))
	}
	whole := fmt.Sprintf(`{"iat": 1, "sub": %q, "claims": %q}`, a, digestOf("A"))
	revoked := func(id, entry string) string {
		return "{\n\"format\": 1,\n\"revoked\": {\n\"" + id + "\": " + entry + "\n}}"
	}
	keys := func(entries string) string { return "{\n\"format\": 1,\n\"keys\": {\n" + entries + "\n}}" }
	badSum := a[:55] + string("AB"[strings.IndexByte("BA", a[55])&1])
	const small = "AAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAARSZ" // a point of small order: anybody can sign for it

	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "1:1 the lock is empty"},
		{"white space", " \n", "1:1 the lock is empty"},
		{"null", "null", "1:1 the lock must begin with '{'"},
		{"byte order mark", "\ufeff{}", "1:1 the lock must begin with '{'"},
		{"no format", "{}", `1:1 the lock must begin with "format"`},
		{"format not first", "{\"keys\": {}, \"format\": 1}", `1:2 the lock must begin with "format"`},
		{"later format", "{\n  \"format\": 2,\n  \"more\": []}", "2:13 this jsc reads locks of format 1, not 2"},
		{"format is text", `{"format": "1"}`, "1:12 the format must be a whole number"},
		{"format is 1.0", `{"format": 1.0}`, "1:12 the format must be a whole number"},
		{"format is 01", `{"format": 01}`, "1:12 the format must be a whole number"},
		{"huge format", `{"format": 99999999999999999999}`, "1:12 the format must be a whole number"},
		{"cut off", "{\"format\": 1,", `1:14 a name in the lock must be a string`},
		{"cut off in text", "{\"format\": 1, \"ke", `1:18 a name in the lock has no closing quote`},
		{"cut off in escape", "{\"format\": 1, \"ke\\", `1:19 a name in the lock has no closing quote`},
		{"no colon", "{\"format\" 1}", "1:11 there must be a colon after a name in the lock"},
		{"trailing comma", "{\"format\": 1,}", "1:14 a name in the lock must be a string"},
		{"no comma", "{\"format\": 1 \"keys\": {}}", "1:14 there must be a comma or '}' here in the lock"},
		{"more after the end", "{\"format\": 1}\n{}", "2:1 there is something after the end of the lock"},
		{"unknown section", "{\"format\": 1,\n\"other\": {}}", `2:1 the lock has no section "other"`},
		{"section twice", "{\"format\": 1,\n\"keys\": {},\n\"keys\": {}}", `3:1 "keys" stands twice in the lock`},
		{"format twice", "{\"format\": 1,\n\"format\": 1}", `2:1 "format" stands twice in the lock`},
		{"section is a list", "{\"format\": 1,\n\"keys\": []}", `2:9 keys must begin with '{'`},
		{"deep", "{\"format\": 1,\n\"keys\": {\"account/A\": " + strings.Repeat("[", 1<<20), `2:23 the key of account/A must be a string`},
		{"our marker", "<<<<<<< HEAD\n{\"format\": 1}", "1:1 the lock has merge conflict markers"},
		{"marker inside", "{\n\"format\": 1,\n<<<<<<< HEAD\n=======\n>>>>>>> x\n}", "3:1 the lock has merge conflict markers"},
		{"left over marker", "{\n\"format\": 1\n}\n>>>>>>> x\n", "4:1 the lock has merge conflict markers"},
		{"line break in text", "{\"format\": 1,\n\"ke\nys\": {}}", "2:4 a name in the lock has no closing quote"},
		{"bad escape", "{\"format\": 1,\n\"\\x\": {}}", "2:1 a name in the lock is not a string of valid UTF-8"},
		{"no UTF-8", "{\"format\": 1,\n\"\xff\": {}}", "2:1 a name in the lock is not a string of valid UTF-8"},

		{"unknown kind of key", keys(`"thing/A": "` + a + `"`), `4:1 "thing/A" is not the ID of a key`},
		{"needless encoding", keys(`"account/%41": "` + a + `"`), `4:1 "account/%41" is not the ID of a key`},
		{"token's ID", keys(`"activation/A/stream/x/B": "` + a + `"`), `4:1 "activation/A/stream/x/B" is not the ID of a key`},
		{"key twice", keys("\"account/A\": \"" + a + "\",\n\"account/A\": \"" + a + "\""), "5:1 account/A stands twice"},
		{"key twice, escaped", keys("\"account/A\": \"" + a + "\",\n\"account/\\u0041\": \"" + a + "\""), "5:1 account/A stands twice"},
		{"two IDs of one key", keys("\"account/A\": \"" + a + "\",\n\"account/B\": \"" + a + "\""), "5:14 account/A and account/B have one key"},
		{"an account and a signing key of one key", keys("\"account/A\": \"" + a + "\",\n\"account/B/signing/x\": \"" + a + "\""), "5:24 account/A and account/B/signing/x have one key"},
		{"two users of one key", keys("\"account/A/user/U\": \"" + u + "\",\n\"account/B/user/U\": \"" + u + "\""), "5:21 account/A/user/U and account/B/user/U have one key"},
		{"user's key of an account", keys(`"account/A": "` + u + `"`), `4:14 "` + u + `" is not the public key of an account`},
		{"account's key of a user", keys(`"account/A/user/U": "` + a + `"`), `4:21 "` + a + `" is not the public key of a user`},
		{"account's key of an operator", keys(`"operator/N": "` + a + `"`), `4:15 "` + a + `" is not the public key of an operator`},
		{"checksum", keys(`"account/A": "` + badSum + `"`), `4:14 "` + badSum + `" is not the public key of an account`},
		{"key with line break", keys(`"account/A": "` + a + `\n"`), `4:14 "` + a + `\n" is not the public key of an account`},
		{"key of small order", keys(`"account/A": "` + small + `"`), `4:14 "` + small + `" is not the public key of an account`},
		{"key is null", keys(`"account/A": null`), `4:14 the key of account/A must be a string`},

		{"token is a string", account(`"x"`), `4:14 the entry account/A must begin with '{'`},
		{"no sub", account(`{"iat": 1, "claims": "` + digestOf("") + `"}`), `4:1 the entry account/A needs "sub"`},
		{"unknown field", account(`{"iat": 1, "nbf": 1}`), `4:25 the entry account/A has no field "nbf"`},
		{"field in other letters", account(`{"IAT": 1}`), `4:15 the entry account/A has no field "IAT"`},
		{"token twice", account(whole + ",\n\"account/A\": " + whole), "5:1 account/A stands twice"},
		{"token twice, out of order", account(whole + ",\n\"account/C\": " + whole + ",\n\"account/B\": " + whole + ",\n\"account/C\": " + whole), "7:1 account/C stands twice"},
		{"field twice", account(`{"iat": 1, "iat": 1}`), `4:25 "iat" stands twice in the entry account/A`},
		{"iat 0", full("0", "1", digestOf("")), "4:22 iat must be a time in Unix seconds, not 0"},
		{"iat negative", full("-5", "1", digestOf("")), "4:22 iat must be a time in Unix seconds, not -5"},
		{"iat in milliseconds", full("253402300800", "1", digestOf("")), "4:22 iat must be a time in Unix seconds, not 253402300800"},
		{"iat with exponent", full("1e9", "1", digestOf("")), "4:22 iat must be a whole number"},
		{"exp 0", full("1", "0", digestOf("")), `4:99 exp must be a time in Unix seconds, not 0`},
		{"digest", full("1", "1", "sha256:abc"), `4:112 claims must be "sha256:" and 64 lower-case hex digits`},
		{"digest in capitals", full("1", "1", "sha256:"+strings.Repeat("A", 64)), `4:112 claims must be "sha256:" and 64 lower-case hex digits`},
		{"digest of another kind", full("1", "1", "sha512:"+strings.Repeat("a", 64)), `4:112 claims must be "sha256:" and 64 lower-case hex digits`},
		{"activation of neither kind", "{\n\"format\": 1,\n\"tokens\": {\"activation/A/queue/x/B\": {\"iat\": 1, \"sub\": \"" + a + "\", \"claims\": \"" + digestOf("") + "\"}}}",
			`3:12 "activation/A/queue/x/B" is not the ID of a token`},
		{"signing key as a token", "{\n\"format\": 1,\n\"tokens\": {\"account/A/signing/x\": {\"iat\": 1, \"sub\": \"" + a + "\", \"claims\": \"" + digestOf("") + "\"}}}",
			`3:12 "account/A/signing/x" is not the ID of a token`},

		{"revocation by name", revoked("account/A/user/U", `{"before": 1}`), `4:1 "account/A/user/U" is not the ID of a revocation`},
		{"revocation of a user by a user", revoked(u+"/user/"+u, `{"before": 1}`), `4:1 "` + u + "/user/" + u + `" is not the ID of a revocation`},
		{"revocation without before", revoked(a+"/user/"+u, `{"exp": 1}`), `4:1 the entry ` + a + "/user/" + u + ` needs "before"`},
		{"revocation twice", revoked(a+"/user/"+u, "{\"before\": 1},\n\""+a+"/user/"+u+`": {"before": 1}`), `5:1 ` + a + "/user/" + u + ` stands twice`},

		{"retired nothing", "{\"format\": 1,\n\"retired\": {\"account/A/signing/x\": []}}", "2:13 account/A/signing/x lists no retired key"},
		{"retired text", "{\"format\": 1,\n\"retired\": {\"account/A/signing/x\": \"" + a + "\"}}", `2:36 the retired keys of account/A/signing/x must begin with '['`},
		{"retired twice", "{\"format\": 1,\n\"retired\": {\"account/A/signing/x\": [\"" + a + "\",\n\"" + a + "\"]}}", "3:1 " + a + " stands twice"},
		{"retired user", "{\"format\": 1,\n\"retired\": {\"account/A/signing/x\": [\"" + u + "\"]}}", `2:37 "` + u + `" is not the public key of an account`},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, diags := Parse("x.lock.json", []byte(c.data))
			if l != nil || len(diags) != 1 {
				t.Fatalf("got %v, %v; want one diagnostic", l, diags)
			}
			d := diags[0]
			if got := fmt.Sprintf("%d:%d %s", d.Subject.Start.Line, d.Subject.Start.Column, d.Summary); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if d.Subject.Filename != "x.lock.json" {
				t.Errorf("in file %q", d.Subject.Filename)
			}
			rule := "lock-invalid"
			if c.name == "later format" {
				rule = "lock-unknown-format"
			}
			if got := diag.Of(d).Rule.Name; got != rule {
				t.Errorf("rule %s, want %s", got, rule)
			}
		})
	}
}

func TestParseReportsEveryBadEntry(t *testing.T) {
	data := "{\n\"format\": 1,\n\"keys\": {\n\"account/A\": \"x\",\n\"account/B\": \"y\"\n},\n\"tokens\": {\"account/A\": {\"iat\": 1}}}"
	_, diags := Parse("x.lock.json", []byte(data))
	var lines []int
	for _, d := range diags {
		lines = append(lines, d.Subject.Start.Line)
	}
	if got, want := fmt.Sprint(lines), "[4 5 7 7]"; got != want {
		t.Errorf("lines %s, want %s: %v", got, want, diags)
	}
}

func TestParseStopsAfterManyMistakes(t *testing.T) {
	data := "{\"format\": 1, \"keys\": {" + strings.Repeat("\"account/A\": \"\",\n", 1000) + "\"account/A\": \"\"}}"
	if _, diags := Parse("x.lock.json", []byte(data)); len(diags) != mostMistakes {
		t.Errorf("%d diagnostics, want %d", len(diags), mostMistakes)
	}
}

// FuzzParse holds that no bytes make Parse panic, and that what it accepts
// reads the same after Encode.
func FuzzParse(f *testing.F) {
	f.Add(exampleLock().Encode())
	f.Add(New().Encode())
	f.Add([]byte(`{"format":1,"keys":{"account/a\ud800":"A"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, diags := Parse("x", data)
		if l == nil {
			if !diags.HasErrors() {
				t.Fatal("no lock and no error")
			}
			for _, d := range diags {
				if d.Subject.Start.Line < 1 || d.Subject.End.Byte > len(data) {
					t.Fatalf("range %v", d.Subject)
				}
			}
			return
		}
		encoded := l.Encode()
		again, diags := Parse("x", encoded)
		if diags.HasErrors() || !again.Equal(l) || !again.Canonical(encoded) {
			t.Fatalf("%v\n%s", diags, encoded)
		}
	})
}

// largeLock has some 100,000 entries: 10,000 tenants' accounts, users and grants.
func largeLock() *Lock {
	l := New()
	l.Keys[OperatorID("O")] = publicKey(nkeys.PrefixByteOperator, "O")
	for i := range 10_000 {
		name := fmt.Sprintf("tenant-%05d", i)
		key := accountKeyOf(name)
		l.Keys[AccountID(name)] = key
		l.Keys[UserID(name, "app")] = userKeyOf(name)
		l.Tokens[AccountID(name)] = Token{IssuedAt: 1790000000, Subject: key, Claims: digestOf(name)}
		for j := range 7 {
			l.Tokens[ActivationID("HUB", "service", fmt.Sprintf("$JS.API.CONSUMER.MSG.NEXT.S.%s-%d", name, j), name)] =
				Token{IssuedAt: 1790000000, Subject: key, Expires: 1797776000, Claims: digestOf(name)}
		}
	}
	return l
}

func BenchmarkParse(b *testing.B) {
	data := largeLock().Encode()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, diags := Parse("x", data); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	l := largeLock()
	for b.Loop() {
		l.Encode()
	}
}
