package compiler_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jsc/compiler"
)

// TestSharedSources holds mirrors and sources that come through a share to what
// the share grants.
func TestSharedSources(t *testing.T) {
	topology, _ := compile(t, exporter+`
account "C" {
  jetstream {}
  stream "M" {
    mirror { share = share.mirror }
  }
  stream "D" {
    mirror { share = share.durable }
  }
  stream "X" {
    source { share = share.one }
    source {
      share = share.two
    }
  }
  stream "Y" {
    source {
      share = share.one
      subject_transform {
        src  = "s.a"
        dest = "from-a"
      }
    }
  }
}
share "mirror" {
  stream = account.A.stream.L
  mode   = "mirror"
  to "C" { api_prefix = "L.API" }
}
share "one" {
  stream          = account.A.stream.S
  mode            = "source"
  filter_subjects = ["s.>"]
  to "C" { api_prefix = "ONE.API" }
}
share "two" {
  stream          = account.A.stream.S
  mode            = "source"
  filter_subjects = ["t.a", "t.b"]
  to "C" {}
}
share "durable" {
  consumer = account.A.stream.S.consumer.SOURCED
  to "C" { local_subject = "here" }
}`)
	got := make(map[string]any)
	for _, s := range account(t, topology, "C").Streams {
		if s.Config.Mirror != nil {
			got[s.Config.Name] = s.Config.Mirror
		} else {
			got[s.Config.Name] = s.Config.Sources
		}
	}
	one := &compiler.External{API: "ONE.API", Deliver: "deliver.one.C"}
	want := map[string]any{
		"M": &compiler.StreamSource{Name: "L", External: &compiler.External{API: "L.API", Deliver: "deliver.mirror.C"}},
		"D": &compiler.StreamSource{Name: "S", External: &compiler.External{API: "A.API"}, Consumer: &compiler.SourceConsumer{Name: "SOURCED", DeliverSubject: "here"}},
		"X": []*compiler.StreamSource{
			{Name: "S", External: one, FilterSubject: "s.>"},
			{Name: "S", External: &compiler.External{API: "A.API", Deliver: "deliver.two.C"}, SubjectTransforms: []compiler.SubjectTransform{{Src: "t.a"}, {Src: "t.b"}}},
		},
		"Y": []*compiler.StreamSource{
			{Name: "S", External: one, SubjectTransforms: []compiler.SubjectTransform{{Src: "s.a", Dest: "from-a"}}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mirrors and sources (-want +got):\n%s", diff)
	}
}
