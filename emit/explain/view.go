package explain

import (
	"regexp"
	"strconv"
	"strings"

	"jsc/compiler"
	"jsc/emit"
	"jsc/schema"
)

// view is what somebody who uses a thing sees of it: the importer of a share,
// or a user of the account that has it. The tables of uses and cautions are
// filled in from it.
type view struct {
	share    *compiler.Share  // nil for a thing of one's own account
	target   *compiler.Target // likewise
	grants   []*compiler.Grant
	consumer *compiler.ConsumerConfig // nil without one
	values   map[string]string
}

// shareView is an importer's view of a share.
func shareView(s *compiler.Share, t *compiler.Target, grants []*compiler.Grant) *view {
	v := ownView(s.Stream, s.Consumer)
	v.share, v.target, v.grants = s, t, grants
	v.values["address"], v.values["exporter"], v.values["inbox"] = address(s), s.From.Name, t.InboxPrefix
	v.values["importer"] = anybody
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
	if !has("ack")(v) {
		v.values["ack"], v.values["ack line"], v.values["ack flag"] = "", "", ""
	}
	return v
}

// ownView is a user's view of a stream of its account, and of a consumer of it,
// which may be nil.
func ownView(s *compiler.Stream, c *compiler.Consumer) *view {
	v := &view{values: map[string]string{"key": "key", "keys": ">"}}
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
	}
	return v
}

// filter narrows the view to a filter of the share; a bucket's is one of keys.
func (v *view) filter(subject string) {
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

// settings are what clients must be told.
func (v *view) settings() []Setting {
	var out []Setting
	for _, s := range []Setting{
		{"JetStream API prefix", v.values["prefix"], "--js-api-prefix", "jetstream.NewWithAPIPrefix"},
		{"inbox prefix", v.values["inbox"], "--inbox-prefix", "nats.CustomInboxPrefix"},
		{"queue group", v.values["group"], "--queue", "Conn.QueueSubscribe"},
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
func (v *view) fill(template string, quote func(string) string) string {
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

// uses fills in the uses that apply.
func (v *view) uses(all []use) []Use {
	var out []Use
	for _, u := range all {
		if u.when != nil && !u.when(v) {
			continue
		}
		code := u.code
		if u.js {
			code = v.jetStream() + "\n" + code
		}
		filled := Use{What: u.what, CLI: v.fill(u.cli, emit.ShellQuote), Go: v.fill(code, strconv.Quote), HCL: v.fill(u.hcl, strconv.Quote)}
		if u.config != nil {
			filled.JSON = u.config(v)
		}
		out = append(out, filled)
	}
	return out
}

// jetStream is the line that makes js, the JetStream client.
func (v *view) jetStream() string {
	if v.values["prefix"] == "" {
		return "js, err := jetstream.New(nc)"
	}
	return "js, err := jetstream.NewWithAPIPrefix(nc, {prefix})"
}
