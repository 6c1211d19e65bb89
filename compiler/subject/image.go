package subject

import "strings"

// Intersection is the subject that every literal subject matches that matches
// both a and b; false where none does. Both must be valid.
func Intersection(a, b string) (string, bool) {
	if !Overlap(a, b) {
		return "", false
	}
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	var out []string
	for i := range max(len(x), len(y)) {
		switch {
		case x[i] == Rest:
			return strings.Join(append(out, y[i:]...), "."), true
		case y[i] == Rest:
			return strings.Join(append(out, x[i:]...), "."), true
		case x[i] == Any:
			out = append(out, y[i])
		default:
			out = append(out, x[i])
		}
	}
	return strings.Join(out, "."), true
}

// Image is a subject that contains all that the mapping of src to dest makes of
// those that match of; false where none of these matches src. Not every subject
// in it need come about: for a function it has a wildcard. An empty src is ">",
// and an empty dest maps nothing. The mapping must be valid.
func Image(src, dest, of string) (string, bool) {
	if src == "" {
		src = Rest
	}
	its, ok := Intersection(src, of)
	if !ok || dest == "" {
		return its, ok
	}
	tokens, from := strings.Split(its, "."), strings.Split(src, ".")
	var bound []string // what each wildcard of src stands for
	for i, t := range from {
		if t == Any {
			bound = append(bound, tokens[i])
		}
	}
	var out []string
	for _, t := range strings.Split(dest, ".") {
		if t == Rest {
			out = append(out, tokens[len(from)-1:]...)
			break
		}
		p, err := parsePlaceholder(t)
		switch {
		case err != nil || p == nil:
			out = append(out, t)
		case p.function == wildcard:
			out = append(out, bound[p.wildcards[0]-1])
		case p.function.splits:
			return strings.Join(append(out, Rest), "."), true
		default:
			out = append(out, Any)
		}
	}
	return strings.Join(out, "."), true
}

// Computes reports that dest says more than which wildcard goes where: what
// becomes of a subject then depends on a function.
func Computes(dest string) bool {
	for t := range strings.SplitSeq(dest, ".") {
		if p, err := parsePlaceholder(t); err == nil && p != nil && p.function != wildcard {
			return true
		}
	}
	return false
}

// Preimage is a literal subject that matches of and src, and becomes goal, a
// literal subject of their Image, as far as wildcards alone decide it; filler is
// where a wildcard is not decided. False where nothing matches of and src.
func Preimage(src, dest, of, goal, filler string) (string, bool) {
	if src == "" {
		src = Rest
	}
	its, ok := Intersection(src, of)
	if !ok {
		return "", false
	}
	tokens, from, to := strings.Split(its, "."), strings.Split(src, "."), strings.Split(goal, ".")
	decided := make(map[int]string) // by wildcard, from 1
	for i, t := range strings.Split(dest, ".") {
		if i >= len(to) {
			break
		}
		if t == Rest {
			tokens = append(tokens[:len(from)-1], to[i:]...)
			break
		}
		if p, err := parsePlaceholder(t); err == nil && p != nil && p.function == wildcard {
			decided[p.wildcards[0]] = to[i]
		}
	}
	n := 0
	for i, t := range tokens {
		known := ""
		if i < len(from) && from[i] == Any {
			n++
			known = decided[n]
		}
		switch {
		case t != Any && t != Rest:
		case known != "":
			tokens[i] = known
		default:
			tokens[i] = filler
		}
	}
	return strings.Join(tokens, "."), true
}
