package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
	"github.com/rogpeppe/go-internal/testscript"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema"
)

// lockIn is a script's lock.
func lockIn(ts *testscript.TestScript, path string) *lock.Lock {
	l, diags := lock.Parse(path, []byte(ts.ReadFile(path)))
	if diags.HasErrors() {
		ts.Fatalf("%v", diags)
	}
	return l
}

// forge has a lock say that tokens were issued as the topology and its pins ask
// for, which takes no key: forge LOCK TOPOLOGY ID….
func forge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: forge LOCK TOPOLOGY ID...")
	}
	l := lockIn(ts, args[0])
	pinned := func(id string) (string, bool) { k, ok := l.Keys[id]; return k, ok }
	config, diags := schema.Load(schema.Options{Tree: os.DirFS(ts.MkAbs(".")), Path: args[1], Keys: pinned})
	if diags.HasErrors() {
		ts.Fatalf("%v", diags)
	}
	topology, diags := compiler.Compile(config, pinned)
	if diags.HasErrors() {
		ts.Fatalf("%v", diags)
	}
	plan, _ := emit.NewLockedPlan(topology, l)
	for _, id := range args[2:] {
		t := plan.Token(id)
		l.Tokens[id] = lock.Token{IssuedAt: l.Tokens[id].IssuedAt + 10, Subject: t.Subject, Claims: t.Digest}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), l.Encode(), 0o644))
}

// usurp has another operator sign an account's token with a further signing key
// that a lock pins, and the lock's token of the operator be that one's: usurp LOCK
// OPERATOR-ID FILE KEY-ID.
func usurp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: usurp LOCK OPERATOR-ID FILE KEY-ID")
	}
	l := lockIn(ts, args[0])
	usurper, err := nkeys.CreateOperator()
	ts.Check(err)
	t := l.Tokens[args[1]]
	t.Subject, err = usurper.PublicKey()
	ts.Check(err)
	l.Tokens[args[1]] = t
	c, err := jwt.DecodeAccountClaims(strings.TrimSpace(ts.ReadFile(args[2])))
	ts.Check(err)
	c.SigningKeys.Add(l.Keys[args[3]])
	text, err := c.Encode(usurper)
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Clean(ts.MkAbs(args[2])), []byte(text+"\n"), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), l.Encode(), 0o644))
}

// restorePin pins a key again that another lock has, with its token: repin LOCK
// OTHER ID.
func restorePin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: repin LOCK OTHER ID")
	}
	l, other := lockIn(ts, args[0]), lockIn(ts, args[1])
	l.Keys[args[2]], l.Tokens[args[2]] = other.Keys[args[2]], other.Tokens[args[2]]
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), l.Encode(), 0o644))
}
