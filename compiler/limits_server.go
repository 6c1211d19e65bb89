package compiler

import (
	"jsc/schema"
	"jsc/schema/diag"
)

// checkServerLimits holds the sums of the accounts' JetStream limits against
// the server's own. A single server reserves them as accounts come, and turns
// JetStream off, silently, for those that no longer fit (server/jetstream.go,
// sufficientResources); in a cluster it does not count.
func (p *pass) checkServerLimits() {
	src := p.t.Server.Src
	if p.t.Server.ClusterSize != 1 || src == nil || src.JetStream == nil {
		return
	}
	memory, disk := p.t.Reserved()
	p.checkServerLimit("disk", disk, src.JetStream.MaxFile)
	p.checkServerLimit("memory", memory, src.JetStream.MaxMemory)
	p.checkServerRoom("file", "max_file", src.JetStream.MaxFile)
	p.checkServerRoom("memory", "max_memory", src.JetStream.MaxMemory)
}

func (p *pass) checkServerLimit(what string, sum int64, server schema.Attr[schema.Limit]) {
	most := int64(server.Or(schema.Unlimited))
	if most >= 0 && sum > most {
		p.add(diag.New("account-limits-over-server", server.Range(), what, schema.FormatSize(sum), schema.FormatSize(most)))
	}
}

// checkServerRoom reports the first stream of a storage that a single server has
// no room left for (server/jetstream.go, checkBytesLimits): each that sets
// max_bytes reserves them, and one without needs room for a byte. What accounts
// may take does not count here.
func (p *pass) checkServerRoom(storage, attribute string, server schema.Attr[schema.Limit]) {
	left := int64(server.Or(schema.Unlimited))
	if left < 0 {
		return
	}
	for _, a := range p.t.Accounts {
		if a.External {
			continue
		}
		for _, s := range a.Streams {
			if s.Config.Storage != storage {
				continue
			}
			if need := max(s.Config.MaxBytes, 1); need > left {
				if at, ok := siteOf(s.Src).at("max_bytes"); ok {
					d := diag.New("stream-limits-server", at, s.Config.Name, a.Name, schema.FormatSize(need), schema.FormatSize(left), attribute)
					p.add(diag.WithNote(d, server.Range(), "%s is %s", attribute, schema.FormatSize(int64(server.Value))))
				}
				return
			}
			left -= max(s.Config.MaxBytes, 0)
		}
	}
}

// Reserved are the bytes of memory and disk that a single server sets aside
// for the accounts: the sums of their limits, over all tiers, unlimited ones
// not counted.
func (t *Topology) Reserved() (memory, disk int64) {
	for _, a := range t.Accounts {
		if a.JetStream == nil || a.External {
			continue
		}
		m, d := a.JetStream.reserved()
		memory, disk = addLimits(memory, m), addLimits(disk, d)
	}
	return memory, disk
}

func (j *JetStream) reserved() (memory, disk int64) {
	if len(j.Tiers) == 0 {
		return max(j.Memory, 0), max(j.Disk, 0)
	}
	for _, t := range j.Tiers {
		memory, disk = addLimits(memory, max(t.Memory, 0)), addLimits(disk, max(t.Disk, 0))
	}
	return memory, disk
}

// addLimits adds two limits that are not negative, without overflow.
func addLimits(a, b int64) int64 {
	if sum := a + b; sum >= a {
		return sum
	}
	return 1<<63 - 1
}
