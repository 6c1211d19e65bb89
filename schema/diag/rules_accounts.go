package diag

// accountRules are about operators and accounts.
var accountRules = []Rule{
	{
		Name: "no-operator", Severity: fail, // what is without one: a whole sentence
		Message: "%s",
		Why:     "Servers accept an account only if an operator that they trust has signed it.",
		Mend:    "Add an operator block, or declare the account external with its public_key.",
	},
	{
		Name: "two-operators", Severity: fail, // the second operator
		Message: "operator %q is a second one",
		Why:     "A topology is one trust domain, and an account has exactly one operator.",
		Mend:    "Keep one operator block; put the other's accounts into a topology of their own.",
	},
	{
		Name: "system-account-jetstream", Severity: fail, // the account
		Message: "the system account %q cannot have JetStream",
		Why:     "nats-server does not start when its system account has JetStream enabled.",
		Mend:    "Move JetStream, streams and buckets to another account.",
	},
	{
		Name: "account-without-jetstream", Severity: fail, // what needs it; the account
		Message: "%s needs JetStream, which account %q does not have",
		Why:     "The server answers every JetStream request of the account with an error.",
		Mend:    "Add a jetstream block to the account.",
	},
	{
		Name: "tier-and-flat-limits", Severity: fail, // the account; the attribute beside the tiers
		Message: "account %q sets both tiers and %s outside of them",
		Why:     "The JWT's decoder sets the limits outside of the tiers to zero.",
		Mend:    "Move the limit into the tiers, or remove the tiers.",
	},
	{
		Name: "unknown-signing-key", Severity: fail, // what should have it; the label
		Message: "%s has no signing key %q",
		Why:     "A token can be signed only with a key that its issuer's own token lists.",
		Mend:    "Correct the label or add the signing_key block.",
	},
	{
		Name: "strict-signing-key", Severity: fail, // what would be signed; whose identity key
		Message: "%s would be signed with the identity key of %s",
		Why:     "With strict_signing_keys servers refuse what the identity key itself has signed.",
		Mend:    "Add a signing_key block to the operator, or remove strict_signing_keys.",
	},
	{
		Name: "bad-mapping", Severity: fail, // what is wrong: a whole sentence
		Message: "%s",
		Why:     "nats-server refuses a mapping whose destination does not fit the wildcards of its source.",
		Mend:    "Use each wildcard of the source once in the destination, as {{wildcard(1)}} or $1.",
	},
	{
		Name: "mapping-over-100", Severity: fail, // the mapping's source; the sum
		Message: "the weights of mapping %q add up to %v, more than 100",
		Why:     "Weights are percentages of the messages, for each cluster apart.",
		Mend:    "Lower the weights to at most 100 in all.",
	},
	{
		Name: "mapping-cycle", Severity: fail, // the path
		Message:  "the mappings form a cycle: %s",
		Why:      "A message is mapped once where a client sends it and again where it comes in from a leaf node, so that it ends in either.",
		Mend:     "Break the cycle by another destination.",
		Stricter: "The server takes any mappings.",
	},
	{
		Name: "mapping-diverts", Severity: warn, // the mapping's source; the import's or share's subject; which it is
		Message: "mapping %q leads all of %q away from %s",
		Why:     "The server maps a subject before it looks for an import or a stream, so that nothing comes there, and nobody is told.",
		Mend:    "Map another subject, or give the import another local subject.",
	},
	{
		Name: "auth-callout-cycle", Severity: fail, // what comes back to itself: a whole sentence
		Message: "%s",
		Why:     "The users that answer the callout must be able to connect without it.",
		Mend:    "Name users of this account in users, and other accounts in allowed_accounts.",
	},
	{
		Name: "account-token-large", Severity: fail, // the account; how many bytes; the most
		Message: "the token of account %q has %v bytes, and a server reads at most %v",
		Why:     "nats-server does not start with a longer token in its preload, and does not take it when it is pushed.",
		Mend:    "Split the account, or let it import by fewer and wider grants: each import of a private export embeds a token of about 1 kB.",
	},
}

// userRules are about users and what they may do.
var userRules = []Rule{
	{
		Name: "scoped-user-permissions", Severity: fail, // the user; what it sets; the signing key
		Message: "user %q sets %s, but the role of its signing key %q decides that",
		Why:     "A server refuses a user of a scoped signing key that carries permissions or limits of its own.",
		Mend:    "Set it in the signing key's role, or sign the user with another key.",
	},
	{
		Name: "template-without-value", Severity: fail, // what is not filled in: a whole sentence
		Message: "%s",
		Why:     "nats-server fills in a role's templates for each user: it leaves out of what is allowed what it can make no subject of, and refuses the user where that is denied.",
		Mend:    "Give the user the tag, as in tags = [\"team:red\"], or sign it with another key.",
	},
	{
		Name: "bearer-forbidden", Severity: fail, // who is a bearer user, a half sentence; the account
		Message: "%s, which account %q forbids",
		Why:     "The server refuses bearer tokens of an account with disallow_bearer.",
		Mend:    "Remove bearer from the user or the role, or disallow_bearer from the account's limits.",
	},
	{
		Name: "bearer-user", Severity: warn, // the user
		Message: "user %q is a bearer user: its token alone lets anybody in",
		Why:     "A bearer token needs no seed to connect, so that a copy of it is as good as the original.",
		Mend:    "Remove bearer; if clients cannot sign, give it an expiry, source_networks and few permissions.",
	},
	{
		Name: "user-unrestricted", Severity: warn, // the user; the account
		Message: "user %q may do everything in account %q",
		Why:     "A client that needs two subjects but may use all turns a small mistake into a large one.",
		Mend:    "Add an access block, or publish and subscribe permissions.",
	},
	{
		Name: "sys-user-unrestricted", Severity: warn, // the user
		Message: "user %q of the system account can replace accounts on the servers",
		Why:     "Such a user can push an old account token again and so undo revocations.",
		Mend:    "Remove push = true unless this user has to push account tokens.",
	},
	{
		Name: "user-token-large", Severity: warn, // the user; how many bytes
		Message: "the token of user %q has %v bytes, with which nobody connects to a server of the default max_control_line",
		Why:     "A client sends its token on one line, and nats-server closes a connection whose line is longer than max_control_line, by default 4096 bytes.",
		Mend:    "Raise max_control_line in the servers' configuration, or split the access among several users.",
	},
	{
		Name: "shared-inbox", Severity: warn, // the user; the account
		Message: "user %q can read the replies to other users of account %q",
		Why:     "Users that may all subscribe to one inbox prefix can read each other's replies.",
		Mend:    "Leave inbox_prefix unset, or give each user one of its own.",
	},
	{
		Name: "unreachable-permission", Severity: warn, // the user; publish or subscribe; the subject
		Message: "the permission of user %q to %s %q matches no subject of its account",
		Why:     "A permission that nothing can match is most often a mistyped subject.",
		Mend:    "Correct the subject or remove the permission.",
	},
}
