package compiler_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// TestHints holds what mistakes say to do, where it is not the rule's own word.
func TestHints(t *testing.T) {
	const operator = "operator \"O\" {}\naccount \"A\" {\n jetstream {}\n stream \"S\" {}\n key_value \"K\" {}\n}\n"
	for name, c := range map[string]struct{ text, rule, summary, hint string }{
		"a near account": {
			"account \"ACCTB\" {}\nshare \"s\" {\n subject = \"s\"\n from = account.A\n to \"ACTB\" {}\n}",
			"share-target-missing", `share "s" is for account "ACTB", which does not exist`, `Did you mean "ACCTB"?`,
		},
		"trusted is no way out between accounts of one operator": {
			"account \"B\" {}\nshare \"s\" {\n stream = account.A.stream.S\n to \"B\" {}\n}",
			"share-consumer-create", `lets account "B" create consumers`, "Share a durable source or a pull consumer.",
		},
		"where watching is the reason": {
			"account \"B\" {}\nshare \"s\" {\n key_value = account.A.key_value.K\n to \"B\" {}\n}",
			"share-consumer-create", `lets account "B" create consumers`, "Set watch = false, or share a durable source or a pull consumer.",
		},
		"it is for others": {
			"account \"B\" {\n external = true\n public_key = \"" + schema.StandIn("account/B") + "\"\n}\nshare \"s\" {\n stream = account.A.stream.S\n to \"B\" {}\n}",
			"share-consumer-create", `lets account "B" create consumers`, diag.Lookup("share-consumer-create").Mend,
		},
		"an entry of publish": {
			"account \"B\" {\n jetstream {}\n stream \"M\" {\n mirror { name = \"X\" }\n }\n user \"u\" {\n access { publish = [account.B.stream.M] }\n }\n}",
			"bad-value", `an entry of publish must be a stream with subjects, not stream "M", which only copies others`, diag.Lookup("bad-value").Mend,
		},
		"a subject exported twice on the same terms": {
			"account \"B\" {\n export \"x\" { stream = \"b.x\" }\n export \"y\" { stream = \"b.x\" }\n}",
			"export-overlap", "one subject can be exported only once", "Remove one of them.",
		},
		"a subject exported twice on other terms": {
			"account \"B\" {\n export \"x\" { stream = \"b.x\" }\n export \"y\" {\n stream = \"b.x\"\n advertise = true\n }\n}",
			"export-overlap", "one subject can be exported only once", "Remove one of them.",
		},
		"two shares of a stream under other prefixes": {
			"account \"B\" {}\nshare \"s\" {\n stream = account.A.stream.S\n to \"B\" {\n api_prefix = \"X\"\n}\n}\nshare \"r\" {\n stream = account.A.stream.S\n to \"B\" {}\n}",
			"import-collision", `account "B" imports the service "$JS.API.CONSUMER.MSG.NEXT.S.*" of account "A" twice`,
			`Give both the same api_prefix, as in api_prefix = "X": an account imports a subject of another one once, and both shares can use it there.`,
		},
		"two shares of a subject at other places": {
			"account \"B\" {}\nshare \"s\" {\n subject = \"x\"\n from = account.A\n to \"B\" {\n local_subject = \"y\"\n}\n}\nshare \"r\" {\n subject = \"x\"\n from = account.A\n to \"B\" {}\n}",
			"import-collision", `account "B" imports the stream "x" of account "A" twice`,
			`Give both the same local_subject: an account imports a subject of another one once, and both shares can use it there.`,
		},
		"two shares of buckets of one name": {
			"account \"C\" {\n jetstream {}\n object_store \"F\" {}\n}\naccount \"A2\" {\n jetstream {}\n object_store \"F\" {}\n}\naccount \"B\" {}\n" +
				"share \"s\" {\n object_store = account.C.object_store.F\n mode = \"write\"\n to \"B\" {}\n}\nshare \"r\" {\n object_store = account.A2.object_store.F\n mode = \"write\"\n to \"B\" {}\n}",
			"import-collision", `both answer at "$O.F.>" in account "B"`,
			"Rename one of the buckets: clients find its objects under its name, in whichever account.",
		},
		"two shares under one prefix": {
			"account \"A2\" {\n jetstream {}\n key_value \"K\" {}\n}\naccount \"B\" {}\nshare \"s\" {\n key_value = account.A.key_value.K\n watch = false\n to \"B\" {\n api_prefix = \"X\"\n}\n}\n" +
				"share \"r\" {\n key_value = account.A2.key_value.K\n watch = false\n to \"B\" {\n api_prefix = \"X\"\n}\n}",
			"import-collision", `both answer at "X.`, `Give share "r" another api_prefix for account "B".`,
		},
		"two services at one place": {
			"account \"A2\" {}\naccount \"B\" {}\nshare \"s\" {\n service = \"x\"\n from = account.A\n to \"B\" {}\n}\nshare \"r\" {\n service = \"x\"\n from = account.A2\n to \"B\" {}\n}",
			"import-collision", `both answer at "x" in account "B"`, `Give share "r" another local_subject for account "B".`,
		},
		"what only keys have": {
			"account \"B\" {\n jetstream {}\n object_store \"o\" { history = 5 }\n}",
			"unknown-attribute", `object_store has no attribute "history"`, "Remove it: only a key_value has history.",
		},
		"a mapping to nowhere": {
			"account \"B\" {\n mapping \"a\" {}\n}",
			"missing-attribute", `mapping "a" needs the attribute "destination"`, "Add destination, or a to block for each of several.",
		},
		"a share that comes to others": {
			"account \"B\" {\n user \"u\" {\n access { shares = [share.s] }\n }\n}\naccount \"C\" {}\nshare \"s\" {\n from = account.A\n service = \"s\"\n to \"C\" {}\n}",
			"wrong-reference", `a share that comes to account "B", not share "s"`, `Add a to block for account "B" to the share, or name another.`,
		},
		"a share of copies that comes to others": {
			"account \"B\" {\n jetstream {}\n stream \"T\" {\n source { share = share.s }\n }\n}\naccount \"C\" {\n jetstream {}\n}\nshare \"s\" {\n stream = account.A.stream.S\n mode = \"source\"\n to \"C\" {}\n}",
			"wrong-reference", `a share that comes to account "B", not share "s"`, `Add a to block for account "B" to the share, or name another.`,
		},
		"an export of nothing": {
			"account \"B\" {\n export \"e\" {}\n}",
			"missing-attribute", `export "e" needs`, "Write the subject as stream, or as service when it takes requests.",
		},
		"a time of day": {
			"account \"B\" {\n user \"u\" {\n times = [{ start = \"8:00\", end = \"18:00:00\" }]\n }\n}",
			"bad-time", `"8:00" is not a time`, `Write a time of day as HH:MM:SS, such as "08:00:00".`,
		},
		"a key of another role": {
			"account \"B\" {\n revoke \"x\" {\n user = \"" + schema.StandIn("account/B") + "\"\n }\n}",
			"key-wrong-type", "user must be the key of a user, not of an account", diag.Lookup("key-wrong-type").Mend,
		},
		"a key with a letter changed": {
			"account \"B\" {\n revoke \"x\" {\n user = \"U" + schema.StandIn("account/B")[1:] + "\"\n }\n}",
			"bad-value", "user must be a user's name or public key, not a key with a wrong checksum", "Copy the whole key again: one character of it is another.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(operator + c.text)}}, Path: "t.hcl"})
			_, more := compiler.Compile(config, nil)
			for _, d := range append(diags, more...) {
				if x := diag.Of(d); x.Rule.Name == c.rule && strings.Contains(d.Summary, c.summary) {
					if x.Hint != c.hint {
						t.Errorf("hint %q, want %q", x.Hint, c.hint)
					}
					return
				}
			}
			t.Errorf("not said: %v", append(diags, more...))
		})
	}
}

// TestNobodyWroteIt: a message says where what nobody wrote in the block comes
// from.
func TestNobodyWroteIt(t *testing.T) {
	for body, want := range map[string]string{
		`stream "S" {
    consumer_limits { max_ack_pending = 50 }
    consumer "C" {
      deliver_subject = "d"
      ack_policy      = "none"
    }
  }`: `field-conflict: max_ack_pending, which stream S gives by its consumer_limits, cannot be set together with ack_policy = "none"`,
		`key_value "K" {
    source {
      name           = "KV_L"
      filter_subject = "a"
    }
  }`: "field-conflict: filter_subject cannot be set together with subject_transform, by which a bucket takes another's keys",
	} {
		_, diags := compileAccount(t, unlimited, body)
		if got := mistakes(diags); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
