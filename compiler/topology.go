// Package compiler owns what a topology means: names resolved to pointers,
// shares expanded to grants, subjects and limits checked against nats-server's
// own rules. It is pure: no file, no network, no key, no clock. What it
// refuses is a diagnostic; it returns what it could make of the rest.
package compiler

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
)

// Topology is a compiled topology. Every list is sorted by NATS name unless it
// says otherwise.
type Topology struct {
	Start    hcl.Range // of its first file, where what is of nothing in it is told
	Operator *Operator // nil when the topology has none
	Server   Server
	Accounts []*Account
	Shares   []*Share
	// Accepted are the shares that accept blocks take out of another party's
	// bundles: by importer, then in order of declaration and of the bundle. Their
	// exporters are in Accounts only where they are declared.
	Accepted []*Share
	// Grants is the one truth of what crosses between accounts: exports,
	// imports, activations, users' permissions, explanations and probes all
	// derive from it. Sorted by exporter, type, subject, importer, name.
	Grants []*Grant
	// Activations are the tokens that private grants need, one for each
	// exporter, type, token subject and importer; sorted by these.
	Activations []*Activation
}

// Operator is the operator, compiled.
type Operator struct {
	Src           *schema.Operator
	Name          string
	PublicKey     string
	External      bool
	SystemAccount *Account      // nil with an external operator
	SigningKeys   []*SigningKey // in order of declaration
	Strict        bool          // only signing keys may sign
	Expiry        Expiry
}

// SigningKey is a signing key of the operator or of an account.
type SigningKey struct {
	Src       *schema.SigningKey
	Label     string // its NATS name, unique in its owner
	PublicKey string
	Role      *Role // of an account's scoped key; nil: a plain one
}

// Server is the deployment with its defaults filled in.
type Server struct {
	Src         *schema.Server // nil when no block was written
	Version     string         // "2.15"
	Name        string
	ClusterSize int
	Ack         AckFormats
	Domain      string // JetStream domain; "" when none
	Flags       map[string]bool
}

// AckFormats says which ack and flow-control subjects shares grant; at least
// one is set.
type AckFormats struct{ V1, V2 bool }

// Account is an account, compiled.
type Account struct {
	Src         *schema.Account // nil for the system account that nobody wrote
	Name        string
	PublicKey   string
	System      bool
	External    bool        // its key is another's; jsc never signs it
	SignedBy    *SigningKey // the operator's signing key; nil: the identity key
	SigningKeys []*SigningKey
	Users       []*User
	Streams     []*Stream // buckets' streams included
	Exports     []*Export // sorted by type, subject
	Imports     []*Import // sorted by type, exporter's name, subject, local subject

	Expiry         Expiry
	Limits         Limits
	JetStream      *JetStream   // nil: JetStream is off
	Defaults       *Permissions // of users without their own; nil: none
	Mappings       []*Mapping   // sorted by source
	Revocations    []*Revocation
	AuthCallout    *AuthCallout // nil: none
	Trace          *Trace       // nil: none
	ClusterTraffic string       // "system", "owner"; "" when not said

	rank int // its place among all; see rankAccounts
}

// User is a user, compiled.
type User struct {
	Src         *schema.User
	Account     *Account
	Name        string
	PublicKey   string
	SignedBy    *SigningKey // of the account; nil: the account's identity key
	Scoped      bool        // SignedBy has a role, which then holds the permissions
	InboxPrefix string      // "" when the client's own default holds
	// Unrestricted: neither access nor anything in publish or subscribe is
	// written, nor do the account's defaults restrict it.
	Unrestricted bool
	Permissions  Permissions
	Own          []*Own // what of its own account its access lists
	Limits       UserLimits
	Expiry       Expiry
}

// Permissions are a user's final permissions; lists sorted and unique.
type Permissions struct {
	PublishAllow, PublishDeny     []string
	SubscribeAllow, SubscribeDeny []string
	Responses                     *Responses
}

// Responses are the replies a user may send; Max -1 is any number.
type Responses struct {
	Max int
	TTL time.Duration
}

// Stream is a stream of an account, with the configuration that the server
// answers with.
type Stream struct {
	Src       schema.Entity // *schema.Stream, or *schema.Bucket
	Account   *Account
	Config    StreamConfig
	Consumers []*Consumer
}

// Consumer is a consumer of a stream, likewise.
type Consumer struct {
	Src    *schema.Consumer
	Stream *Stream
	Config ConsumerConfig
}

// Type is the type of an export, an import or an activation.
type Type string

// The two types.
const (
	StreamType  Type = "stream"
	ServiceType Type = "service"
)

// Terms are what an export says of itself. Two exports whose Terms are equal
// can be merged (docs/security.md A11).
type Terms struct {
	Private         bool
	AllowTrace      bool
	Response        string // "single", "stream", "chunked"; "" for a stream
	Threshold       time.Duration
	LatencySampling int    // percent; -1: "headers"; 0: none
	LatencyResults  string // "" when none
	TokenPosition   int
}

// Grant is one subject of From that To may use.
type Grant struct {
	From *Account
	To   *Account // nil: anybody, by a public export without an importer
	Type Type
	// Subject is what To's activation and import name; the export that serves it
	// may be wider.
	Subject string
	Local   string // where To sees it, never empty
	Terms   Terms
	Share   *Share  // nil for a raw export or import
	Target  *Target // the share's target; nil for a raw one
	Name    string  // <share>.<grant>, with .2 … from the second subject on; the import's name
	Expiry  Expiry
	Row     *Row    // the row that it stands for; nil for a raw one
	Export  *Export // that serves it; nil when there is none
	Token   string  // an activation token that another party's bundle has for it
	Expires int64   // of Token, as Import has it
}

// Expiry is a declared expiry with its renewal; the zero Expiry is none.
type Expiry struct {
	At          time.Time
	After       time.Duration
	RenewBefore time.Duration // 0: a third of the lifetime
}

// Export is an export of an account's JWT.
type Export struct {
	Name        string
	Type        Type
	Subject     string
	Terms       Terms
	Advertise   bool
	InfoURL     string
	Description string
	Grants      []*Grant // those it serves; empty for a raw export nobody here imports
	Raw         *schema.Export
}

// Import is an import of an account's JWT.
type Import struct {
	Name       string
	From       *Account
	Type       Type
	Subject    string
	Local      string // never empty; equal to Subject when not remapped
	Share      bool
	AllowTrace bool
	Covered    bool // of an external account: another import brings it to the same place
	Grant      *Grant
	Activation *Activation // nil for a public export, or when Token is given
	Token      string      // an activation token that was given
	Expires    int64       // of Token, Unix seconds; 0: never. The compiler has no clock to judge it
	Raw        *schema.Import
}

// Activation is an activation token to be made.
type Activation struct {
	From, To *Account
	Type     Type
	Subject  string
	Expiry   Expiry
	Grants   []*Grant // those it serves
}

// Share is a share, compiled.
type Share struct {
	// Src is the block; of an accepted share it has the accept block's place and
	// nothing more.
	Src      *schema.Share
	Accept   *schema.Accept // the block that took it out of a bundle; nil for a share of this topology
	Name     string
	Kind     *ShareKind
	From     *Account
	Stream   *Stream   // nil for subject and service
	Consumer *Consumer // nil unless the source is a consumer
	Subject  string    // of subject and service
	Bucket   string    // of key_value and object_store
	Public   bool
	// Filters are the only subjects of the stream that are shared, as the stream
	// stores them; empty: all.
	Filters   []string
	Info      bool
	Competing bool
	Terms     Terms // of a service
	Advertise bool
	Targets   []*Target // in order of declaration
	Open      []*Grant  // what anybody may import; empty unless public without targets

	importers map[*Account]*Target // the targets, by their accounts, once there are more than maxListed
}

// Target is one importer of a share.
type Target struct {
	Src         *schema.To // of an accepted share: what the accept block says as a to block would
	Share       *Share
	To          *Account
	APIPrefix   string // without a trailing dot; "" for kinds without the API
	Local       string // the local subject of deliveries; "" where the exporter's
	InboxPrefix string // "" for kinds without one
	// DeliverPrefix is where the exporter delivers what the importer's stream
	// copies; "" for kinds that no stream uses.
	DeliverPrefix string
	Watch         bool
	Trusted       bool
	Expiry        Expiry
	Grants        []*Grant
}
