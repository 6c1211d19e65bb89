package schema

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// TestWithin holds that work which does not end is not waited for, and why.
func TestWithin(t *testing.T) {
	held := make(chan struct{})
	defer close(held)
	hang := func() { <-held }
	ample := Bounds{Time: time.Hour, Heap: 1 << 40, Entities: 1}
	if over, err := ample.Within(t.Context(), "t.hcl", func() {}); over != nil || err != nil {
		t.Errorf("work that ends: %v, %v", over, err)
	}
	brief := ample
	brief.Time = time.Millisecond
	over, err := brief.Within(t.Context(), "t.hcl", hang)
	if err != nil {
		t.Fatal(err)
	}
	hold(t, hcl.Diagnostics{over}, "t.hcl:0 evaluation-limit ~ more than 1ms")
	narrow := ample
	narrow.Heap = 1
	over, err = narrow.Within(t.Context(), "t.hcl", hang)
	if err != nil {
		t.Fatal(err)
	}
	hold(t, hcl.Diagnostics{over}, "t.hcl:0 evaluation-limit ~ more than 0 MiB")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if over, err := ample.Within(ctx, "t.hcl", hang); over != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("work that nobody waits for: %v, %v", over, err)
	}
	defer func() {
		if b, ok := recover().(*diag.Bug); !ok || b.Value != "a bug" {
			t.Errorf("recovered %v", b)
		}
	}()
	_, _ = ample.Within(t.Context(), "t.hcl", func() { panic("a bug") })
	t.Error("a panic is swallowed")
}

// TestBoundIsShown: the topology has the name that people know it by.
func TestBoundIsShown(t *testing.T) {
	o := Options{
		Tree: files("t.hcl", "locals {}\naccount \"A\" {}\naccount \"B\" {}"), Path: "t.hcl", Display: func(name string) string { return "shown/" + name },
		Bounds: Bounds{Time: time.Hour, Heap: 1 << 40, Entities: 1},
	}
	_, diags := Load(o)
	hold(t, diags, "shown/t.hcl:3 evaluation-limit ~ more than 1 entities")
	o.Bounds = Bounds{Time: time.Nanosecond, Heap: 1 << 40, Entities: 9}
	_, diags = Load(o)
	hold(t, diags, "shown/t.hcl:0 evaluation-limit ~ more than 1ns")
}
