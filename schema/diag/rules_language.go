package diag

// languageRules are about what is written, before it means anything to NATS.
var languageRules = []Rule{
	{
		Name: "syntax", Severity: fail, apart: true,
		Message: "%s",
		Why:     "The text is not HCL, so nothing in the file can be read.",
		Mend:    "Mend the text at the mark; the mistake may stand just before it.",
	},
	{
		Name: "bad-expression", Severity: fail,
		Message: "%s",
		Why:     "An expression that cannot be evaluated has no value to compile.",
		Mend:    "Write an expression whose parts all have a value here.",
	},
	{
		Name: "unknown-attribute", Severity: fail, // what has none; the attribute
		Message: "%s has no attribute %q",
		Why:     "An attribute that nobody reads would be a setting that silently does nothing.",
		Mend:    "Correct the name or remove the attribute.",
	},
	{
		Name: "unknown-block", Severity: fail, // what has none; the block's type
		Message: "%s has no block %q",
		Why:     "A block that nobody reads would silently do nothing.",
		Mend:    "Correct the block's type or remove the block.",
	},
	{
		Name: "missing-attribute", Severity: fail, apart: true, // what needs it; the attribute
		Message: "%s needs the attribute %q",
		Why:     "Without it there is no sensible meaning for the block, and jsc does not guess one.",
		Mend:    "Add the attribute.",
	},
	{
		Name: "wrong-type", Severity: fail, // the attribute; the type due; the type given
		Message: "%s must be %s, not %s",
		Why:     "A value of another type would have to be guessed at.",
		Mend:    "Write a value of the type that is asked for.",
	},
	{
		Name: "bad-value", Severity: fail, // the attribute; what it may be; what it is
		Message:  "%s must be %s, not %s",
		Why:      "nats-server or its clients refuse a value outside of what they know.",
		Mend:     "Write one of the values that are allowed.",
		Stricter: "The server takes 0 and negative numbers for a default or for no limit, tiers that no stream has, times and connection types that let nobody in, an empty list of what is allowed for anything, any deliver_group, which no client could name, and a source whose consumer is no such consumer, of which it copies nothing.",
	},
	{
		Name: "field-conflict", Severity: fail, apart: true, // an attribute; another
		Message:  "%s cannot be set together with %s",
		Why:      "The two exclude each other, and nats-server would refuse or ignore one of them.",
		Mend:     "Remove one of the two.",
		Stricter: "The server takes ack_wait beside backoff, a mirror that starts at a sequence and at a time, and a counter with delete markers, and ignores one of the two; with deliver_group beside ack_policy flow_control it copies nothing.",
	},
	{
		Name: "field-requires", Severity: fail, apart: true, // an attribute; what it needs
		Message: "%s needs %s",
		Why:     "Alone the setting is refused or ignored by nats-server.",
		Mend:    "Add what it needs, or remove it.",
	},
	{
		Name: "duplicate-name", Severity: fail, // the kind of thing; its name
		Message: "%s %q is declared twice",
		Why:     "Two things of one kind and name would overwrite each other.",
		Mend:    "Rename one of them or remove it.",
	},
	{
		Name: "unknown-reference", Severity: fail, // the thing with its name, as in: stream "ORDERS" in account "A"
		Message: "there is no %s",
		Why:     "What does not exist in the topology cannot be granted, shared or signed.",
		Mend:    "Correct the name or declare what it names.",
	},
	{
		Name: "wrong-reference", Severity: fail, // the attribute; the kind due; the kind given
		Message: "%s must be a reference to %s, not %s",
		Why:     "Each attribute takes references to one kind of thing, and a string is never taken for a reference.",
		Mend:    "Refer to a thing of the kind that is asked for.",
	},
	{
		Name: "reference-cycle", Severity: fail, // the whole path, in words
		Message: "%s",
		Why:     "A value that depends on itself, or on one worked out later, cannot be worked out.",
		Mend:    "Break the cycle: write one of its values out.",
	},
	{
		Name: "unset-variable", Severity: fail, // the variable
		Message: "the variable %q has no value",
		Why:     "A variable without a default must be set from outside.",
		Mend:    "Give it a default or set it by --var, --var-file or JSC_VAR_<name>.",
	},
	{
		Name: "variable-validation", Severity: fail, noted: true, // the topology's own error_message
		Message: "%s",
		Why:     "The topology itself says which values its variables may have.",
		Mend:    "Set the variable to a value that its validation accepts.",
	},
	{
		Name: "bad-for-each", Severity: fail, // what is wrong, a whole sentence
		Message: "%s",
		Why:     "Each instance needs a key of its own that stays the same when others come and go.",
		Mend:    "Give for_each a map, an object, a family or a set of strings; toset(…) makes a set of a list.",
	},
	{
		Name: "bad-duration", Severity: fail, // the text
		Message:  "%q is not a duration",
		Why:      "A span of time needs a number and a unit, so that nobody has to guess which.",
		Mend:     "Write a number and a unit (ms, s, m, h, d, w, y) or a sum of them, such as \"1d12h\".",
		Stricter: "The server takes some negative spans for 0.",
	},
	{
		Name: "bad-size", Severity: fail, // the text
		Message: "%q is not a size",
		Why:     "A size needs a number of bytes or a number and a unit.",
		Mend:    "Write a number of bytes, or a number and a unit such as \"1MiB\" (1024 × 1024) or \"1MB\" (1,000,000).",
	},
	{
		Name: "bad-time", Severity: fail, // the text
		Message: "%q is not a time",
		Why:     "A moment must be the same for every reader, wherever they are.",
		Mend:    "Write RFC 3339, such as \"2027-01-31T00:00:00Z\", or a date such as \"2027-01-31\" (midnight UTC).",
	},
	{
		Name: "bad-subject", Severity: fail, // the text; what is wrong with it
		Message:  "%q is not a subject: %s",
		Why:      "nats-server refuses a subject with an empty token or white space, and takes \">\" only as the last token.",
		Mend:     "Write tokens separated by single dots; \"*\" stands for one token and \">\" for all that follow.",
		Stricter: "The server takes an empty subject where none need be, subjects of permissions and exports that nothing can match, and measurements to a service that it learns of later.",
	},
}

// inputRules are about what jsc refuses to read, whoever wrote it.
var inputRules = []Rule{
	{
		Name: "file-outside-root", Severity: fail, Fixed: true, // the path; why it cannot be read
		Message: "%q cannot be read: %s",
		Why:     "A topology is often somebody else's pull request, and must not read what lies outside of its tree.",
		Mend:    "Move the file into the tree, or name a wider tree with --root.",
	},
	{
		Name: "file-unreadable", Severity: fail, // the path; why it cannot be read
		Message: "%q cannot be read: %s",
		Why:     "A topology is compiled whole, or not at all.",
		Mend:    "Check the path: it is relative to the file that says it.",
	},
	{
		Name: "file-too-large", Severity: fail, // the path; the limit with its unit
		Message: "%q is larger than %s",
		Why:     "A file of that size is no topology, and reading it could exhaust the machine.",
		Mend:    "Split the file.",
	},
	{
		Name: "evaluation-limit", Severity: fail, // which limit was reached, a whole sentence
		Message: "%s",
		Why:     "A few lines of HCL can ask for more time and memory than any machine has.",
		Mend:    "Make the topology smaller, or raise the limit with --max-time, --max-memory or --max-entities.",
	},
	{
		Name: "bad-name", Severity: fail, Fixed: true, // the name; what is wrong with it
		Message:  "the name %q cannot be used: %s",
		Why:      "Names end up in file names, subjects, configs and terminals, where such characters mislead or break.",
		Mend:     "Use at most 255 bytes of UTF-8 without control, format and other invisible characters.",
		Stricter: "The server takes any that are no white space, wildcards or separators.",
	},
	{
		Name: "hidden-character", Severity: fail, Fixed: true, // the character, as in U+202E
		Message: "the source holds the invisible character %s",
		Why:     "What cannot be seen can make a reviewer read something else than what is compiled.",
		Mend:    "Remove the character; in a string, write it as an escape if it is meant.",
	},
	{
		Name: "secret-in-source", Severity: fail, Fixed: true, // what it is, as in: a seed, the credentials of a user
		Message: "there is a secret here: %s",
		Why:     "A seed in a topology is in the repository's history for ever, and whoever reads it can sign.",
		Mend:    "Remove it, treat the key as lost and rotate it; seeds belong into a key source (--keys).",
	},
}
