package compiler

import (
	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
)

// Own is a thing of a user's own account that its access lists.
type Own struct {
	User *User
	List string // the list of the access block: "publish", "consume", "read" …; "" of Uses
	// Share is the share that would give it to another account. It has no
	// importers and is not one of the topology.
	Share *Share
}

// Grants are what the user needs: the rows of the share's kind, at the owner's
// own subjects. They are no grants of the topology; nothing is exported for
// them.
func (o *Own) Grants(server *Server) []*Grant {
	s := o.Share
	var out []*Grant
	for row, subjects := range s.Kind.expand(o.learn(s.Facts(server, nil)), nil) {
		for _, subject := range subjects {
			out = append(out, &Grant{
				From: s.From, To: s.From, Type: row.Type, Subject: subject, Local: subject,
				Share: s, Row: row,
			})
		}
	}
	return out
}

// learn makes facts of the share those of the user, and returns them.
func (o *Own) learn(f *Facts) *Facts {
	f.Watch, f.Inbox = o.Share.Kind.Takes(attrWatch), o.User.InboxPrefix
	return f
}

// Uses are all ways in which a user could use a stream of its own account and
// the stream's consumers, whether its access lists them or not.
func (u *User) Uses(s *Stream) []*Own {
	bucket, _ := streamBucket(s)
	own := func(k *ShareKind, c *Consumer) *Own {
		return &Own{User: u, Share: &Share{From: s.Account, Kind: k, Stream: s, Consumer: c, Bucket: bucket, Info: true}}
	}
	all := []*Own{own(Management, nil)}
	for _, k := range kinds {
		if k.Source == string(s.Src.Header().Kind) && !k.Sourced {
			all = append(all, own(k, nil))
		}
	}
	for _, c := range s.Consumers {
		all = append(all, own(kindOf("consumer", "", &c.Config), c))
	}
	return all
}

// Management is the kind of what a user may manage. No share has it.
var Management = &ShareKind{
	Name: "manage",
	Rows: []Row{{Grant: "manage", Type: ServiceType, Templates: management, Needed: true, Why: "administers the stream and its consumers"}},
}

// management is the API of one stream and of its consumers, without what
// consumes them (nats-server server/jetstream_api.go). One row an operation,
// even where a wildcard would be shorter: it would give what later servers add.
// The account's own figures are there because clients ask for them first.
var management = []string{
	"$JS.API.INFO",
	"$JS.API.STREAM.CREATE.{stream}",
	"$JS.API.STREAM.UPDATE.{stream}",
	"$JS.API.STREAM.INFO.{stream}",
	"$JS.API.STREAM.DELETE.{stream}",
	"$JS.API.STREAM.PURGE.{stream}",
	"$JS.API.STREAM.MSG.GET.{stream}",
	"$JS.API.STREAM.MSG.DELETE.{stream}",
	"$JS.API.STREAM.SNAPSHOT.{stream}",
	"$JS.API.STREAM.RESTORE.{stream}",
	"$JS.API.STREAM.LEADER.STEPDOWN.{stream}",
	"$JS.API.STREAM.PEER.REMOVE.{stream}",
	"$JS.API.CONSUMER.CREATE.{stream}",
	"$JS.API.CONSUMER.CREATE.{stream}.>",
	"$JS.API.CONSUMER.DURABLE.CREATE.{stream}.*",
	"$JS.API.CONSUMER.INFO.{stream}.*",
	"$JS.API.CONSUMER.LIST.{stream}",
	"$JS.API.CONSUMER.NAMES.{stream}",
	"$JS.API.CONSUMER.DELETE.{stream}.*",
	"$JS.API.CONSUMER.PAUSE.{stream}.*",
	"$JS.API.CONSUMER.RESET.{stream}.*",
	"$JS.API.CONSUMER.UNPIN.{stream}.*",
	"$JS.API.CONSUMER.LEADER.STEPDOWN.{stream}.*",
	"$JS.SNAPSHOT.ACK.{stream}.*",
	"$JS.SNAPSHOT.RESTORE.{stream}.*",
}

// manageRows gives the API of a stream.
func manageRows(p *pass, a *access, e schema.Entity, at hcl.Range) {
	if s := p.owned(a, e, at); s != nil {
		s.Kind = Management
		a.own(p, s)
	}
}
