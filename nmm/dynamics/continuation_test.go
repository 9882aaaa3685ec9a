package dynamics

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

func continued(t *testing.T, s *System, c Continuation) *Branch {
	t.Helper()
	b, err := s.Continue(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return b
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
