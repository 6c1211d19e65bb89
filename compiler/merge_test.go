package compiler_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jsc/compiler"
)

// crossings is what crosses between accounts, a line each.
func crossings(topology *compiler.Topology) []string {
	var all []string
	for _, a := range topology.Accounts {
		if a.System {
			continue
		}
		for _, e := range a.Exports {
			var serves []string
			for _, g := range e.Grants {
				serves = append(serves, g.Name)
			}
			all = append(all, fmt.Sprintf("%s exports %s %s as %s for %s", a.Name, e.Type, e.Subject, e.Name, strings.Join(serves, ", ")))
		}
		for _, i := range a.Imports {
			all = append(all, fmt.Sprintf("%s imports %s %s as %s at %s", a.Name, i.Type, i.Subject, i.Name, i.Local))
		}
	}
	for _, a := range topology.Activations {
		end := ""
		if a.Expiry.After != 0 {
			end = " for " + a.Expiry.After.String()
		}
		all = append(all, fmt.Sprintf("token %s %s %s %s%s", a.From.Name, a.Type, a.Subject, a.To.Name, end))
	}
	return all
}

func TestMerge(t *testing.T) {
	const accounts = `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" { subjects = ["s.>"] }
}
account "B" {
  jetstream {}
}
account "C" {}
`
	tests := []struct{ name, text, want string }{
		{"one subject, two importers and shares", `
			share "one" {
			  service = "time"
			  from    = account.A
			  to "B" {}
			}
			share "another" {
			  service = "time"
			  from    = account.A
			  to "C" {}
			}`, `
			A exports service time as another.service for one.service, another.service
			B imports service time as one.service at time
			C imports service time as another.service at time
			token A service time B
			token A service time C`},
		{"one importer by two shares has one token, that of the longer one", `
			share "long" {
			  service = "time"
			  from    = account.A
			  expires = "2d"
			  to "B" {}
			}
			share "short" {
			  service = "time"
			  from    = account.A
			  to "B" { expires = "1h" }
			}`, `
			A exports service time as long.service for long.service, short.service
			B imports service time as long.service at time
			token A service time B for 48h0m0s`},
		{"a narrower subject keeps its import and token", `
			share "all" {
			  subject = "news.>"
			  from    = account.A
			  to "C" {}
			}
			share "sport" {
			  subject = "news.*.sport"
			  from    = account.A
			  to "B" { local_subject = "sport.$1" }
			}`, `
			A exports stream news.> as all.subject for sport.subject, all.subject
			B imports stream news.*.sport as sport.subject at sport.$1
			C imports stream news.> as all.subject at news.>
			token A stream news.*.sport B
			token A stream news.> C`},
		{"whoever sees it by the wider one needs no narrower import", `
			share "all" {
			  subject = "news.*.>"
			  from    = account.A
			  to "B" { local_subject = "a.$1.news.>" }
			}
			share "covered" {
			  subject = "news.x.y"
			  from    = account.A
			  to "B" { local_subject = "a.x.news.y" }
			}
			share "elsewhere" {
			  subject = "news.x.z"
			  from    = account.A
			  to "B" { local_subject = "z" }
			}`, `
			A exports stream news.*.> as all.subject for all.subject, covered.subject, elsewhere.subject
			B imports stream news.*.> as all.subject at a.$1.news.>
			B imports stream news.x.z as elsewhere.subject at z
			token A stream news.*.> B
			token A stream news.x.z B`},
		{"an external importer says itself where it sees what", `
			account "X" {
			  external   = true
			  public_key = "ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA"
			}
			share "all" {
			  subject = "news.>"
			  from    = account.A
			  to "X" { expires = "2d" }
			}
			share "covered" {
			  subject = "news.x"
			  from    = account.A
			  to "X" { expires = "1h" }
			}
			share "any" {
			  service = "ask.*"
			  from    = account.A
			  to "X" {}
			}
			share "one" {
			  service = "ask.x"
			  from    = account.A
			  to "X" {}
			}`, `
			A exports service ask.* as any.service for any.service, one.service
			A exports stream news.> as all.subject for all.subject, covered.subject
			X imports service ask.* as any.service at ask.*
			X imports service ask.x as one.service at ask.x
			X imports stream news.> as all.subject at news.>
			X imports stream news.x as covered.subject at news.x
			token A service ask.* X
			token A service ask.x X
			token A stream news.> X for 48h0m0s
			token A stream news.x X for 1h0m0s`},
		{"a chain of three, of two kinds of wildcard", `
			share "a" {
			  service = "q.x.y"
			  from    = account.A
			  to "B" {}
			}
			share "b" {
			  service = "q.*.y"
			  from    = account.A
			  to "C" {}
			}
			share "c" {
			  service = "q.>"
			  from    = account.A
			  to "D" {}
			}
			account "D" {}`, `
			A exports service q.> as a.service for b.service, c.service, a.service
			B imports service q.x.y as a.service at q.x.y
			C imports service q.*.y as b.service at q.*.y
			D imports service q.> as c.service at q.>
			token A service q.*.y C
			token A service q.> D
			token A service q.x.y B`},
		{"a public share gives no tokens", `
			share "open" {
			  service = "time"
			  from    = account.A
			  public  = true
			  to "B" {}
			}
			share "nobody" {
			  service = "date"
			  from    = account.A
			  public  = true
			}`, `
			A exports service date as nobody.service for nobody.service
			A exports service time as open.service for open.service
			B imports service time as open.service at time`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			topology, _ := compile(t, accounts+test.text)
			if diff := cmp.Diff(lines(test.want), crossings(topology)); diff != "" {
				t.Errorf("crossings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMergeDeclared holds declared exports and imports to the same rules.
func TestMergeDeclared(t *testing.T) {
	topology, _ := compile(t, `
operator "O" {}
account "A" {
  export "all" { service = "api.>" }
}
account "B" {}
account "C" {
  import "by-name" {
    from          = account.A
    service       = "open.time"
    local_subject = "clock"
  }
}
share "one" {
  service = "api.one"
  from    = account.A
  to "B" {}
}
share "open" {
  service = "open.*"
  from    = account.A
  public  = true
}`)
	want := lines(`
		A exports service api.> as all for one.service
		A exports service open.* as open.service for open.service, by-name
		B imports service api.one as one.service at api.one
		C imports service open.time as by-name at clock
		token A service api.one B`)
	if diff := cmp.Diff(want, crossings(topology)); diff != "" {
		t.Errorf("crossings (-want +got):\n%s", diff)
	}
}

// TestMergeKeepsGrants has every grant once, also where an export serves grants
// between which those of another stand.
func TestMergeKeepsGrants(t *testing.T) {
	topology, _ := compile(t, `
operator "O" {}
account "A" {}
account "B" {}
share "wide" {
  service = "*.b"
  from    = account.A
  to "B" {}
}
share "between" {
  service = "a.a"
  from    = account.A
  to "B" {}
}
share "narrow" {
  service = "a.b"
  from    = account.A
  to "B" { local_subject = "other" }
}`)
	var names []string
	for _, g := range topology.Grants {
		names = append(names, g.Name)
	}
	if want := []string{"wide.service", "between.service", "narrow.service"}; !cmp.Equal(names, want) {
		t.Errorf("grants %v, not %v", names, want)
	}
}

// TestMergeOrder holds what crosses, and what is said, to be the same in
// whatever order blocks stand.
func TestMergeOrder(t *testing.T) {
	blocks := strings.Split(strings.TrimSuffix(exporter+`
account "C" {
  jetstream {}
}
share "read" {
  stream = account.A.stream.S
  to "B" {}
  to "C" {}
}
share "source" {
  stream          = account.A.stream.S
  mode            = "source"
  filter_subjects = ["s.a"]
  to "B" { api_prefix = "SRC.API" }
  to "C" {}
}
share "kv" {
  key_value = account.A.key_value.K
  mode      = "write"
  to "B" {}
}
share "push" {
  consumer = account.A.stream.S.consumer.FC
  to "C" {}
}
share "sub" {
  subject = "a.>"
  from    = account.B
  to "A" {}
  to "C" {}
}
share "part" {
  subject = "a.b"
  from    = account.B
  to "C" {}
}`, "\n}"), "\n}\n")
	shuffle := rand.New(rand.NewPCG(1, 2))
	var first []string
	for range 20 {
		topology, warnings := compile(t, strings.Join(blocks, "\n}\n")+"\n}\n")
		got := append(crossings(topology), fmt.Sprint(len(warnings)))
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Fatalf("crossings (-first order +another):\n%s", diff)
		}
		shuffle.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
	}
}
