package compiler

import "slices"

// ShareKind is one kind of share: what selects it and which grants it needs.
// What tells kinds apart is a column here, but for how clients use a kind
// (emit/client) and how that is tried on a server (emit/verify): tables by its
// name.
type ShareKind struct {
	Name    string
	Source  string // the attribute that says what is shared
	Mode    string // the mode that selects it; "" for a source without modes
	Default bool   // selected when no mode is written
	// Attributes are those of share and to that not every kind has and this one
	// takes.
	Attributes []string
	// Sourced: a stream of the importer uses the grants, not its users.
	Sourced bool
	// Exclusive: importers of one consumer take each other's messages.
	Exclusive bool
	Writes    bool // importers may publish into the stream, headers included
	// Unwatched is what importers without watch cannot do; "" when they do well.
	Unwatched string
	Rows      []Row

	consumer func(*ConsumerConfig) bool // of a consumer; nil: any
}

// Row is one grant of a kind. It stands for as many grants as its templates
// give subjects (Facts.expand).
type Row struct {
	Grant     string
	Type      Type
	Templates []string
	Response  string // of a service; "" where the share says it
	Local     LocalRule
	When      func(*Facts) bool // nil: always
	Needed    bool              // without it the kind does not work at all
	Creates   bool              // lets importers create consumers (docs/security.md A1)
	Named     bool              // its subjects are one importer's own: never public (docs/security.md A6)
	Deliver   bool              // messages of the consumer: a deliver group applies
	Inbox     bool              // replies: each user has only its part of the subject
	Drains    bool              // takes messages of every pull consumer of the stream (docs/security.md A3)
	Idle      string            // what it gives that the stream does not answer; "" when it does
	Beyond    string            // what it shows beyond the share's filters; "" when nothing (docs/security.md A2)
	Why       string
}

// idleQueue is what a reader is granted of a work queue, for its ordered
// consumers acknowledge nothing, and it takes none that do not (err_code 10084).
const idleQueue = "ordered consumers of a work queue"

// Idle is what the grant gives that the stream does not answer; "" when it does.
func (g *Grant) Idle() string { return g.Share.idle(g.Row) }

func (s *Share) idle(r *Row) string {
	reads := s.Kind.has(func(r *Row) bool { return r.Drains })
	if reads && (r.Creates || r.Drains) && s.Stream.Config.Retention == "workqueue" {
		return idleQueue
	}
	return r.Idle
}

// LocalRule says where an importer sees a row's subjects.
type LocalRule int

// The rules for local subjects.
const (
	LocalSame     LocalRule = iota // the exporter's subject, unmapped
	LocalPrefixed                  // under api_prefix, which takes the place of $JS.API
	LocalFree                      // local_subject, else the exporter's
)

// The attributes that only some kinds take.
const (
	attrFrom          = "from"
	attrCompeting     = "competing"
	attrWatch         = "watch"
	attrFilters       = "filter_subjects"
	attrResponse      = "response"
	attrThreshold     = "response_threshold"
	attrLatency       = "latency"
	attrTokenPosition = "account_token_position"
	attrAdvertise     = "advertise"
	attrLocal         = "local_subject"
	attrInbox         = "inbox_prefix"
	attrAPI           = "api_prefix"
)

// Takes reports that the kind has the attribute, one of those that only some
// kinds have.
func (k *ShareKind) Takes(attribute string) bool { return slices.Contains(k.Attributes, attribute) }

// has reports a row with that property, whether it applies or not.
func (k *ShareKind) has(property func(*Row) bool) bool {
	for i := range k.Rows {
		if property(&k.Rows[i]) {
			return true
		}
	}
	return false
}

// ShareKinds returns the table of kinds. The kinds are the table's own and
// must not be changed.
func ShareKinds() []*ShareKind { return kinds }

// kindOf is the kind that a source, a mode and, of a consumer, its
// configuration select; "" is no mode. Nil when there is none.
func kindOf(source, mode string, consumer *ConsumerConfig) *ShareKind {
	for _, k := range kinds {
		if k.Source != source || k.consumer != nil && !k.consumer(consumer) {
			continue
		}
		if k.Mode == mode || mode == "" && k.Default {
			return k
		}
	}
	return nil
}

// kinds is docs/shares.md's table. Every subject was established there on a running
// server: each row necessary, all of a kind's together sufficient.
var kinds = []*ShareKind{
	{
		Name: "push", Source: "consumer", consumer: deliversToClients,
		Attributes: []string{attrLocal, attrAPI}, Exclusive: true,
		Rows: []Row{
			{Grant: "deliver", Type: StreamType, Templates: []string{"{deliver}"}, Local: LocalFree, Needed: true, Deliver: true,
				Why: "the messages, as the consumer delivers them"},
			consumerAck,
			consumerFlowControl,
			consumerInfo,
		},
	},
	{
		Name: "pull", Source: "consumer", consumer: isPulled,
		Attributes: []string{attrCompeting, attrAPI}, Exclusive: true,
		Rows: []Row{
			{Grant: "next", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"}, Response: "stream", Local: LocalPrefixed, Needed: true,
				Why: "asks the consumer for its next messages"},
			consumerAck,
			consumerInfo,
		},
	},
	{
		Name: "read", Source: "stream", Mode: "read", Default: true,
		Attributes: []string{attrFilters, attrAPI},
		Rows: []Row{
			{Grant: "info", Type: ServiceType, Templates: []string{"$JS.API.STREAM.INFO.{stream}"}, Response: "single", Local: LocalPrefixed, When: whole(withInfo),
				Why: "clients look the stream up before they read it"},
			{Grant: "get", Type: ServiceType, Templates: []string{"$JS.API.DIRECT.GET.{stream}", "$JS.API.DIRECT.GET.{stream}.>"}, Response: "stream", Local: LocalPrefixed, When: whole(isDirect), Needed: true,
				Why: "reads single messages from any replica"},
			{Grant: "get", Type: ServiceType, Templates: []string{"$JS.API.STREAM.MSG.GET.{stream}"}, Response: "stream", Local: LocalPrefixed, When: whole(notDirect), Needed: true,
				Why: "reads single messages from the stream's leader"},
			{Grant: "get", Type: ServiceType, Templates: []string{"$JS.API.DIRECT.GET.{stream}.{filter}"}, Response: "stream", Local: LocalPrefixed, When: filtered(isDirect), Needed: true,
				Why: "reads the last messages of the shared subjects"},
			{Grant: "get", Type: ServiceType, Templates: []string{"$JS.API.DIRECT.GET.{stream}.{filter}"}, Response: "stream", Local: LocalPrefixed, When: filtered(notDirect), Idle: "direct gets, while allow_direct of the stream is off",
				Why: "reads the last messages of the shared subjects, once the stream has allow_direct"},
			{Grant: "create", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.CREATE.{stream}.>"}, Response: "single", Local: LocalPrefixed, When: notFiltered, Needed: true, Creates: true,
				Why: "ordered consumers are created by whoever reads"},
			{Grant: "create", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.CREATE.{stream}.*.{filter}"}, Response: "single", Local: LocalPrefixed, When: isFiltered, Needed: true, Creates: true,
				Why: "ordered consumers over the shared subjects are created by whoever reads"},
			{Grant: "next", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.MSG.NEXT.{stream}.*"}, Response: "stream", Local: LocalPrefixed, Needed: true, Drains: true,
				Why: "asks the ordered consumers for their next messages"},
		},
	},
	{
		Name: "publish", Source: "stream", Mode: "publish", Writes: true,
		Attributes: []string{attrFilters, attrLocal},
		Rows: []Row{
			{Grant: "publish", Type: ServiceType, Templates: []string{"{subjects}"}, Response: "single", Local: LocalFree, When: notFiltered, Needed: true,
				Why: "messages go into the stream and its acknowledgement comes back"},
			{Grant: "publish", Type: ServiceType, Templates: []string{"{filter}"}, Response: "single", Local: LocalFree, When: isFiltered, Needed: true,
				Why: "messages of these subjects go into the stream and its acknowledgement comes back"},
		},
	},
	{
		Name: "kv-read", Source: "key_value", Mode: "read", Default: true,
		Attributes: []string{attrWatch, attrFilters, attrInbox, attrAPI},
		Rows:       bucketRead,
	},
	{
		Name: "kv-write", Source: "key_value", Mode: "write",
		Attributes: []string{attrWatch, attrInbox, attrAPI},
		Rows: slices.Concat(bucketRead, []Row{
			{Grant: "put", Type: ServiceType, Templates: []string{"$KV.{bucket}.>"}, Response: "single", Local: LocalPrefixed, Needed: true,
				Why: "writes, deletes and purges keys"},
		}),
	},
	{
		Name: "object-read", Source: "object_store", Mode: "read", Default: true,
		Attributes: []string{attrWatch, attrInbox, attrAPI},
		Unwatched:  "read an object, which clients do by a consumer",
		Rows:       bucketRead,
	},
	{
		Name: "object-write", Source: "object_store", Mode: "write",
		Attributes: []string{attrWatch, attrInbox, attrAPI},
		Rows: slices.Concat(bucketRead, []Row{
			{Grant: "put", Type: ServiceType, Templates: []string{"$O.{bucket}.>"}, Response: "single", Local: LocalSame, Needed: true,
				Why: "writes objects and their descriptions"},
			{Grant: "purge", Type: ServiceType, Templates: []string{"$JS.API.STREAM.PURGE.{stream}"}, Response: "single", Local: LocalPrefixed, Needed: true,
				Why: "removes an object's chunks when it is overwritten or deleted"},
		}),
	},
	{
		Name: "source", Source: "stream", Mode: "source", Sourced: true,
		Attributes: []string{attrFilters, attrAPI},
		Rows:       sourcing("{prefix}.S.*"),
	},
	{
		Name: "mirror", Source: "stream", Mode: "mirror", Sourced: true,
		Attributes: []string{attrFilters, attrAPI},
		Rows:       sourcing("{prefix}.M.*"),
	},
	{
		Name: "durable-source", Source: "consumer", consumer: isDurableSource, Sourced: true,
		Attributes: []string{attrLocal, attrAPI}, Exclusive: true,
		Rows: []Row{
			{Grant: "reset", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.RESET.{stream}.{consumer}"}, Response: "single", Local: LocalPrefixed, Needed: true,
				Why: "the importer's stream says from which message on it wants to copy"},
			{Grant: "deliver", Type: StreamType, Templates: []string{"{deliver}"}, Local: LocalFree, Needed: true,
				Why: "the messages, as the consumer delivers them"},
			{Grant: "fc", Type: ServiceType, Templates: []string{"{fc}.{stream}.{consumer}.*"}, Response: "single", Local: LocalSame, Needed: true,
				Why: "acknowledges what was copied and keeps the flow going"},
		},
	},
	{
		Name: "subject", Source: "subject",
		Attributes: []string{attrFrom, attrLocal, attrAdvertise},
		Rows: []Row{
			{Grant: "subject", Type: StreamType, Templates: []string{"{subject}"}, Local: LocalFree, Needed: true,
				Why: "the messages that are published there"},
		},
	},
	{
		Name: "service", Source: "service",
		Attributes: []string{attrFrom, attrLocal, attrAdvertise, attrResponse, attrThreshold, attrLatency, attrTokenPosition},
		Rows: []Row{
			{Grant: "service", Type: ServiceType, Templates: []string{"{subject}"}, Local: LocalFree, Needed: true,
				Why: "requests go to the service and its answers come back"},
		},
	},
}

// The rows of every consumer that clients use.
var (
	consumerAck = Row{Grant: "ack", Type: ServiceType, Templates: []string{"{ack}.{stream}.{consumer}.>"}, Response: "single", Local: LocalSame, When: isAcked, Needed: true,
		Why: "acknowledges messages; unacknowledged ones come again"}
	consumerFlowControl = Row{Grant: "fc", Type: ServiceType, Templates: []string{"{fc}.{stream}.{consumer}.*"}, Response: "single", Local: LocalSame, When: hasFlowControl, Needed: true,
		Why: "answers flow control; without it delivery stalls for good after some 2 MiB"}
	consumerInfo = Row{Grant: "info", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.INFO.{stream}.{consumer}"}, Response: "single", Local: LocalPrefixed, When: withInfo,
		Why: "clients look the consumer up when they bind to it"}
)

// bucketRead are the rows of everybody who reads a bucket.
var bucketRead = []Row{
	{Grant: "info", Type: ServiceType, Templates: []string{"$JS.API.STREAM.INFO.{stream}"}, Response: "single", Local: LocalPrefixed, Needed: true, Beyond: "list the name of every key",
		Why: "clients look the bucket up when they bind to it"},
	{Grant: "get", Type: ServiceType, Templates: []string{"$JS.API.DIRECT.GET.{stream}", "$JS.API.DIRECT.GET.{stream}.>"}, Response: "stream", Local: LocalPrefixed, When: notFiltered, Needed: true,
		Why: "reads values"},
	{Grant: "get", Type: ServiceType, Templates: []string{"$JS.API.DIRECT.GET.{stream}.{filter}"}, Response: "stream", Local: LocalPrefixed, When: isFiltered, Needed: true,
		Why: "reads the values of the shared keys"},
	{Grant: "watch", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.CREATE.{stream}.>"}, Response: "single", Local: LocalPrefixed, When: watched(notFiltered), Creates: true,
		Why: "watching, listing and history are consumers that the client creates"},
	{Grant: "watch", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.CREATE.{stream}.*.{filter}"}, Response: "single", Local: LocalPrefixed, When: watched(isFiltered), Creates: true,
		Why: "watching and history of the shared keys are consumers that the client creates"},
	{Grant: "watch", Type: StreamType, Templates: []string{"{inbox}.>"}, Local: LocalSame, When: isWatched, Named: true, Inbox: true,
		Why: "those consumers deliver to the client's inbox"},
	{Grant: "fc", Type: ServiceType, Templates: []string{"{fc}.{stream}.>"}, Response: "single", Local: LocalSame, When: isWatched,
		Why: "answers flow control of those consumers; without it large answers stall"},
	{Grant: "delete", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.DELETE.{stream}.*"}, Response: "single", Local: LocalPrefixed, When: watched(isTrusted),
		Why: "removes those consumers at once instead of when they expire"},
}

// sourcing are the rows of a stream that copies by consumers that it makes
// itself, delivered under the given template.
func sourcing(deliver string) []Row {
	return []Row{
		{Grant: "create", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.CREATE.{stream}"}, Response: "single", Local: LocalPrefixed, When: notOneFilter, Needed: true, Creates: true, Beyond: "choose any other filter",
			Why: "the importer's stream makes the consumer that it copies from"},
		{Grant: "create", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.CREATE.{stream}.*.{filter}"}, Response: "single", Local: LocalPrefixed, When: oneFilter, Needed: true, Creates: true,
			Why: "the importer's stream makes the filtered consumer that it copies from"},
		{Grant: "deliver", Type: StreamType, Templates: []string{deliver}, Local: LocalSame, Needed: true, Named: true,
			Why: "the copied messages"},
		{Grant: "fc", Type: ServiceType, Templates: []string{"{fc}.{stream}.*.*"}, Response: "single", Local: LocalSame, Needed: true,
			Why: "keeps the flow going; without it copying stalls silently"},
		{Grant: "delete", Type: ServiceType, Templates: []string{"$JS.API.CONSUMER.DELETE.{stream}.*"}, Response: "single", Local: LocalPrefixed, When: isTrusted,
			Why: "removes the consumer at once when the source goes"},
	}
}

// What a consumer is, for the kinds that tell consumers apart.

func isDurableSource(c *ConsumerConfig) bool   { return c.AckPolicy == "flow_control" }
func deliversToClients(c *ConsumerConfig) bool { return c.Push() && !isDurableSource(c) }
func isPulled(c *ConsumerConfig) bool          { return !c.Push() && !isDurableSource(c) }

// The conditions of rows.

func withInfo(f *Facts) bool       { return f.Info }
func isAcked(f *Facts) bool        { return f.Acked }
func hasFlowControl(f *Facts) bool { return f.FlowControl }
func isDirect(f *Facts) bool       { return f.Direct }
func notDirect(f *Facts) bool      { return !f.Direct }
func isTrusted(f *Facts) bool      { return f.Trusted }
func isWatched(f *Facts) bool      { return f.Watch }
func isFiltered(f *Facts) bool     { return len(f.Filters) > 0 }
func notFiltered(f *Facts) bool    { return len(f.Filters) == 0 }
func oneFilter(f *Facts) bool      { return len(f.Filters) == 1 }
func notOneFilter(f *Facts) bool   { return len(f.Filters) != 1 }

// whole is when, of a share of the whole stream.
func whole(when func(*Facts) bool) func(*Facts) bool {
	return func(f *Facts) bool { return notFiltered(f) && when(f) }
}

// filtered is when, of a share of some subjects.
func filtered(when func(*Facts) bool) func(*Facts) bool {
	return func(f *Facts) bool { return isFiltered(f) && when(f) }
}

// watched is when, of a share with watch.
func watched(when func(*Facts) bool) func(*Facts) bool {
	return func(f *Facts) bool { return f.Watch && when(f) }
}
