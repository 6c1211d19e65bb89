package compiler

import "testing"

func TestLimitsForTheTierOfAStream(t *testing.T) {
	flat := JetStream{JetStreamLimits: JetStreamLimits{Disk: 5}}
	if l, ok := flat.limitsFor(3); !ok || l.Disk != 5 {
		t.Errorf("flat limits hold for all: %v %v", l, ok)
	}
	tiers := JetStream{Tiers: []Tier{{Replicas: 3, JetStreamLimits: JetStreamLimits{Disk: 7}}}}
	if l, ok := tiers.limitsFor(3); !ok || l.Disk != 7 {
		t.Errorf("R3: %v %v", l, ok)
	}
	if _, ok := tiers.limitsFor(1); ok {
		t.Error("there is no tier R1")
	}
}
