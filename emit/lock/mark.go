package lock

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Markers of a lock's merge. Git's own say otherwise whose lines they are.
const (
	oursMarker   = "<<<<<<< ours, by jsc lock merge\n"
	middleMarker = "=======\n"
	theirsMarker = ">>>>>>> theirs, by jsc lock merge\n"
)

// hintMarked is how conflicts are settled.
const hintMarked = "Keep one side's lines, of the same side between all markers, remove the others and the markers, and run jsc build. " +
	"A key that goes is lost, with what it signed: hand over new credentials, or jsc keys rotate what stays, if neither is to be used. " +
	"A side's whole lock, as of git checkout --ours, lacks what the other revoked."

// Unread is a lock that no command reads: what ours has, between markers, beside
// nothing of theirs, which is no lock.
func Unread(ours []byte) []byte {
	if len(ours) > 0 && !bytes.HasSuffix(ours, []byte("\n")) {
		ours = append(slices.Clone(ours), '\n')
	}
	return slices.Concat([]byte(oursMarker), ours, []byte(middleMarker), []byte(theirsMarker))
}

// KeepOurs returns a lock of which ours' lines are kept where there are markers of
// Merge or Unread; any other text as it is.
func KeepOurs(data []byte) []byte {
	if !isMarked(string(data)) {
		return data
	}
	var out []byte
	theirs := false
	for line := range bytes.Lines(data) {
		switch string(line) {
		case oursMarker:
		case middleMarker:
			theirs = true
		case theirsMarker:
			theirs = false
		default:
			if !theirs {
				out = append(out, line...)
			}
		}
	}
	return out
}

// mark returns two encoded locks as one text: lines that both have once, others
// between markers, so that who keeps one side's of all has that lock.
func mark(ours, theirs []byte) []byte {
	a, b := slices.Collect(bytes.Lines(ours)), slices.Collect(bytes.Lines(theirs))
	at := map[string][]int{} // where lines stand in theirs
	for i, line := range b {
		at[string(line)] = append(at[string(line)], i)
	}
	var out []byte
	for i, j := 0, 0; i < len(a) || j < len(b); {
		// The next line that both have. Entries stand in one order in both.
		k, l := i, len(b)
		for ; k < len(a); k++ {
			in := at[string(a[k])]
			if n := sort.SearchInts(in, j); n < len(in) {
				l = in[n]
				break
			}
		}
		if k > i || l > j {
			out = append(out, oursMarker...)
			out = append(out, bytes.Join(a[i:k], nil)...)
			out = append(out, middleMarker...)
			out = append(out, bytes.Join(b[j:l], nil)...)
			out = append(out, theirsMarker...)
		}
		if k < len(a) {
			out = append(out, a[k]...)
			k, l = k+1, l+1
		}
		i, j = k, l
	}
	return out
}

// placeOf is the line of a marked lock that an ID's entry begins.
func placeOf(filename string, data []byte, id string) hcl.Range {
	s := scanner{filename: filename, src: string(data)}
	entry := string(appendString(nil, id)) + ": "
	start := strings.Index(s.src, "\n    "+entry) + len("\n    ")
	if start < len("\n    ") {
		return s.place(0, 0)
	}
	return s.place(start, start+len(entry)-len(": "))
}

// isMarked reports that a text's markers are those of a lock's merge.
func isMarked(src string) bool { return strings.Contains(src, oursMarker) }
