package verify

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// TestBoundPulls holds what explanations say of pulls to the server: it refuses
// those of more, of longer, and of no group, and takes the ones they show.
func TestBoundPulls(t *testing.T) {
	top := compile(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.*"]
    consumer "BOUND" {
      max_batch   = 3
      max_expires = "1s"
    }
    consumer "GROUPED" {
      priority_policy = "overflow"
      priority_groups = ["g"]
    }
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
	c, err := decodeConfig(s.Config.JSON())
	if err == nil {
		err = createStream(t.Context(), owner, c, true)
	}
	if err == nil {
		err = makeConsumersAsRendered(t.Context(), owner, s)
	}
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(owner)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := js.Publish(t.Context(), "s.x", nil); err != nil {
			t.Fatal(err)
		}
	}
	second := jetstream.FetchMaxWait(time.Second)
	for _, c := range []struct {
		consumer string
		batch    int
		options  []jetstream.FetchOpt
		got      int
	}{
		{"BOUND", 3, []jetstream.FetchOpt{second}, 3},
		{"BOUND", 4, []jetstream.FetchOpt{second}, 0},
		{"BOUND", 3, nil, 0},
		{"GROUPED", 10, []jetstream.FetchOpt{jetstream.FetchPriorityGroup("g")}, 10},
		{"GROUPED", 10, nil, 0},
	} {
		consumer, err := js.Consumer(t.Context(), "S", c.consumer)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		batch, err := consumer.Fetch(c.batch, c.options...)
		if err == nil {
			for range batch.Messages() {
				got++
			}
			err = batch.Error()
		}
		if got != c.got || (err == nil) != (c.got > 0) {
			t.Errorf("%s: a pull of %d gets %d messages (%v); want %d", c.consumer, c.batch, got, err, c.got)
		}
	}
	answers, err := owner.SubscribeSync(owner.NewInbox())
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.PublishRequest("$JS.API.CONSUMER.MSG.NEXT.S.GROUPED", answers.Subject, []byte(`{"batch":10,"group":"g"}`)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	m, err := answers.NextMsgWithContext(ctx)
	if err != nil || m.Header.Get("Status") != "" {
		t.Errorf("the plain request gets %+v, %v", m, err)
	}
}
