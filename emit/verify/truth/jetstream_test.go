package truth

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"jsc/compiler"
)

// makeStreams makes the streams and consumers of an account in the order in
// which they stand: what is asked for, and, where jsc takes the topology, what
// jsc makes of it, which must be the same and be taken word for word.
func (a *asking) makeStreams(n *node) {
	streams := slices.Concat(n.of("stream"), n.of("key_value"), n.of("object_store"))
	if len(streams) == 0 {
		return
	}
	nc, err := a.conn(n)
	if err != nil {
		a.refuse(n, err.Error())
		return
	}
	j := &jetStream{asking: a, nc: nc}
	for _, s := range streams {
		if s.kind == "stream" {
			j.stream(s, configOf(a.v, n, s.label))
		} else {
			j.bucket(s, configOf(a.v, n, buckets[s.kind]+s.label))
		}
	}
	for _, name := range j.made {
		_, _ = a.w.api(nc, "STREAM.DELETE."+name, nil) // the server goes soon anyway
	}
}

// configOf is what jsc makes of a stream; nil where it refuses the topology.
func configOf(v *verdict, account *node, stream string) *compiler.Stream {
	if len(v.mistakes) > 0 {
		return nil
	}
	for _, a := range v.topology.Accounts {
		for _, s := range a.Streams {
			if a.Name == account.label && s.Config.Name == stream {
				return s
			}
		}
	}
	return nil
}

// jetStream makes one account's streams.
type jetStream struct {
	*asking
	nc   *nats.Conn
	made []string
}

// token makes a name that cannot be asked for into one that can: the server then
// refuses the request for the two names.
func token(name string) string {
	return strings.NewReplacer(".", "_", " ", "_", "*", "_").Replace(name)
}

func (j *jetStream) stream(n *node, mine *compiler.Stream) {
	asked := n.streamJSON()
	at := "STREAM.CREATE." + token(n.label)
	answer, err := j.w.api(j.nc, at, asked)
	if err != nil {
		j.refuse(n, err.Error())
		return
	}
	j.made = append(j.made, n.label)
	if diff := changed(asked, answer); diff != "" {
		j.refuse(n, diff)
	}
	if mine != nil {
		config := decoded(mine.Config.JSON())
		if diff := cmp.Diff(plain(answer), plain(config)); diff != "" {
			j.refuse(n, "it makes something else of it (-server +jsc):\n"+diff)
		}
		config["pedantic"] = true
		if _, err := j.w.api(j.nc, at, config); err != nil {
			j.refuse(n, "what jsc makes of it is refused: "+err.Error())
		}
	}
	for _, c := range n.of("consumer") {
		j.consumer(n, c, mine)
	}
}

// buckets are how the streams of buckets are named.
var buckets = map[string]string{"key_value": "KV_", "object_store": "OBJ_"}

// bucket makes a bucket as clients do, of whose rules the server knows nothing,
// and compares its stream with what jsc makes of it.
func (j *jetStream) bucket(n *node, mine *compiler.Stream) {
	client, err := jetstream.New(j.nc)
	if err != nil {
		j.w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	storage := map[string]jetstream.StorageType{"memory": jetstream.MemoryStorage}[n.string("storage", "file")]
	if n.kind == "key_value" {
		_, err = client.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: n.label, History: uint8(n.int("history", 1)), TTL: time.Duration(n.int("ttl", 0)), MaxValueSize: int32(n.int("max_value_size", 0)),
			MaxBytes: n.int("max_bytes", 0), Storage: storage, Replicas: int(n.int("replicas", 0)), Compression: n.bool("compression", false),
			LimitMarkerTTL: time.Duration(n.int("limit_marker_ttl", 0)),
		})
	} else {
		_, err = client.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{
			Bucket: n.label, TTL: time.Duration(n.int("ttl", 0)), MaxBytes: n.int("max_bytes", 0), Storage: storage, Replicas: int(n.int("replicas", 0)),
			Compression: n.bool("compression", false),
		})
	}
	if err != nil {
		j.refuse(n, err.Error())
		return
	}
	name := buckets[n.kind] + n.label
	j.made = append(j.made, name)
	answer, err := j.w.api(j.nc, "STREAM.INFO."+name, struct{}{})
	if err != nil {
		j.refuse(n, err.Error())
		return
	}
	if mine == nil {
		return
	}
	if diff := cmp.Diff(plain(answer), plain(decoded(mine.Config.JSON()))); diff != "" {
		j.refuse(n, "a client makes something else of it (-client +jsc):\n"+diff)
	}
}

func (j *jetStream) consumer(stream, n *node, of *compiler.Stream) {
	asked := n.consumerJSON()
	at := "CONSUMER.CREATE." + stream.label + "." + token(n.label)
	answer, err := j.w.api(j.nc, at, map[string]any{"stream_name": stream.label, "config": asked, "action": "create"})
	if err != nil {
		j.refuse(n, err.Error())
		return
	}
	if diff := changed(asked, answer); diff != "" {
		j.refuse(n, diff)
	}
	if of == nil {
		return
	}
	i := slices.IndexFunc(of.Consumers, func(c *compiler.Consumer) bool { return c.Config.Name == n.label })
	config := decoded(of.Consumers[i].Config.JSON())
	if diff := cmp.Diff(plain(answer), plain(config)); diff != "" {
		j.refuse(n, "it makes something else of it (-server +jsc):\n"+diff)
	}
	if _, err := j.w.api(j.nc, at, map[string]any{"stream_name": stream.label, "config": config, "action": "create", "pedantic": true}); err != nil {
		j.refuse(n, "what jsc makes of it is refused: "+err.Error())
	}
}

func decoded(data []byte) (m map[string]any) {
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	if err := decoder.Decode(&m); err != nil {
		panic(err)
	}
	return m
}

// changed says what the server made of a field other than what was asked for;
// "" where it is all as asked. Absent fields are the server's.
func changed(asked, answer map[string]any) string {
	data, err := json.Marshal(asked)
	if err != nil {
		panic(err)
	}
	said := decoded(data)
	// Everything republished as it is stored: the server writes out as what.
	if r, _ := said["republish"].(map[string]any); r != nil && r["dest"] == ">" {
		delete(said, "republish")
	}
	return changedIn("", said, answer)
}

func changedIn(path string, asked, answer any) string {
	switch asked := asked.(type) {
	case bool:
		if is, _ := answer.(bool); is != asked {
			return fmt.Sprintf("%s changes from %t to %t", strings.TrimPrefix(path, "."), asked, is)
		}
		return ""
	case json.Number:
		is, _ := answer.(json.Number)
		if asked != "0" && is != asked {
			return fmt.Sprintf("%s changes from %s to %q", strings.TrimPrefix(path, "."), asked, is)
		}
		return ""
	case map[string]any:
		its, _ := answer.(map[string]any)
		for name, v := range asked {
			if why := changedIn(path+"."+name, v, its[name]); why != "" {
				return why
			}
		}
		return ""
	}
	if said := plain(asked); said != nil && !cmp.Equal(said, plain(answer)) {
		return fmt.Sprintf("%s changes from %v to %v", strings.TrimPrefix(path, "."), asked, answer)
	}
	return ""
}

// meaningless are the words that say what holds without them.
var meaningless = []string{"", "0", "-1", "none", "default"}

// plain leaves out what says nothing: empty values, no limits, and the metadata
// that the server adds.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any)
		for key, value := range v {
			if strings.HasPrefix(key, "_nats.") {
				continue
			}
			if value = plain(value); value != nil {
				out[key] = value
			}
		}
		if len(out) > 0 {
			return out
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		if len(out) > 0 {
			return out
		}
	case json.Number:
		if !slices.Contains(meaningless, v.String()) {
			return v
		}
	case string:
		if !slices.Contains(meaningless, v) {
			return v
		}
	case bool:
		if v {
			return v
		}
	}
	return nil
}
