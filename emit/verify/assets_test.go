package verify

import "testing"

// TestRefusedConsumer: a stream whose consumer the server refuses does not stay.
func TestRefusedConsumer(t *testing.T) {
	top := compile(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s"]
    consumer "C" {}
  }
}
`)
	a := top.Accounts[0]
	_, sys := booted(t, top, Options{})
	owner, err := sys.as(t.Context(), a, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	s := a.Streams[0]
	if err := makeAsRendered(t.Context(), owner, s); err != nil {
		t.Fatal(err)
	}
	s.Consumers[0].Config.AckPolicy = "nonsense"
	if err := makeAsRendered(t.Context(), owner, s); err == nil {
		t.Error("the consumer is not refused")
	}
	if _, err := streamInfo(t.Context(), owner, "S"); !absent(err) {
		t.Errorf("the stream is still there: %v", err)
	}
}
