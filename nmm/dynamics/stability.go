package dynamics

import (
	"cmp"
	"fmt"
	"math"
	"math/cmplx"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// FixedPoint is a state at which dx/dt = 0, with the eigenvalues of the Jacobian there.
type FixedPoint struct {
	State       []float64
	Eigenvalues []complex128 // 1/ms, by falling real part
}

// hyperbolic is the size, relative to the largest eigenvalue, from which on a real part is not taken for 0.
const hyperbolic = 1e-9

// newFixedPoint adds the eigenvalues of a Jacobian, which may be nil, to a state.
func newFixedPoint(x []float64, j *mat.Dense) (FixedPoint, error) {
	if j == nil {
		return FixedPoint{State: slices.Clone(x)}, nil
	}
	var eig mat.Eigen
	if !eig.Factorize(j, mat.EigenNone) {
		return FixedPoint{}, fmt.Errorf("the eigenvalues of the Jacobian at %v could not be computed", x)
	}
	p := FixedPoint{State: slices.Clone(x), Eigenvalues: eig.Values(nil)}
	slices.SortStableFunc(p.Eigenvalues, func(a, b complex128) int {
		return cmp.Or(-cmp.Compare(real(a), real(b)), -cmp.Compare(imag(a), imag(b)))
	})
	return p, nil
}

// neutral is the size, relative to the largest eigenvalue, up to which a real part may be rounding of 0.
const neutral = 1e-11

// Stable says whether small deviations decay: all real parts are negative.
func (p FixedPoint) Stable() bool {
	return len(p.Eigenvalues) > 0 && real(p.Eigenvalues[0]) < -neutral*p.largest()
}

// Unstable is the number of eigenvalues with a positive real part, the dimension of the unstable manifold.
func (p FixedPoint) Unstable() int {
	n, least := 0, neutral*p.largest()
	for _, v := range p.Eigenvalues {
		if real(v) > least {
			n++
		}
	}
	return n
}

// Kind classifies the point: "stable node" and "stable focus", "unstable node" and "unstable focus", where all real
// parts have one sign; "saddle" and, with complex eigenvalues, "saddle-focus"; "non-hyperbolic" if a real part is 0,
// and linearisation does not decide. Of more than two eigenvalues those nearest to the imaginary axis, by which
// trajectories come and go, say whether a point that is no saddle is a node or a focus.
func (p FixedPoint) Kind() string {
	nearest, form := p.nearest(), "node"
	if imag(nearest) != 0 {
		form = "focus"
	}
	switch u := p.Unstable(); {
	case len(p.Eigenvalues) == 0 || math.Abs(real(nearest)) <= hyperbolic*p.largest():
		return "non-hyperbolic"
	case u == 0:
		return "stable " + form
	case u == len(p.Eigenvalues):
		return "unstable " + form
	case p.Frequency() != 0:
		return "saddle-focus"
	}
	return "saddle"
}

// nearest is the eigenvalue nearest to the imaginary axis, infinite if there is none.
func (p FixedPoint) nearest() complex128 {
	nearest := complex(math.Inf(1), 0)
	for _, v := range p.Eigenvalues {
		if math.Abs(real(v)) < math.Abs(real(nearest)) {
			nearest = v
		}
	}
	return nearest
}

// largest is the size of the largest eigenvalue.
func (p FixedPoint) largest() float64 {
	largest := 0.0
	for _, v := range p.Eigenvalues {
		largest = max(largest, cmplx.Abs(v))
	}
	return largest
}

// Frequency is how often per second the slowest-decaying or fastest-growing oscillation about the point turns, in Hz; 0 if
// there is none.
func (p FixedPoint) Frequency() float64 {
	for _, v := range p.Eigenvalues {
		if imag(v) != 0 {
			return math.Abs(imag(v)) / (2 * math.Pi) * 1000
		}
	}
	return 0
}

// eigenvaluesText prints eigenvalues, conjugate pairs as one.
func eigenvaluesText(list []complex128) string {
	var parts []string
	for _, v := range list {
		switch {
		case imag(v) == 0:
			parts = append(parts, fmt.Sprintf("%.4g", real(v)))
		case imag(v) > 0:
			parts = append(parts, fmt.Sprintf("%.4g±%.4gi", real(v), imag(v)))
		}
	}
	return strings.Join(parts, ", ")
}
