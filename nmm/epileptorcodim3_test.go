package nmm

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// unfolded is EpileptorCodim3 at one point of its sphere.
func unfolded(mu2, mu1, n float64, state vars) vars {
	values := at(EpileptorCodim3(), map[string]float64{"mu2_start": mu2, "mu1_start": mu1, "nu_start": 0.1, "R": math.Hypot(math.Hypot(mu2, mu1), 0.1), "N": n},
		vars{"x": {0.3}, "y": {0.1}, "z": {0}})
	for name, x := range state {
		values[name] = x
	}
	return values
}

// resting is the root that rests.
func resting(n map[string]*G.Node) (*G.Node, error) {
	e, err := EpileptorCodim3().Nodes(n)
	if err != nil {
		return nil, err
	}
	return e.Algebraic["x_s"], nil
}

// flow is the sum of the derivatives, in which every symbol occurs.
func flow(n map[string]*G.Node) (*G.Node, error) {
	e, err := EpileptorCodim3().Nodes(n)
	if err != nil {
		return nil, err
	}
	return G.ReduceAdd(e.Derivatives)
}

// cubicRoots are the roots of x³ - μ₂ x - μ₁ as eigenvalues, by their real parts; alone is the place of the real
// one, -1 if all are real.
func cubicRoots(t *testing.T, mu2, mu1 float64) (roots []float64, alone int) {
	t.Helper()
	var e mat.Eigen
	if !e.Factorize(mat.NewDense(3, 3, []float64{0, mu2, mu1, 1, 0, 0, 0, 1, 0}), mat.EigenNone) {
		t.Fatal("no eigenvalues")
	}
	all := e.Values(nil)
	slices.SortFunc(all, func(a, b complex128) int { return int(math.Copysign(1, real(a)-real(b))) })
	alone = -1
	for i, r := range all {
		roots = append(roots, real(r))
		if others := all[(i+1)%3]; imag(r) == 0 && imag(others) != 0 && cmplx.Abs(r) > 0 {
			alone = i
		}
	}
	return roots, alone
}

// N = 1 is the largest root, 2 the smallest and 3 the middle one; where two of them are complex, they are taken by their
// real part. TVB's sum of principal cube roots is no root for N = 2 at the second place.
func TestCodim3Roots(t *testing.T) {
	for _, c := range [][2]float64{{0.3448, -0.02285}, {0.1, -0.3}, {0.1, 0.3}, {-0.2, 0.1}, {-0.2, -0.1}, {0, 0.2}, {0, -0.2}, {0.3, 0}, {-0.3, 1e-9}} {
		roots, alone := cubicRoots(t, c[0], c[1])
		want := map[float64]float64{1: roots[2], 2: roots[0], 3: roots[1]}
		if alone == 0 {
			want[3] = roots[2]
		} else if alone == 2 {
			want[3] = roots[0]
		}
		for n, w := range want {
			if got := evaluate(t, resting, unfolded(c[0], c[1], n, nil))[0]; !closeTo(got, w, 1e-12, 1) {
				t.Errorf("N = %g, μ₂ = %g, μ₁ = %g: root %v, expected %v of %v", n, c[0], c[1], got, w, roots)
			}
		}
	}
}

// Each root has its derivative, three real ones and one.
func TestCodim3Gradients(t *testing.T) {
	for _, c := range [][3]float64{{0.3448, -0.02285, 3}, {0.1, -0.3, 2}, {-0.2, 0.1, 1}} {
		checkGradient(t, flow, unfolded(c[0], c[1], c[2], nil))
	}
}

// Double and triple roots, rest itself and arcs that lead nowhere have finite derivatives.
func TestCodim3Degenerate(t *testing.T) {
	root := 2 * math.Sqrt(0.1) // of x³ - 0.3 x - 2·0.1^1.5, with a double one at half of it
	for name, values := range map[string]vars{
		"double root":   unfolded(0.3, 2*math.Pow(0.1, 1.5), 1, nil),
		"at rest":       unfolded(0.3, 2*math.Pow(0.1, 1.5), 1, vars{"x": {root}, "y": {0}}),
		"triple root":   unfolded(0, 0, 2, vars{"x": {0}, "y": {0}}),
		"no start":      unfolded(0, 0, 3, vars{"nu_start": {0}, "z": {0.1}}),
		"start is stop": unfolded(0.2, 0.1, 1, vars{"mu2_stop": {0.2}, "mu1_stop": {0.1}, "nu_stop": {0.1}, "z": {0.1}}),
		"no radius":     unfolded(0.2, 0.1, 1, vars{"R": {0}}),
	} {
		if d := evaluate(t, flow, values)[0]; math.IsNaN(d) || math.IsInf(d, 0) {
			t.Errorf("%s: derivatives sum to %v", name, d)
		}
		for symbol, d := range gradient(t, flow, values) {
			if math.IsNaN(d[0]) || math.IsInf(d[0], 0) {
				t.Errorf("%s: derivative by %s is %v", name, symbol, d[0])
			}
		}
	}
	if got := fmt.Sprintf("%.12f", evaluate(t, resting, unfolded(0.3, 2*math.Pow(0.1, 1.5), 1, nil))[0]); got != fmt.Sprintf("%.12f", root) {
		t.Errorf("root %s beside a double one, expected %.12f", got, root)
	}
}
