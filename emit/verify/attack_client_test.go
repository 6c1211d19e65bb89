package verify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"jsc/emit/lock"
)

// token is a user's token of this account that may do all, as an admin of the
// account would make it.
func (s *site) token(account string, public string) string {
	claims := jwt.NewUserClaims(public)
	claims.Pub.Allow.Add(">")
	claims.Sub.Allow.Add(">")
	text, err := claims.Encode(s.pair(lock.AccountID(account)))
	s.must(err)
	return text
}

// as is the connection of an account's admin, "B", or of a user of the
// topology, "B/u". It is made once.
func (s *site) as(who string) *nats.Conn {
	s.t.Helper()
	if nc := s.conns[who]; nc != nil {
		return nc
	}
	account, user, declared := strings.Cut(who, "/")
	id := lock.UserID(account, user)
	token, inbox := "", ""
	if declared {
		tk := s.plan.Token(id)
		token, inbox = tk.Text, tk.User.InboxPrefix
	} else {
		id = lock.UserID(account, "admin of a test")
		token = s.token(account, s.public(id))
	}
	nc, err := s.connect(id, token, inbox)
	s.must(err)
	s.conns[who] = nc
	return nc
}

// connect connects as the user of an ID with any token and inbox prefix.
func (s *site) connect(id, token, inbox string, more ...nats.Option) (*nats.Conn, error) {
	options := []nats.Option{
		nats.UserJWT(func() (string, error) { return token, nil }, func(nonce []byte) ([]byte, error) { return s.pair(id).Sign(nonce) }),
		nats.NoReconnect(),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // the default prints
	}
	if inbox != "" {
		options = append(options, nats.CustomInboxPrefix(inbox))
	}
	options = append(options, more...)
	nc, err := nats.Connect(s.server.ClientURL(), options...)
	if err == nil {
		s.t.Cleanup(nc.Close)
	}
	return nc, err
}

// js is a JetStream client of who.
func (s *site) js(who string) jetstream.JetStream {
	js, err := jetstream.New(s.as(who))
	s.must(err)
	return js
}

// publish stores a message and waits for the stream's acknowledgement.
func (s *site) publish(who, subject, data string) {
	s.t.Helper()
	s.store(who, &nats.Msg{Subject: subject, Data: []byte(data)})
}

func (s *site) store(who string, m *nats.Msg) *jetstream.PubAck {
	s.t.Helper()
	ack, err := s.js(who).PublishMsg(s.context(), m)
	s.must(err)
	return ack
}

func (s *site) context() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	s.t.Cleanup(cancel)
	return ctx
}

// api sends a request that must succeed, and returns the answer.
func (s *site) api(who, subject, body string) map[string]any {
	s.t.Helper()
	answer, err := s.ask(who, subject, body)
	if err != nil {
		s.t.Fatalf("%s: %v", subject, err)
	}
	return answer
}

// ask sends a request of the JetStream API; the error is the client's or the
// server's.
func (s *site) ask(who, subject, body string) (map[string]any, error) {
	s.t.Helper()
	m, err := s.as(who).Request(subject, []byte(body), patience)
	if err != nil {
		return nil, err
	}
	var answer map[string]any
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return nil, fmt.Errorf("%q: %w", m.Data, err)
	}
	if e := answer["error"]; e != nil {
		return answer, fmt.Errorf("%v", e)
	}
	return answer, nil
}

// answer is what a request gets: the answer's data, "" when there is nobody to
// answer it.
func (s *site) answer(who, subject, data string) string {
	s.t.Helper()
	m, err := s.as(who).Request(subject, []byte(data), patience)
	if errors.Is(err, nats.ErrNoResponders) {
		return ""
	}
	s.must(err)
	return string(m.Data)
}

// serve answers every request on the subject with the data.
func (s *site) serve(who, subject, data string) {
	s.t.Helper()
	nc := s.as(who)
	_, err := nc.Subscribe(subject, func(m *nats.Msg) { _ = m.Respond([]byte(data)) })
	s.must(err)
	s.must(nc.Flush())
}

// listen subscribes, and returns once the server knows.
func (s *site) listen(who, subject string) *nats.Subscription {
	s.t.Helper()
	sub, err := s.as(who).SubscribeSync(subject)
	s.must(err)
	s.must(s.as(who).Flush())
	return sub
}

// hears is the next message that must come.
func (s *site) hears(sub *nats.Subscription) *nats.Msg {
	s.t.Helper()
	m, err := sub.NextMsg(patience)
	s.must(err)
	return m
}

// heard are the data of all messages that have come: all that the server sent
// before it answers a ping.
func (s *site) heard(who string, sub *nats.Subscription) []string {
	s.t.Helper()
	s.must(s.as(who).Flush())
	var all []string
	for {
		n, _, err := sub.Pending()
		s.must(err)
		if n == 0 {
			return all
		}
		all = append(all, string(s.hears(sub).Data))
	}
}

// fetch takes the next message of a pull consumer by its NEXT subject; nil when
// there is none, or nobody answers.
func (s *site) fetch(who, next string) *nats.Msg {
	s.t.Helper()
	m, err := s.as(who).Request(next, []byte(`{"batch": 1, "no_wait": true}`), patience)
	if errors.Is(err, nats.ErrNoResponders) {
		return nil
	}
	s.must(err)
	if m.Header.Get("Status") != "" {
		return nil
	}
	return m
}

// offered waits until every pull consumer of the account's stream S has a message
// to give, which comes a little after the stream has stored it.
func (s *site) offered(account string) {
	s.t.Helper()
	for _, a := range s.plan.Topology.Accounts {
		for _, st := range a.Streams {
			for _, c := range st.Consumers {
				if a.Name != account || st.Config.Name != "S" || c.Config.Push() {
					continue
				}
				s.until(c.Config.Name+" has a message", func() bool {
					return s.api(account, "$JS.API.CONSUMER.INFO.S."+c.Config.Name, "")["num_pending"].(float64) > 0
				})
			}
		}
	}
}

// until waits for a condition.
func (s *site) until(what string, holds func() bool) {
	s.t.Helper()
	if !inTime(holds) {
		s.t.Fatalf("%s: not within %s", what, patience)
	}
}

// inTime waits for a condition, and reports that it came to hold.
func inTime(holds func() bool) bool {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-end:
			return false
		}
	}
	return true
}
