// Package client owns how clients use what is shared, in words: what they must be
// told, the commands and the code of each use, and what to be careful of. All of
// it is filled in from the compiled topology, for whoever is on the other side.
package client

import (
	"regexp"
	"strconv"
	"strings"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// Anybody stands for the importers of a public share that names none.
const Anybody = "anybody"

// Setting is a setting of a client, with the flag of the nats CLI for it and
// the option of nats.go; "" where there is none.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Flag  string `json:"flag,omitempty"`
	Go    string `json:"go,omitempty"`
}

// Use is one way to use a thing, in the forms that there are for it.
type Use struct {
	What string `json:"what"`
	CLI  string `json:"cli,omitempty"`  // a shell command, nearly always of the nats CLI
	Go   string `json:"go,omitempty"`   // with nats.go; nc is a connection, errors are left out
	HCL  string `json:"hcl,omitempty"`  // of a topology
	Conf string `json:"conf,omitempty"` // of a nats-server's configuration
	JSON string `json:"json,omitempty"` // of a stream's configuration
}

// View is what somebody who uses a thing sees of it: the importer of a share,
// or a user of the account that has it. The tables of uses and cautions are
// filled in from it.
type View struct {
	share    *compiler.Share  // nil for a thing of one's own account
	target   *compiler.Target // likewise
	grants   []*compiler.Grant
	consumer *compiler.ConsumerConfig // nil without one
	values   map[string]string
}

// OfShare is an importer's view of a share.
func OfShare(s *compiler.Share, t *compiler.Target, grants []*compiler.Grant) *View {
	v := Own(s.Stream, s.Consumer)
	v.share, v.target, v.grants = s, t, grants
	v.values["address"], v.values["exporter"], v.values["inbox"] = s.Address(), s.From.Name, t.InboxPrefix
	v.values["importer"] = Anybody
	if t.To != nil {
		v.values["importer"] = t.To.Name
	}
	if len(s.Filters) > 0 {
		v.filter(s.Filters[0])
	}
	for i := len(grants) - 1; i >= 0; i-- { // the first of a name counts
		switch g := grants[i]; g.Row.Local {
		case compiler.LocalPrefixed:
			v.values["prefix"] = t.APIPrefix
		case compiler.LocalFree:
			v.values["subject"], v.values["example"] = g.ClientSubject(), example(g.ClientSubject())
		}
	}
	if v.consumer != nil && !v.consumer.Push() {
		v.values["next"] = t.APIPrefix + ".CONSUMER.MSG.NEXT." + v.values["stream"] + "." + v.values["consumer"]
	}
	if !has("ack")(v) {
		v.values["ack"], v.values["ack line"], v.values["ack flag"] = "", "", ""
	}
	return v
}

// Own is a user's view of a stream of its account, and of a consumer of it,
// which may be nil.
func Own(s *compiler.Stream, c *compiler.Consumer) *View {
	v := &View{values: map[string]string{"key": "key", "keys": ">"}}
	if s != nil {
		v.values["stream"] = s.Config.Name
		if h := s.Src.Header(); h.Kind != schema.KindStream {
			v.values["bucket"] = h.Name
		}
		if len(s.Config.Subjects) > 0 {
			v.values["example"] = example(s.Config.Subjects[0])
		}
	}
	if c != nil {
		v.consumer = &c.Config
		v.values["consumer"], v.values["subject"], v.values["group"] = c.Config.Name, c.Config.DeliverSubject, c.Config.DeliverGroup
		if c.Config.AckPolicy != "none" {
			v.values["ack"], v.values["ack line"], v.values["ack flag"] = "; m.Ack()", "\n\tm.Ack()", " --ack"
		}
		v.pull(&c.Config)
	}
	return v
}

// filter narrows the view to a filter of the share; a bucket's is one of keys.
func (v *View) filter(subject string) {
	if bucket := v.values["bucket"]; bucket != "" {
		subject = strings.TrimPrefix(subject, "$KV."+bucket+".")
		v.values["keys"], v.values["key"] = subject, example(subject)
	}
	v.values["filter"], v.values["example"] = subject, example(subject)
}

// example is a subject that a wildcard subject takes in.
func example(subject string) string {
	tokens := strings.Split(subject, ".")
	for i, token := range tokens {
		if token == "*" || token == ">" {
			tokens[i] = "example"
		}
	}
	return strings.Join(tokens, ".")
}

// SetInbox makes it the view of a user with an inbox prefix.
func (v *View) SetInbox(prefix string) { v.values["inbox"] = prefix }

// Settings are what clients must be told. A stream that copies is told by its
// configuration: there are none for it.
func (v *View) Settings() []Setting {
	var out []Setting
	if v.share != nil && v.share.Kind.Sourced {
		return nil
	}
	for _, s := range []Setting{
		{"JetStream API prefix", v.values["prefix"], "--js-api-prefix", "jetstream.NewWithAPIPrefix"},
		{"inbox prefix", v.values["inbox"], "--inbox-prefix", "nats.CustomInboxPrefix"},
		{"queue group", v.values["group"], "--queue", "Conn.QueueSubscribe"},
		{"priority group", v.values["groups"], "", "jetstream.FetchPriorityGroup"},
		{"most messages of a pull", v.values["most"], "", "Consumer.Fetch"},
		{"longest wait of a pull", v.values["longest"], "--timeout", "jetstream.FetchMaxWait"},
		{"subject", v.values["subject"], "", ""},
	} {
		if s.Value != "" {
			out = append(out, s)
		}
	}
	return out
}

// blank is a place in a template: {name} is a value, quoted, and {=name} as it
// is; {?name text{}text} is there only with a value, which stands at {}.
var blank = regexp.MustCompile(`\{\?(\w+) ([^{}]*)\{\}([^{}]*)\}|\{(\w+)\}|\{=([\w ]+)\}`)

// fill fills the blanks of a template.
func (v *View) fill(template string, quote func(string) string) string {
	return blank.ReplaceAllStringFunc(template, func(match string) string {
		m := blank.FindStringSubmatch(match)
		switch {
		case m[4] != "":
			return quote(v.values[m[4]])
		case m[5] != "":
			return v.values[m[5]]
		case v.values[m[1]] == "":
			return ""
		}
		return m[2] + quote(v.values[m[1]]) + m[3]
	})
}

// Uses are the ways to use what a kind of share has that apply.
func (v *View) Uses(kind string) []Use {
	var out []Use
	for _, u := range uses[kind] {
		if u.when != nil && !u.when(v) {
			continue
		}
		code := u.code
		if u.js {
			code = v.jetStream() + "\n" + code
		}
		filled := Use{What: u.what, CLI: v.fill(u.cli, diag.ShellQuote), Go: v.fill(code, strconv.Quote), HCL: v.fill(u.hcl, strconv.Quote)}
		if u.config != nil {
			filled.JSON = u.config(v)
		}
		out = append(out, filled)
	}
	return out
}

// jetStream is the line that makes js, the JetStream client.
func (v *View) jetStream() string {
	if v.values["prefix"] == "" {
		return "js, err := jetstream.New(nc)"
	}
	return "js, err := jetstream.NewWithAPIPrefix(nc, {prefix})"
}
