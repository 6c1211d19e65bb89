package diag

// exportRules are about what an account offers.
var exportRules = []Rule{
	{
		Name: "export-overlap", Severity: fail, // stream or service; a subject; another; why they cannot be merged
		Message:  "the %s exports %q and %q overlap: %s",
		Why:      "One subject under two exports of a type is refused in a token, or answered by either at random.",
		Mend:     "Make the settings of both equal, or their subjects distinct.",
		Stricter: "The server takes exports that overlap in part, and a request finds either at random.",
	},
	{
		Name: "wildcard-export-forbidden", Severity: fail, // the account; the subject
		Message:  "account %q may not export the wildcard subject %q",
		Why:      "The account's limits say wildcard_exports = false, and the server refuses the account.",
		Mend:     "Export the subjects one by one, or allow wildcard_exports.",
		Stricter: "The server looks only where exports are limited in number too.",
	},
	{
		Name: "too-many-exports", Severity: fail, // the account; how many; the limit
		Message: "account %q has %v exports, its limit is %v",
		Why:     "The server refuses an account that exceeds its own limits.",
		Mend:    "Raise the account's limit, or merge exports.",
	},
	{
		Name: "account-token-position", Severity: fail, // the position; the subject
		Message: "account_token_position %v does not point at a * of %q",
		Why:     "The server looks for the importer's public key at that token, and the token must be a wildcard.",
		Mend:    "Give the position of a * in the subject, counted from 1.",
	},
	{
		Name: "latency-on-stream", Severity: fail, // what latency was asked of, as in: a stream export
		Message: "latency cannot be measured on %s",
		Why:     "The server measures only services with a single response, and refuses or ignores the rest.",
		Mend:    "Remove the latency block.",
	},
	{
		Name: "response-on-stream", Severity: fail, // the attribute
		Message:  "%s cannot be set on a stream export",
		Why:      "Only services have responses.",
		Mend:     "Remove the attribute, or export a service.",
		Stricter: "The server takes a response_threshold of 0.",
	},
	{
		Name: "public-jetstream-api", Severity: warn, // the subject; what it reaches, as in: the JetStream API
		Message: "%q is public: every account can reach %s",
		Why:     "Whoever has an account could then read, change or acknowledge what is another's.",
		Mend:    "Remove public and name the accounts that may import it.",
	},
	{
		Name: "over-grant", Severity: warn, // the subject; what it gives, as in: the whole JetStream API
		Message: "the export %q gives %s",
		Why:     "An importer of everything can delete streams and read what was never meant for it.",
		Mend:    "Export only the subjects that are needed; a share block finds them.",
	},
	{
		Name: "wildcard-export-wide", Severity: warn, // the subject
		Message: "the export %q covers more than it seems to name",
		Why:     "Subjects that are added later fall under the wildcard and are shared without anybody deciding it.",
		Mend:    "Put more literal tokens before the wildcard.",
	},
	{
		Name: "dollar-stripped", Severity: warn, // the subject
		Message: "%q looks as if a shell had removed a word that begins with $",
		Why:     "In double quotes a shell replaces $JS by nothing, and what is left matches no JetStream subject.",
		Mend:    "Write the subject whole, such as \"$JS.API.CONSUMER.INFO.S.C\".",
	},
}

// importRules are about what an account takes from others.
var importRules = []Rule{
	{
		Name: "too-many-imports", Severity: fail, // the account; how many; the limit
		Message: "account %q has %v imports, its limit is %v",
		Why:     "The server refuses an account that exceeds its own limits.",
		Mend:    "Raise the account's limit, or import less.",
	},
	{
		Name: "import-without-export", Severity: fail, // the exporter; stream or service; the subject
		Message: "account %q exports no %s that covers %q",
		Why:     "The server accepts such an import and then never delivers anything.",
		Mend:    "Add the export to the other account, or correct the subject.",
	},
	{
		Name: "import-type-mismatch", Severity: fail, // the subject; the export's type; the import's type
		Message: "%q is exported as a %s, not as a %s",
		Why:     "A stream carries messages to the importer and a service carries requests from it; one is never the other.",
		Mend:    "Import it as the type that it is exported as.",
	},
	{
		Name: "import-cycle", Severity: fail, // the path
		Message: "the imports form a cycle: %s",
		Why:     "nats-server refuses imports over which a message would come back to where it began.",
		Mend:    "Break the cycle by another local subject, or remove one of the imports.",
	},
	{
		Name: "self-import", Severity: fail, // the account
		Message:  "account %q imports from itself",
		Why:      "Within an account subjects are seen anyway, and nats-server drops such an import as a cycle.",
		Mend:     "Remove the import; a mapping gives a subject another name.",
		Stricter: "The server takes one whose local subject is another.",
	},
	{
		Name: "import-collision", Severity: fail, // which two imports and where: a whole sentence
		Message:  "%s",
		Why:      "Of two imports under one local subject the server answers from either, drops one, delivers each message twice, or mixes what a stream copies.",
		Mend:     "Give one of them another local subject.",
		Stricter: "The server takes services whose local subjects overlap in part or that a stream stores too, one service under two local subjects, for which jsc makes one token, and streams that bring some messages twice or to where another one is copied.",
	},
	{
		Name: "import-shadows-stream", Severity: fail, // the local subject; the stream
		Message:  "the imported subject %q is captured by stream %q of the same account",
		Why:      "The stream stores all that a consumer delivers but never acknowledges it, so that messages come again and again.",
		Mend:     "Choose another local subject or other subjects for the stream, or have the stream source the other account's stream.",
		Stricter: "The server lets a stream store imported messages.",
	},
	{
		Name: "bad-local-subject", Severity: fail, // the local subject; the exporter's subject; what does not fit
		Message:  "the local subject %q does not fit %q: %s",
		Why:      "Wildcards of the exporter's subject must come back in the local one, or the server refuses the account.",
		Mend:     "Use as many wildcards as the exporter's subject has, or each of $1, $2 … once.",
		Stricter: "The server takes a wildcard that comes back twice, and a $0, which ends it when anybody subscribes there.",
	},
	{
		Name: "reserved-local-subject", Severity: fail, // the local subject; how it begins
		Message:  "the local subject %q begins with %s",
		Why:      "Such an import would let another account answer for this account's own JetStream, system or inboxes.",
		Mend:     "Begin the local subject with a plain word.",
		Stricter: "The server takes any local subject.",
	},
	{
		Name: "activation-wrong-account", Severity: fail, // whom the token is for; whom it should be for
		Message: "the activation token is for account %s, not for %s",
		Why:     "The server refuses an account that presents another one's activation.",
		Mend:    "Ask the exporter for a token made for this account's public key.",
	},
	{
		Name: "activation-wrong-subject", Severity: fail, // what it grants; what is imported, as in: service "a.b"
		Message: "the activation token grants %s, not %s",
		Why:     "The server refuses an account whose activation does not cover the import.",
		Mend:    "Import what the token grants, or ask the exporter for another token.",
	},
	{
		Name: "activation-expired", Severity: fail, Waivable: true, // the time
		Message: "the activation token expired at %s",
		Why:     "The server drops the import silently, with a debug line in its log.",
		Mend:    "Ask the exporter for a new token; until it comes, jsc:ignore activation-expired REASON in a comment lets builds go on.",
	},
	{
		Name: "activation-signed-by-scoped-key", Severity: fail, // the key
		Message: "the activation token is signed with the scoped signing key %s",
		Why:     "A scoped key is made to sign users only; that the server lets it pass is not to be relied on.",
		Mend:    "Have the exporter sign it with its identity key or a plain signing key.",
	},
	{
		Name: "bundle-invalid", Severity: fail, // what is wrong: a whole sentence
		Message: "%s",
		Why:     "A bundle comes from somebody else, and only what can be checked whole is taken from it.",
		Mend:    "Ask the exporter for the bundle that its jsc wrote.",
	},
	{
		Name: "bundle-unknown-grant", Severity: fail, // the share; its kind; the subject of the token
		Message: "share %q of the bundle is of kind %s, which has no grant for %q",
		Why:     "A token beyond what the kind needs could answer for subjects that are this account's own.",
		Mend:    "Ask the exporter for a bundle that its jsc made for this account.",
	},
}
