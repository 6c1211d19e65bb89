package verify

import (
	"errors"
	"fmt"
	"sync"
)

// serverLog keeps the server's last complaints, to be told with a failure that
// they explain.
type serverLog struct {
	mu   sync.Mutex
	last []error
	dead bool
}

// kept is how many complaints are kept.
const kept = 5

func (l *serverLog) complain(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = append(l.last, fmt.Errorf("nats-server: "+format, args...))
	if len(l.last) > kept {
		l.last = l.last[1:]
	}
}

// err is what the server complained of last; nil when it did not.
func (l *serverLog) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.last...)
}

// fatal reports that a server could not go on.
func (l *serverLog) fatal() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

// The methods of nats-server's Logger.

func (l *serverLog) Warnf(format string, args ...any)  { l.complain(format, args...) }
func (l *serverLog) Errorf(format string, args ...any) { l.complain(format, args...) }
func (l *serverLog) Fatalf(format string, args ...any) {
	l.complain(format, args...)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = true
}
func (l *serverLog) Noticef(string, ...any) {}
func (l *serverLog) Debugf(string, ...any)  {}
func (l *serverLog) Tracef(string, ...any)  {}
