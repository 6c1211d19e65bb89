package verify

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"jsc/compiler"
)

// Who is told to use an inbox prefix gets replies there, whatever else the user's
// permissions, its role's or its account's are.
func TestInboxesAnswer(t *testing.T) {
	top := compile(t, `
operator "O" {}
account "A" {
  default_permissions {
    publish { allow = ["ask.>"] }
    subscribe { allow = ["other"] }
  }
  signing_key "k" {
    role {
      publish { allow = ["ask.>"] }
      subscribe { allow = ["_INBOX_{{name()}}.>"] }
    }
  }
  user "answers" {
    publish { allow = ["*.>"] }
    subscribe { allow = ["ask.>"] }
  }
  user "own" {
    inbox_prefix = "_INBOX_own"
    publish { allow = ["ask.>"] }
    subscribe { allow = ["own.>"] }
  }
  user "closed" {
    inbox_prefix = "_INBOX_closed"
    publish { allow = ["ask.>"] }
    subscribe { allow = [] }
  }
  user "access" {
    inbox_prefix = "_INBOX_access"
    access {}
    publish { allow = ["ask.>"] }
    subscribe { allow = [] }
  }
  user "defaults" { inbox_prefix = "_INBOX_defaults" }
  user "role" {
    signing_key  = "k"
    inbox_prefix = "_INBOX_role"
  }
}`)
	asked := 0
	eachUser(t, top, func(v *run, sys *system, u *compiler.User, nc *nats.Conn) {
		if u.InboxPrefix == "" {
			return
		}
		asked++
		var answers *compiler.User
		for _, other := range u.Account.Users {
			if other.Name == "answers" {
				answers = other
			}
		}
		service, err := sys.as(t.Context(), u.Account, answers, "")
		if err != nil {
			t.Fatal(err)
		}
		if sub, err := service.Subscribe("ask."+u.Name, func(m *nats.Msg) { _ = m.Respond([]byte("yes")) }); err != nil {
			t.Fatal(err)
		} else if err := service.Flush(); err != nil || !sub.IsValid() {
			t.Fatal(err)
		}
		if _, err := nc.Request("ask."+u.Name, nil, 5*time.Second); err != nil {
			t.Errorf("user %q asks and gets no answer at %q: %v", u.Name, u.InboxPrefix, err)
		}
	})
	if asked != 5 {
		t.Errorf("%d users asked, not 5", asked)
	}
}
