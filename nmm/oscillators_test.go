package nmm_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// rises are the times, in steps, at which a series rises through a level.
func rises(x []float64, level float64) []int {
	var at []int
	for k := 1; k < len(x); k++ {
		if x[k-1] < level && x[k] >= level {
			at = append(at, k)
		}
	}
	return at
}

// The presets of the generic oscillator are what they are called: from V = 0 and from V = 3 its potential comes to
// rest or goes on oscillating with a frequency in Hz.
func TestGeneric2dOscillatorPresets(t *testing.T) {
	type regime struct{ rest, hz float64 }
	for preset, want := range map[string][2]regime{
		"excitable":    {{rest: -0.18865}, {rest: -0.18865}},
		"SanzLeon2013": {{rest: -0.04926}, {rest: -0.04926}},
		"limit cycle":  {{hz: 9.2}, {hz: 9.2}},
		"bistable":     {{hz: 1}, {rest: -math.Phi}},
		"MorrisLecar":  {{rest: -1.1420}, {rest: -1.1420}},
	} {
		for i, v := range []float64{0, 3} {
			x := trajectory(t, nmm.Generic2dOscillator().Preset(preset), 1, map[string]float64{"V": v, "W": 0},
				graph.Run{Dt: 0.1, Duration: 5000, Warmup: 10_000, Integrator: graph.Heun}, "V")
			lo, hi := slices.Min(x), slices.Max(x)
			hz := float64(len(rises(x, (lo+hi)/2))) / 5
			switch {
			case want[i].hz == 0 && (hi-lo > 1e-3 || math.Abs(hi-want[i].rest) > 1e-3):
				t.Errorf("%s from V = %g: from %.4f to %.4f, expected to rest at %.4f", preset, v, lo, hi, want[i].rest)
			case want[i].hz > 0 && (hi-lo < 1 || math.Abs(hz-want[i].hz) > 0.3):
				t.Errorf("%s from V = %g: %.1f Hz from %.2f to %.2f, expected %.1f Hz", preset, v, hz, lo, hi, want[i].hz)
			}
		}
	}
}

// Van der Pol's limit cycle has amplitude 2. Its period is 2π(1 + μ²/16) for small μ; for large μ the jumps add
// 7.014 μ^(-1/3) to (3 - 2 ln 2) μ (Dorodnitsyn).
func TestVanDerPolPeriod(t *testing.T) {
	for _, c := range []struct{ mu, period float64 }{
		{0.1, 2 * math.Pi * (1 + 0.01/16)},
		{30, (3-2*math.Ln2)*30 + 7.014*math.Pow(30, -1./3)},
	} {
		run := graph.Run{Dt: 0.002, Duration: 250, Warmup: 150, Integrator: graph.RK4}
		x := trajectory(t, nmm.VanDerPol().Set("mu", c.mu).Set("tau", 0.5), 1, map[string]float64{"x": 1, "y": 0}, run, "x")
		at := rises(x, 0)
		period := float64(at[len(at)-1]-at[0]) / float64(len(at)-1) * run.Dt / 0.5
		if top := slices.Max(x); math.Abs(top-2) > 0.02 || math.Abs(period/c.period-1) > 0.01 {
			t.Errorf("μ = %g: amplitude %.4f, expected 2; period %.4f τ, expected %.4f", c.mu, top, period, c.period)
		}
	}
}

// Units with static thresholds that are coupled by the outer products of two patterns find the pattern that they
// start near, a fifth of its signs being wrong.
func TestHopfieldRecall(t *testing.T) {
	const n = 32
	patterns := [2][]float64{make([]float64, n), make([]float64, n)}
	for i := range n {
		patterns[0][i], patterns[1][i] = float64(1-2*(i%2)), float64(1-2*(i/2%2)) // orthogonal
	}
	weights, start := mat.NewDense(n, n, nil), make([]float64, n)
	for i := range n {
		for j := range n {
			if i != j {
				weights.Set(i, j, (patterns[0][i]*patterns[0][j]+patterns[1][i]*patterns[1][j])/n)
			}
		}
		start[i] = patterns[1][i]
		if i%5 == 0 {
			start[i] = -start[i]
		}
	}
	net, err := graph.NewNetwork(graph.Population("units", graph.Regions(n), nmm.Hopfield()),
		&graph.Coupling{From: "units.x", To: "units.x_in", Pre: []string{"tanh(4*(x - theta))"}, Weights: weights})
	if err != nil {
		t.Fatal(err)
	}
	for state, x := range map[string]any{"x": start, "theta": 0.0} {
		if err := net.Set("init:units."+state, x); err != nil {
			t.Fatal(err)
		}
	}
	result, err := net.Simulate(context.Background(), graph.Run{Dt: 0.1, Duration: 20, Every: 200})
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range result.Series("units.x").Data {
		if x*patterns[1][i] < 0.8 {
			t.Errorf("unit %d: %.2f, expected %g", i, x, patterns[1][i])
		}
	}
}

// Equal bounds hold a state, and the others go on by it: 0 = x - x³ - 0.04 x - 0.02 at rest.
func TestHeldState(t *testing.T) {
	m := nmm.Hopf().Set("a", 1).Set("omega", 0.1).Bound("y", 0.2, 0.2)
	for record, want := range map[string]float64{"y": 0.2, "x": 0.969208} {
		x := trajectory(t, m, 1, map[string]float64{"x": 0.5, "y": 0.7}, graph.Run{Dt: 0.05, Duration: 0.05, Warmup: 50, Integrator: graph.RK4}, record)
		if math.Abs(x[0]-want) > 1e-6 {
			t.Errorf("%s is %.6f, expected %.6f", record, x[0], want)
		}
	}
}
