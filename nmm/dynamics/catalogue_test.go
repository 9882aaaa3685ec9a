package dynamics

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// TestEveryModelHasItsJacobian: at random states of every model the compiled Jacobian is that of differences, and what
// FixedPoints finds are zeros of the flow.
func TestEveryModelHasItsJacobian(t *testing.T) {
	for _, m := range nmm.List() {
		t.Run(m.Name(), func(t *testing.T) {
			s, err := New(m)
			if errors.Is(err, graph.ErrNoFlow) {
				t.Skip(err) // a model with delays of its own
			}
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(1, 0))
			for range 5 {
				checkJacobian(t, s, rng)
			}
			found, err := s.FixedPoints(t.Context(), Search{Starts: 50})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range found.Points {
				checkZero(t, s, p)
			}
			t.Log(len(found.Points), "fixed points")
		})
	}
}

func checkJacobian(t *testing.T, s *System, rng *rand.Rand) {
	t.Helper()
	n := len(s.states)
	x := make([]float64, n)
	for i, v := range s.vars {
		x[i] = v.Lo + (v.Hi-v.Lo)*rng.Float64()
	}
	got, err := s.Jacobian(x)
	if err != nil {
		t.Fatal(err)
	}
	flow, err := s.flow("")
	if err != nil {
		t.Fatal(err)
	}
	// In units of the ranges, so that a step is small for every state.
	scale, y, z := s.scales(), make([]float64, n), make([]float64, n)
	floats.DivTo(y, x, scale)
	want := mat.NewDense(n, n, nil)
	fd.Jacobian(want, func(dx, y []float64) {
		floats.MulTo(z, y, scale)
		flow.Derivative(dx, z)
	}, y, &fd.JacobianSettings{Formula: fd.Central, Step: 1e-6})
	for i := range n {
		// Differences are right to some 1e-16 of the flow's terms over the step, and to 1e-12 of third derivatives.
		size := mat.Norm(mat.NewVecDense(n, want.RawRowView(i)), 1)
		for j := range n {
			if a, b := got.At(i, j)*scale[j], want.At(i, j); math.Abs(a-b) > 1e-7*size {
				t.Errorf("∂(d%s/dt)/∂%s at %v: found %v, by differences %v", s.states[i], s.states[j], x, a/scale[j], b/scale[j])
			}
		}
	}
}

// checkZero wants the flow to be 0 as far as rounding of the state makes it so.
func checkZero(t *testing.T, s *System, p FixedPoint) {
	t.Helper()
	dx, err := s.Derivative(p.State)
	if err != nil {
		t.Fatal(err)
	}
	j, err := s.Jacobian(p.State)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range dx {
		size := 0.0
		for k, x := range p.State {
			size += math.Abs(j.At(i, k) * max(math.Abs(x), 1e-3*s.scales()[k]))
		}
		if !(math.Abs(v) <= 1e-9*size) {
			t.Errorf("d%s/dt is %v at the fixed point %v, expected 0", s.states[i], v, p.State)
		}
	}
}

// TestSilentStates: the potentials v6 and v7 of ZetterbergJansen are differences of others, kept beside them. They do not hide the
// fixed point, and have no eigenvalue.
func TestSilentStates(t *testing.T) {
	s := system(t, nmm.ZetterbergJansen())
	points := fixedPoints(t, s)
	if len(points) != 1 || len(points[0].Eigenvalues) != 10 || points[0].Kind() != "stable focus" {
		t.Fatalf("found %v, expected one stable focus with 10 eigenvalues", points)
	}
	checkZero(t, s, points[0])
	b := continued(t, s, Continuation{Parameter: "P", From: 0, To: 0.3})
	if first, last := b.Points[0].Value, b.Points[len(b.Points)-1].Value; first != 0 || last != 0.3 {
		t.Errorf("the branch reaches from %v to %v, expected 0 to 0.3", first, last)
	}
	// What runs is no fixed point.
	if points := fixedPoints(t, system(t, nmm.Kuramoto())); len(points) != 0 {
		t.Errorf("a phase that runs rests at %v", points)
	}
	if points := fixedPoints(t, system(t, nmm.Kuramoto().Set("omega", 0.0))); len(points) != 1 || points[0].Kind() != "non-hyperbolic" {
		t.Errorf("a phase that does not run rests at %v", points)
	}
}
