package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Hilbert is the Hilbert transform H x of every region of a series [time, region],
// the imaginary part of the discrete analytic signal x + i H x: positive
// frequencies are turned by −90°, mean and Nyquist frequency are dropped. As for
// every phase, remove the mean and pass one band first. A number of samples with a
// large prime factor p takes p times as long; cut it to a rounder one.
//
// Marple 1999, doi:10.1109/78.782222.
func Hilbert(series *mat.Dense) *mat.Dense { return hilbertFunction.matrix(series) }

// Envelope is the amplitude √(x² + (H x)²) of every region of a series.
func Envelope(series *mat.Dense) *mat.Dense { return envelopeFunction.matrix(series) }

// Phase is the phase atan2(H x, x) of every region of a series, in (−π, π], 0 where
// the amplitude is 0.
func Phase(series *mat.Dense) *mat.Dense { return phaseFunction.matrix(series) }

// HilbertNode is [Hilbert] of every lane of x, shape (lane, time, region).
func HilbertNode(x *G.Node) (*G.Node, error) { return hilbertFunction.node(x) }

// EnvelopeNode is [Envelope] of every lane of x, shape (lane, time, region). Where
// the amplitude is 0, or below 1e-150, its gradient is 0.
func EnvelopeNode(x *G.Node) (*G.Node, error) { return envelopeFunction.node(x) }

// PhaseNode is [Phase] of every lane of x, shape (lane, time, region). Its gradient
// is 0 where the amplitude is 0 or below 1e-150; what follows must not see the jump from π to −π,
// as [KuramotoOrderNode] and [PhaseLockingNode] do not.
func PhaseNode(x *G.Node) (*G.Node, error) { return phaseFunction.node(x) }

var hilbertFunction = laneFunction{
	name:  "Hilbert transform",
	shape: sameShape,
	value: hilbert,
	gradient: func(dx, dout, _, _ []float64, t, n int) {
		hilbert(dx, dout, t, n) // the transform is antisymmetric
		for i := range dx {
			dx[i] = -dx[i]
		}
	},
}

var envelopeFunction = laneFunction{
	name:  "envelope",
	shape: sameShape,
	value: func(out, x []float64, t, n int) {
		hilbert(out, x, t, n)
		for i := range out {
			out[i] = math.Hypot(x[i], out[i])
		}
	},
	gradient: func(dx, dout, x, out []float64, t, n int) {
		analyticGradient(dx, dout, x, t, n, func(x, h, amplitude float64) (float64, float64) {
			return x / amplitude, h / amplitude
		})
	},
}

var phaseFunction = laneFunction{
	name:  "phase",
	shape: sameShape,
	value: func(out, x []float64, t, n int) {
		hilbert(out, x, t, n)
		for i := range out {
			out[i] = math.Atan2(out[i], x[i])
		}
	},
	gradient: func(dx, dout, x, _ []float64, t, n int) {
		analyticGradient(dx, dout, x, t, n, func(x, h, amplitude float64) (float64, float64) {
			return -h / amplitude / amplitude, x / amplitude / amplitude
		})
	},
}

func sameShape(t, n int) ([]int, error) {
	if t < 2 {
		return nil, fmt.Errorf("expected 2 time points or more, found %d", t)
	}
	return []int{t, n}, nil
}

// hilbert writes H x.
func hilbert(out, x []float64, t, n int) {
	fft := fourier.NewFFT(t)
	column, coefficients := make([]float64, t), make([]complex128, t/2+1)
	for i := 0; i < n; i++ {
		gather(column, x, i, n)
		fft.Coefficients(coefficients, column)
		coefficients[0] = 0
		for k := 1; k < len(coefficients); k++ {
			coefficients[k] *= complex(0, -1/float64(t)) // Sequence does not divide by t
		}
		if t%2 == 0 {
			coefficients[t/2] = 0
		}
		fft.Sequence(column, coefficients)
		scatter(out, column, i, n)
	}
}

// analyticGradient is x̄ = a − H b for the result's gradients a and b by x and H x,
// which are 0 where the amplitude is.
func analyticGradient(dx, dout, x []float64, t, n int, partial func(x, h, amplitude float64) (dx, dh float64)) {
	h, dh, turned := make([]float64, t*n), make([]float64, t*n), make([]float64, t*n)
	hilbert(h, x, t, n)
	for i := range dx {
		if a := math.Hypot(x[i], h[i]); a >= faint {
			px, ph := partial(x[i], h[i], a)
			dx[i], dh[i] = px*dout[i], ph*dout[i]
		}
	}
	hilbert(turned, dh, t, n)
	for i := range dx {
		dx[i] -= turned[i]
	}
}

// gather copies region i of a series of n; scatter writes it back.
func gather(column, x []float64, i, n int) {
	for k := range column {
		column[k] = x[k*n+i]
	}
}

func scatter(x, column []float64, i, n int) {
	for k, v := range column {
		x[k*n+i] = v
	}
}
