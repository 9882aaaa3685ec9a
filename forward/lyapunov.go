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
	c, err := smith(complexMatrix{re: mat.DenseCopyOf(J)}, complexMatrix{re: mat.DenseCopyOf(Q)})
	return c.re, err
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

// smith sums C = Σ_k A^k B (A^k)ᴴ with R = (γ−J)⁻¹, A = 2γR − 1 and B = 2γ R Q Rᴴ,
// doubling the number of terms each round.
func smith(J, Q complexMatrix) (complexMatrix, error) {
	gamma := J.frobenius() / math.Sqrt(float64(J.size())) // the rms size of an eigenvalue
	if gamma == 0 || math.IsNaN(gamma) || math.IsInf(gamma, 0) {
		return complexMatrix{}, unstable(J)
	}
	R, ok := J.scaled(-1).plusIdentity(gamma).inverse()
	if !ok {
		return complexMatrix{}, unstable(J)
	}
	a := R.scaled(2 * gamma).plusIdentity(-1)
	c := R.times(Q).times(R.adjoint()).scaled(2 * gamma)
	for k := 0; k < maxDoublings; k++ {
		next := a.times(c).times(a.adjoint())
		c = c.plus(next)
		step, size := next.frobenius(), c.frobenius()
		if math.IsNaN(size) || math.IsInf(size, 0) {
			break
		}
		if step <= epsilon*size && a.frobenius() < 1 {
			return c, nil
		}
		a = a.times(a)
	}
	return complexMatrix{}, unstable(J)
}

func unstable(J complexMatrix) error {
	full := J.real()
	for _, v := range full.RawMatrix().Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &UnstableError{LargestRealPart: math.NaN()}
		}
	}
	largest, err := LargestRealPart(full)
	if err != nil {
		return err
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
