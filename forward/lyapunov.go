package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// StationaryCovariance is the covariance C of the stationary solution of
//
//	dx = J x dt + dW,   ⟨dW dWᵀ⟩ = Q dt
//
// that is of J C + C Jᵀ + Q = 0. J in 1/time, Q in unit²/time with the same time.
// An unstable J is an error that names the largest real part of its eigenvalues.
//
// Solved by Smith's doubling (SIAM J. Appl. Math. 16 (1968) 198-201,
// doi:10.1137/0116017) after the Cayley transform A = (γ−J)⁻¹(γ+J).
func StationaryCovariance(J, Q mat.Matrix) (*mat.Dense, error) {
	n, m := J.Dims()
	rows, cols := Q.Dims()
	if n != m || rows != n || cols != n {
		return nil, fmt.Errorf("forward: stationary covariance: expected two square matrices of one size, found J %d×%d and Q %d×%d", n, m, rows, cols)
	}
	return smith(mat.DenseCopyOf(J), Q)
}

// LargestRealPart is the largest real part of the eigenvalues of J, the rate at
// which the slowest mode grows (negative: decays).
func LargestRealPart(J mat.Matrix) (float64, error) {
	var eig mat.Eigen
	if !eig.Factorize(J, mat.EigenNone) {
		return math.NaN(), fmt.Errorf("forward: the eigenvalues of J could not be computed")
	}
	largest := math.Inf(-1)
	for _, v := range eig.Values(nil) {
		largest = math.Max(largest, real(v))
	}
	return largest, nil
}

// maxDoublings bounds the iteration: 2^40 steps of the discrete system resolve
// a decay 1e-12 times the system's own rate.
const maxDoublings = 40

// smith sums C = Σ_k A^k B (A^k)ᵀ with B = 2γ (γ−J)⁻¹ Q (γ−J)⁻ᵀ, doubling the
// number of terms each round.
func smith(J *mat.Dense, Q mat.Matrix) (*mat.Dense, error) {
	n, _ := J.Dims()
	gamma := mat.Norm(J, 2) / math.Sqrt(float64(n)) // Frobenius: the rms size of an eigenvalue
	if gamma == 0 || math.IsNaN(gamma) || math.IsInf(gamma, 0) {
		return nil, unstable(J)
	}
	minus, a := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	minus.Scale(-1, J)
	a.Copy(J)
	for i := 0; i < n; i++ {
		minus.Set(i, i, minus.At(i, i)+gamma)
		a.Set(i, i, a.At(i, i)+gamma)
	}
	var lu mat.LU
	lu.Factorize(minus)
	half, c := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	if lu.SolveTo(a, false, a) != nil || lu.SolveTo(half, false, Q) != nil || lu.SolveTo(c, false, half.T()) != nil {
		return nil, unstable(J)
	}
	c.Copy(mat.DenseCopyOf(c.T()))
	c.Scale(2*gamma, c)
	next := mat.NewDense(n, n, nil)
	for k := 0; k < maxDoublings; k++ {
		half.Mul(a, c)
		next.Mul(half, a.T())
		c.Add(c, next)
		step, size := mat.Norm(next, 2), mat.Norm(c, 2)
		if math.IsNaN(size) || math.IsInf(size, 0) {
			break
		}
		if step <= epsilon*size && mat.Norm(a, 2) < 1 {
			return c, nil
		}
		half.Mul(a, a)
		a.Copy(half)
	}
	return nil, unstable(J)
}

func unstable(J *mat.Dense) error {
	largest, err := LargestRealPart(finiteOrZero(J))
	if err != nil {
		return err
	}
	for _, v := range J.RawMatrix().Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &UnstableError{LargestRealPart: math.NaN()}
		}
	}
	return &UnstableError{LargestRealPart: largest}
}

// UnstableError says that a linear network has no stationary covariance.
type UnstableError struct {
	// LargestRealPart of J's eigenvalues, in J's 1/time; NaN if J is not finite.
	LargestRealPart float64
}

func (e *UnstableError) Error() string {
	if math.IsNaN(e.LargestRealPart) {
		return "forward: no stationary covariance: the Jacobian has values that are not finite"
	}
	return fmt.Sprintf("forward: no stationary covariance: expected a Jacobian whose eigenvalues have negative real parts, found a largest real part of %.4g", e.LargestRealPart)
}

func finiteOrZero(J *mat.Dense) *mat.Dense {
	out := mat.DenseCopyOf(J)
	out.Apply(func(_, _ int, v float64) float64 {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return 0
		}
		return v
	}, out)
	return out
}
