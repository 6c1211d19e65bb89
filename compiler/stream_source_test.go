package compiler_test

import "testing"

// refusedSources are mirrors and sources.
var refusedSources = []refusal{
	{"missing-attribute", "source without name", unlimited, `stream "S" {
    source {}
  }`, ""},
	{"stream-name", "source", unlimited, `stream "S" {
    source { name = "a.b" }
  }`, ""},
	{"stream-name", "mirror", unlimited, `stream "S" {
    mirror { name = "a b" }
  }`, ""},
	{"source-duplicate", "same", unlimited, `stream "S" {
    source { name = "X" }
    source {
      name           = "X"
      filter_subject = ">"
    }
  }`, ""},
	{"source-duplicate", "consumer", unlimited, `stream "S" {
    source {
      name = "X"
      consumer {
        name            = "c"
        deliver_subject = "d"
      }
    }
    source {
      name = "X"
      subject_transform {
        src  = "a"
        dest = "b"
      }
      consumer {
        name            = "c"
        deliver_subject = "d2"
      }
    }
  }`, ""},
	{"field-conflict", "filter and transform", unlimited, `stream "S" {
    source {
      name           = "X"
      filter_subject = "a"
      subject_transform {
        src  = "a"
        dest = "b"
      }
    }
  }`, ""},
	{"field-conflict", "two starts", unlimited, `stream "S" {
    source {
      name           = "X"
      opt_start_seq  = 1
      opt_start_time = "2025-01-01"
    }
  }`, "the server would ignore one of them"},
	{"filter-overlap", "source", unlimited, `stream "S" {
    source {
      name = "X"
      subject_transform {
        src  = "a.>"
        dest = "b.>"
      }
      subject_transform {
        src  = "a.b"
        dest = "c"
      }
    }
  }`, ""},
	{"filter-overlap", "mirror", unlimited, `stream "S" {
    mirror {
      name = "X"
      subject_transform {
        src  = "a.*"
        dest = "b.$1"
      }
      subject_transform {
        src  = "*.b"
        dest = "c.$1"
      }
    }
  }`, ""},
	{"bad-mapping", "source", unlimited, `stream "S" {
    source {
      name = "X"
      subject_transform {
        src  = "a.*"
        dest = "b.$2"
      }
    }
  }`, ""},
	{"bad-subject", "source transform", unlimited, `stream "S" {
    source {
      name = "X"
      subject_transform {
        src  = "a..b"
        dest = "b"
      }
    }
  }`, ""},
	{"consumer-name", "source", unlimited, `stream "S" {
    source {
      name = "X"
      consumer {
        name            = "a.b"
        deliver_subject = "d"
      }
    }
  }`, ""},
	{"missing-attribute", "deliver subject of a source", unlimited, `stream "S" {
    source {
      name = "X"
      consumer { name = "c" }
    }
  }`, ""},
	{"bad-subject", "deliver subject of a source", unlimited, `stream "S" {
    mirror {
      name = "X"
      consumer {
        name            = "c"
        deliver_subject = "d.*"
      }
    }
  }`, ""},
	{"field-conflict", "consumer and start", unlimited, `stream "S" {
    mirror {
      name          = "X"
      opt_start_seq = 4
      consumer {
        name            = "c"
        deliver_subject = "d"
      }
    }
  }`, ""},
	{"field-conflict", "consumer and filter", unlimited, `stream "S" {
    source {
      name           = "X"
      filter_subject = "a"
      consumer {
        name            = "c"
        deliver_subject = "d"
      }
    }
  }`, ""},
	{"source-external", "own API", unlimited, `stream "S" {
    mirror {
      name = "X"
      external { api = "$JS.API" }
    }
  }`, ""},
	{"bad-subject", "external api", unlimited, `stream "S" {
    mirror {
      name = "X"
      external { api = "a.*" }
    }
  }`, ""},
	{"bad-subject", "external deliver", unlimited, `stream "S" {
    mirror {
      name = "X"
      external {
        api     = "a"
        deliver = "d.>"
      }
    }
  }`, ""},
	{"source-external", "deliver into an origin", unlimited, `stream "A" { subjects = ["d.>"] }
  stream "S" {
    source { name = "A" }
    source {
      name = "X"
      external {
        api     = "a"
        deliver = "d"
      }
    }
  }`, ""},
	{"bad-value", "max_msg_size of a mirror", unlimited, `stream "A" { max_msg_size = 1000 }
  stream "M" {
    max_msg_size = 999
    mirror { name = "A" }
  }`, ""},
	{"source-cycle", "itself", unlimited, `stream "S" {
    source { name = "S" }
  }`, ""},
	{"source-cycle", "two", unlimited, `stream "A" {
    source { name = "B" }
  }
  stream "B" {
    source { name = "A" }
  }`, ""},
	{"source-cycle", "longer way second", unlimited, `stream "A" { subjects = ["a"] }
  stream "B" {
    source { name = "A" }
  }
  stream "C" {
    source { name = "A" }
    source { name = "B" }
  }`, ""},
}

func TestRefusedSources(t *testing.T) { checkRefusals(t, refusedSources) }
