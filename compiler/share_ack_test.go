package compiler_test

import (
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"jsc/compiler"
)

// TestAccountHash holds the hash to what a server puts into a v2 ack subject.
func TestAccountHash(t *testing.T) {
	const name = "ORDERS"
	account := server.NewAccount(name)
	s := started(t, &server.Options{
		DontListen: true, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(), JetStreamDomain: "hub",
		FeatureFlags: map[string]bool{server.FeatureFlagJsAckFormatV2: true},
		Accounts:     []*server.Account{account},
		Users:        []*server.User{{Username: "u", Password: "p", Account: account}},
	})
	registered, err := s.LookupAccount(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := registered.EnableJetStream(nil, nil); err != nil {
		t.Fatal(err)
	}
	nc, err := nats.Connect("", nats.InProcessServer(s), nats.UserInfo("u", "p"))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Storage: jetstream.MemoryStorage})
	if err != nil {
		t.Fatal(err)
	}
	consumer, err := stream.CreateConsumer(t.Context(), jetstream.ConsumerConfig{Durable: "C", AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "S", nil); err != nil {
		t.Fatal(err)
	}
	m, err := consumer.Next()
	if err != nil {
		t.Fatal(err)
	}
	want := "$JS.ACK.hub." + compiler.AccountHash(name) + ".S.C."
	if !strings.HasPrefix(m.Reply(), want) {
		t.Errorf("the server acks at %s, not at %s", m.Reply(), want)
	}
}
