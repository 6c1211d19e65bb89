package client

import (
	"fmt"

	"jsc/compiler"
)

// Shared names what is shared; quote quotes names in it.
func Shared(s *compiler.Share, quote func(string) string) string {
	switch {
	case s.Consumer != nil:
		return fmt.Sprintf("%s of consumer %s of stream %s", s.Kind.Name, quote(s.Consumer.Config.Name), quote(s.Stream.Config.Name))
	case s.Stream != nil:
		h := s.Stream.Src.Header()
		return fmt.Sprintf("%s of %s %s", s.Kind.Name, h.Kind, quote(h.Name))
	}
	return fmt.Sprintf("%s %s", s.Kind.Name, quote(s.Subject))
}
