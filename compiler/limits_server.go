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
}

func (p *pass) checkServerLimit(what string, sum int64, server schema.Attr[schema.Limit]) {
	most := int64(server.Or(schema.Unlimited))
	if most >= 0 && sum > most {
		p.add(diag.New("account-limits-over-server", server.Range(), what, schema.FormatSize(sum), schema.FormatSize(most)))
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
