package nmm_test

import (
	"slices"
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

// With the preset "rest" no Epileptor leaves x1 < 0 once it has settled; with "seizures" all do, and come back.
func TestEpileptorPresets(t *testing.T) {
	run := graph.Run{Dt: 0.05, Duration: 8000, Warmup: 4000, Every: 20, Integrator: graph.Heun}
	for _, m := range []func() *nmm.Model{nmm.Epileptor, nmm.EpileptorRestingState, nmm.Epileptor2D} {
		for preset, seizes := range map[string]bool{"rest": false, "seizures": true} {
			x := trajectory(t, m().Preset(preset), 1, map[string]float64{"x1": -1.5, "z": 3.5}, run, "x1")
			if hi, lo := slices.Max(x), slices.Min(x); seizes != (hi > 0.5) || lo > -1.2 {
				t.Errorf("%s %s: x1 from %.2f to %.2f", m().Name(), preset, lo, hi)
			}
		}
	}
}
