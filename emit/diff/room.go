package diff

import (
	"strconv"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
)

// room is what an account's limits reserve of a server's storage, in bytes.
type room struct{ memory, disk int64 }

func (r room) with(memory, disk int64) room { // -1 reserves nothing
	return room{r.memory + max(0, memory), r.disk + max(0, disk)}
}

// roomOf is what an account's token reserves.
func roomOf(c *jwt.AccountClaims) room {
	l := c.Limits
	r := room{}.with(l.MemoryStorage, l.DiskStorage)
	for _, tier := range l.JetStreamTieredLimits {
		r = r.with(tier.MemoryStorage, tier.DiskStorage)
	}
	return r
}

// roomFor is what an account of the topology reserves.
func roomFor(a *compiler.Account) room {
	r := room{}
	switch js := a.JetStream; {
	case js == nil:
	case len(js.Tiers) == 0:
		r = r.with(js.Memory, js.Disk)
	default:
		for _, tier := range js.Tiers {
			r = r.with(tier.Memory, tier.Disk)
		}
	}
	return r
}

// rooms are what accounts reserve before and after, by name.
func (c *comparison) rooms() (was, is map[string]room) {
	is = map[string]room{}
	for _, a := range c.plan.Topology.Accounts {
		if !a.External {
			is[a.Name] = roomFor(a)
		}
	}
	return c.old.rooms, is
}

// roomMoves finds the accounts that get what others give up, where a server alone
// has no room for both at once: it holds every new limit against the others'
// former ones, in any order, and refuses it (TestStreamsFirst in emit/verify).
// A restart begins with the new ones.
func (c *comparison) roomMoves() {
	was, is := c.rooms()
	var most room
	for name := range union(was, is) {
		most = most.with(max(was[name].memory, is[name].memory), max(was[name].disk, is[name].disk))
	}
	conf := c.new.settings[aloneConf]
	if over(most.memory, conf["jetstream.max_mem"]) || over(most.disk, conf["jetstream.max_file"]) {
		for i := range c.report.Changes {
			ch := &c.report.Changes[i]
			if a := ch.Name; ch.Kind == "account" && ch.Action != Remove && (is[a].memory > was[a].memory || is[a].disk > was[a].disk) {
				ch.take(roomMoved)
			}
		}
	}
}

// over reports that n is more than a setting; nothing is where there is none.
func over(n int64, setting string) bool {
	limit, err := strconv.ParseInt(setting, 10, 64)
	return err == nil && n > limit
}

// roomFalls reports that an account, or a server, may store less: what streams
// reserve has to fall before it. A server that starts without room for a limit
// beside what streams reserve takes JetStream from that account, whoever's the
// streams are (TestStreamsFirst in emit/verify).
func (c *comparison) roomFalls() bool {
	was, is := c.rooms()
	for name, r := range was {
		if is[name].memory < r.memory || is[name].disk < r.disk {
			return true
		}
	}
	for conf, is := range c.new.settings {
		for _, key := range []string{"jetstream.max_mem", "jetstream.max_file"} {
			if was := c.old.settings[conf][key]; was != "" && is[key] != "" && less(is[key], was) {
				return true
			}
		}
	}
	return false
}
