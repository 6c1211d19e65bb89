package verify

import (
	"testing"

	"jsc/compiler"
)

func TestCommon(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"a.>", "a.b", "a.b"},
		{"a.*", "a.>", "a.jsc"},
		{"*.b", "a.*", "a.b"},
		{">", ">", "jsc"},
		{"a", "a.>", ""},
		{"a.b", "a.c", ""},
		{"a.>", "a.b.*.>", "a.b.jsc.jsc"},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got, ok := common(pair[0], pair[1]); got != c.want || ok != (c.want != "") {
				t.Errorf("common(%q, %q) = %q, %v; want %q", pair[0], pair[1], got, ok, c.want)
			}
		}
	}
}

func TestEnds(t *testing.T) {
	for _, c := range []struct{ subject, local, there, here string }{
		{"a.b", "x", "a.b", "x"},
		{"a.*.>", "x.$1.>", "a.jsc.jsc", "x.jsc.jsc"},
		{"$JS.API.CONSUMER.MSG.NEXT.S.*", "P.CONSUMER.MSG.NEXT.S.$1", "$JS.API.CONSUMER.MSG.NEXT.S.jsc", "P.CONSUMER.MSG.NEXT.S.jsc"},
		{"$JS.ACK.S.C.>", "$JS.ACK.S.C.>", "$JS.ACK.S.C.1.1.1.1.0", "$JS.ACK.S.C.1.1.1.1.0"},
		{"$KV.b.>", "P.$KV.b.>", "$KV.b.jsc", "P.$KV.b.jsc"},
	} {
		if there, here := ends(&compiler.Grant{Subject: c.subject, Local: c.local}); there != c.there || here != c.here {
			t.Errorf("ends(%q, %q) = %q, %q", c.subject, c.local, there, here)
		}
	}
}
