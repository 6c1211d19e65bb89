package client

import "testing"

// TestCautionsAreTold: each caution has a row in TestCautions of emit/explain,
// which says of which shares it is told.
func TestCautionsAreTold(t *testing.T) {
	if n := len(cautions); n != 15 {
		t.Errorf("%d cautions are in the table, 15 in the test of emit/explain", n)
	}
}
