package diag

// keyRules are about keys and who holds them.
var keyRules = []Rule{
	{
		Name: "key-missing", Severity: fail, // whose key, and where it was looked for: a whole sentence
		Message: "%s",
		Why:     "A token is signed with its issuer's seed, and jsc never makes a key unless it is told to.",
		Mend:    "Name the source that holds the seed with --keys, or make new keys with jsc keys generate.",
	},
	{
		Name: "key-mismatch", Severity: fail, // the ID; the seed's public key; the pinned public key
		Message: "the seed found for %s belongs to %s, but %s is pinned",
		Why:     "A token signed with another key than the pinned one is refused by every server that trusts the pin.",
		Mend:    "Provide the seed of the pinned key; a signing key and a user's key can be replaced with jsc keys rotate.",
	},
	{
		Name: "key-wrong-type", Severity: fail, // where it stands; the role due; the role found, as in: an account
		Message: "%s must be the key of %s, not of %s",
		Why:     "NATS keys have a role in their first letter, and a server refuses one in another's place.",
		Mend:    "Use a key of the role that is asked for: O… operator, A… account, U… user.",
	},
	{
		Name: "key-unpinned", Severity: fail, // the ID
		Message: "%s has no key in the lock",
		Why:     "With --locked the lock must already say everything, and a key would have to be added to it.",
		Mend:    "Run jsc keys generate, or jsc build without --locked, and commit the lock.",
	},
	{
		Name: "key-retired", Severity: fail, Fixed: true, // the ID; the public key
		Message: "%s would use the retired key %s again",
		Why:     "A retired key may be in other hands; to trust it again would revive every token that it signed, or give its holder one.",
		Mend:    "Write no public_key, or another one, and let jsc keys generate make a new key.",
	},
	{
		Name: "key-unproven", Severity: fail, Fixed: true, // the public key; the ID
		Message: "nothing proves that %s is the key of %s",
		Why:     "A pin that no token bears out can be anybody's: whoever edited the lock would become that account.",
		Mend:    "Have the seed at hand when building, write the key as public_key in the topology, or restore the output folder where its token was lost.",
	},
	{
		Name: "key-in-tree", Severity: fail, Fixed: true, // what is wrong: a whole sentence
		Message: "%s",
		Why:     "A seed in a repository is in every clone of it for ever, and one in the output folder wherever that is deployed.",
		Mend:    "Remove it from git, rotate the key, and add the folder to .gitignore.",
	},
	{
		Name: "creds-in-tree", Severity: fail, Fixed: true, // the folder; what is wrong with it, as in: git does not ignore
		Message: "creds would be written into %s, which %s",
		Why:     "A .creds file holds a user's seed, and the next commit would publish it.",
		Mend:    "Choose a folder outside of the work tree and the output folder, or have git ignore it.",
	},
}

// lockRules are about the lock file.
var lockRules = []Rule{
	{
		Name: "lock-invalid", Severity: fail, apart: true, // what is wrong at the place: a whole sentence
		Message: "%s",
		Why:     "The lock holds the pinned keys and what was revoked; a damaged one is never made anew silently.",
		Mend:    "Restore the lock from git; jsc lock merge resolves merge conflicts.",
	},
	{
		Name: "lock-unknown-format", Severity: fail, // which format was found: a whole sentence
		Message: "%s",
		Why:     "A lock of another format may say things that this jsc does not know, revocations among them.",
		Mend:    "Use the version of jsc that wrote the lock, or a newer one.",
	},
	{
		Name: "lock-elsewhere", Severity: fail, // the lock that is missing; the one that exists; the operator
		Message: "the lock %s is missing, but %s pins the operator %q",
		Why:     "Starting without the lock would give the operator and every account a new key.",
		Mend:    "Name the lock with --lock or --env, or rename the file back.",
	},
	{
		Name: "lock-forged", Severity: fail, Fixed: true, apart: true, // what differs: a whole sentence
		Message: "%s",
		Why:     "The lock must say what the signed tokens say; where they differ, the lock was edited by hand.",
		Mend:    "Restore the lock from git and build again.",
	},
	{
		Name: "lock-rollback", Severity: fail, Fixed: true, apart: true, // what went back: a whole sentence
		Message: "%s",
		Why:     "An older issue time or a lost revocation gives access back that was taken away.",
		Mend:    "Start from the base's lock and build again; accept a new key with --accept-key ID=PUBLIC_KEY.",
	},
	{
		Name: "iat-in-future", Severity: fail, Fixed: true, // what is, as in: the token of account/A is issued; the time
		Message: "%s in the future, at %s",
		Why:     "A token from the future outlives every revocation that is made before that moment, and a revocation from there ends all tokens until then.",
		Mend:    "Set the clock or --now right, restore the lock and build again.",
	},
}

// artifactRules are about the output folder; check finds them.
var artifactRules = []Rule{
	{
		Name: "artifact-stale", Severity: fail, // which one and how it differs: a whole sentence
		Message: "%s",
		Why:     "Servers would run something else than what the topology says.",
		Mend:    "Run jsc build and commit the output folder and the lock.",
	},
	{
		Name: "artifact-tampered", Severity: fail, Fixed: true, // which one and what does not verify: a whole sentence
		Message: "%s",
		Why:     "A committed token whose signature, issuer or encoding is wrong was not made by a build.",
		Mend:    "Find out who changed it; then run jsc build, which makes it anew.",
	},
	{
		Name: "artifact-foreign", Severity: fail, Fixed: true, // the path
		Message: "%s is a token that no build of this topology made",
		Why:     "A token beside the build's own ones would be deployed with them.",
		Mend:    "Remove the file, or move it out of the output folder.",
	},
	{
		Name: "token-expired", Severity: fail, // the token's ID; the time
		Message: "the token of %s expired at %s",
		Why:     "Servers drop an expired import silently and disconnect an expired user.",
		Mend:    "Run jsc build, which renews it, and deploy the result.",
	},
	{
		Name: "token-due", Severity: fail, // the token's ID; the time
		Message: "the token of %s is due for renewal: it expires at %s",
		Why:     "Less is left of its lifetime than its renew_before asks for.",
		Mend:    "Run jsc build, which renews it, and deploy the result.",
	},
	{
		Name: "policy-weakened", Severity: fail, // which setting: a whole sentence
		Message: "%s",
		Why:     "A pull request must not switch off the checks that judge it.",
		Mend:    "Change .jsc.hcl or the baseline in a commit of its own on the base.",
	},
}

// serverRules are about the server block.
var serverRules = []Rule{
	{
		Name: "ack-format-flag", Severity: fail, // ack_format; the flag's value
		Message: "ack_format = %q contradicts feature_flags { js_ack_fc_v2 = %v }",
		Why:     "The flag decides which subjects replies carry; with the wrong grants no importer can ack.",
		Mend:    "Let ack_format alone decide and remove the flag.",
	},
	{
		Name: "unknown-feature-flag", Severity: warn, // the flag
		Message: "nats-server has no feature flag %q",
		Why:     "A server takes a flag that it does not know for off, and says so only in its log.",
		Mend:    "Correct the name, or remove it.",
	},
	{
		Name: "server-plaintext", Severity: warn, // the host
		Message: "the server listens on %s without TLS",
		Why:     "Whoever is on the network can read messages and bearer tokens.",
		Mend:    "Add tls { cert_file key_file } to the server block, or listen on 127.0.0.1.",
	},
	{
		Name: "account-limits-over-server", Severity: fail, // disk or memory; the accounts' sum; the server's maximum
		Message: "the accounts' %s limits add up to %s, more than the server's %s",
		Why:     "nats-server then silently turns JetStream off for the accounts that come last.",
		Mend:    "Raise max_file or max_memory of server.jetstream, or lower the accounts' limits.",
	},
	{
		Name: "memory-resolver-large", Severity: Info, // the number of accounts
		Message: "a memory resolver with %v accounts makes every reload slow",
		Why:     "The whole preload is read at each reload: 10,000 accounts took 4 to 10 seconds.",
		Mend:    "Use resolver { type = \"full\" }.",
	},
}
