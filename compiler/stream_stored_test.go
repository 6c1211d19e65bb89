package compiler_test

import (
	"slices"
	"testing"

	"jsc/compiler"
)

// TestStored: what streams store that rename and copy.
func TestStored(t *testing.T) {
	for _, c := range []struct {
		name, streams string
		want          []string // of S
	}{
		{"plain", `stream "S" { subjects = ["a", "b.>"] }`, []string{"a", "b.>"}},
		{"renamed", `stream "S" {
    subjects = ["in.*.*", "as.is"]
    subject_transform {
      src  = "in.*.*"
      dest = "out.{{wildcard(2)}}.$1"
    }
  }`, []string{"as.is", "out.*.*"}},
		{"renamed in part", `stream "S" {
    subjects = ["in.*"]
    subject_transform {
      src  = "in.a"
      dest = "out.a"
    }
  }`, []string{"in.*", "out.a"}},
		{"copied and renamed", `stream "EU" { subjects = ["eu.>"] }
  stream "US" { subjects = ["us.*"] }
  stream "S" {
    source {
      name           = "EU"
      filter_subject = "eu.de.*"
    }
    source {
      name = "US"
      subject_transform {
        src  = "us.*"
        dest = "{{partition(3,1)}}.$1"
      }
    }
    subject_transform {
      src  = "eu.>"
      dest = "e.>"
    }
  }`, []string{"*.*", "e.*", "e.de.*"}},
		{"copied from elsewhere", `stream "S" {
    mirror {
      name = "X"
      external { api = "x.API" }
    }
  }`, []string{">"}},
		{"copied from an unknown stream", `stream "S" {
    source { name = "X" }
  }`, []string{">"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, _ := compileAccount(t, unlimited, c.streams)
			var k compiler.Storing
			for _, s := range a.Streams {
				if s.Config.Name != "S" {
					continue
				}
				got := k.Stored(s)
				slices.Sort(got)
				if got = slices.Compact(got); !slices.Equal(got, c.want) {
					t.Errorf("stored %q; want %q", got, c.want)
				}
			}
		})
	}
}
