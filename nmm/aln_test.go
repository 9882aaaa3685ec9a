package nmm_test

import (
	"slices"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// The states of the map of Cakan and Obermayer: two fixed points and two oscillations.
func TestALNRegimes(t *testing.T) {
	for _, c := range []struct {
		preset      string
		lo, hi      float64 // rate of excitatory neurons, Hz
		frequency   float64 // Hz, 0 for a fixed point
		uncertainty float64 // of the frequency, one period in the 4 s of the run
	}{
		{"down", 0.16, 0.16, 0, 0},
		{"up", 52, 52, 0, 0},
		{"limit cycle", 0.1, 48, 20.5, 0.3},
		{"slow oscillation", 0, 46, 2.1, 0.3},
	} {
		r := trajectory(t, nmm.ALN().Preset(c.preset), 1, nil, graph.Run{Dt: 0.1, Duration: 4000, Warmup: 1000, Integrator: graph.Euler, Every: 10}, "r_e")
		lo, hi := 1e3*slices.Min(r), 1e3*slices.Max(r)
		if !near(lo, c.lo, 0.1) || !near(hi, c.hi, 0.1) {
			t.Errorf("%s: from %.3f to %.3f Hz, expected %g and %g", c.preset, lo, hi, c.lo, c.hi)
		}
		rises := 0
		for k := 1; k < len(r); k++ {
			if half := (lo + hi) / 2e3; r[k-1] < half && r[k] >= half {
				rises++
			}
		}
		if f := float64(rises) / 4; c.frequency > 0 && !near(f, c.frequency, c.uncertainty) {
			t.Errorf("%s: %.2f Hz, expected %g", c.preset, f, c.frequency)
		}
	}
}
