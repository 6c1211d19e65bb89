package compiler_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jsc/compiler"
	"jsc/schema"
)

func TestPermissions(t *testing.T) {
	push := []string{
		"$SYS.ACCOUNT.*.CLAIMS.>", "$SYS.REQ.ACCOUNT.*.CLAIMS.>", "$SYS.REQ.CLAIMS.>",
		"$SYS.REQ.SERVER.*.KICK", "$SYS.REQ.SERVER.*.LDM", "$SYS.REQ.SERVER.*.RELOAD",
	}
	questions := []string{"$SYS.REQ.ACCOUNT.*.CLAIMS.>", "$SYS.REQ.CLAIMS.>"}
	all := []string{">"}
	for name, c := range map[string]struct {
		account, body string
		want          compiler.Permissions
		unrestricted  bool
		inbox         string
	}{
		"nothing written": {"A", ``, compiler.Permissions{}, true, ""},
		"responses alone": {"A", `responses { ttl = "1s" }`, compiler.Permissions{Responses: &compiler.Responses{Max: 1, TTL: time.Second}}, true, ""},
		"blocks that say nothing": {"A", `
			publish {}
			subscribe {
				allow = null
				deny  = []
			}`, compiler.Permissions{}, true, ""},
		"sorted and unique": {"A", `
			publish {
				allow = ["b", "a", "b"]
				deny  = ["a.c"]
			}
			subscribe { allow = ["x workers", "x"] }`,
			compiler.Permissions{PublishAllow: []string{"a", "b"}, PublishDeny: []string{"a.c"}, SubscribeAllow: []string{"x", "x workers"}}, false, ""},
		"an empty allow list allows nothing": {"A", `publish { allow = [] }`, compiler.Permissions{PublishDeny: all}, false, ""},
		"deny alone leaves the rest":         {"A", `subscribe { deny = ["a"] }`, compiler.Permissions{SubscribeDeny: []string{"a"}}, false, ""},
		"empty access denies all, and needs no inbox": {"A", `access {}`,
			compiler.Permissions{PublishDeny: all, SubscribeDeny: all}, false, ""},
		"access keeps what is written": {"A", `
			access {}
			publish {
				allow = ["a"]
				deny  = ["b"]
			}`,
			compiler.Permissions{PublishAllow: []string{"a"}, PublishDeny: []string{"b"}, SubscribeAllow: []string{"_INBOX.u.>"}}, false, "_INBOX.u"},
		"an inbox of one's own": {"A", `
			access {}
			inbox_prefix = "_I.u"`,
			compiler.Permissions{PublishDeny: all, SubscribeAllow: []string{"_I.u.>"}}, false, "_I.u"},
		"access opens what an empty list closes": {"A", `
			access {}
			publish { allow = ["a"] }
			subscribe { allow = [] }`,
			compiler.Permissions{PublishAllow: []string{"a"}, SubscribeAllow: []string{"_INBOX.u.>"}}, false, "_INBOX.u"},
		"what is denied beside an empty list stays denied": {"A", `
			access {}
			publish {
				allow = []
				deny  = ["b", "a.>"]
			}
			subscribe {
				allow = []
				deny  = ["c"]
			}`,
			compiler.Permissions{PublishDeny: all, SubscribeAllow: []string{"_INBOX.u.>"}, SubscribeDeny: []string{"c"}}, false, "_INBOX.u"},
		"an inbox without access": {"A", `
			inbox_prefix = "_I.u"
			publish { allow = ["a"] }
			subscribe { allow = ["b"] }`,
			compiler.Permissions{PublishAllow: []string{"a"}, SubscribeAllow: []string{"_I.u.>", "b"}}, false, "_I.u"},
		"an inbox and nothing else to subscribe to": {"A", `
			inbox_prefix = "_I.u"
			subscribe { allow = [] }`,
			compiler.Permissions{SubscribeAllow: []string{"_I.u.>"}}, false, "_I.u"},
		"an inbox beside what is denied": {"A", `
			inbox_prefix = "_I.u"
			subscribe {
				allow = []
				deny  = ["c"]
			}`,
			compiler.Permissions{SubscribeAllow: []string{"_I.u.>"}, SubscribeDeny: []string{"c"}}, false, "_I.u"},
		"an inbox that is allowed as it is": {"A", `
			inbox_prefix = "_I.u"
			subscribe { allow = ["_I.>"] }`,
			compiler.Permissions{SubscribeAllow: []string{"_I.>"}}, false, "_I.u"},
		"an inbox where all but a denied subject is allowed": {"A", `
			inbox_prefix = "_I.u"
			publish { allow = ["a"] }
			subscribe { deny = ["b"] }`,
			compiler.Permissions{PublishAllow: []string{"a"}, SubscribeDeny: []string{"b"}}, false, "_I.u"},
		"an inbox of a user who may do all": {"A", `inbox_prefix = "_I.u"`, compiler.Permissions{}, true, "_I.u"},
		"system users cannot push":          {"SYS", ``, compiler.Permissions{PublishDeny: push, SubscribeDeny: questions}, true, ""},
		"unless they are to":                {"SYS", `push = true`, compiler.Permissions{}, true, ""},
		"whatever they are allowed": {"SYS", `publish { allow = ["$SYS.REQ.>"] }`,
			compiler.Permissions{PublishAllow: []string{"$SYS.REQ.>"}, PublishDeny: push, SubscribeDeny: questions}, false, ""},
		"all denied is enough": {"SYS", `access {}`, compiler.Permissions{PublishDeny: all, SubscribeDeny: all}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			topology := valid(t, `operator "O" {}`+"\n"+`account "`+c.account+`" {`+"\n"+`user "u" {`+"\n"+c.body+"\n}\n}")
			u := user(t, account(t, topology, c.account), "u")
			if diff := cmp.Diff(c.want, u.Permissions); diff != "" {
				t.Errorf("permissions (-want +got):\n%s", diff)
			}
			if u.Unrestricted != c.unrestricted {
				t.Errorf("unrestricted is %v", u.Unrestricted)
			}
			if u.InboxPrefix != c.inbox {
				t.Errorf("inbox prefix %q, want %q", u.InboxPrefix, c.inbox)
			}
		})
	}
}

func TestScopedUsersHaveTheirRolesPermissions(t *testing.T) {
	topology := valid(t, `
operator "O" {}
account "SYS" {
  signing_key "ops" {
    role {
      subscribe { allow = ["$SYS.>", "{{name()}}.{{tag(team)}}"] }
      connection_types = ["WEBSOCKET", "STANDARD"]
    }
  }
  user "u" {
    signing_key = "ops"
    tags        = ["team:x"]
  }
}`)
	sys := account(t, topology, "SYS")
	u := user(t, sys, "u")
	if diff := cmp.Diff(compiler.Permissions{}, u.Permissions); diff != "" {
		t.Errorf("the user carries permissions:\n%s", diff)
	}
	role := sys.SigningKeys[0].Role
	if len(role.Permissions.PublishDeny) != 6 || u.Unrestricted {
		t.Errorf("the role of a system account's key can push: %+v", role.Permissions)
	}
	if diff := cmp.Diff([]string{"STANDARD", "WEBSOCKET"}, role.Limits.ConnectionTypes); diff != "" {
		t.Errorf("connection types (-want +got):\n%s", diff)
	}
	if role.Limits.Subscriptions != -1 {
		t.Errorf("subscriptions %d", role.Limits.Subscriptions)
	}
}

// An inbox of a user's own comes to what the account's defaults allow.
func TestInboxBesideDefaults(t *testing.T) {
	for defaults, want := range map[string]compiler.Permissions{
		`subscribe {
      allow = ["b"]
      deny  = ["c"]
    }`: {SubscribeAllow: []string{"_I.u.>", "b"}, SubscribeDeny: []string{"c"}},
		`subscribe { allow = [] }
    publish { allow = [] }`: {SubscribeAllow: []string{"_I.u.>"}, PublishDeny: []string{">"}},
		`publish { allow = ["b"] }`: {},
	} {
		topology := valid(t, `
operator "O" {}
account "A" {
  default_permissions {
    `+defaults+`
  }
  user "u" { inbox_prefix = "_I.u" }
}`)
		if diff := cmp.Diff(want, user(t, account(t, topology, "A"), "u").Permissions); diff != "" {
			t.Errorf("%s: permissions (-want +got):\n%s", defaults, diff)
		}
	}
}

// A user is restricted by what it has, or else by defaults that restrict.
func TestUnrestrictedBesideDefaults(t *testing.T) {
	for _, c := range []struct {
		defaults, user string
		want           bool
	}{
		{``, ``, true},
		{`publish {}`, `publish {}`, true},
		{`responses {}`, ``, true},
		{`publish { allow = [] }`, ``, false},
		{`publish { allow = ["a"] }`, `publish {}`, false},
		{`publish { allow = ["a"] }`, `responses {}`, true},
		{``, `subscribe { deny = ["a"] }`, false},
		{``, `access {}`, false},
		{``, `signing_key = "open"`, true},
		{``, `signing_key = "closed"`, false},
		{`subscribe { deny = ["a"] }`, `signing_key = "open"`, false},
	} {
		topology := valid(t, `
operator "O" {}
account "A" {
  default_permissions {
    `+c.defaults+`
  }
  signing_key "open" {
    role {}
  }
  signing_key "closed" {
    role {
      publish { allow = ["a"] }
    }
  }
  signing_key "plain" {}
  user "u" {
    `+c.user+`
  }
}`)
		if u := user(t, account(t, topology, "A"), "u"); u.Unrestricted != c.want {
			t.Errorf("%q beside defaults %q: unrestricted is %v", c.user, c.defaults, u.Unrestricted)
		}
	}
}

// Access adds to what is allowed and takes nothing from what is denied.
func TestAccessKeepsDenied(t *testing.T) {
	for _, allow := range []string{"", "allow = []"} {
		topology := valid(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" { subjects = ["s.>"] }
  user "u" {
    access { publish = [account.A.stream.S] }
    publish {
      `+allow+`
      deny = ["s.internal.>", "s.hidden"]
    }
  }
}`)
		want := compiler.Permissions{
			PublishAllow: []string{"s.>"}, PublishDeny: []string{"s.hidden", "s.internal.>"},
			SubscribeAllow: []string{"_INBOX.u.>"},
		}
		if diff := cmp.Diff(want, user(t, account(t, topology, "A"), "u").Permissions); diff != "" {
			t.Errorf("%q: permissions (-want +got):\n%s", allow, diff)
		}
	}
}

// The server gives an account's defaults only to users without permissions of
// their own, and users of the system account have some.
func TestDefaultsOfASystemAccount(t *testing.T) {
	topology := valid(t, `
operator "O" {}
account "SYS" {
  default_permissions {
    publish { allow = ["a"] }
    subscribe { deny = ["b"] }
  }
  signing_key "k" {
    role {}
  }
  user "u" {}
  user "p" { push = true }
  user "own" {
    subscribe { allow = ["c"] }
  }
}`)
	sys := account(t, topology, "SYS")
	u := user(t, sys, "u")
	for name, p := range map[string]compiler.Permissions{"user": u.Permissions, "role": sys.SigningKeys[0].Role.Permissions} {
		if !cmp.Equal(p.PublishAllow, []string{"a"}) || !cmp.Equal(p.SubscribeDeny, []string{"$SYS.REQ.ACCOUNT.*.CLAIMS.>", "$SYS.REQ.CLAIMS.>", "b"}) || len(p.PublishDeny) != 6 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if u.Unrestricted {
		t.Error("defaults restrict a user")
	}
	if p := user(t, sys, "p").Permissions; !cmp.Equal(p, compiler.Permissions{}) {
		t.Errorf("a user that pushes carries %+v, so that the server applies no defaults", p)
	}
	if p := user(t, sys, "own").Permissions; len(p.PublishAllow) != 0 || !cmp.Equal(p.SubscribeAllow, []string{"c"}) {
		t.Errorf("a user with permissions of its own: %+v", p)
	}
	if len(sys.Defaults.PublishDeny) != 0 {
		t.Errorf("the defaults have changed: %+v", sys.Defaults)
	}
}

func TestUserLimits(t *testing.T) {
	u := user(t, account(t, valid(t, `
operator "O" {}
account "A" {
  user "u" {
    bearer           = true
    proxy_required   = true
    source_networks  = ["10.0.0.0/8", "::1/128"]
    times            = [{ start = "22:00:00", end = "06:00:00" }]
    locale           = "Europe/Berlin"
    connection_types = ["WEBSOCKET", "WEBSOCKET"]
    subscriptions    = 10
    data             = "1KiB"
    payload          = 100
    expires          = "2027-01-31"
  }
}`), "A"), "u")
	want := compiler.UserLimits{
		Bearer: true, ProxyRequired: true, SourceNetworks: []string{"10.0.0.0/8", "::1/128"},
		Times: []schema.TimeRange{{Start: "22:00:00", End: "06:00:00"}}, Locale: "Europe/Berlin",
		ConnectionTypes: []string{"WEBSOCKET"}, Subscriptions: 10, Data: 1024, Payload: 100,
	}
	if diff := cmp.Diff(want, u.Limits); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
	if want := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC); !u.Expiry.At.Equal(want) {
		t.Errorf("expires %v", u.Expiry.At)
	}
}

func TestPinnedKeysWin(t *testing.T) {
	operator, acc, usr := schema.StandIn("operator/other"), schema.StandIn("account/other"), schema.StandIn("account/other/user/x")
	topology := valid(t, `
operator "O" {
  public_key = "`+operator+`"
}
account "A" {
  public_key = "`+acc+`"
  user "u" {
    public_key = "`+usr+`"
  }
}`)
	a := account(t, topology, "A")
	if topology.Operator.PublicKey != operator || a.PublicKey != acc || user(t, a, "u").PublicKey != usr {
		t.Errorf("keys %s, %s, %s", topology.Operator.PublicKey, a.PublicKey, user(t, a, "u").PublicKey)
	}
}
