package nmm_test

import (
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// The rates that the doc comment has.
func TestZerlautRegimes(t *testing.T) {
	for _, c := range []struct {
		name  string
		model *nmm.Model
		start [2]float64 // 1/ms
		want  [2]float64 // Hz
	}{
		{"asynchronous irregular", nmm.Zerlaut().Preset("asynchronous irregular"), [2]float64{0.001, 0.005}, [2]float64{2.97, 11.36}},
		{"without input", nmm.Zerlaut(), [2]float64{0.001, 0.005}, [2]float64{0, 0}},
		{"saturated", nmm.Zerlaut().Set("b_e", 5), [2]float64{0.05, 0.05}, [2]float64{192.79, 192.80}},
	} {
		for i, state := range []string{"E", "I"} {
			rate := trajectory(t, c.model, 1, map[string]float64{"E": c.start[0], "I": c.start[1], "W_e": 0, "W_i": 0, "ou_drift": 0},
				graph.Run{Dt: 0.5, Duration: 0.5, Warmup: 5000}, state)
			if got := 1e3 * rate[len(rate)-1]; !near(got, c.want[i], 0.05) {
				t.Errorf("%s: %s at %.3f Hz, expected %.2f", c.name, state, got, c.want[i])
			}
		}
	}
}
