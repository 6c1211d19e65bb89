package diag

import (
	"fmt"
	"runtime/debug"
)

// Bug is a panic on its way from the goroutine in which it happened to the one
// that waits for its work, and on to whoever reports it. A panic that nobody
// recovers ends the process with its value printed, which may hold what no log
// should; a Bug prints its type only.
type Bug struct {
	Value any    // of the panic
	Stack []byte // of the goroutine in which it happened
}

// Caught returns the Bug of what recover returned; nil of nil.
func Caught(p any) *Bug {
	switch p := p.(type) {
	case nil:
		return nil
	case *Bug:
		return p
	default:
		return &Bug{p, debug.Stack()}
	}
}

// Error names the type of the panic's value.
func (b *Bug) Error() string { return fmt.Sprintf("a bug in jsc (%T)", b.Value) }
