package diag

// shareRules are about how a share is put together.
var shareRules = []Rule{
	{
		Name: "share-target-missing", Severity: fail, // the share; the account that is not there
		Message: "share %q is for account %q, which does not exist",
		Why:     "A grant is made out to an account's public key.",
		Mend:    "Correct the label, refer to the account with account =, or declare it.",
	},
	{
		Name: "share-to-self", Severity: fail, // the share; the account
		Message: "share %q goes to account %q, which it comes from",
		Why:     "An account cannot import from itself, and needs no share to see its own streams.",
		Mend:    "Remove the to block; users of the account get access by their access block.",
	},
	{
		Name: "share-without-target", Severity: fail, // the share
		Message: "share %q goes to nobody",
		Why:     "A private share without a to block would be an export that nobody can import.",
		Mend:    "Add a to block for each importer, or set public = true.",
	},
	{
		Name: "share-external-needs-key", Severity: fail, // the share; the account
		Message: "share %q needs the public key of the external account %q",
		Why:     "A token for an account that jsc does not sign is made out to the key that its owner gives.",
		Mend:    "Set public_key on the external account.",
	},
	{
		Name: "share-mode", Severity: fail, // what does not fit: a whole sentence
		Message: "%s",
		Why:     "What is shared and its mode decide which grants are made.",
		Mend:    "Use a mode that goes with what is shared.",
	},
	{
		Name: "share-jetstream-off", Severity: fail, // the share; the account
		Message: "share %q needs JetStream in account %q, which has none",
		Why:     "There is no stream to share in an account without JetStream.",
		Mend:    "Add a jetstream block to the account.",
	},
	{
		Name: "share-public-private", Severity: fail, // stream or service; the subject; the other place, as in: share "b"
		Message: "the %s %q is public here and private in %s",
		Why:     "An export is public or private as a whole, so that the private one would be open to all.",
		Mend:    "Make both public or both private.",
	},
	{
		Name: "share-ack-collision", Severity: fail, // which two meet where: a whole sentence
		Message:  "%s",
		Why:      "Acks of two consumers of the same names go to one of them only; the other's messages are lost silently.",
		Mend:     "Rename one stream or consumer, use ack_format = \"v2\", or source the stream instead.",
		Stricter: "The server takes both, unless the two accounts share with each other.",
	},
	{
		Name: "share-flow-control-collision", Severity: fail, // which two meet where: a whole sentence
		Message:  "%s",
		Why:      "Flow control answers of two consumers of the same names go to one of them only; the other one stalls.",
		Mend:     "Rename one stream or consumer, use ack_format = \"v2\", or source the stream instead.",
		Stricter: "The server takes both, unless the two accounts share with each other.",
	},
}

// grantRules are about what a share gives beyond what it seems to (docs/security.md A).
var grantRules = []Rule{
	{
		// The share; who gets it; the stream; the exporter. A caller lowers it to
		// a warning for importers of the same operator.
		Name: "share-consumer-create", Severity: fail,
		Message:  "share %q lets %s create consumers on %s, which is the right to publish to any subject of %s",
		Why:      "Whoever creates a consumer decides where the exporter's own server sends its messages, and can overwrite every durable.",
		Mend:     "Share a durable source or a pull consumer, set watch = false, or say trusted = true in the to block.",
		Stricter: "The server takes the grant with all that it gives.",
	},
	{
		// What is still visible: a whole sentence. A caller lowers it to a warning
		// for importers of the same operator.
		Name: "filter-not-a-boundary", Severity: fail,
		Message:  "%s",
		Why:      "Filters narrow what is delivered, but other requests of the same grant see more.",
		Mend:     "Share a stream that sources only these subjects.",
		Stricter: "The server takes each of the grants by itself.",
	},
	{
		Name: "read-steals-pull", Severity: fail, // the share; the stream; a pull consumer of it
		Message:  "share %q lets its importers take messages of every pull consumer of %s, such as %s",
		Why:      "Ordered consumers need the right to pull from any consumer of the stream, and what they pull is gone for others.",
		Mend:     "Share a mirror that is made for readers.",
		Stricter: "The server takes each of the grants by itself.",
	},
	{
		Name: "share-consumer-many", Severity: fail, // the consumer; how many importers
		Message:  "%s is shared with %v importers, who would take each other's messages",
		Why:      "What one importer acknowledges or terminates the others never see.",
		Mend:     "Make a consumer for each importer with for_each, or say competing = true on a pull share.",
		Stricter: "The server takes any number of importers.",
	},
	{
		Name: "share-deliver-overlap", Severity: fail, // what else is sent there: a whole sentence
		Message:  "%s",
		Why:      "An export is of a subject, so that importers get all that is sent there, other importers' messages too; a stream that copies stores them.",
		Mend:     "Deliver each consumer to a subject of its own, as with deliver_subject = \"deliver.${each.key}\".",
		Stricter: "The server takes any number of consumers that deliver to one subject.",
	},
	{
		Name: "publish-rollup", Severity: fail, // the share; the stream; the field that allows it
		Message:  "share %q lets its importers erase messages of %s, since %s is on",
		Why:      "Published headers pass through the grant, and a rollup header removes what was stored before.",
		Mend:     "Turn it off on the stream, or say trusted = true in the to block.",
		Stricter: "The server takes the grant, and headers pass through it.",
	},
	{
		Name: "inbox-prefix", Severity: fail, // what is wrong: a whole sentence
		Message:  "%s",
		Why:      "What is sent to that prefix must reach its importer or user, and nobody else.",
		Mend:     "Use one token such as \"_INBOX_ACCTB\", different for each importer.",
		Stricter: "The server takes any prefix.",
	},
}

// shareLintRules are about shares that work but not as somebody may expect.
var shareLintRules = []Rule{
	{
		Name: "share-push-no-deliver-group", Severity: warn, // the share; the consumer
		Message: "share %q delivers %s without a deliver group",
		Why:     "Several subscribers of one imported push consumer each get every message, with corrupted ack subjects.",
		Mend:    "Set deliver_group on the consumer, and subscribe with that queue group.",
	},
	{
		Name: "deliver-remapped", Severity: warn, // the share; the local subject; the deliver subject
		Message: "share %q delivers to %q instead of %q",
		Why:     "Clients that bind to the consumer subscribe to its own deliver subject and then get nothing.",
		Mend:    "Remove local_subject if clients bind; plain subscribers may keep it.",
	},
	{
		Name: "flow-control-queue", Severity: Info, // the consumer
		Message: "%s has flow control and a deliver group, which clients refuse to create",
		Why:     "The server accepts both together, but the client libraries do not.",
		Mend:    "Create the consumer from the JSON that jsc writes and let clients bind to it.",
	},
	{
		Name: "ack-format-v1", Severity: Info, // the share
		Message: "share %q grants acks in the v1 format only",
		Why:     "When a server switches to the v2 format, importers can no longer ack.",
		Mend:    "Set ack_format = \"both\" in the server block before any server switches.",
	},
	{
		Name: "expires-soon", Severity: warn, // what; as in: expires after 24h, expired at …
		Message: "%s %s",
		Why:     "An import whose token has expired is silently gone.",
		Mend:    "Choose a later time, or a duration, which is renewed by building.",
	},
	{
		Name: "no-expiry", Severity: warn, // the share; the external account
		Message: "share %q gives the external account %q access without end",
		Why:     "A token in somebody else's hands stays good until it is revoked.",
		Mend:    "Set expires on the share or in its to block.",
	},
	{
		Name: "unused-share-grant", Severity: warn, // the share; what nobody can use
		Message: "share %q grants %s, which nobody uses",
		Why:     "A grant without a use is only a risk.",
		Mend:    "Remove the to block, or give a user of the importer access to the share.",
	},
	{
		Name: "importer-has-no-user-for-share", Severity: warn, // the importer; the share
		Message: "no user of account %q may use share %q",
		Why:     "The share arrives in the account, and all of its users are kept from it by their permissions.",
		Mend:    "Add the share to the access block of a user.",
	},
}
