package client

import (
	"slices"

	"jsc/compiler"
)

// use is one way to use what a kind shares. Its texts are templates, see fill.
type use struct {
	what   string
	when   func(*View) bool // nil: always
	cli    string           // of the nats CLI
	js     bool             // the code needs js, a JetStream client
	code   string           // with nats.go
	hcl    string
	config func(*View) string // of the importer's stream, as JSON
}

// inbox is the flag for commands that get replies, api are those for commands
// that use JetStream.
const (
	inbox = "{?inbox  --inbox-prefix={}}"
	api   = "{?prefix  --js-api-prefix={}}" + inbox
)

// uses are the ways to use each kind, with the nats CLI 0.5 and with
// nats.go 1.55. Tests run the one and compile the other.
var uses = map[string][]use{
	"push": {
		{what: "receive, bound to the consumer", when: bindable, js: true,
			cli:  "nats consumer sub {stream} {consumer}{?group  --deliver-group={}}{=ack flag}" + api,
			code: "consumer, err := js.PushConsumer(ctx, {stream}, {consumer})\nconsuming, err := consumer.Consume(func(m jetstream.Msg) { handle(m){=ack} })\ndefer consuming.Stop()"},
		{what: "receive, as a plain subscriber", when: both(not(flows), grouped),
			cli:  "nats sub {subject} --queue={group}{=ack flag}",
			code: "sub, err := nc.QueueSubscribe({subject}, {group}, func(m *nats.Msg) { handle(m){=ack} })\ndefer sub.Unsubscribe()"},
		{what: "receive, as a plain subscriber", when: both(not(flows), not(grouped)),
			cli:  "nats sub {subject}{=ack flag}",
			code: "sub, err := nc.Subscribe({subject}, func(m *nats.Msg) { handle(m){=ack} })\ndefer sub.Unsubscribe()"},
		lookUpConsumer,
	},
	"pull": {
		{what: "pull", when: both(has("info"), not(prioritized)), js: true,
			cli:  "nats consumer next {stream} {consumer} --count=10{=ack flag}{=timeout flag}" + api,
			code: fetched},
		{what: "pull", when: both(has("info"), prioritized), js: true, code: fetched}, // the CLI names no group
		{what: "pull, without looking the consumer up", when: both(not(has("info")), not(prioritized)),
			cli:  "nats consumer next {stream} {consumer} --count=10{=ack flag}{=timeout flag}" + api,
			code: "js, err := nc.JetStream(nats.APIPrefix({prefix}))\nsub, err := js.PullSubscribe(\"\", \"\", nats.Bind({stream}, {consumer}), nats.SkipConsumerLookup())\nbatch, err := sub.Fetch({=batch}{=max wait})\nfor _, m := range batch {\n\thandle(m){=ack line}\n}"},
		{what: "pull, without looking the consumer up", when: both(not(has("info")), prioritized),
			code: "answers, err := nc.SubscribeSync(nc.NewInbox())\nerr = nc.PublishRequest({next}, answers.Subject, []byte(`{=request}`))\nm, err := answers.NextMsgWithContext(ctx)\nhandle(m){=ack}"},
		lookUpConsumer,
	},
	"read": {
		{what: "read all messages in order", when: both(ordered, both(not(filtered), has("info"))), js: true,
			cli:  "nats sub --stream={stream} --all" + api,
			code: orderedAll},
		{what: "read all messages in order", when: both(ordered, both(not(filtered), not(has("info")))), js: true,
			code: orderedAll},
		{what: "read the shared messages in order", when: both(ordered, filtered), js: true,
			code: "consumer, err := js.OrderedConsumer(ctx, {stream}, jetstream.OrderedConsumerConfig{FilterSubjects: []string{{filter}}})\nconsuming, err := consumer.Consume(func(m jetstream.Msg) { handle(m) })\ndefer consuming.Stop()"},
		{what: "read the last message of a subject", when: has("info"), js: true,
			code: "stream, err := js.Stream(ctx, {stream})\nm, err := stream.GetLastMsgForSubject(ctx, {example})\nhandle(m)"},
	},
	"publish": {
		{what: "publish, and have the stream's acknowledgement",
			cli:  "nats pub --jetstream {example} 'text'" + inbox,
			code: "js, err := jetstream.New(nc)\n_, err = js.Publish(ctx, {example}, []byte(\"text\"))"},
	},
	"kv-read":      keyRead,
	"kv-write":     slices.Concat(keyRead, keyWrite),
	"object-read":  objectRead,
	"object-write": slices.Concat(objectRead, objectWrite),
	"source": {
		{what: "copy", when: not(handedOver), hcl: "stream \"COPY\" {\n  source { share = {=address} }\n}"},
		{what: "copy", when: handedOver, config: origin},
	},
	"mirror": {
		{what: "copy", when: not(handedOver), hcl: "stream \"COPY\" {\n  mirror { share = {=address} }\n}"},
		{what: "copy", when: handedOver, config: origin},
	},
	"durable-source": {
		{what: "copy", when: not(handedOver), hcl: "stream \"COPY\" {\n  source { share = {=address} }\n}"},
		{what: "copy", when: handedOver, config: origin},
	},
	"subject": {
		{what: "receive",
			cli:  "nats sub {subject}",
			code: "sub, err := nc.Subscribe({subject}, func(m *nats.Msg) { handle(m) })\ndefer sub.Unsubscribe()"},
	},
	"service": {
		{what: "ask", when: not(manyAnswers),
			cli:  "nats request {example} 'text'" + inbox,
			code: "answer, err := nc.RequestWithContext(ctx, {example}, []byte(\"text\"))\nhandle(answer)"},
		{what: "ask, and have several answers", when: manyAnswers,
			cli:  "nats request {example} 'text' --replies=0" + inbox,
			code: "answers, err := nc.SubscribeSync(nc.NewInbox())\nerr = nc.PublishRequest({example}, answers.Subject, []byte(\"text\"))\nanswer, err := answers.NextMsgWithContext(ctx)\nhandle(answer)"},
	},
}

const fetched = "consumer, err := js.Consumer(ctx, {stream}, {consumer})\nbatch, err := consumer.Fetch({=batch}{=fetch options})\nfor m := range batch.Messages() {\n\thandle(m){=ack line}\n}"

const orderedAll = "consumer, err := js.OrderedConsumer(ctx, {stream}, jetstream.OrderedConsumerConfig{})\nconsuming, err := consumer.Consume(func(m jetstream.Msg) { handle(m) })\ndefer consuming.Stop()"

var lookUpConsumer = use{what: "look the consumer up", when: has("info"), cli: "nats consumer info {stream} {consumer}" + api}

var keyRead = []use{
	{what: "get a value", js: true,
		cli:  "nats kv get {bucket} {key}" + api,
		code: "kv, err := js.KeyValue(ctx, {bucket})\nentry, err := kv.Get(ctx, {key})\nhandle(entry)"},
	{what: "watch", when: has("watch"), js: true,
		cli:  "nats kv watch {bucket} {keys}" + api,
		code: "kv, err := js.KeyValue(ctx, {bucket})\nwatcher, err := kv.Watch(ctx, {keys})\ndefer watcher.Stop()\nfor entry := range watcher.Updates() {\n\thandle(entry) // nil once all that is there has come\n}"},
}

var keyWrite = []use{
	{what: "put a value", js: true,
		cli:  "nats kv put {bucket} {key} 'value'" + api,
		code: "kv, err := js.KeyValue(ctx, {bucket})\n_, err = kv.Put(ctx, {key}, []byte(\"value\"))"},
}

var objectRead = []use{
	{what: "read an object", when: has("watch"), js: true,
		cli:  "nats object get {bucket} 'name'" + api,
		code: "store, err := js.ObjectStore(ctx, {bucket})\ndata, err := store.GetBytes(ctx, \"name\")\nhandle(data)"},
	{what: "list objects", when: has("watch"), js: true,
		cli:  "nats object ls {bucket}" + api,
		code: "store, err := js.ObjectStore(ctx, {bucket})\nlist, err := store.List(ctx)\nhandle(list)"},
	{what: "look an object up", when: not(has("watch")), js: true,
		cli:  "nats object info {bucket} 'name'" + api,
		code: "store, err := js.ObjectStore(ctx, {bucket})\ninfo, err := store.GetInfo(ctx, \"name\")\nhandle(info)"},
}

var objectWrite = []use{
	{what: "put an object", js: true,
		cli:  "nats object put {bucket} 'file' --name='name' --force --no-progress" + api,
		code: "store, err := js.ObjectStore(ctx, {bucket})\n_, err = store.PutBytes(ctx, \"name\", []byte(\"data\"))"},
}

// The conditions of uses and of cautions.

func not(when func(*View) bool) func(*View) bool { return func(v *View) bool { return !when(v) } }

func both(a, b func(*View) bool) func(*View) bool {
	return func(v *View) bool { return a(v) && b(v) }
}

// has reports that the view has grants of a row; in one's own account there is
// no lack of any.
func has(row string) func(*View) bool {
	return func(v *View) bool {
		return v.share == nil || slices.ContainsFunc(v.grants, func(g *compiler.Grant) bool { return g.RowName() == row })
	}
}

// bindable reports that JetStream clients find the consumer and hear what it
// delivers: they subscribe to the exporter's subject (nats.go, PushConsumer).
func bindable(v *View) bool { return has("info")(v) && !moved(v) }

// moved reports that deliveries arrive at another subject than the consumer's.
func moved(v *View) bool {
	return slices.ContainsFunc(v.grants, func(g *compiler.Grant) bool { return g.Row.Deliver && g.Local != g.Subject })
}

// flows reports that a push consumer wants its flow control answered.
func flows(v *View) bool {
	if v.share == nil {
		return v.consumer != nil && v.consumer.FlowControl
	}
	return has("fc")(v) && row(func(r *compiler.Row) bool { return r.Deliver })(v)
}

// ordered reports that readers get the ordered consumers that they create.
func ordered(v *View) bool {
	return slices.ContainsFunc(v.grants, func(g *compiler.Grant) bool { return g.Row.Creates && g.Idle() == "" })
}

func grouped(v *View) bool  { return v.values["group"] != "" }
func filtered(v *View) bool { return v.values["filter"] != "" }

// prioritized reports that a pull names a priority group, or is refused.
func prioritized(v *View) bool { return v.values["priority"] != "" }

// handedOver reports that the importer is somebody else's.
func handedOver(v *View) bool { return v.target != nil && v.target.To != nil && v.target.To.External }

func manyAnswers(v *View) bool {
	return slices.ContainsFunc(v.grants, func(g *compiler.Grant) bool {
		return g.Terms.Response == "stream" || g.Terms.Response == "chunked"
	})
}

// origin is what a stream that copies the share says of it, as nats stream add
// --config takes it.
func origin(v *View) string {
	s := v.share
	from := &compiler.StreamSource{
		Name:     s.Stream.Config.Name,
		External: &compiler.External{API: v.target.APIPrefix, Deliver: v.target.DeliverPrefix},
	}
	if s.Consumer != nil {
		from.External.Deliver = ""
		from.Consumer = &compiler.SourceConsumer{Name: s.Consumer.Config.Name, DeliverSubject: v.values["subject"]}
	}
	if len(s.Filters) == 1 {
		from.FilterSubject = s.Filters[0]
	} else {
		for _, f := range s.Filters {
			from.SubjectTransforms = append(from.SubjectTransforms, compiler.SubjectTransform{Src: f})
		}
	}
	config := compiler.StreamConfig{Name: "COPY", Sources: []*compiler.StreamSource{from}}
	if s.Kind.Mode == "mirror" {
		config.Mirror, config.Sources = from, nil
	}
	return string(config.JSON())
}
