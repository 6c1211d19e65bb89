package compiler

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"jsc/schema"
)

// What a permission of a role is for a user is what the server says of it:
// templates filled in, and left out what makes no subject. Where nothing can be
// made of a denied one, the user does not connect.
func TestTemplatesAsTheServerFillsThem(t *testing.T) {
	pair := func(create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
		t.Helper()
		kp, err := create()
		if err != nil {
			t.Fatal(err)
		}
		public, err := kp.PublicKey()
		if err != nil {
			t.Fatal(err)
		}
		return kp, public
	}
	encode := func(c jwt.Claims, kp nkeys.KeyPair) string {
		t.Helper()
		token, err := c.Encode(kp)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	operatorKey, operator := pair(nkeys.CreateOperator)
	_, account := pair(nkeys.CreateAccount)
	scopeKey, scope := pair(nkeys.CreateAccount)
	denyKey, deny := pair(nkeys.CreateAccount)

	allowed := []string{
		"_INBOX.>", "work crew",
		"n.{{name()}}", "n.{{ NAME() }}.>", "s.{{subject()}}", "an.{{account-name()}}", "as.{{account-subject()}}",
		"t.{{tag(team)}}.>", "both.{{tag(team)}}.{{tag(team)}}", "pairs.{{tag(team)}}.{{account-tag(Region)}}",
		"none.{{tag(crew)}}", "shout.{{TAG(team)}}", "bad.{{tag(bad)}}", "in.a{{tag(crew)}}b.>",
	}
	claims := jwt.NewAccountClaims(account)
	claims.Name = "A"
	claims.Tags.Add("region:south", "Region:north", "other:x")
	role := jwt.NewUserScope()
	role.Key, role.Template.Sub.Allow = scope, allowed
	claims.SigningKeys.AddScopedSigner(role)
	denies := jwt.NewUserScope()
	denies.Key, denies.Template.Sub.Deny = deny, []string{"t.{{tag(team)}}"}
	claims.SigningKeys.AddScopedSigner(denies)

	_, sys := pair(nkeys.CreateAccount)
	resolver := &server.MemAccResolver{}
	for key, token := range map[string]string{account: encode(claims, operatorKey), sys: encode(jwt.NewAccountClaims(sys), operatorKey)} {
		if err := resolver.Store(key, token); err != nil {
			t.Fatal(err)
		}
	}
	trusted, err := jwt.DecodeOperatorClaims(encode(jwt.NewOperatorClaims(operator), operatorKey))
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
		TrustedOperators: []*jwt.OperatorClaims{trusted}, AccountResolver: resolver, SystemAccount: sys,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not come up")
	}

	for _, tt := range []struct {
		name   string
		tags   []string
		key    nkeys.KeyPair
		enters bool
	}{
		{"ann", []string{"Team:red", "team:blue", "bad:x y", "bad:z"}, scopeKey, true},
		{"a b", []string{"crew:"}, scopeKey, true},
		{"a.", nil, scopeKey, true},
		{"tagged", []string{"team:red"}, denyKey, true},
		{"untagged", []string{"teams:red"}, denyKey, false},
		{"spaced", []string{"team:a b"}, denyKey, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			userKey, public := pair(nkeys.CreateUser)
			token := jwt.NewUserClaims(public)
			token.Name, token.IssuerAccount = tt.name, account
			token.Tags.Add(tt.tags...)
			token.UserPermissionLimits = jwt.UserPermissionLimits{}
			u := &User{
				Src:     &schema.User{UserTerms: &schema.UserTerms{Tags: schema.Set(tt.tags, nil)}},
				Account: &Account{Name: "A", PublicKey: account, Src: &schema.Account{}}, Name: tt.name, PublicKey: public,
			}
			u.Account.Src.AccountTerms = &schema.AccountTerms{Tags: schema.Set([]string{"region:south", "Region:north", "other:x"}, nil)}
			text := encode(token, tt.key)
			nc, err := nats.Connect(s.ClientURL(), nats.MaxReconnects(0), nats.UserJWT(
				func() (string, error) { return text, nil },
				userKey.Sign,
			))
			if tt.key == denyKey {
				_, why := u.fill(denies.Template.Sub.Deny[0])
				if tt.enters != (why == "") || tt.enters != (err == nil) {
					t.Errorf("jsc: %q; the server: %v", why, err)
				}
				if err == nil {
					nc.Close()
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			msg, err := nc.Request("$SYS.REQ.USER.INFO", nil, 10*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			var info struct {
				Data struct {
					Permissions struct {
						Subscribe struct{ Allow []string }
					}
				}
			}
			if err := json.Unmarshal(msg.Data, &info); err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, a := range allowed {
				subjects, _ := u.fill(a)
				want = append(want, subjects...)
			}
			if diff := cmp.Diff(sortedUnique(info.Data.Permissions.Subscribe.Allow), sortedUnique(want)); diff != "" {
				t.Errorf("the server's permissions (-) and jsc's (+):\n%s", diff)
			}
		})
	}
}
