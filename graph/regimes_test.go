package graph

import (
	"context"
	"math"
	"testing"

	"github.com/euryale-ml/euryale/nmm"
)

// alone simulates one region of a model with RK4 and returns the second half of a variable.
func alone(t *testing.T, m *nmm.Model, variable string, dt, duration float64) []float64 {
	t.Helper()
	net := must(t, Population("p", Regions(1), m))
	r, err := net.Simulate(context.Background(), Run{Dt: dt, Duration: duration, Integrator: RK4, Record: []string{"p." + variable}})
	if err != nil {
		t.Fatal(err)
	}
	x := r.Series("p." + variable).Data
	return x[len(x)/2:]
}

// cycles counts how often x rises through the middle of its range, and returns the mean time between; none if it
// hardly moves.
func cycles(x []float64, dt float64) (n int, period float64) {
	lo, hi := x[0], x[0]
	for _, v := range x {
		lo, hi = min(lo, v), max(hi, v)
	}
	if hi-lo < 1e-3*max(math.Abs(hi), math.Abs(lo)) {
		return 0, 0
	}
	var at []int
	for k := 1; k < len(x); k++ {
		if mid := (lo + hi) / 2; x[k-1] < mid && x[k] >= mid {
			at = append(at, k)
		}
	}
	if len(at) > 1 {
		period = float64(at[len(at)-1]-at[0]) * dt / float64(len(at)-1)
	}
	return len(at), period
}

// The periods that the models' comments give for their defaults and presets.
func TestRegimes(t *testing.T) {
	for _, c := range []struct {
		model        *nmm.Model
		variable     string
		dt, duration float64
		period       float64 // ms; 0: steady
	}{
		{nmm.CoombesByrne(), "g", 0.01, 60, 2.1},
		{nmm.CoombesByrne2D(), "r", 0.01, 60, 0},
		{nmm.GastSchmidtKnoscheSD(), "A", 0.01, 800, 0},
		{nmm.GastSchmidtKnoscheSD().Preset("bursting"), "A", 0.01, 800, 57},
		{nmm.GastSchmidtKnoscheSF(), "A", 0.01, 800, 46},
		{nmm.DumontGutkin(), "r_i", 0.05, 400, 0},
		{nmm.DumontGutkin().Preset("PING"), "r_i", 0.05, 800, 1000. / 48},
		{nmm.DumontGutkin().Preset("ING"), "r_i", 0.05, 400, 10},
		{nmm.WilsonCowan().Preset("limit cycle"), "E", 0.1, 800, 40},
		{nmm.WilsonCowan().Preset("Papadopoulos et al. 2020").Set("P", 1.0), "E", 0.1, 600, 1000. / 54},
		{nmm.WilsonCowanDelayed().Preset("inhibitory feedback"), "E", 0.1, 400, 11.3},
		{nmm.WilsonCowanDelayed().Preset("inhibitory feedback").Set("d_ei", 0.0).Set("d_ie", 0.0), "E", 0.1, 400, 0},
		{nmm.WilsonCowanAdaptive().Preset("slow oscillation"), "E", 0.1, 3000, 170},
	} {
		n, period := cycles(alone(t, c.model, c.variable, c.dt, c.duration), c.dt)
		if (n > 0) != (c.period > 0) || n > 0 && (n < 4 || math.Abs(period/c.period-1) > 0.03) {
			t.Errorf("%s: %d cycles of %.4g ms, expected %.4g ms", c.model.Name(), n, period, c.period)
		}
	}
}

// Bursts are several spikes on one wave of the adaptation.
func TestBurstsHaveSpikes(t *testing.T) {
	for _, m := range []*nmm.Model{nmm.GastSchmidtKnoscheSD().Preset("bursting"), nmm.GastSchmidtKnoscheSF()} {
		spikes, _ := cycles(alone(t, m, "r", 0.01, 800), 0.01)
		waves, _ := cycles(alone(t, m, "A", 0.01, 800), 0.01)
		if waves == 0 || spikes < 4*waves {
			t.Errorf("%s: %d spikes in %d waves", m.Name(), spikes, waves)
		}
	}
}

// An area alone forgets what it got after the time that the comment of the model gives.
func TestThresholdLinearForgets(t *testing.T) {
	for _, c := range []struct{ h, tau float64 }{{0, 42}, {1, 400}} {
		m := nmm.ThresholdLinear().Set("h", c.h)
		net := must(t, Population("p", Regions(1), m))
		if err := net.Set("init:p.E", 10.0); err != nil {
			t.Fatal(err)
		}
		r, err := net.Simulate(context.Background(), Run{Dt: 0.1, Duration: 200, Integrator: RK4, Record: []string{"p.E"}})
		if err != nil {
			t.Fatal(err)
		}
		x := r.Series("p.E").Data
		if tau := 100 / math.Log(x[999]/x[1999]); math.Abs(tau/c.tau-1) > 0.01 {
			t.Errorf("h = %g: %g ms, expected %g", c.h, tau, c.tau)
		}
	}
}

// Without noise the pool that the stimulus favours wins, equal pools stay equal, and without a stimulus both are
// quiet. The threshold of a decision is 15 Hz.
func TestWongWangWithoutNoise(t *testing.T) {
	last := func(m *nmm.Model, rate string) float64 {
		x := alone(t, m, rate, 0.5, 3000)
		return x[len(x)-1]
	}
	for _, c := range []float64{0.05, 0.5, -0.05} {
		m := nmm.WongWang().Set("c", c)
		if won, lost := last(m, "r1"), last(m, "r2"); (won > lost) != (c > 0) || max(won, lost) < 15 || min(won, lost) > 2 {
			t.Errorf("c = %g: %.3g and %.3g Hz", c, won, lost)
		}
	}
	for _, m := range []*nmm.Model{nmm.WongWang(), nmm.WongWang().Preset("spontaneous activity")} {
		if a, b := last(m, "r1"), last(m, "r2"); a != b || a > 15 {
			t.Errorf("equal pools have %v and %v Hz", a, b)
		}
	}
	if quiet := last(nmm.WongWang().Preset("spontaneous activity"), "r1"); quiet > 3 {
		t.Errorf("without a stimulus a pool has %.3g Hz", quiet)
	}
}
