package schema

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
)

// scalar is how a value becomes one of an attribute's Go types.
type scalar struct {
	what    string // what a user must write
	convert func(c *conversion, v cty.Value) (any, bool)
}

// scalars are all the types that an attribute, or an element of a list, may
// have. Filled by init, since a conversion names its own row.
var scalars map[reflect.Type]scalar

func init() {
	scalars = map[reflect.Type]scalar{
		reflect.TypeFor[string]():            {"a string", toString},
		reflect.TypeFor[bool]():              {"true or false", toBool},
		reflect.TypeFor[int64]():             {"a whole number", toInt},
		reflect.TypeFor[Duration]():          {`a duration, as in "30s"`, toDuration},
		reflect.TypeFor[Size]():              {`a size, as in "1MiB"`, toSize},
		reflect.TypeFor[Limit]():             {`a number, a size or "unlimited"`, toLimit},
		reflect.TypeFor[Sampling]():          {samplingWords, toSampling},
		reflect.TypeFor[time.Time]():         {`a time, as in "2027-01-31T00:00:00Z"`, toTime},
		reflect.TypeFor[Expiry]():            {"a time or a duration", toExpiry},
		reflect.TypeFor[Subject]():           {"a subject", toSubject},
		reflect.TypeFor[Entity]():            {"a reference", toReference},
		reflect.TypeFor[LabelOrRef]():        {"a label or a reference", toLabelOrRef},
		reflect.TypeFor[TimeRange]():         {`{ start = "08:00:00", end = "18:00:00" }`, toTimeRange},
		reflect.TypeFor[map[string]string](): {"a map of strings", toStrings},
		reflect.TypeFor[map[string]bool]():   {"a map of true or false", toBools},
		reflect.TypeFor[cty.Value]():         {"a value", nil},
	}
}

func toString(c *conversion, v cty.Value) (any, bool) {
	s, ok := c.word("a string", v)
	if !ok {
		return nil, false
	}
	if len(c.spec.enum) > 0 && !slices.Contains(c.spec.enum, s) {
		d := diag.New("bad-value", c.at, c.name(), "one of "+strings.Join(c.spec.enum, ", "), fmt.Sprintf("%q", s))
		if near, ok := diag.Suggest(s, c.spec.enum); ok {
			d = diag.WithHint(d, "Did you mean %q?", near)
		}
		c.e.add(d)
		return nil, false
	}
	return s, true
}

func toBool(c *conversion, v cty.Value) (any, bool) {
	if v.Type() != cty.Bool {
		return nil, c.wrong("true or false", v)
	}
	return v.True(), true
}

func toInt(c *conversion, v cty.Value) (any, bool) { return orNil(c.number("a whole number", v)) }

func toDuration(c *conversion, v cty.Value) (any, bool) {
	if v.Type() == cty.Number {
		if v.RawEquals(cty.Zero) {
			return Duration(0), true
		}
		c.e.add(diag.New("bad-duration", c.at, v.AsBigFloat().Text('g', 12)))
		return nil, false
	}
	s, ok := c.text(`a duration, as in "30s"`, v)
	if !ok {
		return nil, false
	}
	d, err := ParseDuration(s)
	if err != nil {
		c.unread(err, diag.New("bad-duration", c.at, s), longest, s)
		return nil, false
	}
	return d, true
}

// longest and largest are the ends of what durations and numbers can be.
var (
	longest = "at most " + strconv.Quote(FormatDuration(maxDuration))
	largest = fmt.Sprintf("at most %d", math.MaxInt64)
)

// unread reports a text that is no duration or size, or is one beyond the limit.
func (c *conversion) unread(err error, d *hcl.Diagnostic, limit, text string) {
	if errors.Is(err, errTooMuch) {
		d = diag.WithHint(diag.New("bad-value", c.at, c.name(), limit, strconv.Quote(text)), "NATS counts no further.")
	}
	c.e.add(d)
}

func toSize(c *conversion, v cty.Value) (any, bool) {
	n, ok := c.bytes("a size, as in \"1MiB\"", v)
	return Size(n), ok
}

func toLimit(c *conversion, v cty.Value) (any, bool) {
	if v.Type() == cty.String && v.AsString() == "unlimited" {
		return Unlimited, true
	}
	n, ok := c.bytes(`a number, a size or "unlimited"`, v)
	if ok && n < -1 {
		c.e.add(diag.New("bad-value", c.at, c.name(), `-1, "unlimited" or at least 0`, fmt.Sprint(n)))
		return nil, false
	}
	return Limit(n), ok
}

const samplingWords = `1 to 100, or "headers"`

func toSampling(c *conversion, v cty.Value) (any, bool) {
	if v.Type() == cty.String && v.AsString() == "headers" {
		return samplingHeaders, true
	}
	if v.Type() != cty.Number {
		return nil, c.wrong(samplingWords, v)
	}
	n, ok := c.number(samplingWords, v)
	if ok && (n < 1 || n > 100) {
		c.e.add(diag.New("bad-value", c.at, c.name(), samplingWords, fmt.Sprint(n)))
		return nil, false
	}
	return Sampling(n), ok
}

func (c *conversion) bytes(what string, v cty.Value) (int64, bool) {
	if v.Type() == cty.Number {
		return c.number(what, v)
	}
	s, ok := c.text(what, v)
	if !ok {
		return 0, false
	}
	n, err := ParseSize(s)
	if err != nil {
		c.unread(err, diag.New("bad-size", c.at, s), largest, s)
		return 0, false
	}
	return n, true
}

func toTime(c *conversion, v cty.Value) (any, bool) {
	s, ok := c.text(`a time, as in "2027-01-31T00:00:00Z"`, v)
	if !ok {
		return nil, false
	}
	t, err := parseTime(s)
	if err != nil {
		c.e.add(diag.New("bad-time", c.at, s))
		return nil, false
	}
	return t, true
}

func toExpiry(c *conversion, v cty.Value) (any, bool) {
	s, ok := c.text("a time or a duration", v)
	if !ok {
		return nil, false
	}
	if t, err := parseTime(s); err == nil {
		return Expiry{At: t}, true
	}
	d, err := ParseDuration(s)
	if err != nil {
		c.unread(err, diag.WithHint(diag.New("bad-time", c.at, s), `Write a date such as "2027-01-31", RFC 3339, or a duration such as "90d", counted from when the token is issued.`), longest, s)
		return nil, false
	}
	if d < time.Second {
		c.e.add(diag.New("bad-value", c.at, c.name(), "at least a second", fmt.Sprintf("%q", s)))
		return nil, false
	}
	return Expiry{After: d}, true
}

func toSubject(c *conversion, v cty.Value) (any, bool) {
	s, ok := c.word("a subject", v)
	if !ok {
		return nil, false
	}
	if why := badSubject(s); why != "" {
		c.e.add(diag.New("bad-subject", c.at, s, why))
		return nil, false
	}
	return Subject(s), true
}

func toReference(c *conversion, v cty.Value) (any, bool) {
	if v.Type() == refType {
		h := v.EncapsulatedValue().(*Head)
		if slices.Contains(c.spec.refs, h.Kind) {
			return h.self, true
		}
		d := diag.New("wrong-reference", c.at, c.name(), c.kinds(), diag.Article(string(h.Kind)))
		c.e.add(diag.WithHint(d, "Write one as in %s.", example[c.spec.refs[0]]))
		return nil, false
	}
	d := diag.New("wrong-type", c.at, c.name(), "a reference to "+c.kinds(), typeName(v))
	if key, ok := anyKey(v); ok {
		d = diag.WithHint(d, "Name one of it, as in %s.", key)
	} else if v.Type() == cty.String {
		d = diag.WithHint(d, "Write the reference without quotes, as in %s.", example[c.spec.refs[0]])
		if strings.HasSuffix(c.at.Filename, ".json") { // where all expressions stand in strings
			d = diag.WithHint(d, "Write the reference as an expression, as in \"${%s}\".", example[c.spec.refs[0]])
		}
	}
	c.e.add(d)
	return nil, false
}

// anyKey is the address of one of a family.
func anyKey(v cty.Value) (string, bool) {
	if v.Type().IsMapType() && v.Type().ElementType() == refType && v.LengthInt() > 0 {
		it := v.ElementIterator()
		it.Next()
		_, x := it.Element()
		return x.EncapsulatedValue().(*Head).Address(), true
	}
	return "", false
}

// example is how a reference to a kind is written.
var example = map[Kind]string{
	KindAccount: "account.NAME", KindStream: "account.A.stream.NAME", KindConsumer: "account.A.stream.S.consumer.NAME",
	KindKeyValue: "account.A.key_value.NAME", KindObjectStore: "account.A.object_store.NAME",
	KindUser: "account.A.user.NAME", KindShare: "share.NAME", kindAccept: "account.A.accept.NAME",
}

// kinds are what a reference may be to, in words.
func (c *conversion) kinds() string {
	var words []string
	for _, k := range c.spec.refs {
		words = append(words, diag.Article(string(k)))
	}
	return strings.Join(words, " or ")
}

func toLabelOrRef(c *conversion, v cty.Value) (any, bool) {
	if v.Type() == cty.String {
		return LabelOrRef{Text: v.AsString()}, true
	}
	ref, ok := toReference(c, v)
	if !ok {
		return nil, false
	}
	return LabelOrRef{Entity: ref.(Entity)}, true
}

func toTimeRange(c *conversion, v cty.Value) (any, bool) {
	const what = `{ start = "08:00:00", end = "18:00:00" }`
	m, ok := stringMap(v, cty.String)
	if !ok || len(m) != 2 || m["start"] == cty.NilVal || m["end"] == cty.NilVal {
		return nil, c.wrong(what, v)
	}
	r := TimeRange{m["start"].AsString(), m["end"].AsString()}
	for _, s := range []string{r.Start, r.End} {
		if _, err := time.Parse("15:04:05", s); err != nil {
			d := diag.New("bad-time", c.at, s)
			c.e.add(diag.WithHint(d, `Write a time of day as HH:MM:SS, such as "08:00:00".`))
			return nil, false
		}
	}
	return r, true
}

func toStrings(c *conversion, v cty.Value) (any, bool) {
	m, ok := c.entries("a map of strings", "a string", v, cty.String)
	if !ok {
		return nil, false
	}
	out := make(map[string]string, len(m))
	for k, x := range m {
		out[k] = x.AsString()
	}
	return out, true
}

func toBools(c *conversion, v cty.Value) (any, bool) {
	m, ok := c.entries("a map of true or false", "true or false", v, cty.Bool)
	if !ok {
		return nil, false
	}
	out := make(map[string]bool, len(m))
	for k, x := range m {
		out[k] = x.True()
	}
	return out, true
}

func orNil[T any](v T, ok bool) (any, bool) { return v, ok }
