package forward

import (
	"fmt"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// KuramotoOrder is the order parameter R(t) = |Σ_i exp(i φ_i(t))| / n of phases
// [time, region] in rad, one value per time: 1 for equal phases.
//
// Kuramoto 1984, doi:10.1007/978-3-642-69689-3.
func KuramotoOrder(phases *mat.Dense) []float64 { return orderFunction.of(phases).Data }

// Synchrony is the mean over time of [KuramotoOrder].
func Synchrony(phases *mat.Dense) float64 { return synchronyFunction.of(phases).Data[0] }

// Metastability is the standard deviation over time (divisor time−1) of [KuramotoOrder].
//
// Shanahan 2010, doi:10.1063/1.3305451, who takes the variance; the deviation is
// what Deco et al. 2017, doi:10.1038/s41598-017-03073-5, fit.
// It panics if there are fewer than two time points.
func Metastability(phases *mat.Dense) float64 { return metastabilityFunction.of(phases).Data[0] }

// PhaseLocking is the phase-locking value |Σ_t exp(i(φ_i − φ_j))| / T of every pair
// of regions of phases [time, region] in rad.
//
// Lachaux et al. 1999, doi:10.1002/(SICI)1097-0193(1999)8:4<194::AID-HBM4>3.0.CO;2-C.
func PhaseLocking(phases *mat.Dense) *mat.SymDense { return lockingFunction.symmetric(phases) }

// KuramotoOrderNode is [KuramotoOrder] of every lane of phases, shape (lane, time,
// region), as a node of shape (lane, time). Where R = 0, its gradient is 0.
func KuramotoOrderNode(phases *G.Node) (*G.Node, error) { return orderFunction.node(phases) }

// SynchronyNode is [Synchrony] of every lane of phases, shape (lane).
func SynchronyNode(phases *G.Node) (*G.Node, error) { return synchronyFunction.node(phases) }

// MetastabilityNode is [Metastability] of every lane of phases, shape (lane).
// Where R does not change, its gradient is 0.
func MetastabilityNode(phases *G.Node) (*G.Node, error) { return metastabilityFunction.node(phases) }

// PhaseLockingNode is [PhaseLocking] of every lane of phases, shape (lane, time,
// region), as a node of shape (lane, region, region). Where it is 0, so is its gradient.
func PhaseLockingNode(phases *G.Node) (*G.Node, error) { return lockingFunction.node(phases) }

var orderFunction = laneFunction{
	name: "Kuramoto order",
	shape: func(t, n int) ([]int, error) {
		if t < 1 || n < 1 {
			return nil, fmt.Errorf("no phases")
		}
		return []int{t}, nil
	},
	value: order,
	gradient: func(dx, dout, x, _ []float64, t, n int) {
		orderGradient(dx, x, t, n, func(k int) float64 { return dout[k] })
	},
}

var synchronyFunction = laneFunction{
	name:  "synchrony",
	shape: oneNumber(1),
	value: func(out, x []float64, t, n int) {
		r := make([]float64, t)
		order(r, x, t, n)
		out[0] = floats.Sum(r) / float64(t)
	},
	gradient: func(dx, dout, x, _ []float64, t, n int) {
		orderGradient(dx, x, t, n, func(int) float64 { return dout[0] / float64(t) })
	},
}

var metastabilityFunction = laneFunction{
	name:  "metastability",
	shape: oneNumber(2),
	value: func(out, x []float64, t, n int) {
		r, z, deviation := make([]float64, t), make([]float64, t), make([]float64, 1)
		order(r, x, t, n)
		zscore(z, deviation, r, t, 1)
		out[0] = deviation[0]
	},
	gradient: func(dx, dout, x, _ []float64, t, n int) {
		r, z := make([]float64, t), make([]float64, t)
		order(r, x, t, n)
		zscore(z, nil, r, t, 1) // 0 if constant
		orderGradient(dx, x, t, n, func(k int) float64 { return dout[0] * z[k] / float64(t-1) })
	},
}

var lockingFunction = laneFunction{
	name: "phase locking",
	shape: func(t, n int) ([]int, error) {
		if t < 1 {
			return nil, fmt.Errorf("no phases")
		}
		return []int{n, n}, nil
	},
	value: func(out, x []float64, t, n int) {
		eachLocking(x, t, n, func(i, j int, s complex128) {
			out[i*n+j] = cmplx.Abs(s) / float64(t)
			out[j*n+i] = out[i*n+j]
		})
		for i := 0; i < n; i++ {
			out[i*n+i] = 1
		}
	},
	gradient: func(dx, dout, x, _ []float64, t, n int) {
		eachLocking(x, t, n, func(i, j int, s complex128) {
			if negligible(s, t) {
				return
			}
			d := (dout[i*n+j] + dout[j*n+i]) / float64(t)
			angle := cmplx.Phase(s)
			for k := 0; k < t*n; k += n {
				g := -d * math.Sin(x[k+i]-x[k+j]-angle)
				dx[k+i] += g
				dx[k+j] -= g
			}
		})
	},
}

// oneNumber is the shape of a single number of a series of at least so many samples.
func oneNumber(samples int) func(t, n int) ([]int, error) {
	return func(t, n int) ([]int, error) {
		if t < samples || n < 1 {
			return nil, fmt.Errorf("expected %d time points or more, found %d of %d regions", samples, t, n)
		}
		return nil, nil
	}
}

func order(out, x []float64, t, n int) {
	for k := 0; k < t; k++ {
		out[k] = cmplx.Abs(phasor(x[k*n:(k+1)*n])) / float64(n)
	}
}

// orderGradient is φ̄_i = −R̄ sin(φ_i − ψ) / n, ψ the mean phase, R̄ given by its time.
func orderGradient(dx, x []float64, t, n int, dr func(k int) float64) {
	for k := 0; k < t; k++ {
		row := x[k*n : (k+1)*n]
		sum := phasor(row)
		if negligible(sum, n) {
			continue
		}
		psi := cmplx.Phase(sum)
		for i, phi := range row {
			dx[k*n+i] = -dr(k) * math.Sin(phi-psi) / float64(n)
		}
	}
}

// negligible reports whether a sum of n unit vectors is 0 but for rounding.
func negligible(sum complex128, n int) bool { return cmplx.Abs(sum) <= 4*epsilon*float64(n) }

func phasor(phases []float64) complex128 {
	sum := complex(0, 0)
	for _, phi := range phases {
		sum += cmplx.Rect(1, phi)
	}
	return sum
}

// eachLocking calls f with Σ_t exp(i(φ_i − φ_j)) of every pair i < j.
func eachLocking(x []float64, t, n int, f func(i, j int, s complex128)) {
	units := make([]complex128, t*n)
	for k, phi := range x {
		units[k] = cmplx.Rect(1, phi)
	}
	eachPair(n, func(_, i, j int) {
		s := complex(0, 0)
		for k := 0; k < t*n; k += n {
			s += units[k+i] * cmplx.Conj(units[k+j])
		}
		f(i, j, s)
	})
}
