package compiler_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jsc/compiler"
)

// TestAccess holds every list of an access block to the least that its things
// need.
func TestAccess(t *testing.T) {
	const shares = `
share "push" {
  consumer = account.A.stream.S.consumer.PUSH
  to "B" { local_subject = "here" }
}
share "kv" {
  key_value = account.A.key_value.K
  mode      = "write"
  to "B" {}
}
share "news" {
  subject = "news.*"
  from    = account.A
  to "B" { local_subject = "a.$1" }
}
`
	tests := []struct {
		name, account, access string
		publish, subscribe    []string
	}{
		{"publish", "A", "publish = [account.A.stream.S]",
			[]string{"s.>", "t.*"}, []string{"_INBOX.u.>"}},
		{"consume push with a group", "A", "consume = [account.A.stream.S.consumer.PUSH]",
			[]string{"$JS.ACK.S.PUSH.>", "$JS.API.CONSUMER.INFO.S.PUSH"}, []string{"_INBOX.u.>", "deliver.s g"}},
		{"consume push with flow control", "A", "consume = [account.A.stream.S.consumer.FC]",
			[]string{"$JS.ACK.S.FC.>", "$JS.API.CONSUMER.INFO.S.FC", "$JS.FC.S.FC.*"}, []string{"_INBOX.u.>", "deliver.fc"}},
		{"consume pull", "A", "consume = [account.A.stream.Q.consumer.PULL]",
			[]string{"$JS.ACK.Q.PULL.>", "$JS.API.CONSUMER.INFO.Q.PULL", "$JS.API.CONSUMER.MSG.NEXT.Q.PULL"}, []string{"_INBOX.u.>"}},
		{"consume without acks", "A", "consume = [account.A.stream.Q.consumer.UNACKED]",
			[]string{"$JS.API.CONSUMER.INFO.Q.UNACKED", "$JS.API.CONSUMER.MSG.NEXT.Q.UNACKED"}, []string{"_INBOX.u.>"}},
		{"read a bucket", "A", "read = [account.A.key_value.K]",
			[]string{"$JS.API.CONSUMER.CREATE.KV_K.>", "$JS.API.DIRECT.GET.KV_K", "$JS.API.DIRECT.GET.KV_K.>", "$JS.API.STREAM.INFO.KV_K", "$JS.FC.KV_K.>"},
			[]string{"_INBOX.u.>"}},
		{"write a bucket", "A", "write = [account.A.object_store.F]",
			[]string{"$JS.API.CONSUMER.CREATE.OBJ_F.>", "$JS.API.DIRECT.GET.OBJ_F", "$JS.API.DIRECT.GET.OBJ_F.>", "$JS.API.STREAM.INFO.OBJ_F", "$JS.API.STREAM.PURGE.OBJ_F", "$JS.FC.OBJ_F.>", "$O.F.>"},
			[]string{"_INBOX.u.>"}},
		{"a push share, at its local subject", "B", "shares = [share.push]",
			[]string{"$JS.ACK.S.PUSH.>", "A.API.CONSUMER.INFO.S.PUSH"}, []string{"_INBOX.u.>", "here g"}},
		{"a kv share: its part of the share's inbox alone", "B", "shares = [share.kv]",
			[]string{"$JS.FC.KV_K.>", "A.API.$KV.K.>", "A.API.CONSUMER.CREATE.KV_K.>", "A.API.DIRECT.GET.KV_K", "A.API.DIRECT.GET.KV_K.>", "A.API.STREAM.INFO.KV_K"},
			[]string{"_INBOX_B.u.>"}},
		{"a subject alone", "B", "shares = [share.news]",
			nil, []string{"a.*"}},
		{"nothing", "B", "", nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			user := "  user \"u\" {\n    access {\n" + test.access + "\n    }\n  }\n"
			block := "account \"" + test.account + "\" {\n"
			topology, _ := compile(t, strings.Replace(exporter+shares, block, block+user, 1))
			got := account(t, topology, test.account).Users[0].Permissions
			want := compiler.Permissions{PublishAllow: test.publish, SubscribeAllow: test.subscribe}
			if test.publish == nil {
				want.PublishDeny = []string{">"}
			}
			if test.subscribe == nil {
				want.SubscribeDeny = []string{">"}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("permissions (-want +got):\n%s", diff)
			}
		})
	}
}

// TestManage holds the subjects of manage to one stream: none of them is of
// another, and none consumes.
func TestManage(t *testing.T) {
	topology, _ := compile(t, strings.Replace(exporter, "account \"A\" {\n", `account "A" {
  user "u" {
    access { manage = [account.A.stream.Q, account.A.key_value.K] }
  }
`, 1))
	got := account(t, topology, "A").Users[0].Permissions
	if diff := cmp.Diff([]string{"_INBOX.u.>"}, got.SubscribeAllow); diff != "" {
		t.Errorf("subscribe (-want +got):\n%s", diff)
	}
	allowed := make(map[string]bool)
	for _, s := range got.PublishAllow {
		allowed[s] = true
		if s == "$JS.API.INFO" {
			continue // of the account
		}
		tokens := strings.Split(s, ".")
		if !slices.Contains(tokens, "Q") && !slices.Contains(tokens, "KV_K") {
			t.Errorf("%s is of no stream", s)
		}
	}
	for _, operation := range []string{"STREAM.CREATE.Q", "STREAM.UPDATE.Q", "STREAM.DELETE.KV_K", "STREAM.PURGE.Q", "CONSUMER.CREATE.Q.>", "CONSUMER.DELETE.Q.*", "CONSUMER.INFO.KV_K.*", "INFO"} {
		if !allowed["$JS.API."+operation] {
			t.Errorf("no %s", operation)
		}
	}
	for _, s := range got.PublishAllow {
		if strings.Contains(s, "MSG.NEXT") || strings.Contains(s, "$JS.ACK") {
			t.Errorf("%s consumes", s)
		}
	}
}
