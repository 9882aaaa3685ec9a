package dynamics

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"slices"
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

func continued(t *testing.T, s *System, c Continuation) *Branch {
	t.Helper()
	b, err := s.Continue(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return b
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
	m, err := nmm.Define("Lorenz63", `
		dx/dt = sigma*(y - x)/1[ms]          : 1
		dy/dt = (x*(rho - z) - y)/1[ms]      : 1
		dz/dt = (x*y - beta*z)/1[ms]         : 1`,
		nmm.Parameter("sigma", 10, "1", nmm.Free, ""), nmm.Parameter("rho", rho, "1", nmm.Free, ""),
		nmm.Parameter("beta", 8.0/3, "1", nmm.Free, ""),
		nmm.State("x", -20, 20, ""), nmm.State("y", -25, 25, ""), nmm.State("z", 0, 50, ""))
	if err != nil {
		t.Fatal(err)
	}
	return system(t, m)
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

func TestLorenzBranches(t *testing.T) {
	s := lorenz(t, 10)
	points := fixedPoints(t, s)
	// The point with x > 0 loses its stability at ρ = σ(σ+β+3)/(σ−β−1), and has ω² = β(σ+ρ) there.
	b := continued(t, s, Continuation{Parameter: "rho", From: 2, To: 30, Start: points[2].State})
	if len(b.Special) != 1 || b.Special[0].Kind != Hopf {
		t.Fatalf("found %v, expected one Hopf bifurcation", b)
	}
	rho := 10 * (10 + 8.0/3 + 3) / (10 - 8.0/3 - 1)
	near(t, "Hopf bifurcation", b.Hopfs()[0], rho, 1e-6)
	near(t, "frequency", b.Special[0].Frequency, math.Sqrt(8.0/3*(10+rho))/(2*math.Pi)*1000, 1e-4)
	// The origin is crossed by that branch at ρ = 1.
	b = continued(t, s, Continuation{Parameter: "rho", From: -5, To: 30, Start: []float64{0, 0, 0}})
	if len(b.Special) != 1 || b.Special[0].Kind != BranchCrossing {
		t.Fatalf("found %v, expected one branch point", b)
	}
	near(t, "branch point", b.Special[0].Value, 1, 1e-6)
	for _, p := range b.Points {
		if p.State[0] != 0 || p.State[1] != 0 {
			t.Fatalf("at ρ = %v the branch of the origin is at %v", p.Value, p.State)
		}
	}
}

func TestLorenzSpectrum(t *testing.T) {
	l, err := lorenz(t, 28).Lyapunov(t.Context(), Lyapunov{Duration: 2000})
	if err != nil {
		t.Fatal(err)
	}
	// Viswanath 1998: 0.9056, 0, −14.5723. They are means over 2,000 time units, of which the largest varies as 0.5/√T.
	near(t, "largest exponent", l.Exponents[0], 0.906, 0.03)
	near(t, "exponent along the flow", l.Exponents[1], 0, 3e-3)
	near(t, "smallest exponent", l.Exponents[2], -14.572, 0.03)
	near(t, "sum, the divergence −σ−1−β", l.Exponents[0]+l.Exponents[1]+l.Exponents[2], -10-1-8.0/3, 1e-4)
	near(t, "Kaplan-Yorke dimension", l.Dimension(), 2.062, 3e-3)
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

func TestFoldsAreFixedPointsWithAZeroEigenvalue(t *testing.T) {
	s := system(t, nmm.MontbrioPazoRoxin())
	b := continued(t, s, Continuation{Parameter: "eta", From: -10, To: 0, Start: fixedPoints(t, s)[0].State})
	for _, p := range b.Special {
		if err := s.Set("eta", p.Value); err != nil {
			t.Fatal(err)
		}
		dx, err := s.Derivative(p.State)
		if err != nil {
			t.Fatal(err)
		}
		j, err := s.Jacobian(p.State)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "flow at a fold", math.Hypot(dx[0], dx[1]), 0, 1e-9)
		near(t, "determinant at a fold", mat.Det(j), 0, 1e-7)
	}
	for k := range b.Special {
		before, behind := b.Points[b.Special[k].After], b.Points[b.Special[k].After+1]
		if before.Unstable() == behind.Unstable() {
			t.Errorf("special point %d does not lie between the points that it names", k)
		}
	}
}

func TestHopfNormalForm(t *testing.T) {
	s := system(t, nmm.Hopf().Set("a", -0.05).Set("omega", 0.3))
	b := continued(t, s, Continuation{Parameter: "a", From: -0.05, To: 0.1})
	if len(b.Special) != 1 || b.Special[0].Kind != Hopf {
		t.Fatalf("found %v, expected a Hopf bifurcation", b)
	}
	near(t, "Hopf bifurcation", b.Special[0].Value, 0, 1e-9)
	near(t, "frequency", b.Special[0].Frequency, 300/(2*math.Pi), 1e-6)
	h, err := s.Sweep(t.Context(), Sweep{Parameter: "a", From: 0.01, To: 0.09, Values: 5})
	if err != nil {
		t.Fatal(err)
	}
	// Deviations from the cycle decay at the rate 2a: e^(−20) at least is left after the settling. Extremes are looked for at
	// distances of less than a fiftieth of a turn: they are low by 0.2 % at most.
	for _, e := range slices.Concat(h.Up, h.Down) {
		near(t, "radius", e.Max[0], math.Sqrt(e.Value), 2e-3*math.Sqrt(e.Value))
		near(t, "radius", -e.Min[1], math.Sqrt(e.Value), 2e-3*math.Sqrt(e.Value))
		near(t, "mean", e.Mean[0], 0, 0.01)
	}
}

func TestSweepFindsBothStates(t *testing.T) {
	s := system(t, nmm.MontbrioPazoRoxin())
	h, err := s.Sweep(t.Context(), Sweep{Parameter: "eta", From: -7, To: -2, Values: 51, Settle: 200, Measure: 20})
	if err != nil {
		t.Fatal(err)
	}
	for k, e := range h.Up {
		// On a fold the flow is slow, which lets the sweep go past it by a step.
		if inside := e.Value > -5.74+0.15 && e.Value < -3.14-0.15; inside != h.Two(k) && (inside || e.Value < -5.74-0.15 || e.Value > -3.14+0.15) {
			t.Errorf("η = %v: two states %v, expected %v", e.Value, h.Two(k), inside)
		}
	}
}

func TestPortrait(t *testing.T) {
	// The nullclines of FitzHugh-Nagumo are a cubic and a line.
	s := system(t, nmm.FitzHughNagumo())
	p, err := s.Portrait(t.Context(), Plane{XRange: [2]float64{-0.6, 1.6}, YRange: [2]float64{-2, 2}, Points: 61})
	if err != nil {
		t.Fatal(err)
	}
	get := func(name string) float64 {
		v, err := s.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	alpha, beta, gamma, delta, epsilon := get("alpha"), get("beta"), get("gamma"), get("delta"), get("epsilon")
	for k, curve := range []func(v, w float64) float64{
		func(v, w float64) float64 { return -alpha*v*v*v + beta*v*v + gamma*v - w },
		func(v, w float64) float64 { return v - delta - epsilon*w },
	} {
		if len(p.Nullclines[k]) != 1 || len(p.Nullclines[k][0]) < 30 {
			t.Fatalf("nullcline %d has %d pieces, expected one long one", k, len(p.Nullclines[k]))
		}
		for _, q := range p.Nullclines[k][0] {
			near(t, "nullcline", curve(q[0], q[1]), 0, 1e-9)
		}
	}
	if len(p.FixedPoints) == 0 {
		t.Error("no fixed point was found where the nullclines cross")
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

func TestPictures(t *testing.T) {
	s := system(t, nmm.MontbrioPazoRoxin())
	b := continued(t, s, Continuation{Parameter: "eta", From: -10, To: 0, Start: fixedPoints(t, s)[0].State})
	h, err := s.Sweep(t.Context(), Sweep{Parameter: "eta", From: -7, To: -2, Values: 5, Settle: 20})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Portrait(t.Context(), Plane{Points: 31})
	if err != nil {
		t.Fatal(err)
	}
	for name, img := range map[string]interface{ Image() image.Image }{"branch": b, "sweep": h, "portrait": p} {
		picture := img.Image()
		colours := map[color.Color]int{}
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
				colours[picture.At(x, y)]++
			}
		}
		// Lines are smooth: only pixels in their middle have their very colour.
		if colours[blue] < 40 || colours[black] < 100 || colours[white] > 840*600*99/100 {
			t.Errorf("%s: expected lines and text, found %d blue, %d black and %d white pixels", name, colours[blue], colours[black], colours[white])
		}
	}
}

func TestBranchesFindsEveryBranchOnce(t *testing.T) {
	// Of the Lorenz system the origin, and the pair of points, which goes through the origin at ρ = 1.
	s := lorenz(t, 28)
	list, err := s.Branches(t.Context(), Continuation{Parameter: "rho", From: -5, To: 30})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 {
		t.Fatalf("found %d branches, expected 2:\n%v", len(list), list)
	}
	if v, err := s.Get("rho"); err != nil || v != 28 {
		t.Errorf("ρ has become %v, %v", v, err)
	}
	// Each of the three points of Montbrió, Pazó and Roxin's model is on the one branch.
	if list, err = system(t, nmm.MontbrioPazoRoxin()).Branches(t.Context(), Continuation{Parameter: "eta", From: -10, To: 0}); err != nil || len(list) != 1 {
		t.Errorf("found %d branches, expected 1: %v", len(list), err)
	}
}

// TestKink: at x = 0 the flow has a kink at which the branch of x = p turns from stable to unstable without an eigenvalue that is 0.
func TestKink(t *testing.T) {
	m, err := nmm.Define("Kinked", `dx/dt = where(x < 0, p - x, x - p/2)/1[ms] : 1`,
		nmm.Parameter("p", -1, "1", nmm.Free, ""), nmm.State("x", -2, 2, ""))
	if err != nil {
		t.Fatal(err)
	}
	b := continued(t, system(t, m), Continuation{Parameter: "p", From: -1, To: 1, Start: []float64{-1}})
	if len(b.Special) != 1 || b.Special[0].Kind != Kink {
		t.Fatalf("found\n%v\nexpected a kink", b)
	}
	near(t, "kink", b.Special[0].Value, 0, 1e-6)
	last := b.Points[len(b.Points)-1]
	near(t, "end", last.State[0], 0.5, 1e-9)
	if !b.Points[0].Stable() || last.Stable() {
		t.Errorf("the ends are a %s and a %s", b.Points[0].Kind(), last.Kind())
	}
}

// TestClosedBranch: x² + p² = 1 is a circle, followed once.
func TestClosedBranch(t *testing.T) {
	m, err := nmm.Define("Circle", `dx/dt = (1 - x^2 - p^2)/1[ms] : 1`, nmm.Parameter("p", 0, "1", nmm.Free, ""), nmm.State("x", -2, 2, ""))
	if err != nil {
		t.Fatal(err)
	}
	b := continued(t, system(t, m), Continuation{Parameter: "p", From: -2, To: 2, Start: []float64{1}})
	folds := b.Folds()
	slices.Sort(folds)
	if len(folds) != 2 || len(b.Special) != 2 {
		t.Fatalf("found\n%v\nexpected two folds", b)
	}
	near(t, "left fold", folds[0], -1, 1e-8)
	near(t, "right fold", folds[1], 1, 1e-8)
	if n := len(b.At(0.5)); n != 2 && n != 3 { // 3 where the last step passes 0.5 again
		t.Errorf("the branch is %d times at 0.5, expected twice", n)
	}
}

func TestBranchIsStuckWhereItEnds(t *testing.T) {
	// √x ends at 0: nothing is beyond.
	m, err := nmm.Define("Root", `dx/dt = (sqrt(x) - p)/1[ms] : 1`, nmm.Parameter("p", 1, "1", nmm.Free, ""), nmm.State("x", 0.5, 2, ""))
	if err != nil {
		t.Fatal(err)
	}
	b, err := system(t, m).Continue(t.Context(), Continuation{Parameter: "p", From: 2, To: -1, Start: []float64{1}})
	if !errors.Is(err, ErrStuck) || !strings.Contains(err.Error(), "Root") || !strings.Contains(err.Error(), "x = ") {
		t.Errorf("found error %v, expected ErrStuck with the model and the place", err)
	}
	if b == nil || len(b.Points) < 10 {
		t.Errorf("what was found is missing: %v", b)
	}
}

// TestPitchforks: with more stimulus the two equal pools of Wong and Wang stop deciding; the branch of equal pools goes straight
// through both pitchforks, where the corrector has no unique solution.
func TestPitchforks(t *testing.T) {
	s := system(t, nmm.WongWang())
	list, err := s.Branches(t.Context(), Continuation{Parameter: "mu_0", From: 0, To: 60})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range list {
		if p := b.Points[0].State; math.Abs(p[0]-p[1]) > 1e-6 {
			continue
		}
		if b.Points[0].Value != 0 || b.Points[len(b.Points)-1].Value != 60 || len(b.Special) != 2 {
			t.Fatalf("found\n%v\nexpected a branch from 0 to 60 with two branch points", b)
		}
		for _, p := range b.Special {
			if p.Kind != BranchCrossing {
				t.Errorf("found a %s at %v, expected a branch point", p.Kind, p.Value)
			}
			near(t, "eigenvalue nearest to the imaginary axis", real(p.nearest()), 0, 1e-7)
		}
		return
	}
	t.Errorf("no branch of equal pools among %v", list)
}
