package schema

import "time"

// Account is `account "NAME" {}`.
type Account struct {
	Head
	PublicKey Attr[string] `hcl:"public_key" doc:"pins its key"`
	External  Attr[bool]   `hcl:"external" doc:"its key is another's; it is never signed here"`
	*AccountTerms
	Limits       *Limits             `hcl:"limits" doc:"what the account may use; what is absent is unlimited"`
	JetStream    *AccountJetStream   `hcl:"jetstream" doc:"enables JetStream; streams and consumers are unlimited when absent, disk too when memory is absent as well"`
	SigningKeys  []*SigningKey       `hcl:"signing_key" doc:"a key that signs users and activations in place of the account's own; scoped, if it has a role"`
	Defaults     *DefaultPermissions `hcl:"default_permissions" doc:"for users without permissions of their own"`
	Users        []*User             `hcl:"user" doc:"who connects"`
	Streams      []*Stream           `hcl:"stream" doc:"a stream: nats-server's StreamConfig under its JSON names"`
	KeyValues    []*Bucket           `hcl:"key_value" doc:"a key-value bucket, expanded to the stream that NATS clients make for it"`
	ObjectStores []*Bucket           `hcl:"object_store" doc:"an object store, expanded to the stream that NATS clients make for it"`
	Mappings     []*Mapping          `hcl:"mapping" doc:"subjects of the account that become others; the label is the subject"`
	Exports      []*Export           `hcl:"export" doc:"a subject that others may import; a share is nearly always better"`
	Imports      []*Import           `hcl:"import" doc:"a subject of another account; a share is nearly always better"`
	Accepts      []*Accept           `hcl:"accept" doc:"shares that another party's jsc handed over in a bundle"`
	Revokes      []*Revoke           `hcl:"revoke" doc:"users' tokens that hold no more"`
	AuthCallout  *AuthCallout        `hcl:"auth_callout" doc:"users that decide who may connect"`
	Trace        *Trace              `hcl:"trace" doc:"where traces of messages go"`
}

// AccountTerms are what is mostly the same in many accounts, which then share
// it.
type AccountTerms struct {
	Tags           Attr[[]string] `hcl:"tags" doc:"free words about it"`
	InfoURL        Attr[string]   `hcl:"info_url" doc:"where to read more"`
	Expires        Attr[Expiry]   `hcl:"expires" doc:"when its token ends"`
	RenewBefore    Attr[Duration] `hcl:"renew_before" doc:"how long before its end a token is renewed; a third of its life when absent"`
	SignedBy       Attr[string]   `hcl:"signed_by" doc:"the label of the operator's signing key that signs it"`
	ClusterTraffic Attr[string]   `hcl:"cluster_traffic" enum:"system,owner" doc:"which account pays for replication"`
}

// Limits is `limits {}`: an absent one is unlimited.
type Limits struct {
	Block
	Connections     Attr[Limit] `hcl:"connections" doc:"client connections"`
	LeafNodes       Attr[Limit] `hcl:"leaf_nodes" doc:"leaf node connections"`
	Subscriptions   Attr[Limit] `hcl:"subscriptions" doc:"subscriptions of a connection"`
	Data            Attr[Limit] `hcl:"data" doc:"bytes"`
	Payload         Attr[Limit] `hcl:"payload" doc:"the largest message, in bytes"`
	Imports         Attr[Limit] `hcl:"imports" doc:"imports"`
	Exports         Attr[Limit] `hcl:"exports" doc:"exports"`
	WildcardExports Attr[bool]  `hcl:"wildcard_exports" doc:"exports may have wildcards; true when absent"`
	DisallowBearer  Attr[bool]  `hcl:"disallow_bearer" doc:"no bearer users"`
}

// JetStreamLimits are the limits of an account, or of one tier of it.
type JetStreamLimits struct {
	Memory           Attr[Limit] `hcl:"memory" doc:"bytes of memory streams; 0 forbids them"`
	Disk             Attr[Limit] `hcl:"disk" doc:"bytes of file streams; 0 forbids them"`
	Streams          Attr[Limit] `hcl:"streams" doc:"streams"`
	Consumers        Attr[Limit] `hcl:"consumers" doc:"consumers of each stream"`
	MaxAckPending    Attr[Limit] `hcl:"max_ack_pending" doc:"the largest max_ack_pending of a consumer"`
	MemoryMaxStream  Attr[Limit] `hcl:"memory_max_stream" doc:"bytes of one memory stream"`
	DiskMaxStream    Attr[Limit] `hcl:"disk_max_stream" doc:"bytes of one file stream"`
	MaxBytesRequired Attr[bool]  `hcl:"max_bytes_required" doc:"every stream must set max_bytes"`
}

// AccountJetStream is `jetstream {}` in account; its presence enables JetStream.
type AccountJetStream struct {
	Block
	JetStreamLimits
	Tiers []*Tier `hcl:"tier" doc:"limits for streams with a number of replicas: R1, R3; then none at the level above"`
}

// Tier is `tier "R1" {}`: limits for streams with that many replicas.
type Tier struct {
	Head
	JetStreamLimits
}

// SigningKey is `signing_key "label" {}`: plain, or scoped by a role.
type SigningKey struct {
	Head
	PublicKey Attr[string] `hcl:"public_key" doc:"pins it, where there is one already"`
	Role      *Role        `hcl:"role" doc:"what users that it signs may do; they have no permissions of their own then"`
}

// Role is `role {}`: what users of a scoped signing key may do.
type Role struct {
	Block
	Permissions
	UserLimits
}

// Permissions are what a client may publish and subscribe to.
type Permissions struct {
	Publish   *AllowDeny `hcl:"publish" doc:"subjects that it may publish to"`
	Subscribe *AllowDeny `hcl:"subscribe" doc:"subjects that it may subscribe to; a subject may be followed by a space and a queue"`
	Responses *Responses `hcl:"responses" doc:"replies that a subscriber may send to requests"`
}

// AllowDeny is `publish {}` or `subscribe {}`. A subscribe subject may be
// followed by a space and a queue's name.
type AllowDeny struct {
	Block
	Allow Attr[[]string] `hcl:"allow" doc:"subjects that are allowed"`
	Deny  Attr[[]string] `hcl:"deny" doc:"subjects that are denied"`
}

// Responses is `responses {}`: replies that a subscriber may send.
type Responses struct {
	Block
	Max Attr[int64]    `hcl:"max" doc:"how many replies; 1 when absent, -1 any number"`
	TTL Attr[Duration] `hcl:"ttl" doc:"how long after the request"`
}

// DefaultPermissions is `default_permissions {}`: for users without their own.
type DefaultPermissions struct {
	Block
	Permissions
}

// Mapping is `mapping "from" {}`: subjects of the account that become others.
type Mapping struct {
	Head
	From        Attr[Subject] `hcl:"from" doc:"the subject, where the label cannot say it"`
	Destination Attr[string]  `hcl:"destination" doc:"what it becomes"`
	To          []*MappingTo  `hcl:"to" doc:"one of several destinations; the label is the subject"`
}

// MappingTo is `to "dest" {}`: one weighted destination.
type MappingTo struct {
	Head
	Subject Attr[string] `hcl:"subject" doc:"the destination, where the label cannot say it"`
	Weight  Attr[int64]  `hcl:"weight" doc:"percent of the messages"`
	Cluster Attr[string] `hcl:"cluster" doc:"only for messages that come in there"`
}

// Revoke is `revoke "label" {}`.
type Revoke struct {
	Head
	User   Attr[string]    `hcl:"user,required" doc:"a user's name or public key, or \"*\""`
	Before Attr[time.Time] `hcl:"before" doc:"tokens issued until then; when it first appears, when absent"`
}

// AuthCallout is `auth_callout {}`.
type AuthCallout struct {
	Block
	Users           Attr[[]LabelOrRef] `hcl:"users,required" ref:"user" doc:"the users that answer authorization requests"`
	AllowedAccounts Attr[[]LabelOrRef] `hcl:"allowed_accounts" ref:"account" doc:"accounts that they may place users in; \"*\" is any"`
	XKey            Attr[string]       `hcl:"xkey" doc:"the curve key that encrypts requests"`
}

// Trace is `trace {}`: where traces of messages with a trace parent go.
type Trace struct {
	Block
	Destination Attr[Subject] `hcl:"destination,required" doc:"the subject that traces are sent to"`
	Sampling    Attr[int64]   `hcl:"sampling" doc:"percent, 1 to 100"`
}
