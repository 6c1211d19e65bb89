package client

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"jsc/compiler"
)

// How much and how long clients ask for in one pull: what examples fetch, and
// what the nats CLI and nats.go wait for by default, the latter as a client that
// has looked the consumer up and as one that has not.
const (
	usualBatch   = 10
	usualCLIWait = 5 * time.Second
	usualWait    = 30 * time.Second
	usualOldWait = 5 * time.Second
)

// pull fills in what a pull consumer makes of pulls: the server refuses those of
// more messages or a longer wait than it takes, and without its priority group.
func (v *View) pull(c *compiler.ConsumerConfig) {
	if c.Push() {
		return
	}
	batch := int64(usualBatch)
	if c.MaxBatch > 0 {
		batch = min(batch, c.MaxBatch)
		v.values["most"] = strconv.FormatInt(c.MaxBatch, 10)
	}
	v.values["batch"] = strconv.FormatInt(batch, 10)
	request := map[string]any{"batch": batch}
	if len(c.PriorityGroups) > 0 {
		group := c.PriorityGroups[0]
		request["group"] = group
		v.values["priority"], v.values["groups"] = group, strings.Join(c.PriorityGroups, ", ")
		v.values["fetch options"] += ", jetstream.FetchPriorityGroup(" + strconv.Quote(group) + ")"
	}
	if most := c.MaxExpires; most > 0 {
		request["expires"] = min(most, usualWait)
		v.values["longest"] = most.String()
		if most < usualWait {
			v.values["fetch options"] += ", jetstream.FetchMaxWait(" + goDuration(most) + ")"
		}
		if most < usualOldWait {
			v.values["max wait"] = ", nats.MaxWait(" + goDuration(most) + ")"
		}
		if most < usualCLIWait {
			v.values["timeout flag"] = " --timeout=" + most.String()
		}
	}
	body, err := json.Marshal(request)
	if err != nil {
		panic(err) // strings and numbers
	}
	v.values["request"] = string(body)
}

// goDuration is a duration as Go code.
func goDuration(d time.Duration) string {
	for _, unit := range []struct {
		d    time.Duration
		name string
	}{{time.Second, "Second"}, {time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}} {
		if d%unit.d == 0 {
			return fmt.Sprintf("%d * time.%s", d/unit.d, unit.name)
		}
	}
	return fmt.Sprintf("%d * time.Nanosecond", d)
}
