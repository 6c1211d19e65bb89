package compiler_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"

	"jsc/compiler"
	"jsc/schema"
)

// tagged are the names in one kind of tag of a struct's exported fields,
// embedded structs included.
func tagged(t reflect.Type, tag string) map[string]reflect.Type {
	names := make(map[string]reflect.Type)
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Pointer {
			f.Type = f.Type.Elem()
		}
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			maps.Copy(names, tagged(f.Type, tag))
			continue
		}
		if name, _, _ := strings.Cut(f.Tag.Get(tag), ","); name != "" && f.IsExported() {
			names[name] = f.Type
		}
	}
	return names
}

func sorted(names map[string]reflect.Type) []string { return slices.Sorted(maps.Keys(names)) }

// TestFieldsAreTheServers: a field that nats-server gains or loses is noticed,
// in its configurations and all that stands in them.
func TestFieldsAreTheServers(t *testing.T) {
	for _, tt := range []struct{ ours, servers any }{
		{compiler.StreamConfig{}, server.StreamConfig{}},
		{compiler.ConsumerConfig{}, server.ConsumerConfig{}},
		{compiler.StreamSource{}, server.StreamSource{}},
		{compiler.External{}, server.ExternalStream{}},
		{compiler.SourceConsumer{}, server.StreamConsumerSource{}},
		{compiler.SubjectTransform{}, server.SubjectTransformConfig{}},
		{compiler.Republish{}, server.RePublish{}},
		{compiler.Placement{}, server.Placement{}},
		{compiler.ConsumerLimits{}, server.StreamConsumerLimits{}},
	} {
		ours, servers := reflect.TypeOf(tt.ours), reflect.TypeOf(tt.servers)
		if diff := cmp.Diff(sorted(tagged(servers, "json")), sorted(tagged(ours, "json"))); diff != "" {
			t.Errorf("%v (-server +jsc):\n%s", ours, diff)
		}
	}
	if diff := cmp.Diff(sorted(tagged(reflect.TypeOf(server.StreamConfig{}), "json")), rows(compiler.StreamFields)); diff != "" {
		t.Errorf("StreamFields (-server +jsc):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(tagged(reflect.TypeOf(server.ConsumerConfig{}), "json")), rows(compiler.ConsumerFields)); diff != "" {
		t.Errorf("ConsumerFields (-server +jsc):\n%s", diff)
	}
}

func rows[C any](fields []compiler.Field[C]) (names []string) {
	for _, f := range fields {
		if f.Value == "" {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}

// TestFieldsHaveAttributes: each field can be written, under its own name.
func TestFieldsHaveAttributes(t *testing.T) {
	elsewhere := map[string]string{"sources": "source", "name": "", "durable_name": ""}
	check := func(block any, fields []string) {
		attributes := tagged(reflect.TypeOf(block), "hcl")
		for _, f := range fields {
			if name, ok := elsewhere[f]; ok {
				f = name
			}
			if _, ok := attributes[f]; f != "" && !ok {
				t.Errorf("%T has no attribute for %s", block, f)
			}
		}
	}
	check(schema.Stream{}, rows(compiler.StreamFields))
	check(schema.Consumer{}, rows(compiler.ConsumerFields))
}

func TestFieldsTable(t *testing.T) {
	since := map[int]string{1: "2.11", 2: "2.12", 4: "2.14"}
	checkRows(t, compiler.StreamFields, since)
	checkRows(t, compiler.ConsumerFields, since)
}

func checkRows[C any](t *testing.T, fields []compiler.Field[C], since map[int]string) {
	for _, f := range fields {
		// priority_policy's newest value came without a level of its own.
		if f.Level > 0 && f.Since != since[f.Level] && f.Value != "prioritized" {
			t.Errorf("%s: level %d is of %s, not %s", f.Name, f.Level, since[f.Level], f.Since)
		}
		if f.Update == "" || f.Default == "" && f.Value == "" {
			t.Errorf("%s: default %q, update %q", f.Name, f.Default, f.Update)
		}
	}
}

// newest use what each release brought; the second line is what is reported
// under the release before it.
var newest = []struct {
	version, before, body, rule string
}{
	{"2.10", "2.9", `stream "S" { compression = "s2" }`, `compression needs nats-server 2.10, and server.version is 2.9`},
	{"2.10", "2.9", `stream "S" { first_seq = 5 }`, `first_seq needs nats-server 2.10`},
	{"2.10", "2.9", `stream "S" { metadata = { a = "b" } }`, `metadata needs nats-server 2.10`},
	{"2.10", "2.9", "stream \"S\" {\n subject_transform {\n src = \"S\"\n dest = \"T\"\n }\n }", `subject_transform needs nats-server 2.10`},
	{"2.10", "2.9", "stream \"S\" {\n consumer_limits { max_ack_pending = 5 }\n }", `consumer_limits needs nats-server 2.10`},
	{"2.10", "2.9", "stream \"S\" {\n subjects = [\"a\", \"b\"]\n consumer \"C\" { filter_subjects = [\"a\", \"b\"] }\n }", `filter_subjects needs nats-server 2.10`},
	{"2.10", "2.9", "stream \"S\" {\n consumer \"C\" { metadata = { a = \"b\" } }\n }", `metadata needs nats-server 2.10`},
	{"2.10", "2.9", "stream \"S\" {\n source {\n name = \"X\"\n subject_transform {\n src = \"a\"\n dest = \"b\"\n }\n }\n }", `subject_transform of a source needs nats-server 2.10`},
	{"2.11", "2.10", `stream "S" { allow_msg_ttl = true }`, `allow_msg_ttl needs nats-server 2.11`},
	{"2.11", "2.10.9", "stream \"S\" {\n consumer \"C\" { pause_until = \"2030-01-01\" }\n }", `pause_until needs nats-server 2.11, and server.version is 2.10.9`},
	{"2.12", "2.11", `stream "S" { allow_msg_counter = true }`, `allow_msg_counter needs nats-server 2.12`},
	{"2.12", "2.11", `stream "S" { allow_atomic = true }`, `allow_atomic needs nats-server 2.12`},
	{"2.12", "2.11", `stream "S" { allow_msg_schedules = true }`, `allow_msg_schedules needs nats-server 2.12`},
	{"2.12", "2.11", `stream "S" { persist_mode = "async" }`, `persist_mode needs nats-server 2.12`},
	{"2.12", "2.11", "stream \"S\" {\n consumer \"C\" {\n priority_policy = \"prioritized\"\n priority_groups = [\"g\"]\n }\n }", `priority_policy = "prioritized" needs nats-server 2.12`},
	{"2.14", "2.13", `stream "S" { allow_batched = true }`, `allow_batched needs nats-server 2.14`},
	{"2.14", "2.12.99", "stream \"S\" {\n consumer \"C\" {\n ack_policy = \"flow_control\"\n deliver_subject = \"d\"\n }\n }", `ack_policy = "flow_control" needs nats-server 2.14`},
	{"2.14", "2.12", "stream \"S\" {\n mirror {\n name = \"X\"\n consumer {\n name = \"c\"\n deliver_subject = \"d\"\n }\n }\n }", `consumer of a mirror needs nats-server 2.14`},
}

// TestImpliedFieldsAreNotNamed: nobody wrote allow_msg_ttl.
func TestImpliedFieldsAreNotNamed(t *testing.T) {
	for body, want := range map[string]string{
		`stream "S" { subject_delete_marker_ttl = "1h" }`: "min-server-version: subject_delete_marker_ttl needs nats-server 2.11, and server.version is 2.10",
		`key_value "K" { limit_marker_ttl = "1h" }`:       "min-server-version: limit_marker_ttl needs nats-server 2.11, and server.version is 2.10",
	} {
		_, diags := compileTopology(t, "operator \"O\" {}\n\nserver { version = \"2.10\" }\n\naccount \"A\" {\n  jetstream {}\n"+body+"\n}\n", "A")
		if got := mistakes(diags); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestMinServerVersion(t *testing.T) {
	for _, tt := range newest {
		for _, v := range []struct {
			version string
			want    []string
		}{{tt.version, nil}, {"3.0", nil}, {tt.before, []string{"min-server-version: " + tt.rule}}} {
			_, diags := compileTopology(t, "operator \"O\" {}\n\nserver { version = \""+v.version+"\" }\n\naccount \"A\" {\n  jetstream {}\n"+tt.body+"\n}\n", "A")
			got := mistakes(diags)
			if len(got) != len(v.want) || len(got) == 1 && !strings.HasPrefix(got[0], v.want[0]) {
				t.Errorf("under %s: %q, want %q\n%s", v.version, got, v.want, tt.body)
			}
		}
	}
}
