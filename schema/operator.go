package schema

// Operator is `operator "NAME" {}`.
type Operator struct {
	Head
	SystemAccount       Attr[LabelOrRef] `hcl:"system_account" ref:"account" doc:"the system account, by its label or a reference, never by its name; SYS when absent"`
	ServiceURLs         Attr[[]string]   `hcl:"service_urls" doc:"where clients connect"`
	AccountServerURL    Attr[string]     `hcl:"account_server_url" doc:"where accounts are served"`
	StrictSigningKeys   Attr[bool]       `hcl:"strict_signing_keys" doc:"only signing keys may sign"`
	AssertServerVersion Attr[string]     `hcl:"assert_server_version" doc:"the least server version, as in 2.10.0"`
	Tags                Attr[[]string]   `hcl:"tags" doc:"free words about it"`
	Expires             Attr[Expiry]     `hcl:"expires" doc:"when its token ends"`
	RenewBefore         Attr[Duration]   `hcl:"renew_before" doc:"how long before its end a token is renewed; a third of its life when absent"`
	External            Attr[bool]       `hcl:"external" doc:"somebody else's operator: accounts are signed by themselves"`
	PublicKey           Attr[string]     `hcl:"public_key" doc:"its key, when it is somebody else's or pinned"`
	SigningKeys         []*SigningKey    `hcl:"signing_key" doc:"a key that signs accounts in place of the operator's own; the first that is declared does"`
}

// Server is `server {}`: what of the deployment matters to what is compiled.
type Server struct {
	Block
	Version      Attr[string]          `hcl:"version" doc:"the least nats-server version it must work on; 2.15 when absent"`
	ClusterSize  Attr[int64]           `hcl:"cluster_size" doc:"how many servers there are; 1 when absent"`
	AckFormat    Attr[string]          `hcl:"ack_format" enum:"v1,v2,both" doc:"which ack subjects shares grant; v1 when absent"`
	Name         Attr[string]          `hcl:"name" doc:"the server's name; the operator's when absent; a cluster under another loses its streams"`
	Host         Attr[string]          `hcl:"host" doc:"where it listens; 127.0.0.1 when absent"`
	Port         Attr[int64]           `hcl:"port" doc:"where it listens; 4222 when absent; servers of one machine count up from it"`
	HTTPPort     Attr[int64]           `hcl:"http_port" doc:"monitoring on 127.0.0.1; none when absent; servers of one machine count up from it"`
	FeatureFlags Attr[map[string]bool] `hcl:"feature_flags" doc:"nats-server's feature flags, of 2.14 and later"`
	JetStream    *ServerJetStream      `hcl:"jetstream" doc:"JetStream of the servers"`
	Resolver     *Resolver             `hcl:"resolver" doc:"where servers find accounts"`
	TLS          *TLS                  `hcl:"tls" doc:"TLS for clients; the files' paths are the server's"`
	Cluster      *Cluster              `hcl:"cluster" doc:"the servers' cluster, with cluster_size above 1"`
}

// ServerJetStream is `jetstream {}` in server.
type ServerJetStream struct {
	Block
	Domain       Attr[string] `hcl:"domain" doc:"the JetStream domain; docs/shares.md says what leaf nodes of another one need"`
	StoreDir     Attr[string] `hcl:"store_dir" doc:"where streams are kept; ./data/jetstream when absent; further servers of one machine keep theirs in a folder of that name with -2, -3 … behind it"`
	MaxMemory    Attr[Limit]  `hcl:"max_memory" doc:"memory for all streams"`
	MaxFile      Attr[Limit]  `hcl:"max_file" doc:"disk for all streams"`
	SyncInterval Attr[string] `hcl:"sync_interval" doc:"how often files are synced: a duration, or \"always\""`
	UniqueTag    Attr[string] `hcl:"unique_tag" doc:"the tag prefix that replicas must differ in"`
}

// Resolver is `resolver {}` in server.
type Resolver struct {
	Block
	Type        Attr[string]   `hcl:"type" enum:"memory,full,cache" doc:"which account resolver; memory when absent"`
	Dir         Attr[string]   `hcl:"dir" doc:"its folder; full and cache only"`
	AllowDelete Attr[bool]     `hcl:"allow_delete" doc:"accounts may be deleted; full only"`
	Interval    Attr[Duration] `hcl:"interval" doc:"how often servers compare; full only"`
	Limit       Attr[int64]    `hcl:"limit" doc:"how many accounts it keeps"`
	TTL         Attr[Duration] `hcl:"ttl" doc:"how long an account is cached; cache only"`
	Timeout     Attr[Duration] `hcl:"timeout" doc:"how long a look-up may take"`
}

// TLS is `tls {}` in server.
type TLS struct {
	Block
	CertFile Attr[string] `hcl:"cert_file,required" doc:"the server's certificate"`
	KeyFile  Attr[string] `hcl:"key_file,required" doc:"its key"`
	CAFile   Attr[string] `hcl:"ca_file" doc:"whom it trusts"`
	Verify   Attr[bool]   `hcl:"verify" doc:"clients must show a certificate"`
}

// Cluster is `cluster {}` in server.
type Cluster struct {
	Block
	Name   Attr[string]   `hcl:"name" doc:"the cluster's name; the operator's when absent"`
	Listen Attr[string]   `hcl:"listen" doc:"host:port for routes; needs routes"`
	Routes Attr[[]string] `hcl:"routes" doc:"the servers' route URLs, one a server; ports of the loopback when absent, needed with listen or another host than the loopback"`
}
