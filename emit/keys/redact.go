package keys

import (
	"fmt"
	"log/slog"
)

// redacted is what a type that holds a seed prints.
const redacted = "[redacted]"

// String returns "[redacted]".
func (Key) String() string { return redacted }

// GoString returns "[redacted]", for %#v.
func (Key) GoString() string { return redacted }

// Format prints "[redacted]" for every verb, %x and %d included.
func (Key) Format(s fmt.State, _ rune) { fmt.Fprint(s, redacted) }

// MarshalText returns "[redacted]"; encoding/json and encoding/xml use it too.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "[redacted]" as a JSON string.
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue returns "[redacted]".
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }
