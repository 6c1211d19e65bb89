package compiler

import (
	"fmt"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// checkCopied refuses streams that store what consumers of the account's other
// streams deliver to a stream that copies. Of a consumer's own stream its rules
// speak.
func (p *pass) checkCopied(a *Account) {
	var stored *subject.Index[*Stream] // where it is asked for
	for _, s := range a.Streams {
		for _, c := range s.Consumers {
			to := c.Config.DeliverSubject
			if c.Config.AckPolicy != ackFlowControl || subject.Valid(to) != nil {
				continue
			}
			if stored == nil {
				stored = a.stored()
			}
			for sub, by := range stored.Overlapping(to) {
				if by == s {
					continue
				}
				d := diag.New("deliver-subject-cycle", c.Src.DeliverSubject.Range(), fmt.Sprintf("%s delivers to %q, which %s stores", c.title(), to, by.title()))
				p.add(diag.WithNote(d, by.Src.Header().LabelOrNameRange(), "%s stores %q", by.title(), sub))
				break
			}
		}
	}
}
