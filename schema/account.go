package schema

import "time"

// Account is `account "NAME" {}`.
type Account struct {
	Head
	PublicKey      Attr[string]        `hcl:"public_key" doc:"pins its key"`
	External       Attr[bool]          `hcl:"external" doc:"its key is another's; it is never signed here"`
	Tags           Attr[[]string]      `hcl:"tags" doc:"free words about it"`
	InfoURL        Attr[string]        `hcl:"info_url" doc:"where to read more"`
	Expires        Attr[Expiry]        `hcl:"expires" doc:"when its token ends"`
	RenewBefore    Attr[Duration]      `hcl:"renew_before" doc:"how long before its end a token is renewed; a third of its life when absent"`
	SignedBy       Attr[string]        `hcl:"signed_by" doc:"the label of the operator's signing key that signs it"`
	ClusterTraffic Attr[string]        `hcl:"cluster_traffic" enum:"system,owner" doc:"which account pays for replication"`
	Limits         *Limits             `hcl:"limits"`
	JetStream      *AccountJetStream   `hcl:"jetstream"`
	SigningKeys    []*SigningKey       `hcl:"signing_key"`
	Defaults       *DefaultPermissions `hcl:"default_permissions"`
	Users          []*User             `hcl:"user"`
	Streams        []*Stream           `hcl:"stream"`
	KeyValues      []*Bucket           `hcl:"key_value"`
	ObjectStores   []*Bucket           `hcl:"object_store"`
	Mappings       []*Mapping          `hcl:"mapping"`
	Exports        []*Export           `hcl:"export"`
	Imports        []*Import           `hcl:"import"`
	Accepts        []*Accept           `hcl:"accept"`
	Revokes        []*Revoke           `hcl:"revoke"`
	AuthCallout    *AuthCallout        `hcl:"auth_callout"`
	Trace          *Trace              `hcl:"trace"`
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
	Tiers []*Tier `hcl:"tier"`
}

// Tier is `tier "R1" {}`: limits for streams with that many replicas.
type Tier struct {
	Head
	JetStreamLimits
}

// SigningKey is `signing_key "label" {}`: plain, or scoped by a role.
type SigningKey struct {
	Head
	Role *Role `hcl:"role"`
}

// Role is `role {}`: what users of a scoped signing key may do.
type Role struct {
	Block
	Permissions
	UserLimits
}

// Permissions are what a client may publish and subscribe to.
type Permissions struct {
	Publish   *AllowDeny `hcl:"publish"`
	Subscribe *AllowDeny `hcl:"subscribe"`
	Responses *Responses `hcl:"responses"`
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
	To          []*MappingTo  `hcl:"to"`
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
