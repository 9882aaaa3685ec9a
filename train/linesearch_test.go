package train

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/optimize"
)

// searchLine runs a line search from 0 and returns where it ended, or NaN, and the
// number of evaluations.
func searchLine(step float64, f, slope func(t float64) float64) (at float64, evaluations int) {
	w := new(weakWolfe)
	w.Init(f(0), slope(0), step)
	for evaluations = 1; ; evaluations++ {
		op, next, err := w.Iterate(f(step), slope(step))
		if err != nil {
			return math.NaN(), evaluations
		}
		if op == optimize.MajorIteration {
			return next, evaluations
		}
		step = next
	}
}

func TestWeakWolfe(t *testing.T) {
	parabola := func(t float64) float64 { return (t - 1) * (t - 1) }
	slope := func(t float64) float64 { return 2 * (t - 1) }
	for _, c := range []struct {
		step float64
		most int // evaluations: factors of 2 up, of 10 down
	}{{1, 1}, {1e-3, 10}, {1e6, 8}} {
		at, n := searchLine(c.step, parabola, slope)
		if !(parabola(at) < 1) || slope(at) < -2*curvatureFactor || n > c.most {
			t.Errorf("first step %g: expected a decrease within %d evaluations, found t = %g after %d", c.step, c.most, at, n)
		}
	}
	// An infinite value beyond 0.01 and a kink at 0.003.
	at, n := searchLine(1, func(t float64) float64 {
		if t > 0.01 {
			return math.Inf(1)
		}
		return math.Abs(t - 0.003)
	}, func(t float64) float64 { return math.Copysign(1, t-0.003) })
	if !(at > 0.003 && at < 0.006) || n > 12 {
		t.Errorf("expected a step just beyond the kink at 0.003, found %g after %d evaluations", at, n)
	}
	// No step lowers a function whose slope is a lie.
	if at, _ := searchLine(1, func(t float64) float64 { return t }, func(float64) float64 { return -1 }); !math.IsNaN(at) {
		t.Errorf("expected a failure, found %g", at)
	}
}

func TestStepAside(t *testing.T) {
	s := &search{ctx: context.Background(), best: math.Inf(1), bestX: []float64{1, 2}}
	s.problem.Func = func(x, grad []float64) (float64, error) {
		copy(grad, []float64{3, -4})
		return 7, nil
	}
	r := &lbfgsRun{s: s, unit: 0.5, start: make([]float64, 2)}
	if err := r.stepAside(); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1 - sideStep*0.5*0.6, 2 + sideStep*0.5*0.8} {
		if math.Abs(r.start[i]-want) > 1e-15 || r.start[i] == s.bestX[i] {
			t.Errorf("variable %d: expected %g, found %g", i, want, r.start[i])
		}
	}
}
