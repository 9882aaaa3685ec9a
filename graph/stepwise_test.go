package graph

import (
	"math"
	"testing"

	"github.com/euryale-ml/euryale/nmm"
)

// stepwise is a rate that depends on its own past through a port too, which a line could not, and a filter of it.
func stepwise(t testing.TB) *nmm.Model {
	t.Helper()
	m, err := nmm.Define("Stepwise", `
		r(t + dt) = g*tanh(v - r(t - d) + v_in) : 1
		dv/dt     = (r + 0.3 - v*v)/4[ms]       : 1
		c(t + dt) = 2*g                         : 1`,
		nmm.Parameter("g", 0.8, "1", nmm.Free, "gain"), nmm.Parameter("d", 0.3, "ms", nmm.Positive, "delay"), nmm.Port("v_in", "1"),
		nmm.State("v", 0.1, 0.9, ""), nmm.State("r", -0.2, 0.8, ""), nmm.Bounds("r", -0.1, 0.45))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Against the formula, by Heun: during a step the rate is what it was before.
func TestStepwiseStates(t *testing.T) {
	net := must(t, Population("a", Regions(1), stepwise(t)))
	res, err := net.Simulate(t.Context(), Run{Dt: 0.1, Duration: 5})
	if err != nil {
		t.Fatal(err)
	}
	r, v := []float64{0.3}, 0.5
	for k, got := range res.Series("a.r").Data {
		f := func(v float64) float64 { return (r[k] + 0.3 - v*v) / 4 }
		next := 0.8 * math.Tanh(v-r[max(0, k-3)])
		v += 0.05 * (f(v) + f(v+0.1*f(v)))
		r = append(r, max(-0.1, min(next, 0.45)))
		if w := res.Series("a.v").Data[k]; !(math.Abs(got-r[k+1]) < 1e-14 && math.Abs(w-v) < 1e-14) {
			t.Fatalf("step %d: expected r = %v, v = %v, found %v, %v", k, r[k+1], v, got, w)
		}
		if c := res.Series("a.c").Data[k]; c != 1.6 {
			t.Fatalf("step %d: expected c = 1.6, found %v", k, c)
		}
	}
}

func TestStepwiseInRollout(t *testing.T) {
	for _, integ := range Integrators() {
		t.Run(integ.Name, func(t *testing.T) {
			gridCase(t, stepwise(t), "delayed", integ)
			checkStepGradients(t, gridNetwork(t, stepwise(t), 3, "linear", integ.Name == Euler.Name), integ)
		})
	}
	if _, err := must(t, Population("a", Regions(2), stepwise(t))).Flow(); err == nil {
		t.Error("expected that there is no flow")
	}
}
