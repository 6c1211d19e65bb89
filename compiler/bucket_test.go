package compiler_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"
)

// TestBucketsAreTheClients: the stream of a bucket is the one that nats.go
// creates for the same settings.
func TestBucketsAreTheClients(t *testing.T) {
	servers := startServer(t, 20)
	type create func(context.Context, jetstream.JetStream) error
	kv := func(c jetstream.KeyValueConfig) create {
		return func(ctx context.Context, js jetstream.JetStream) error {
			_, err := js.CreateKeyValue(ctx, c)
			return err
		}
	}
	object := func(c jetstream.ObjectStoreConfig) create {
		return func(ctx context.Context, js jetstream.JetStream) error {
			_, err := js.CreateObjectStore(ctx, c)
			return err
		}
	}
	start := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		name, stream, body string
		create             create
	}{
		{"defaults", "KV_b", `key_value "b" {}`, kv(jetstream.KeyValueConfig{Bucket: "b"})},
		{"all", "KV_b", `
  key_value "b" {
    description      = "d"
    history          = 5
    ttl              = "1h"
    max_value_size   = 1000
    max_bytes        = 5000
    storage          = "memory"
    replicas         = 1
    compression      = true
    limit_marker_ttl = "1m"
    metadata         = { k = "v" }
    placement { tags = ["t"] }
    republish {
      dest         = "again.>"
      headers_only = true
    }
  }`, kv(jetstream.KeyValueConfig{Bucket: "b", Description: "d", History: 5, TTL: time.Hour, MaxValueSize: 1000, MaxBytes: 5000,
			Storage: jetstream.MemoryStorage, Replicas: 1, Compression: true, LimitMarkerTTL: time.Minute, Metadata: map[string]string{"k": "v"},
			Placement: &jetstream.Placement{Tags: []string{"t"}}, RePublish: &jetstream.RePublish{Destination: "again.>", HeadersOnly: true}})},
		{"short ttl", "KV_b", `key_value "b" { ttl = "10s" }`, kv(jetstream.KeyValueConfig{Bucket: "b", TTL: 10 * time.Second})},
		{"mirror", "KV_b", `
  key_value "b" {
    mirror { name = "origin" }
  }`, kv(jetstream.KeyValueConfig{Bucket: "b", Mirror: &jetstream.StreamSource{Name: "origin"}})},
		{"mirror by stream, elsewhere", "KV_b", `
  key_value "b" {
    ttl = "30s"
    mirror {
      name          = "KV_b"
      opt_start_seq = 3
      external {
        api     = "B.API"
        deliver = "deliver.b"
      }
    }
  }`, kv(jetstream.KeyValueConfig{Bucket: "b", TTL: 30 * time.Second, Mirror: &jetstream.StreamSource{Name: "KV_b", OptStartSeq: 3,
			External: &jetstream.ExternalStream{APIPrefix: "B.API", DeliverPrefix: "deliver.b"}}})},
		{"sources", "KV_b", `
  key_value "b" {
    source { name = "one" }
    source {
      name           = "KV_two"
      opt_start_time = "2025-01-02T03:04:05Z"
    }
    source {
      name = "b"
      external { api = "B.API" }
    }
    source {
      name = "c"
      external { api = "B.API" }
    }
    source {
      name = "PLAIN"
      subject_transform {
        src  = "x.>"
        dest = "$KV.b.>"
      }
    }
  }`, kv(jetstream.KeyValueConfig{Bucket: "b", Sources: []*jetstream.StreamSource{
			{Name: "one"},
			{Name: "KV_two", OptStartTime: &start},
			{Name: "b", External: &jetstream.ExternalStream{APIPrefix: "B.API"}},
			{Name: "c", External: &jetstream.ExternalStream{APIPrefix: "B.API"}},
			{Name: "PLAIN", SubjectTransforms: []jetstream.SubjectTransformConfig{{Source: "x.>", Destination: "$KV.b.>"}}},
		}})},
		{"object defaults", "OBJ_b", `object_store "b" {}`, object(jetstream.ObjectStoreConfig{Bucket: "b"})},
		{"object all", "OBJ_b", `
  object_store "b" {
    description = "d"
    ttl         = "10s"
    max_bytes   = 5000
    storage     = "memory"
    replicas    = 1
    compression = true
    metadata    = { k = "v" }
    placement { cluster = "c" }
  }`, object(jetstream.ObjectStoreConfig{Bucket: "b", Description: "d", TTL: 10 * time.Second, MaxBytes: 5000, Storage: jetstream.MemoryStorage,
			Replicas: 1, Compression: true, Metadata: map[string]string{"k": "v"}, Placement: &jetstream.Placement{Cluster: "c"}})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, diags := compileAccount(t, unlimited, tt.body)
			if wrong := mistakes(diags); wrong != nil {
				t.Fatal(wrong)
			}
			theirs, ours := servers.account(t, unlimited), servers.account(t, unlimited)
			js, err := jetstream.New(theirs.nc)
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.create(t.Context(), js); err != nil {
				t.Fatal(err)
			}
			info, err := theirs.ask("STREAM.INFO."+tt.stream, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plain(info), any(decoded(t, a.Streams[0].Config.JSON()))); diff != "" {
				t.Errorf("(-client +jsc):\n%s", diff)
			}
			if _, err := ours.createStream(&a.Streams[0].Config); err != nil {
				t.Errorf("the server refuses ours: %v", err)
			}
			theirs.close(a)
			ours.close(a)
		})
	}
}
