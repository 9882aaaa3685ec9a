package forward

import (
	"math/bits"

	"gonum.org/v1/gonum/dsp/fourier"
)

// convolution is y_k = Σ_j h_j x_{first + k every − j} of series of t steps, column by
// column. Before the first step x is 0 or, if steady, its first value.
type convolution struct {
	t, taps      int
	first, every int // step of the first sample, steps between samples
	samples      int
	steady, fft  bool
}

// fftIsFaster compares numbers of operations; the factor is measured.
func (c convolution) fftIsFaster() bool {
	length := c.length()
	return float64(c.samples)*float64(min(c.taps, c.t)) > 12*float64(length)*float64(bits.Len(uint(length)))
}

// length of the transforms: a power of 2 that nothing wraps round in.
func (c convolution) length() int { return 1 << bits.Len(uint(c.t+min(c.taps, c.t)-2)) }

// apply writes the samples of n columns into out, which holds zeros.
func (c convolution) apply(out, x, kernel []float64, n int) {
	inside := kernel[:min(len(kernel), c.t)] // what is longer only meets what was before
	if c.fft {
		c.applyFFT(out, x, inside, n)
	} else {
		for k := range c.samples {
			at := c.first + k*c.every
			for j := range min(len(inside), at+1) {
				addScaledRow(out[k*n:(k+1)*n], inside[j], x[(at-j)*n:])
			}
		}
	}
	c.eachSteady(kernel, func(k int, rest float64) { addScaledRow(out[k*n:(k+1)*n], rest, x) })
}

// activityGradient adds the gradient of x, given that of the samples, to dx.
func (c convolution) activityGradient(dx, dout, kernel []float64, n int) {
	inside := kernel[:min(len(kernel), c.t)]
	if c.fft {
		c.correlateFFT(dx, dout, inside, n)
	} else {
		for k := range c.samples {
			at := c.first + k*c.every
			for j := range min(len(inside), at+1) {
				addScaledRow(dx[(at-j)*n:(at-j+1)*n], inside[j], dout[k*n:])
			}
		}
	}
	c.eachSteady(kernel, func(k int, rest float64) { addScaledRow(dx[:n], rest, dout[k*n:]) })
}

// kernelGradient adds the gradient of the kernel to dk.
func (c convolution) kernelGradient(dk, dout, x []float64, n int) {
	for k := range c.samples {
		at, d := c.first+k*c.every, dout[k*n:(k+1)*n]
		for j := range min(len(dk), at+1) {
			dk[j] += dotRow(d, x[(at-j)*n:])
		}
		if c.steady && at+1 < len(dk) {
			first := dotRow(d, x)
			for j := at + 1; j < len(dk); j++ {
				dk[j] += first
			}
		}
	}
}

// eachSteady visits the samples that reach to before the first step, with the sum of
// the kernel there.
func (c convolution) eachSteady(kernel []float64, visit func(k int, rest float64)) {
	if !c.steady {
		return
	}
	sums := make([]float64, len(kernel)+1) // of what comes after
	for j := len(kernel) - 1; j >= 0; j-- {
		sums[j] = sums[j+1] + kernel[j]
	}
	for k := range c.samples {
		if at := c.first + k*c.every; at+1 < len(kernel) {
			visit(k, sums[at+1])
		}
	}
}

func (c convolution) applyFFT(out, x, kernel []float64, n int) {
	length := c.length()
	fft, column := fourier.NewFFT(length), make([]float64, length)
	copy(column, kernel)
	response, spectrum := fft.Coefficients(nil, column), make([]complex128, length/2+1)
	for i := range n {
		clear(column)
		gather(column[:c.t], x, i, n)
		fft.Coefficients(spectrum, column)
		for f, r := range response {
			spectrum[f] *= r
		}
		fft.Sequence(column, spectrum)
		for k := range c.samples {
			out[k*n+i] += column[c.first+k*c.every] / float64(length)
		}
	}
}

func (c convolution) correlateFFT(dx, dout, kernel []float64, n int) {
	length := c.length()
	fft, column := fourier.NewFFT(length), make([]float64, length)
	copy(column, kernel)
	response, spectrum := fft.Coefficients(nil, column), make([]complex128, length/2+1)
	for i := range n {
		clear(column)
		for k := range c.samples {
			column[c.first+k*c.every] = dout[k*n+i]
		}
		fft.Coefficients(spectrum, column)
		for f, r := range response {
			spectrum[f] *= complex(real(r), -imag(r))
		}
		fft.Sequence(column, spectrum)
		for t := range c.t {
			dx[t*n+i] += column[t] / float64(length)
		}
	}
}

// addScaledRow adds scale times the first values of b to a.
func addScaledRow(a []float64, scale float64, b []float64) {
	b = b[:len(a)]
	for i, v := range b {
		a[i] += scale * v
	}
}

func dotRow(a, b []float64) float64 {
	sum := 0.0
	b = b[:len(a)]
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
