package schema

// Bucket is `key_value "BUCKET" {}` or `object_store "BUCKET" {}`: what
// becomes the stream that the NATS clients make for the same bucket.
type Bucket struct {
	Head
	History        Attr[int64]             `hcl:"history" doc:"how many values a key keeps, 1 to 64; key_value only"`
	TTL            Attr[Duration]          `hcl:"ttl" doc:"how long a value lives"`
	MaxValueSize   Attr[Limit]             `hcl:"max_value_size" doc:"the largest value; key_value only"`
	MaxBytes       Attr[Limit]             `hcl:"max_bytes" doc:"how many bytes it keeps"`
	Storage        Attr[string]            `hcl:"storage" enum:"file,memory" doc:"where values are kept"`
	Replicas       Attr[int64]             `hcl:"replicas" doc:"how many servers keep a copy"`
	Compression    Attr[bool]              `hcl:"compression" doc:"stored blocks are compressed"`
	LimitMarkerTTL Attr[Duration]          `hcl:"limit_marker_ttl" doc:"how long a marker stays for a key that a limit removed; key_value only"`
	Metadata       Attr[map[string]string] `hcl:"metadata" doc:"free words about it"`
	Placement      *Placement              `hcl:"placement" doc:"where in a supercluster it lives"`
	Republish      *Republish              `hcl:"republish" doc:"stored values are published once more"`
	Mirror         *StreamSource           `hcl:"mirror" doc:"the bucket's stream is a copy of this one"`
	Sources        []*StreamSource         `hcl:"source" doc:"a stream that is copied into the bucket's"`
}
