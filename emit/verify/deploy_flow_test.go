package verify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"jsc/emit/lock"
)

// client is a connection as applications have it: it reconnects for as long as
// it takes, with the credentials that are installed by then.
type client struct {
	*nats.Conn
	id            string
	installed     atomic.Pointer[string] // the token
	lost, back    atomic.Int64           // how often it was disconnected and reconnected
	lostAt, apart atomic.Int64           // Unix nanoseconds; the longest time without a connection
}

// join connects a user of the topology as an application would.
func (s *site) join(account, user string) *client {
	s.t.Helper()
	c := &client{id: lock.UserID(account, user)}
	c.install(s)
	nc, err := nats.Connect(s.server.ClientURL(),
		nats.UserJWT(func() (string, error) { return *c.installed.Load(), nil }, func(nonce []byte) ([]byte, error) { return s.pair(c.id).Sign(nonce) }),
		nats.MaxReconnects(-1), nats.ReconnectWait(5*time.Millisecond), nats.ReconnectJitter(0, 0), nats.IgnoreAuthErrorAbort(),
		nats.DisconnectErrHandler(func(*nats.Conn, error) {
			c.lost.Add(1)
			c.lostAt.Store(time.Now().UnixNano())
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			c.apart.Store(max(c.apart.Load(), time.Now().UnixNano()-c.lostAt.Load()))
			c.back.Add(1)
		}),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}),
	)
	s.must(err)
	s.t.Cleanup(nc.Close)
	c.Conn = nc
	return c
}

// refused reports that the server does not take the client back.
func (c *client) refused() bool {
	return c.IsReconnecting() && errors.Is(c.LastError(), nats.ErrAuthorization)
}

// install gives the client the credentials of the last build, for its next
// connection.
func (c *client) install(s *site) {
	token := s.plan.Token(c.id).Text
	c.installed.Store(&token)
}

// traffic is what two clients have with each other while the servers' tokens
// change under them: A's app publishes news to B's, answers its requests, and
// stores messages in a stream.
type traffic struct {
	s        *site
	a, b     *client
	stop     context.CancelFunc
	ended    sync.WaitGroup
	turn     sync.Mutex // held while one round is under way
	news     *nats.Subscription
	js       jetstream.JetStream
	counters figures
	was      figures // at the end of the phase before
}

// figures are what clients saw; all but the last are messages.
type figures struct {
	asked, answered int64 // requests
	sent, received  int64 // news
	stored, failed  int64 // acknowledged by the stream, and not
	lost, back      int64 // connections
	apart           time.Duration
}

// flow begins the traffic.
func (s *site) flow(a, b *client) *traffic {
	s.t.Helper()
	js, err := jetstream.New(a.Conn)
	s.must(err)
	news, err := b.SubscribeSync("news.>")
	s.must(err)
	_, err = a.Subscribe("ask", func(m *nats.Msg) { _ = m.Respond([]byte("answer")) })
	s.must(err)
	s.must(a.Flush())
	s.must(b.Flush())
	ctx, cancel := context.WithCancel(context.Background())
	f := &traffic{s: s, a: a, b: b, stop: cancel, news: news, js: js}
	f.was.lost, f.was.back = a.lost.Load()+b.lost.Load(), a.back.Load()+b.back.Load()
	f.ended.Go(func() {
		for ctx.Err() == nil {
			f.round(ctx)
		}
	})
	s.t.Cleanup(f.end)
	return f
}

func (f *traffic) end() {
	f.stop()
	f.ended.Wait()
}

// round is one of each. While a client has no connection there is none: what
// it would publish waits in the client.
func (f *traffic) round(ctx context.Context) {
	f.turn.Lock()
	defer f.turn.Unlock()
	if !f.a.IsConnected() || !f.b.IsConnected() {
		f.turn.Unlock()
		tick := time.NewTimer(time.Millisecond)
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
		f.turn.Lock()
		return
	}
	f.counters.sent++
	if f.a.Publish("news.today", nil) != nil {
		f.counters.sent--
	}
	f.counters.asked++
	if _, err := f.b.Request("a.ask", nil, time.Second); err == nil {
		f.counters.answered++
	}
	short, done := context.WithTimeout(ctx, time.Second)
	defer done()
	if _, err := f.js.Publish(short, "s.today", nil); err == nil {
		f.counters.stored++
	} else if ctx.Err() == nil {
		f.counters.failed++
	}
}

// phase does something to the servers under traffic, goes on for a hundred
// rounds, and returns what the clients saw meanwhile.
func (f *traffic) phase(what string, do func()) figures {
	f.s.t.Helper()
	f.rounds(100)
	do()
	f.rounds(100)
	f.turn.Lock()
	defer f.turn.Unlock()
	f.s.must(f.a.Flush())
	f.s.must(f.b.Flush())
	n, _, err := f.news.Pending()
	f.s.must(err)
	now := f.counters
	now.received = int64(n)
	now.lost, now.back = f.a.lost.Load()+f.b.lost.Load(), f.a.back.Load()+f.b.back.Load()
	saw := figures{
		asked: now.asked - f.was.asked, answered: now.answered - f.was.answered,
		sent: now.sent - f.was.sent, received: now.received - f.was.received,
		stored: now.stored - f.was.stored, failed: now.failed - f.was.failed,
		lost: now.lost - f.was.lost, back: now.back - f.was.back,
		apart: time.Duration(max(f.a.apart.Swap(0), f.b.apart.Swap(0))),
	}
	f.was = now
	f.s.t.Logf("%s: %d of %d requests answered, %d of %d news received, %d stored, %d not acknowledged; %d disconnects, %d reconnects, %v apart at most",
		what, saw.answered, saw.asked, saw.received, saw.sent, saw.stored, saw.failed, saw.lost, saw.back, saw.apart.Round(time.Millisecond))
	return saw
}

// rounds waits until so many requests more are answered and messages stored.
func (f *traffic) rounds(n int64) {
	f.s.t.Helper()
	var answered, stored int64
	read := func() (int64, int64) {
		f.turn.Lock()
		defer f.turn.Unlock()
		return f.counters.answered, f.counters.stored
	}
	answered, stored = read()
	f.s.until(fmt.Sprintf("%d more answers and acknowledgements", n), func() bool {
		a, s := read()
		return a >= answered+n && s >= stored+n
	})
}

// undisturbed: nobody is disconnected, and what goes on is served. A message that
// is on its way at the very moment when the server takes an account's new token
// may be lost, or come twice: one of each sort for each account that is brought.
func (f *traffic) undisturbed(what string, brought int64, do func()) {
	f.s.t.Helper()
	saw := f.phase(what, do)
	if saw.asked-saw.answered > brought || saw.sent-saw.received > brought || saw.received-saw.sent > brought || saw.failed != 0 || saw.lost != 0 {
		f.s.t.Errorf("%s disturbed clients: %+v", what, saw)
	}
}

// restarted: each client was disconnected once, and all came back. What was on
// its way then may be lost; what the stream acknowledged is there.
func (f *traffic) restarted(what string, do func()) {
	f.s.t.Helper()
	saw := f.phase(what, do)
	if saw.lost != 2 || saw.back != 2 {
		f.s.t.Errorf("%s: %d disconnects and %d reconnects of two clients", what, saw.lost, saw.back)
	}
}

// kept holds that the stream has every message that it acknowledged.
func (f *traffic) kept() {
	f.s.t.Helper()
	f.turn.Lock()
	defer f.turn.Unlock()
	stream, err := f.js.Stream(f.s.context(), "S")
	f.s.must(err)
	info, err := stream.Info(f.s.context())
	f.s.must(err)
	if got := int64(info.State.Msgs); got < f.counters.stored {
		f.s.t.Errorf("the stream holds %d messages, and acknowledged %d", got, f.counters.stored)
	}
}

// bringing is a way to bring accounts' tokens to a running server.
type bringing struct {
	resolver string
	ordered  bool // importers come before exporters
	bring    func(*site)
	// replay brings one account's token that is not of the last build.
	replay func(s *site, account, token string)
}

// brings are the ways to bring accounts' tokens to a running server, by the
// block that sets its resolver.
func brings(t *testing.T) map[string]bringing {
	return map[string]bringing{
		"memory resolver, reload": {`type = "memory"`, false, func(s *site) {
			s.t.Helper()
			s.must(s.server.Reload())
		}, func(s *site, account, token string) {
			s.t.Helper()
			s.forged[account] = token
			s.write()
			s.must(s.server.Reload())
		}},
		"full resolver, push": {full(t), true, func(s *site) {
			s.t.Helper()
			var accounts []string
			for _, tk := range s.plan.Tokens {
				if tk.Account != nil && tk.User == nil && tk.Account.Name != "SYS" {
					accounts = append(accounts, tk.Account.Name)
				}
			}
			slices.Sort(accounts)
			for _, a := range slices.Backward(accounts) { // B and C import, and come first
				s.push(a, s.plan.Token(lock.AccountID(a)).Text)
			}
		}, (*site).push},
	}
}

// push updates an account on a full resolver.
func (s *site) push(account, token string) {
	s.t.Helper()
	if _, err := s.ask("SYS/deploy", "$SYS.REQ.CLAIMS.UPDATE", token); err != nil {
		s.t.Fatalf("push %s: %v", account, err)
	}
}
