package schema

// Export is `export "name" {}` in an account: a subject that others may import.
type Export struct {
	Head
	Stream               Attr[Subject]  `hcl:"stream" doc:"the subject of messages that flow out; this or service"`
	Service              Attr[Subject]  `hcl:"service" doc:"the subject of requests that come in; this or stream"`
	Public               Attr[bool]     `hcl:"public" doc:"anybody may import it; false when absent"`
	Response             Attr[string]   `hcl:"response" enum:"single,stream,chunked" doc:"how a service answers; single when absent"`
	ResponseThreshold    Attr[Duration] `hcl:"response_threshold" doc:"how long a response may take"`
	AccountTokenPosition Attr[int64]    `hcl:"account_token_position" doc:"the token of the subject that is the importer's public key"`
	Advertise            Attr[bool]     `hcl:"advertise" doc:"no effect in the server"`
	AllowTrace           Attr[bool]     `hcl:"allow_trace" doc:"message traces may go on; services only"`
	InfoURL              Attr[string]   `hcl:"info_url" doc:"where to read more"`
	Latency              *Latency       `hcl:"latency" doc:"measures how long a service takes"`
}

// Latency is `latency {}` of a service.
type Latency struct {
	Block
	Sampling Attr[Sampling] `hcl:"sampling,required" doc:"percent, 1 to 100, or \"headers\""`
	Results  Attr[Subject]  `hcl:"results,required" doc:"the subject that measurements are sent to"`
}

// Import is `import "name" {}` in an account.
type Import struct {
	Head
	From         Attr[Entity]  `hcl:"from,required" ref:"account" doc:"the exporting account"`
	Stream       Attr[Subject] `hcl:"stream" doc:"the exporter's subject; this or service"`
	Service      Attr[Subject] `hcl:"service" doc:"the exporter's subject; this or stream"`
	LocalSubject Attr[string]  `hcl:"local_subject" doc:"where it is seen in this account; the exporter's subject when absent"`
	Share        Attr[bool]    `hcl:"share" doc:"the exporter may see who asks"`
	AllowTrace   Attr[bool]    `hcl:"allow_trace" doc:"message traces may go on; streams only"`
	Token        Attr[string]  `hcl:"token" doc:"an activation token, as file(\"x.jwt\") gives it; made, when the exporter is signed here"`
}

// Accept is `accept "name" {}` in an account: shares that another party's jsc
// handed over in a bundle.
type Accept struct {
	Head
	Bundle       Attr[string] `hcl:"bundle,required" doc:"the bundle's file"`
	From         Attr[string] `hcl:"from,required" doc:"the exporter's account public key"`
	Share        Attr[string] `hcl:"share" doc:"which share; all when absent"`
	LocalSubject Attr[string] `hcl:"local_subject" doc:"where deliveries arrive"`
	APIPrefix    Attr[string] `hcl:"api_prefix" doc:"where the exporter's JetStream API is seen"`
	InboxPrefix  Attr[string] `hcl:"inbox_prefix" doc:"the clients' inbox prefix"`
	// Data is what the bundle's file holds.
	Data []byte
}

// Share is `share "NAME" {}`: something of one account that others may use.
type Share struct {
	Head
	Consumer Attr[Entity] `hcl:"consumer" ref:"consumer" doc:"a consumer"`
	Stream   Attr[Entity] `hcl:"stream" ref:"stream" doc:"a stream"`
	*ShareTerms
	To []*To `hcl:"to" doc:"who may use it; the label is an account's"`
}

// ShareTerms are what a share has that is mostly the same in many, which then
// share it: how it is used, and what it is of where that is neither a consumer
// nor a stream.
type ShareTerms struct {
	KeyValue             Attr[Entity]    `hcl:"key_value" ref:"key_value" doc:"a key-value bucket"`
	ObjectStore          Attr[Entity]    `hcl:"object_store" ref:"object_store" doc:"an object store"`
	Subject              Attr[Subject]   `hcl:"subject" doc:"a subject that messages flow out on; with from"`
	Service              Attr[Subject]   `hcl:"service" doc:"a subject that requests come in on; with from"`
	From                 Attr[Entity]    `hcl:"from" ref:"account" doc:"the account of subject or service"`
	Mode                 Attr[string]    `hcl:"mode" enum:"source,mirror,read,publish,write" doc:"what importers do with it"`
	Public               Attr[bool]      `hcl:"public" doc:"anybody may import it"`
	Competing            Attr[bool]      `hcl:"competing" doc:"several importers share one pull consumer"`
	Info                 Attr[bool]      `hcl:"info" doc:"grants consumer or stream info where it is optional; true when absent"`
	Expires              Attr[Expiry]    `hcl:"expires" doc:"when its tokens end; not with public"`
	RenewBefore          Attr[Duration]  `hcl:"renew_before" doc:"how long before its end a token is renewed; a third of its life when absent"`
	Watch                Attr[bool]      `hcl:"watch" doc:"kv and object shares can also watch and list; true, false for external importers, when absent"`
	FilterSubjects       Attr[[]Subject] `hcl:"filter_subjects" doc:"only these subjects; of a bucket, keys without $KV.<bucket>., one of which stands for all below it too"`
	Response             Attr[string]    `hcl:"response" enum:"single,stream,chunked" doc:"how a service answers"`
	ResponseThreshold    Attr[Duration]  `hcl:"response_threshold" doc:"how long a response may take"`
	AccountTokenPosition Attr[int64]     `hcl:"account_token_position" doc:"the token of the subject that is the importer's public key"`
	Advertise            Attr[bool]      `hcl:"advertise" doc:"no effect in the server"`
	Latency              *Latency        `hcl:"latency" doc:"measures how long a service takes"`
}

// To is `to "LABEL" {}` in a share: one importer.
type To struct {
	Head
	Account Attr[Entity] `hcl:"account" ref:"account" doc:"the importer; the account of the label when absent"`
	*ToTerms
}

// ToTerms are how an importer uses a share, which is mostly the same in many:
// they then share it.
type ToTerms struct {
	LocalSubject Attr[string]   `hcl:"local_subject" doc:"where deliveries arrive; the exporter's subject when absent"`
	InboxPrefix  Attr[string]   `hcl:"inbox_prefix" doc:"the clients' inbox prefix; kv and object with watch"`
	Trusted      Attr[bool]     `hcl:"trusted" doc:"may have grants that amount to rights over the stream"`
	APIPrefix    Attr[string]   `hcl:"api_prefix" doc:"where the exporter's JetStream API is seen; <exporter>.API when absent"`
	Expires      Attr[Expiry]   `hcl:"expires" doc:"when its tokens end; not with public"`
	RenewBefore  Attr[Duration] `hcl:"renew_before" doc:"how long before its end a token is renewed"`
}

// Importer is the account that the block names: account =, or the account
// whose label is the block's. Nil where a diagnostic said why there is none.
func (t *To) Importer() *Account {
	a, _ := t.Account.Value.(*Account)
	return a
}
