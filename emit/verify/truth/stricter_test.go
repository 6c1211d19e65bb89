package truth

import (
	"slices"
	"strings"

	"jsc/schema/diag"
)

// excuse says why jsc may refuse what the server takes: the rule's own words in
// the table of rules; "" where it may not.
func excuse(m mistake) string {
	if why := ofTheLanguage[m.rule]; why != "" {
		return why
	}
	if parts, ok := partly[m.rule]; ok && !slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(m.text, part) }) {
		return ""
	}
	return diag.Lookup(m.rule).Stricter
}

// ofTheLanguage are rules about what only a topology has, and a server could not
// be given.
var ofTheLanguage = map[string]string{
	"unknown-reference":    "a server has no references",
	"wrong-reference":      "a server has no references",
	"share-mode":           "a server has no shares",
	"share-without-target": "a server has no shares",
	"share-to-self":        "a server has no shares",
}

// partly is of rules that are stricter than the server in some of their
// messages only: what these messages hold.
var partly = map[string][]string{
	"stream-name":           {`"" is empty`},
	"bad-duration":          {`"-1s"`},
	"bad-subject":           {`it is empty`, `">" may only be the last token`, "of its queue", "only a subscribe permission", "between two dots is empty", "to an exported service"},
	"bad-local-subject":     {"$0 stands for no wildcard", "must be there once"},
	"consumer-push-field":   {"cannot have deliver_group"},
	"consumer-pull-field":   {"cannot have max_batch", "cannot have max_expires", "cannot have max_bytes"},
	"filter-overlap":        {`the transforms of ">"`, `and ">" overlap`},
	"field-conflict":        {"messages' own lifetimes", "opt_start_time cannot be set together with opt_start_seq", "ack_wait cannot be set together with backoff", "deliver_group cannot be"},
	"import-collision":      {"imports the service", "both bring", "both answer at", "stores too", "both deliver to", "where share", "end at different times"},
	"response-on-stream":    {"response_threshold"},
	"deliver-subject-cycle": {", which stream", ", which bucket"},
	"bad-value": {
		"deliver_group must be", "sourcing must be left", "mirror_direct must be what", "max_msg_size must be at least that of",
		`or at least 0, not -`, "inactive_threshold must be", "memory or disk must be above 0", "a tier must be one of", `must be at least 1 or "unlimited", not 0`,
		`must be at least 1 or "unlimited", not -`, `must be at least 0 or "unlimited", not -`, "max must be at least 1, or -1", "weight must be 1 to 100, not 0", "sampling must be 1 to 100, not 0",
		`or "headers", not 0`, "connection_types", "locale must be a time zone",
		"must be a list that is not empty", "'s consumer must be one with", ", where consumer ",
	},
}
