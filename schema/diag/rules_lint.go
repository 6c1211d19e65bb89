package diag

// lintRules are opinions about a topology that works.
var lintRules = []Rule{
	{
		Name: "no-account-limits", Severity: Info, // the account
		Message: "account %q has no limits",
		Why:     "One account can then use up what all of them share.",
		Mend:    "Add a limits block, and limits in jetstream.",
	},
	{
		Name: "external-without-effect", Severity: warn, // what is external; its blocks or attributes, as in: jetstream, stream
		Message: "in %s these have no effect: %s",
		Why:     "The owner signs the tokens, names the users, makes the streams and runs the servers of what is external, so nothing is made of what stands here.",
		Mend:    "Remove them, or external = true if it is signed here.",
	},
	{
		Name: "operator-identity-signs", Severity: warn, // the operator
		Message: "operator %q signs accounts with its identity key",
		Why:     "The identity key can never be replaced without a new operator, so it should not be needed every day.",
		Mend:    "Add a signing_key block to the operator, and keep the identity key offline.",
	},
	{
		Name: "unused-local", Severity: warn, // the local
		Message: "the local %q is not used",
		Why:     "What nobody reads misleads whoever edits it.",
		Mend:    "Remove it.",
	},
	{
		Name: "unused-variable", Severity: warn, // the variable
		Message: "the variable %q is not used",
		Why:     "Whoever sets it expects an effect that does not come.",
		Mend:    "Remove it.",
	},
	{
		Name: "naming", Severity: warn, // the kind of thing; its name; the pattern
		Message: "the name of %s %q does not match %q",
		Why:     "The pattern for such names stands in .jsc.hcl.",
		Mend:    "Rename it, or change the pattern.",
	},
	{
		Name: "ignore-without-reason", Severity: warn, // the rule that is ignored
		Message: "jsc:ignore %s gives no reason",
		Why:     "Whoever reads it next cannot tell whether it still holds.",
		Mend:    "Write the reason after the rule's name.",
	},
	{
		Name: "unknown-rule", Severity: warn, // the name
		Message: "there is no rule %q",
		Why:     "A setting or an ignore for a rule that does not exist has no effect.",
		Mend:    "Correct the name; jsc lint --rules lists them all.",
	},
}
