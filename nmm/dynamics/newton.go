package dynamics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// newton finds zeros of a flow.
type newton struct {
	flow  *field
	scale []float64 // of the states

	f, step, trial, next []float64
	j                    *mat.Dense
	lu                   mat.LU
}

func newNewton(f *field, scale []float64) *newton {
	n := len(scale)
	return &newton{
		flow: f, scale: scale, j: mat.NewDense(n, n, nil),
		f: make([]float64, n), step: make([]float64, n), trial: make([]float64, n), next: make([]float64, n),
	}
}

const (
	newtonSteps  = 60
	newtonHalves = 12    // of a step, until the flow gets smaller
	newtonExact  = 1e-11 // step relative to the state, or to the width of its range if that is larger, behind which nothing improves
)

// from moves x to a zero nearby: full steps where they make the flow smaller, else shorter ones. It says whether it got
// there. Flows may be as large as they like on the way, but not infinite.
func (n *newton) from(x []float64) bool {
	for range newtonSteps {
		n.flow.Jacobian(n.f, n.j, x)
		if !finite(n.f) {
			return false
		}
		n.lu.Factorize(n.j)
		if !solve(&n.lu, mat.NewVecDense(len(x), n.step), mat.NewVecDense(len(x), n.f)) {
			return false
		}
		if n.small(x) {
			floats.Sub(x, n.step)
			return true
		}
		if !n.descend(x) {
			return false
		}
	}
	return false
}

// small says whether the step is lost in rounding.
func (n *newton) small(x []float64) bool {
	for i, d := range n.step {
		if math.Abs(d) > newtonExact*max(math.Abs(x[i]), 1e-3*n.scale[i]) {
			return false
		}
	}
	return true
}

// descend takes the longest halving of the step that makes the flow smaller. Near the zero rounding may forbid that: a
// short full step is taken anyway.
func (n *newton) descend(x []float64) bool {
	size := n.size(n.f)
	for k := range newtonHalves {
		floats.AddScaledTo(n.trial, x, -math.Ldexp(1, -k), n.step)
		n.flow.Derivative(n.next, n.trial)
		if finite(n.next) && n.size(n.next) < size {
			copy(x, n.trial)
			return true
		}
	}
	for i, d := range n.step {
		if math.Abs(d) > 1e-6*max(math.Abs(x[i]), 1e-3*n.scale[i]) {
			return false
		}
	}
	floats.Sub(x, n.step)
	return true
}

func (n *newton) size(f []float64) float64 {
	sum := 0.0
	for i, v := range f {
		sum += v / n.scale[i] * v / n.scale[i]
	}
	return sum
}

func finite(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// solve solves a factorised system, also one that is nearly singular: line searches and correctors judge the result. It
// says whether there is one.
func solve(lu *mat.LU, dst *mat.VecDense, right mat.Vector) bool {
	err := lu.SolveVecTo(dst, false, right)
	if condition, poor := err.(mat.Condition); err != nil && (!poor || math.IsInf(float64(condition), 1)) {
		return false // nothing was written to dst
	}
	return finite(dst.RawVector().Data)
}
