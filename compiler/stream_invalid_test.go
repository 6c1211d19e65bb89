package compiler_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"jsc/compiler"
	"jsc/schema"
)

// TestNothingFollowsFromWhatIsRefused: of an attribute that the loader has
// refused, the compiler says nothing more, and it survives its absence.
func TestNothingFollowsFromWhatIsRefused(t *testing.T) {
	for _, body := range []string{
		`stream "S" { subjects = ["a..b"] }`,
		`stream "S" { subjects = "a" }`,
		"stream \"S\" { subjects = [\"a..b\"] }\n user \"u\" {\n access { publish = [account.A.stream.S] }\n }",
		`stream "S" { retention = "workqueues" }`,
		`stream "S" { max_age = "5 parsecs" }`,
		"stream \"S\" {\n discard_new_per_subject = true\n discard = \"newest\"\n max_msgs_per_subject = 4\n }",
		"stream \"S\" {\n discard_new_per_subject = true\n discard = \"new\"\n max_msgs_per_subject = \"many\"\n }",
		"stream \"S\" {\n duplicate_window = \"1h\"\n max_age = \"brief\"\n }",
		"stream \"S\" {\n republish {}\n }",
		"stream \"S\" {\n subject_transform { src = \"S\" }\n }",
		"stream \"S\" {\n mirror { name = 5 }\n mirror_direct = true\n }",
		"stream \"S\" {\n source {\n name = \"X\"\n external {}\n }\n }",
		"stream \"S\" {\n source {\n name = \"X\"\n consumer { deliver_subject = \"d\" }\n }\n }",
		"stream \"S\" {\n source {\n name = \"X\"\n consumer {\n name = \"c\"\n deliver_subject = \"d..\"\n }\n }\n }",
		"stream \"S\" {\n source { share = share.none }\n }",
		"stream \"S\" {\n source {\n name = \"X\"\n filter_subject = \"a b\"\n }\n }",
		"stream \"S\" {\n consumer \"C\" { filter_subject = \"a b\" }\n }",
		"stream \"S\" {\n consumer \"C\" {\n deliver_subject = \"a b\"\n flow_control = true\n idle_heartbeat = \"1s\"\n deliver_group = \"g\"\n }\n }",
		"stream \"S\" {\n consumer \"C\" {\n deliver_policy = \"by_start_time\"\n opt_start_time = \"soon\"\n }\n }",
		"stream \"S\" {\n consumer \"C\" {\n ack_policy = \"flow_controls\"\n deliver_subject = \"d\"\n }\n }",
		"stream \"S\" {\n consumer \"C\" { backoff = [\"x\"] }\n }",
		"stream \"S\" {\n consumer \"C\" {\n priority_policy = \"overflow\"\n priority_groups = 5\n }\n }",
		"stream \"S\" {\n retention = \"workqueue\"\n consumer \"A\" { filter_subject = \"a b\" }\n consumer \"B\" { filter_subject = \"S\" }\n }",
		"stream \"S\" {\n retention = \"workqueue\"\n consumer \"A\" { ack_policy = \"nothing\" }\n }",
		`key_value "b" { history = "all" }`,
		"key_value \"b\" {\n mirror {}\n source {}\n ttl = \"?\"\n }",
	} {
		text := "operator \"O\" {}\n\naccount \"A\" {\n jetstream {}\n" + body + "\n}\n"
		config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(text)}}, Path: "t.hcl"})
		_, more := compiler.Compile(config, nil)
		missing := strings.Contains(body, "mirror {}") // which the compiler has to say
		if !missing && len(mistakes(diags)) != 1 {
			t.Errorf("the loader says %q\n%s", mistakes(diags), body)
		}
		for _, m := range mistakes(more) {
			if !missing || !strings.HasPrefix(m, "missing-attribute: ") && !strings.HasPrefix(m, "mirror-and-sources: ") {
				t.Errorf("on top of %q: %s\n%s", mistakes(diags), m, body)
			}
		}
	}
}
