package verify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"jsc/compiler"
)

// allowed are a user's lists of permissions, by what they allow.
func allowed(u *compiler.User) map[string]*[]string {
	return map[string]*[]string{"publish": &u.Permissions.PublishAllow, "subscribe": &u.Permissions.SubscribeAllow}
}

// TestOwnNarrowed: a user that lacks any one of the permissions which its
// access gives it fails a row. TestOwn shows that it fails none with all of them.
func TestOwnNarrowed(t *testing.T) {
	tried := 0
	for _, a := range compile(t, clinic).Accounts {
		for _, u := range a.Users {
			for list, subjects := range allowed(u) {
				for _, subject := range *subjects {
					if len(u.Own) > 0 {
						tried++
						t.Run(u.Name+" "+list+" "+subject, func(t *testing.T) { narrowed(t, u.Name, list, subject) })
					}
				}
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d permissions were tried", tried)
	}
}

// narrowed proves a user of the clinic without one permission.
func narrowed(t *testing.T, user, list, subject string) {
	t.Parallel()
	top := compile(t, clinic)
	for _, a := range top.Accounts {
		a.Users = slices.DeleteFunc(a.Users, func(u *compiler.User) bool { return u.Name != user })
		for _, u := range a.Users {
			subjects := allowed(u)[list]
			at := slices.Index(*subjects, subject)
			(*subjects)[at] = "nothing" // an empty list would allow everything
		}
	}
	eachUser(t, top, func(v *run, sys *system, u *compiler.User, _ *nats.Conn) {
		v.opts.Patience, v.opts.StepTimeout, v.opts.Messages = 200*time.Millisecond, time.Second, 10
		if strings.HasPrefix(subject, "$JS.FC.") { // is asked for after some 2 MiB
			v.opts.StepTimeout, v.opts.Messages = 10*time.Second, 1100
		}
		for _, o := range u.Own {
			if err := v.own(t.Context(), sys, false, o, map[thing]bool{}); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.ContainsFunc(v.more, func(r Row) bool { return r.User == user && r.Result == failed && r.Detail != "" }) {
			t.Errorf("nothing fails: %+v", v.more)
		}
	})
}
