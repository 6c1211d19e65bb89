package compiler_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jsc/compiler"
)

// TestKinds holds every kind's grants to docs/shares.md's table, subject by subject.
// A line is: name type subject response > local, with "-" where the local
// subject is the exporter's, "?" at the end of what is not needed.
func TestKinds(t *testing.T) {
	const (
		d = "_"
		v = "$JS.ACK." + d + ".HASH." // v2
		f = "$JS.FC." + d + ".HASH."
	)
	tests := []struct{ name, ack, share, want string }{
		{"push", "v1", `
			consumer = account.A.stream.S.consumer.PUSH
			to "B" {}`, `
			x.deliver stream deliver.s > -
			x.ack service $JS.ACK.S.PUSH.> single > -
			x.info service $JS.API.CONSUMER.INFO.S.PUSH single > A.API.CONSUMER.INFO.S.PUSH ?`},
		{"push with flow control, v2", "v2", `
			consumer = account.A.stream.S.consumer.FC
			info     = false
			to "B" { local_subject = "here" }`, `
			x.deliver stream deliver.fc > here
			x.ack service ` + v + `S.FC.> single > -
			x.fc service ` + f + `S.FC.* single > -`},
		{"push, both formats", "both", `
			consumer = account.A.stream.S.consumer.FC
			to "B" { api_prefix = "JS.A" }`, `
			x.deliver stream deliver.fc > -
			x.ack service $JS.ACK.S.FC.> single > -
			x.ack.2 service ` + v + `S.FC.> single > -
			x.fc service $JS.FC.S.FC.* single > -
			x.fc.2 service ` + f + `S.FC.* single > -
			x.info service $JS.API.CONSUMER.INFO.S.FC single > JS.A.CONSUMER.INFO.S.FC ?`},
		{"push without acks", "v1", `
			consumer = account.A.stream.S.consumer.NONE
			info     = false
			to "B" {}`, `
			x.deliver stream deliver.none > -`},
		{"pull", "v1", `
			consumer = account.A.stream.Q.consumer.PULL
			to "B" {}`, `
			x.next service $JS.API.CONSUMER.MSG.NEXT.Q.PULL stream > A.API.CONSUMER.MSG.NEXT.Q.PULL
			x.ack service $JS.ACK.Q.PULL.> single > -
			x.info service $JS.API.CONSUMER.INFO.Q.PULL single > A.API.CONSUMER.INFO.Q.PULL ?`},
		{"pull without acks", "both", `
			consumer = account.A.stream.Q.consumer.UNACKED
			info     = false
			to "B" {}`, `
			x.next service $JS.API.CONSUMER.MSG.NEXT.Q.UNACKED stream > A.API.CONSUMER.MSG.NEXT.Q.UNACKED`},
		{"durable-source", "v1", `
			consumer = account.A.stream.S.consumer.SOURCED
			to "B" { local_subject = "here" }`, `
			x.reset service $JS.API.CONSUMER.RESET.S.SOURCED single > A.API.CONSUMER.RESET.S.SOURCED
			x.deliver stream deliver.sourced > here
			x.fc service $JS.FC.S.SOURCED.* single > -`},
		{"read", "v1", `
			stream = account.A.stream.S
			to "B" {}`, `
			x.info service $JS.API.STREAM.INFO.S single > A.API.STREAM.INFO.S ?
			x.get service $JS.API.DIRECT.GET.S stream > A.API.DIRECT.GET.S
			x.get.2 service $JS.API.DIRECT.GET.S.> stream > A.API.DIRECT.GET.S.>
			x.create service $JS.API.CONSUMER.CREATE.S.> single > A.API.CONSUMER.CREATE.S.>
			x.next service $JS.API.CONSUMER.MSG.NEXT.S.* stream > A.API.CONSUMER.MSG.NEXT.S.$1`},
		{"read without direct gets and info", "v1", `
			stream = account.A.stream.L
			mode   = "read"
			info   = false
			to "B" {}`, `
			x.get service $JS.API.STREAM.MSG.GET.L stream > A.API.STREAM.MSG.GET.L
			x.create service $JS.API.CONSUMER.CREATE.L.> single > A.API.CONSUMER.CREATE.L.>
			x.next service $JS.API.CONSUMER.MSG.NEXT.L.* stream > A.API.CONSUMER.MSG.NEXT.L.$1`},
		{"read with filters", "v1", `
			stream          = account.A.stream.S
			filter_subjects = ["t.*", "s.a.>"]
			to "B" {}`, `
			x.get service $JS.API.DIRECT.GET.S.s.a.> stream > A.API.DIRECT.GET.S.s.a.>
			x.get.2 service $JS.API.DIRECT.GET.S.t.* stream > A.API.DIRECT.GET.S.t.$1
			x.create service $JS.API.CONSUMER.CREATE.S.*.s.a.> single > A.API.CONSUMER.CREATE.S.$1.s.a.>
			x.create.2 service $JS.API.CONSUMER.CREATE.S.*.t.* single > A.API.CONSUMER.CREATE.S.$1.t.$2
			x.next service $JS.API.CONSUMER.MSG.NEXT.S.* stream > A.API.CONSUMER.MSG.NEXT.S.$1`},
		{"read with a filter, of a stream without direct gets", "v1", `
			stream          = account.A.stream.L
			filter_subjects = ["L"]
			to "B" {}`, `
			x.get service $JS.API.DIRECT.GET.L.L stream > A.API.DIRECT.GET.L.L ?
			x.create service $JS.API.CONSUMER.CREATE.L.*.L single > A.API.CONSUMER.CREATE.L.$1.L
			x.next service $JS.API.CONSUMER.MSG.NEXT.L.* stream > A.API.CONSUMER.MSG.NEXT.L.$1`},
		{"publish", "v1", `
			stream = account.A.stream.S
			mode   = "publish"
			to "B" {}`, `
			x.publish service s.> single > -
			x.publish.2 service t.* single > -`},
		{"publish with a filter", "v1", `
			stream          = account.A.stream.S
			mode            = "publish"
			filter_subjects = ["t.*"]
			to "B" { local_subject = "to-a.$1" }`, `
			x.publish service t.* single > to-a.$1`},
		{"kv-read", "v1", `
			key_value = account.A.key_value.K
			to "B" {}`, `
			x.info service $JS.API.STREAM.INFO.KV_K single > A.API.STREAM.INFO.KV_K
			x.get service $JS.API.DIRECT.GET.KV_K stream > A.API.DIRECT.GET.KV_K
			x.get.2 service $JS.API.DIRECT.GET.KV_K.> stream > A.API.DIRECT.GET.KV_K.>
			x.watch service $JS.API.CONSUMER.CREATE.KV_K.> single > A.API.CONSUMER.CREATE.KV_K.> ?
			x.watch.2 stream _INBOX_B.> > - ?
			x.fc service $JS.FC.KV_K.> single > - ?`},
		{"kv-read without watch", "v2", `
			key_value = account.A.key_value.K
			watch     = false
			to "B" {}`, `
			x.info service $JS.API.STREAM.INFO.KV_K single > A.API.STREAM.INFO.KV_K
			x.get service $JS.API.DIRECT.GET.KV_K stream > A.API.DIRECT.GET.KV_K
			x.get.2 service $JS.API.DIRECT.GET.KV_K.> stream > A.API.DIRECT.GET.KV_K.>`},
		{"kv-read of some keys", "v1", `
			key_value       = account.A.key_value.K
			filter_subjects = ["a.>", "b"]
			to "B" { inbox_prefix = "_INBOX_readers" }`, `
			x.info service $JS.API.STREAM.INFO.KV_K single > A.API.STREAM.INFO.KV_K
			x.get service $JS.API.DIRECT.GET.KV_K.$KV.K.a.> stream > A.API.DIRECT.GET.KV_K.$KV.K.a.>
			x.get.2 service $JS.API.DIRECT.GET.KV_K.$KV.K.b stream > A.API.DIRECT.GET.KV_K.$KV.K.b
			x.get.3 service $JS.API.DIRECT.GET.KV_K.$KV.K.b.> stream > A.API.DIRECT.GET.KV_K.$KV.K.b.>
			x.watch service $JS.API.CONSUMER.CREATE.KV_K.*.$KV.K.a.> single > A.API.CONSUMER.CREATE.KV_K.$1.$KV.K.a.> ?
			x.watch.2 service $JS.API.CONSUMER.CREATE.KV_K.*.$KV.K.b single > A.API.CONSUMER.CREATE.KV_K.$1.$KV.K.b ?
			x.watch.3 service $JS.API.CONSUMER.CREATE.KV_K.*.$KV.K.b.> single > A.API.CONSUMER.CREATE.KV_K.$1.$KV.K.b.> ?
			x.watch.4 stream _INBOX_readers.> > - ?
			x.fc service $JS.FC.KV_K.> single > - ?`},
		{"kv-read, trusted", "v1", `
			key_value = account.A.key_value.K
			to "B" { trusted = true }`, `
			x.info service $JS.API.STREAM.INFO.KV_K single > A.API.STREAM.INFO.KV_K
			x.get service $JS.API.DIRECT.GET.KV_K stream > A.API.DIRECT.GET.KV_K
			x.get.2 service $JS.API.DIRECT.GET.KV_K.> stream > A.API.DIRECT.GET.KV_K.>
			x.watch service $JS.API.CONSUMER.CREATE.KV_K.> single > A.API.CONSUMER.CREATE.KV_K.> ?
			x.watch.2 stream _INBOX_B.> > - ?
			x.fc service $JS.FC.KV_K.> single > - ?
			x.delete service $JS.API.CONSUMER.DELETE.KV_K.* single > A.API.CONSUMER.DELETE.KV_K.$1 ?`},
		{"kv-write, trusted", "both", `
			key_value = account.A.key_value.K
			mode      = "write"
			to "B" { trusted = true }`, `
			x.info service $JS.API.STREAM.INFO.KV_K single > A.API.STREAM.INFO.KV_K
			x.get service $JS.API.DIRECT.GET.KV_K stream > A.API.DIRECT.GET.KV_K
			x.get.2 service $JS.API.DIRECT.GET.KV_K.> stream > A.API.DIRECT.GET.KV_K.>
			x.watch service $JS.API.CONSUMER.CREATE.KV_K.> single > A.API.CONSUMER.CREATE.KV_K.> ?
			x.watch.2 stream _INBOX_B.> > - ?
			x.fc service $JS.FC.KV_K.> single > - ?
			x.fc.2 service ` + f + `KV_K.> single > - ?
			x.delete service $JS.API.CONSUMER.DELETE.KV_K.* single > A.API.CONSUMER.DELETE.KV_K.$1 ?
			x.put service $KV.K.> single > A.API.$KV.K.>`},
		{"object-read", "v1", `
			object_store = account.A.object_store.F
			to "B" { trusted = true }`, `
			x.info service $JS.API.STREAM.INFO.OBJ_F single > A.API.STREAM.INFO.OBJ_F
			x.get service $JS.API.DIRECT.GET.OBJ_F stream > A.API.DIRECT.GET.OBJ_F
			x.get.2 service $JS.API.DIRECT.GET.OBJ_F.> stream > A.API.DIRECT.GET.OBJ_F.>
			x.watch service $JS.API.CONSUMER.CREATE.OBJ_F.> single > A.API.CONSUMER.CREATE.OBJ_F.> ?
			x.watch.2 stream _INBOX_B.> > - ?
			x.fc service $JS.FC.OBJ_F.> single > - ?
			x.delete service $JS.API.CONSUMER.DELETE.OBJ_F.* single > A.API.CONSUMER.DELETE.OBJ_F.$1 ?`},
		{"object-write, trusted", "v2", `
			object_store = account.A.object_store.F
			mode         = "write"
			to "B" { trusted = true }`, `
			x.info service $JS.API.STREAM.INFO.OBJ_F single > A.API.STREAM.INFO.OBJ_F
			x.get service $JS.API.DIRECT.GET.OBJ_F stream > A.API.DIRECT.GET.OBJ_F
			x.get.2 service $JS.API.DIRECT.GET.OBJ_F.> stream > A.API.DIRECT.GET.OBJ_F.>
			x.watch service $JS.API.CONSUMER.CREATE.OBJ_F.> single > A.API.CONSUMER.CREATE.OBJ_F.> ?
			x.watch.2 stream _INBOX_B.> > - ?
			x.fc service ` + f + `OBJ_F.> single > - ?
			x.delete service $JS.API.CONSUMER.DELETE.OBJ_F.* single > A.API.CONSUMER.DELETE.OBJ_F.$1 ?
			x.put service $O.F.> single > -
			x.purge service $JS.API.STREAM.PURGE.OBJ_F single > A.API.STREAM.PURGE.OBJ_F`},
		{"object-write without watch", "v1", `
			object_store = account.A.object_store.F
			mode         = "write"
			watch        = false
			to "B" {}`, `
			x.info service $JS.API.STREAM.INFO.OBJ_F single > A.API.STREAM.INFO.OBJ_F
			x.get service $JS.API.DIRECT.GET.OBJ_F stream > A.API.DIRECT.GET.OBJ_F
			x.get.2 service $JS.API.DIRECT.GET.OBJ_F.> stream > A.API.DIRECT.GET.OBJ_F.>
			x.put service $O.F.> single > -
			x.purge service $JS.API.STREAM.PURGE.OBJ_F single > A.API.STREAM.PURGE.OBJ_F`},
		{"source", "v1", `
			stream = account.A.stream.S
			mode   = "source"
			to "B" {}`, `
			x.create service $JS.API.CONSUMER.CREATE.S single > A.API.CONSUMER.CREATE.S
			x.deliver stream deliver.x.B.S.* > -
			x.fc service $JS.FC.S.*.* single > -`},
		{"source with one filter, trusted", "v2", `
			stream          = account.A.stream.S
			mode            = "source"
			filter_subjects = ["t.*"]
			to "B" { trusted = true }`, `
			x.create service $JS.API.CONSUMER.CREATE.S.*.t.* single > A.API.CONSUMER.CREATE.S.$1.t.$2
			x.deliver stream deliver.x.B.S.* > -
			x.fc service ` + f + `S.*.* single > -
			x.delete service $JS.API.CONSUMER.DELETE.S.* single > A.API.CONSUMER.DELETE.S.$1 ?`},
		{"source with two filters", "v1", `
			stream          = account.A.stream.S
			mode            = "source"
			filter_subjects = ["t.*", "s.a"]
			to "B" {}`, `
			x.create service $JS.API.CONSUMER.CREATE.S single > A.API.CONSUMER.CREATE.S
			x.deliver stream deliver.x.B.S.* > -
			x.fc service $JS.FC.S.*.* single > -`},
		{"mirror", "v1", `
			stream = account.A.stream.S
			mode   = "mirror"
			to "B" {}`, `
			x.create service $JS.API.CONSUMER.CREATE.S single > A.API.CONSUMER.CREATE.S
			x.deliver stream deliver.x.B.M.* > -
			x.fc service $JS.FC.S.*.* single > -`},
		{"mirror with one filter, trusted", "v1", `
			stream          = account.A.stream.S
			mode            = "mirror"
			filter_subjects = ["s.a"]
			to "B" {
			  api_prefix = "M"
			  trusted    = true
			}`, `
			x.create service $JS.API.CONSUMER.CREATE.S.*.s.a single > M.CONSUMER.CREATE.S.$1.s.a
			x.deliver stream deliver.x.B.M.* > -
			x.fc service $JS.FC.S.*.* single > -
			x.delete service $JS.API.CONSUMER.DELETE.S.* single > M.CONSUMER.DELETE.S.$1 ?`},
		{"subject", "v1", `
			subject = "news.*"
			from    = account.A
			to "B" { local_subject = "a.news.$1" }`, `
			x.subject stream news.* > a.news.$1`},
		{"service", "v1", `
			service  = "time"
			from     = account.A
			response = "chunked"
			to "B" {}`, `
			x.service service time chunked > -`},
	}
	covered := map[*compiler.Row]bool{}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			topology, _ := compile(t, exporter+"server { ack_format = \""+test.ack+"\" }\nshare \"x\" {"+test.share+"\n}\n")
			hash := compiler.AccountHash(account(t, topology, "A").PublicKey)
			var got []string
			for _, g := range topology.Shares[0].Targets[0].Grants {
				covered[g.Row] = true
				line := []string{g.Name, string(g.Type), strings.ReplaceAll(g.Subject, hash, "HASH")}
				if g.Terms.Response != "" {
					line = append(line, g.Terms.Response)
				}
				if !g.Terms.Private {
					line = append(line, "public")
				}
				local := g.Local
				if local == g.Subject {
					local = "-"
				}
				line = append(line, ">", local)
				if !g.Needed() {
					line = append(line, "?")
				}
				got = append(got, strings.Join(line, " "))
			}
			if diff := cmp.Diff(lines(test.want), got); diff != "" {
				t.Errorf("grants (-want +got):\n%s", diff)
			}
		})
	}
	for _, k := range compiler.ShareKinds() {
		for i := range k.Rows {
			row := &k.Rows[i]
			filtered := strings.Contains(strings.Join(row.Templates, " "), "{filter}")
			if !covered[row] && (!filtered || k.Takes("filter_subjects")) {
				t.Errorf("no test of kind %s, row %s %v", k.Name, row.Grant, row.Templates)
			}
		}
	}
}

// TestRowsSayWhatTheyAllow: checks warn of rows by these words, not by their subjects.
func TestRowsSayWhatTheyAllow(t *testing.T) {
	for _, k := range compiler.ShareKinds() {
		for _, r := range k.Rows {
			for _, template := range r.Templates {
				if creates := strings.HasPrefix(template, "$JS.API.CONSUMER.CREATE."); r.Creates != creates {
					t.Errorf("%s, %s: creates consumers: %t", k.Name, template, r.Creates)
				}
				if drains := strings.HasPrefix(template, "$JS.API.CONSUMER.MSG.NEXT.{stream}.") && !strings.HasSuffix(template, ".{consumer}"); r.Drains != drains {
					t.Errorf("%s, %s: takes from every pull consumer: %t", k.Name, template, r.Drains)
				}
				if own := strings.HasPrefix(template, "{inbox}"); r.Inbox != own || own && !r.Named {
					t.Errorf("%s, %s: one importer's replies: %t, never public: %t", k.Name, template, r.Inbox, r.Named)
				}
			}
		}
	}
}
