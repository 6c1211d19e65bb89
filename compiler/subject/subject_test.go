package subject

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"pgregory.net/rapid"
)

// subjects are drawn over few tokens, so that overlaps are common.
func subjects() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		tokens := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "*", "*", "*a", "x>"}), 1, 4).Draw(t, "tokens")
		if rapid.Bool().Draw(t, "rest") {
			tokens = append(tokens, ">")
			if rapid.Bool().Draw(t, "alone") {
				tokens = tokens[len(tokens)-1:]
			}
		}
		return strings.Join(tokens, ".")
	})
}

// literals lists every subject of up to five tokens over the same alphabet.
var literals = func() []string {
	level, all := []string{""}, []string{}
	for range 5 {
		var next []string
		for _, prefix := range level {
			for _, token := range []string{"a", "b", "*a", "x>", "other"} {
				next = append(next, strings.TrimPrefix(prefix+"."+token, "."))
			}
		}
		all, level = append(all, next...), next
	}
	return all
}()

func matches(literal, pattern string) bool {
	lt, pt := strings.Split(literal, "."), strings.Split(pattern, ".")
	for i, p := range pt {
		if p == ">" {
			return len(lt) > i
		}
		if i >= len(lt) || p != "*" && p != lt[i] {
			return false
		}
	}
	return len(lt) == len(pt)
}

func TestOverlapAndContainsAreWhatEnumerationSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := subjects().Draw(t, "a"), subjects().Draw(t, "b")
		overlap, contains := false, true
		for _, l := range literals {
			if matches(l, b) {
				overlap = overlap || matches(l, a)
				contains = contains && matches(l, a)
			}
		}
		if got := Overlap(a, b); got != overlap {
			t.Fatalf("Overlap(%q, %q) = %v", a, b, got)
		}
		if got := Contains(a, b); got != contains {
			t.Fatalf("Contains(%q, %q) = %v", a, b, got)
		}
	})
}

func TestAgreesWithTheServer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := subjects().Draw(t, "a"), subjects().Draw(t, "b")
		if strings.Contains(a+b, "*a") { // the server takes "*a" for a wildcard here and there
			return
		}
		if got, want := Overlap(a, b), server.SubjectsCollide(a, b); got != want {
			t.Fatalf("Overlap(%q, %q) = %v, the server says %v", a, b, got, want)
		}
		if got, want := Contains(a, b), server.SubjectMatchesFilter(b, a); got != want {
			t.Fatalf("Contains(%q, %q) = %v, the server says %v", a, b, got, want)
		}
	})
}

func TestIndexIsAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(subjects(), 0, 30).Draw(t, "all")
		s := subjects().Draw(t, "s")
		var x Index[int]
		for i, a := range all {
			x.Add(a, i)
		}
		if x.Len() != len(all) {
			t.Fatalf("Len() = %d, want %d", x.Len(), len(all))
		}
		searches := []struct {
			name string
			got  func(func(string, int) bool)
			is   func(string) bool
		}{
			{"Overlapping", x.Overlapping(s), func(a string) bool { return Overlap(a, s) }},
			{"Containing", x.Containing(s), func(a string) bool { return Contains(a, s) }},
			{"Within", x.Within(s), func(a string) bool { return Contains(s, a) }},
		}
		for _, search := range searches {
			var got, want []int
			for subject, i := range search.got {
				if all[i] != subject {
					t.Fatalf("%s(%q) yields %q with the value of %q", search.name, s, subject, all[i])
				}
				got = append(got, i)
			}
			for i, a := range all {
				if search.is(a) {
					want = append(want, i)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%s(%q) of %q = %v, want %v", search.name, s, all, got, want)
			}
			for range search.got { // a search that is left early stops
				break
			}
		}
	})
}

// TestFewAreInTheTreesOrder: what is found does not depend on how it is kept.
func TestFewAreInTheTreesOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(subjects(), 0, maxFew).Draw(t, "all")
		s := subjects().Draw(t, "s")
		var few, many Index[int]
		many.root = new(node[int])
		for i, a := range all {
			few.Add(a, i)
			many.Add(a, i)
		}
		if few.root != nil {
			t.Fatalf("there is a tree of %d subjects", len(all))
		}
		for _, search := range []func(*Index[int]) iter.Seq2[string, int]{
			func(x *Index[int]) iter.Seq2[string, int] { return x.Overlapping(s) },
			func(x *Index[int]) iter.Seq2[string, int] { return x.Containing(s) },
			func(x *Index[int]) iter.Seq2[string, int] { return x.Within(s) },
		} {
			var got, want []int
			for _, i := range search(&few) {
				got = append(got, i)
			}
			for _, i := range search(&many) {
				want = append(want, i)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("searching %q for %q yields %v, a tree %v", all, s, got, want)
			}
		}
	})
}

func TestValid(t *testing.T) {
	for s, want := range map[string]bool{
		"a": true, "a.b": true, "*": true, ">": true, "a.*.>": true, "$JS.API.>": true, "a>": true, "a*.b": true, "ü": true,
		"": false, ".": false, "a.": false, ".a": false, "a..b": false, ">.a": false, "a b": false, "a\tb": false, "a\n": false, "a.\r": false, "\f": false,
	} {
		if err := Valid(s); (err == nil) != want {
			t.Errorf("Valid(%q) = %v", s, err)
		}
		if got := server.IsValidSubject(s); got != want {
			t.Errorf("the server says %v of %q", got, s)
		}
	}
}

// TestValidReason gives the first reason, white space before all others.
func TestValidReason(t *testing.T) {
	reason := func(s string) error {
		if s == "" {
			return errEmpty
		}
		if strings.ContainsAny(s, " \t\r\n\f") {
			return errSpace
		}
		tokens := strings.Split(s, ".")
		for i, token := range tokens {
			if token == "" {
				return errEmptyToken
			}
			if i > 0 && tokens[i-1] == Rest {
				return errRest
			}
		}
		return nil
	}
	all := []string{""}
	for range 7 {
		for _, s := range all {
			if got, want := Valid(s), reason(s); got != want {
				t.Errorf("Valid(%q) = %v, not %v", s, got, want)
			}
		}
		var longer []string
		for _, s := range all {
			for _, c := range "a.>* " {
				longer = append(longer, s+string(c))
			}
		}
		all = longer
	}
}

func TestLiteral(t *testing.T) {
	for s, want := range map[string]bool{"a": true, "a.b": true, "a*": true, "a.x>": true, "*": false, "a.*": false, "a.>": false} {
		if got := Literal(s); got != want {
			t.Errorf("Literal(%q) = %v", s, got)
		}
	}
}

// BenchmarkIndex is 30,000 subjects, each looked up before it is added, as the
// compiler does with the streams of 10,000 tenants.
func BenchmarkIndex(b *testing.B) {
	all := make([]string, 30_000)
	for i := range all {
		all[i] = fmt.Sprintf("tenant%d.%d.orders.>", i/3, i%3)
	}
	for b.Loop() {
		var x Index[int]
		for i, s := range all {
			for range x.Overlapping(s) {
				b.Fatal("overlap")
			}
			x.Add(s, i)
		}
	}
}
