package compiler

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

// ackFlag is nats-server's feature flag that selects the v2 ack and
// flow-control subjects.
const ackFlag = "js_ack_fc_v2"

// flags are nats-server's feature flags, with the server that first has them
// (server/feature_flags.go).
var flags = map[string]string{
	ackFlag:                flagsSince,
	"js_api_reply_v2":      "2.15",
	"js_raft_delete_range": flagsSince,
	"js_snapshot_sources":  "2.15",
}

// flagsSince is the first server that reads feature_flags. Those before refuse a
// configuration with a field that they do not know.
const flagsSince = "2.14"

// featureFlags are the flags as written, with the one that v2 acks need. v1
// grants alone break wholly under that flag, and v2 ones without it.
func (p *pass) featureFlags(src *schema.Server) map[string]bool {
	p.checkFlags(src)
	on := maps.Clone(src.FeatureFlags.Or(nil))
	format := src.AckFormat.Or(defaultAckFormat)
	ack := ackFormats[format]
	v2, said := on[ackFlag]
	if said && ack.V1 != ack.V2 && v2 != ack.V2 {
		p.add(diag.New("ack-format-flag", src.FeatureFlags.Range(), format, v2))
	}
	if ack.V2 && !ack.V1 {
		if on == nil {
			on = map[string]bool{}
		}
		on[ackFlag] = true
	}
	return on
}

// checkFlags refuses what of the flags the deployment's least server does not
// have, and says which flags no server has: those are off, whatever is written.
func (p *pass) checkFlags(src *schema.Server) {
	least := p.t.Server.Version
	needs := func(at hcl.Range, what, since string) {
		if versionLess(least, since) {
			p.add(diag.New("min-server-version", at, newerThan(what, since, least)))
		}
	}
	if ack := ackFormats[src.AckFormat.Or(defaultAckFormat)]; ack.V2 && !ack.V1 {
		needs(src.AckFormat.Range(), `ack_format = "v2"`, flagsSince)
	}
	written := slices.Sorted(maps.Keys(src.FeatureFlags.Or(nil)))
	if len(written) > 0 && versionLess(least, flagsSince) {
		needs(src.FeatureFlags.Range(), "feature_flags", flagsSince)
		return
	}
	for _, flag := range written {
		since, known := flags[flag]
		if known {
			needs(src.FeatureFlags.Range(), "feature flag "+flag, since)
			continue
		}
		d := diag.New("unknown-feature-flag", src.FeatureFlags.Range(), flag)
		p.add(diag.WithHint(d, "Use one of %s, or remove it.", strings.Join(slices.Sorted(maps.Keys(flags)), ", ")))
	}
}
