package nmm_test

import (
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// The defaults of the unfolding burst again and again: far from rest below x = 0, resting near 0.5 in between.
func TestCodim3Bursts(t *testing.T) {
	run := graph.Run{Dt: 0.1, Duration: 4000, Every: 10, Integrator: graph.Heun}
	x := trajectory(t, nmm.EpileptorCodim3(), 1, map[string]float64{"x": 0.5, "y": 0, "z": 0.05}, run, "x")
	bursts, bursting, resting := 0, false, 0
	for _, v := range x {
		if resting++; v < 0.3 {
			resting = 0
		}
		switch {
		case v < -0.5 && !bursting:
			bursting, bursts = true, bursts+1
		case resting > 100: // ms
			bursting = false
		}
	}
	if bursts < 4 || bursts > 12 {
		t.Errorf("%d bursts in 4 s, expected one in some 500 ms", bursts)
	}
}
