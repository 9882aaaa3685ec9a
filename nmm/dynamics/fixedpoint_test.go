package dynamics

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// system makes the system of a model, or ends the test.
func system(t *testing.T, m *nmm.Model) *System {
	t.Helper()
	s, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fixedPoints(t *testing.T, s *System) []FixedPoint {
	t.Helper()
	found, err := s.FixedPoints(t.Context(), Search{})
	if err != nil {
		t.Fatal(err)
	}
	return found.Points
}

// near compares to an absolute tolerance.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: found %v, expected %v ± %v", what, got, want, tolerance)
	}
}

// lorenz is the system of 1963, whose flow is known well.
func lorenz(t *testing.T, rho float64) *System {
	t.Helper()
	return system(t, nmm.Lorenz().Set("rho", rho))
}

func TestLorenzFixedPoints(t *testing.T) {
	points := fixedPoints(t, lorenz(t, 28))
	if len(points) != 3 {
		t.Fatalf("found %d fixed points, expected 3", len(points))
	}
	// ±√(β(ρ−1)), ρ−1 and the origin; eigenvalues of the origin −β and (−11 ± √1201)/2.
	c := math.Sqrt(8.0 / 3 * 27)
	for k, want := range [][]float64{{-c, -c, 27}, {0, 0, 0}, {c, c, 27}} {
		for i, v := range want {
			near(t, "state", points[k].State[i], v, 1e-10)
		}
	}
	for i, want := range []float64{(-11 + math.Sqrt(1201)) / 2, -8.0 / 3, (-11 - math.Sqrt(1201)) / 2} {
		near(t, "eigenvalue of the origin", real(points[1].Eigenvalues[i]), want, 1e-10)
	}
	for k, want := range []string{"saddle-focus", "saddle", "saddle-focus"} {
		if got := points[k].Kind(); got != want {
			t.Errorf("point %d is a %s, expected a %s", k, got, want)
		}
	}
}

func TestMontbrioPazoRoxin(t *testing.T) {
	// τ multiplies both derivatives and divides the rate: at τ = 1 a misplaced τ cannot be seen.
	for _, tau := range []float64{1, 10} {
		s := system(t, nmm.MontbrioPazoRoxin().Set("J", 15.0).Set("Delta", 1.0).Set("eta", -5.0).Set("tau", tau))
		points := fixedPoints(t, s)
		if len(points) != 3 {
			t.Fatalf("τ = %v: found %d fixed points, expected 3", tau, len(points))
		}
		for k, want := range []struct {
			r    float64
			kind string
		}{{0.081, "stable node"}, {0.473, "saddle"}, {1.031, "stable focus"}} {
			near(t, "rate of "+want.kind, points[k].State[0]*tau, want.r, 5e-4)
			if got := points[k].Kind(); got != want.kind {
				t.Errorf("τ = %v: r = %v is a %s, expected a %s", tau, points[k].State[0], got, want.kind)
			}
		}
		near(t, "real part at the focus", real(points[2].Eigenvalues[0])*tau, -0.309, 5e-4)
		near(t, "imaginary part at the focus", imag(points[2].Eigenvalues[0])*tau, 3.319, 5e-4)
		for _, p := range points { // the branch through any of the three is the same
			b := continued(t, s, Continuation{Parameter: "eta", From: -10, To: 0, Start: p.State})
			folds := b.Folds()
			if len(folds) != 2 || len(b.Special) != 2 {
				t.Fatalf("τ = %v: found %v, expected two folds and nothing else", tau, b)
			}
			near(t, "upper end of bistability", folds[0], -3.14, 5e-3)
			near(t, "lower end of bistability", folds[1], -5.74, 5e-3)
			near(t, "first point", b.Points[0].Value, -10, 0)
			near(t, "last point", b.Points[len(b.Points)-1].Value, 0, 0)
		}
	}
}

// TestNetwork: two regions of the same model with diffusive coupling have the fixed points of one, and eigenvalues of the sum and
// of the difference mode.
func TestNetwork(t *testing.T) {
	const k = 0.2
	net, err := graph.NewNetwork(
		graph.Population("p", graph.Regions(2), nmm.Hopf().Set("a", -0.1).Set("omega", 0.5)),
		&graph.Coupling{Name: "c", From: "p.x", To: "p.x", Pre: []string{"x", "1"}, Post: "S1 - S2*x", Weights: mat.NewDense(2, 2, []float64{0, 1, 1, 0}), Gain: []float64{k}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := OfNetwork(net)
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.FixedPoints(t.Context(), Search{Starts: 20})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Points) != 1 {
		t.Fatalf("found %v, expected the origin", found)
	}
	// The difference mode has −2k in its x: eigenvalues a − k ± √(k² − ω²).
	for i, want := range []complex128{complex(-0.1, 0.5), complex(-0.1, -0.5), complex(-0.3, math.Sqrt(0.25-k*k)), complex(-0.3, -math.Sqrt(0.25-k*k))} {
		near(t, "real part", real(found.Points[0].Eigenvalues[i]), real(want), 1e-9)
		near(t, "imaginary part", imag(found.Points[0].Eigenvalues[i]), imag(want), 1e-9)
	}
	b := continued(t, s, Continuation{Parameter: "c/gain", From: -0.5, To: 1, Start: make([]float64, 4)})
	if len(b.Special) != 1 || b.Special[0].Kind != Hopf {
		t.Fatalf("found %v, expected a Hopf bifurcation of the difference", b)
	}
	near(t, "gain at the bifurcation", b.Special[0].Value, -0.1, 1e-8)
}

func TestErrorsNameModelParameterAndState(t *testing.T) {
	s := system(t, nmm.MontbrioPazoRoxin())
	ctx := t.Context()
	for _, c := range []struct {
		name string
		do   func() error
		want []string
	}{
		{"unknown parameter", func() error { return s.Set("etaa", 1) }, []string{"MontbrioPazoRoxin", `"etaa"`, "eta, "}},
		{"a wrong unit", func() error { return s.Set("tau", nmm.Q(1, "mV")) }, []string{"MontbrioPazoRoxin", "mV", "ms"}},
		{"which branch", func() error {
			_, err := s.Continue(ctx, Continuation{Parameter: "eta", From: -10, To: 0})
			return err
		}, []string{"eta", "found 3 fixed points", "Start"}},
		{"outside", func() error {
			_, err := s.Continue(ctx, Continuation{Parameter: "eta", From: 1, To: 3})
			return err
		}, []string{"eta", "-5", "not between 1 and 3"}},
		{"no value of tau", func() error {
			_, err := s.Continue(ctx, Continuation{Parameter: "tau", From: -1, To: 2, Start: []float64{0.08, -2}})
			return err
		}, []string{"MontbrioPazoRoxin", `"tau"`, "-1", "outside its domain"}},
		{"no value of tau in a sweep", func() error {
			_, err := s.Sweep(ctx, Sweep{Parameter: "tau", From: 1, To: -2})
			return err
		}, []string{"MontbrioPazoRoxin", `"tau"`, "-2", "outside its domain"}},
		{"a long state", func() error {
			_, err := s.Continue(ctx, Continuation{Parameter: "eta", From: -10, To: 0, Start: []float64{1, 2, 3}})
			return err
		}, []string{"expected 2 numbers, one for each of r, v, found 3"}},
		{"no plane", func() error {
			_, err := s.Portrait(ctx, Plane{X: "q"})
			return err
		}, []string{`unknown state "q"`, "r, v"}},
		{"one state", func() error {
			_, err := system(t, nmm.Linear()).Portrait(ctx, Plane{})
			return err
		}, []string{"Linear", "one state"}},
		{"no time", func() error {
			_, err := s.Lyapunov(ctx, Lyapunov{})
			return err
		}, []string{"Duration > 0"}},
		{"a run that leaves", func() error {
			_, err := system(t, nmm.Linear().Set("gamma", 1.0)).Sweep(ctx, Sweep{Parameter: "gamma", From: 1, To: 2, Settle: 1e4})
			return err
		}, []string{"Linear", "gamma = 1", "state x"}},
		{"no model", func() error { _, err := New(nil); return err }, []string{"no model"}},
	} {
		err := c.do()
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: found error %v, expected %q in it", c.name, err, want)
			}
		}
	}
}

func TestContextEndsEverything(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := system(t, nmm.MontbrioPazoRoxin())
	for name, do := range map[string]func() error{
		"FixedPoints": func() error { _, err := s.FixedPoints(ctx, Search{}); return err },
		"Continue": func() error {
			_, err := s.Continue(ctx, Continuation{Parameter: "eta", From: -10, To: 0, Start: []float64{0.08, -2}})
			return err
		},
		"Sweep":    func() error { _, err := s.Sweep(ctx, Sweep{Parameter: "eta", From: -10, To: 0}); return err },
		"Portrait": func() error { _, err := s.Portrait(ctx, Plane{}); return err },
		"Lyapunov": func() error { _, err := s.Lyapunov(ctx, Lyapunov{Duration: 10}); return err },
	} {
		if err := do(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: found error %v, expected that of the context", name, err)
		}
	}
}
