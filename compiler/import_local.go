package compiler

import (
	"fmt"
	"strconv"
	"strings"

	"jsc/compiler/subject"
)

// localFault says why what an exporter calls exported cannot be seen as local;
// "" when it can. The rules are jwt's RenamingSubject.Validate and
// nats-server's strict transforms (server/subject_transform.go); stricter, each
// wildcard must come back exactly once, since the server lets "*.$1" pass and
// then fills one of the two twice.
func localFault(exported, local string) string {
	if local == exported {
		return ""
	}
	if err := subject.Valid(local); err != nil {
		return err.Error()
	}
	if tail(exported) != tail(local) {
		return "both must end in \">\", or neither"
	}
	due := 0
	for token := range strings.SplitSeq(exported, ".") {
		if token == subject.Any {
			due++
		}
	}
	used := make([]int, due+1)
	stars := 0
	for token := range strings.SplitSeq(local, ".") {
		n, placed := placeholder(token)
		if token == subject.Any {
			stars++
			n, placed = stars, true
		}
		switch {
		case !placed:
		case n < 1 || n > due:
			return fmt.Sprintf("%s stands for no wildcard of it", token)
		default:
			used[n]++
		}
	}
	for n := 1; n <= due; n++ {
		if used[n] != 1 {
			return fmt.Sprintf("wildcard $%d must be there once, not %d times", n, used[n])
		}
	}
	return ""
}

// tail reports that s ends in ">".
func tail(s string) bool { return s == subject.Rest || strings.HasSuffix(s, "."+subject.Rest) }

// placeholder reads a token "$n".
func placeholder(token string) (int, bool) {
	digits, ok := strings.CutPrefix(token, "$")
	if !ok || digits == "" || digits[0] > '9' {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

// mayPlace reports a token of s that may be a placeholder: "$" and no letter.
func mayPlace(s string) bool {
	for i := range len(s) - 1 {
		if s[i] == '$' && (i == 0 || s[i-1] == '.') && s[i+1] <= '9' {
			return true
		}
	}
	return false
}

// plainLocal is local with its placeholders as "*": what it takes up of the
// importer's subjects.
func plainLocal(local string) string {
	if !mayPlace(local) {
		return local
	}
	tokens := strings.Split(local, ".")
	for i, token := range tokens {
		if _, ok := placeholder(token); ok {
			tokens[i] = subject.Any
		}
	}
	return strings.Join(tokens, ".")
}

// reservedStart says how a local subject begins that would let another account
// answer for the importer's own JetStream, system or inboxes (docs/security.md A9);
// "" for one that does not.
func reservedStart(local string) string {
	first, _, _ := strings.Cut(plainLocal(local), ".")
	switch {
	case first == subject.Any || first == subject.Rest:
		return "a wildcard"
	case strings.HasPrefix(first, "$"):
		return "$"
	case strings.HasPrefix(first, "_INBOX"):
		return "_INBOX"
	}
	return ""
}

// ownAPI reports that an unmapped subject is where a server, of that JetStream
// domain, answers the importer itself.
func ownAPI(s, domain string) bool {
	return subject.Overlap(s, "$JS.API.>") || domain != "" && subject.Overlap(s, "$JS."+domain+".API.>")
}
