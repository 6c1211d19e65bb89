package subject

import (
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"pgregory.net/rapid"
)

// serverTakes is what checkStreamCfg does with a transform, and what an
// account does with a mapping.
func serverTakes(src, dest string) bool {
	if src != "" && !server.IsValidSubject(src) || server.ValidateMapping(src, dest) != nil {
		return false
	}
	_, err := server.NewSubjectTransform(src, dest)
	return err == nil
}

func TestValidMapping(t *testing.T) {
	for _, tt := range []struct {
		src, dest string
		want      bool
	}{
		{"", "", true},
		{"", "a.>", true},
		{"", "a", false},
		{"a", "b", true},
		{"a.*", "b.$1", true},
		{"a.*", "b.$2", false},
		{"a.*", "b", true},
		{"a.*", "b.*", false},
		{"a.*.*", "b.$2.$1", true},
		{"a.*.>", "b.{{wildcard(1)}}.>", true},
		{"a.>", "b", false},
		{"a", "b.>", false},
		{"a", "b.>.c", false},
		{"a", "b..c", false},
		{"a", "b c", false},
		{"a b", "c", false},
		{"a", "b.$1", false},
		{"a", "$KV.b", true},
		{"a", "{{random(5)}}", true},
		{"a", "{{random(5,1)}}", false},
		{"a", "{{partition(5)}}", true},
		{"a", "{{partition(5,1)}}", true},
		{"a.*", "{{partition(5,1)}}", true},
		{"a.*", "{{ Partition( 5 , 1 ) }}", true},
		{"a.*", "{{partition(5,2)}}", false},
		{"a.*", "{{partition(99999999999)}}", false},
		{"a.*", "{{partition(x)}}", false},
		{"a.*", "{{wildcard()}}", false},
		{"a.*", "{{wildcard(1,1)}}", false},
		{"a.*", "{{Wildcard(1)}}", true},
		{"a.*", "{{WILDCARD(1)}}", false},
		{"a.*", "{{splitfromleft(1,2)}}", true},
		{"a.*", "{{SplitFromRight(1,2)}}", true},
		{"a.*", "{{SliceFromLeft(1,2)}}", true},
		{"a.*", "{{SliceFromRight(1,2)}}", true},
		{"a.*", "{{SliceFromRight(1)}}", false},
		{"a.*", "{{left(1,2)}}", true},
		{"a.*", "{{right(2,2)}}", false},
		{"a.*", "{{split(1,-)}}", true},
		{"a.*", "{{split(1)}}", false},
		{"a.*", "{{split(1,- )}}", false},
		{"a.*", "{{nothing(1)}}", false},
		{"a.*", "{{}}", true},
		{"a.*", "{{x}}", false},
	} {
		if err := ValidMapping(tt.src, tt.dest); (err == nil) != tt.want {
			t.Errorf("ValidMapping(%q, %q) = %v", tt.src, tt.dest, err)
		}
		if got := serverTakes(tt.src, tt.dest); got != tt.want {
			t.Errorf("the server says %v of %q to %q", got, tt.src, tt.dest)
		}
	}
	for _, dest := range []string{"b.$0", "b.{{wildcard(0)}}", "b.{{wildcard(-1)}}"} {
		if ValidMapping("a.*", dest) == nil {
			t.Errorf("%q is taken", dest)
		}
	}
}

func TestValidMappingAgreesWithTheServer(t *testing.T) {
	tokens := []string{"a", "*", "$1", "$2", "$KV", "{{wildcard(1)}}", "{{Wildcard( 2 )}}", "{{partition(3)}}", "{{partition(3,1,2)}}",
		"{{random(9)}}", "{{split(1,x)}}", "{{left(1,2)}}", "{{right(1, 3)}}", "{{splitFromLeft(2,1)}}", "{{bad()}}", "b c", ""}
	dests := rapid.Custom(func(t *rapid.T) string {
		d := strings.Join(rapid.SliceOfN(rapid.SampledFrom(tokens), 1, 3).Draw(t, "tokens"), ".")
		if rapid.Bool().Draw(t, "rest") {
			d += ".>"
		}
		return d
	})
	rapid.Check(t, func(t *rapid.T) {
		src, dest := rapid.OneOf(rapid.Just(""), subjects()).Draw(t, "src"), dests.Draw(t, "dest")
		if err := ValidMapping(src, dest); (err == nil) != serverTakes(src, dest) {
			t.Fatalf("ValidMapping(%q, %q) = %v, the server disagrees", src, dest, err)
		}
	})
}
