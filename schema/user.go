package schema

// User is `user "name" {}` in an account.
type User struct {
	Head
	PublicKey Attr[string] `hcl:"public_key" doc:"pins its key"`
	*UserTerms
	KeepOldTokens Attr[bool] `hcl:"keep_old_tokens" doc:"when it is narrowed, its former token is not revoked"`
	Access        *Access    `hcl:"access" doc:"lists of things from which the least permissions are worked out"`
	Permissions
	*UserLimits
}

// UserTerms are what is mostly the same in many users, which then share it.
type UserTerms struct {
	SigningKey  Attr[string]   `hcl:"signing_key" doc:"the label of the account's signing key that signs it"`
	Expires     Attr[Expiry]   `hcl:"expires" doc:"when its token ends"`
	RenewBefore Attr[Duration] `hcl:"renew_before" doc:"how long before its end a token is renewed; a third of its life when absent"`
	Tags        Attr[[]string] `hcl:"tags" doc:"free words about it"`
	Push        Attr[bool]     `hcl:"push" doc:"may change accounts on running servers; system account only"`
	InboxPrefix Attr[string]   `hcl:"inbox_prefix" doc:"the client's inbox prefix, which it may subscribe to; with access <base>.<user> when absent"`
}

// UserLimits are how and how much a user may connect.
type UserLimits struct {
	Bearer          Attr[bool]        `hcl:"bearer" doc:"the token alone connects"`
	SourceNetworks  Attr[[]string]    `hcl:"source_networks" doc:"CIDRs that it may connect from"`
	Times           Attr[[]TimeRange] `hcl:"times" doc:"list of {start, end}, as in \"08:00:00\""`
	Locale          Attr[string]      `hcl:"locale" doc:"the time zone of times, as in Europe/Berlin"`
	ConnectionTypes Attr[[]string]    `hcl:"connection_types" enum:"STANDARD,WEBSOCKET,LEAFNODE,LEAFNODE_WS,MQTT,MQTT_WS,IN_PROCESS" doc:"how it may connect; for MQTT the server makes five streams in the account"`
	Subscriptions   Attr[Limit]       `hcl:"subscriptions" doc:"subscriptions"`
	Data            Attr[Limit]       `hcl:"data" doc:"bytes"`
	Payload         Attr[Limit]       `hcl:"payload" doc:"the largest message, in bytes"`
	ProxyRequired   Attr[bool]        `hcl:"proxy_required" doc:"it must come through a trusted proxy"`
}

// TimeRange is a part of the day, both ends as hh:mm:ss.
type TimeRange struct {
	Start, End string
}

// Access is `access {}`: lists of things from which the least permissions are
// worked out.
type Access struct {
	Block
	Publish Attr[[]Entity] `hcl:"publish" ref:"stream" doc:"streams of this account that it publishes to"`
	Consume Attr[[]Entity] `hcl:"consume" ref:"consumer" doc:"consumers of this account that it consumes"`
	Shares  Attr[[]Entity] `hcl:"shares" ref:"share,accept" doc:"shares that come to this account"`
	Read    Attr[[]Entity] `hcl:"read" ref:"key_value,object_store" doc:"buckets of this account that it reads"`
	Write   Attr[[]Entity] `hcl:"write" ref:"key_value,object_store" doc:"buckets of this account that it writes"`
	Manage  Attr[[]Entity] `hcl:"manage" ref:"stream,key_value,object_store" doc:"streams of this account that it administers"`
}
