package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/mat"
)

// Morlet is a family of complex wavelets: waves under a Gaussian whose duration is a
// fixed number of cycles,
//
//	w(t) = A exp(−t²/2σ²) exp(2πi f t),   σ = Ratio/(2π f)
//
// cut at ±4σ, with A = (σ√π)^(−½), σ in samples, so that Σ|w|² is 1: noise of one variance
// has the same power in all of them.
//
// Tallon-Baudry et al. 1997, doi:10.1523/JNEUROSCI.17-02-00722.1997 (Ratio 7).
type Morlet struct {
	Rate  float64 // samples per second
	Ratio float64 // of the frequency to the width of the wavelet's spectrum, f/σ_f; 0: 7
}

// Transform convolves every region of a series [time, region] with the wavelets of the
// given frequencies in Hz: one matrix [time, region] for each of them. The series
// continues as 0 at both ends: the first and last 4σ of the result have less power, and
// a mean should be removed first. Frequencies that are not between 0 and half the rate are
// errors. It is a function of numbers only.
func (m Morlet) Transform(series *mat.Dense, frequencies ...float64) ([]*mat.CDense, error) {
	if m.Ratio == 0 {
		m.Ratio = 7
	}
	if !(m.Rate > 0 && m.Ratio > 0) || math.IsInf(m.Rate+m.Ratio, 0) {
		return nil, fmt.Errorf("forward: Morlet wavelet: expected a positive rate and ratio, found %g Hz and %g", m.Rate, m.Ratio)
	}
	all := make([]*mat.CDense, len(frequencies))
	for k, f := range frequencies {
		if !(f > 0 && f < m.Rate/2) {
			return nil, fmt.Errorf("forward: Morlet wavelet: expected a frequency between 0 and %g Hz, found %g Hz", m.Rate/2, f)
		}
		all[k] = m.convolve(series, f)
	}
	return all, nil
}

// wavelet returns the samples at −half…half; beyond limit samples from its middle it
// meets no sample of the series.
func (m Morlet) wavelet(f float64, limit int) (w []complex128, half int) {
	deviation := m.Ratio / (2 * math.Pi * f) * m.Rate // in samples
	amplitude := 1 / math.Sqrt(deviation*math.Sqrt(math.Pi))
	half = int(math.Min(4*deviation, float64(limit)))
	for k := -half; k <= half; k++ {
		sin, cos := math.Sincos(2 * math.Pi * f / m.Rate * float64(k))
		size := amplitude * math.Exp(-float64(k)*float64(k)/(2*deviation*deviation))
		w = append(w, complex(size*cos, size*sin))
	}
	return w, half
}

// convolve multiplies spectra; both are padded so that the ends do not meet.
func (m Morlet) convolve(series *mat.Dense, f float64) *mat.CDense {
	t, n := series.Dims()
	w, half := m.wavelet(f, t-1)
	fft := fourier.NewCmplxFFT(powerOfTwo(t + 2*half))
	kernel, line := make([]complex128, fft.Len()), make([]complex128, fft.Len())
	copy(kernel, w)
	fft.Coefficients(kernel, kernel)
	out := mat.NewCDense(t, n, nil)
	for i := 0; i < n; i++ {
		clear(line)
		for k := 0; k < t; k++ {
			line[k] = complex(series.At(k, i), 0)
		}
		fft.Coefficients(line, line)
		for k := range line {
			line[k] *= kernel[k] / complex(float64(fft.Len()), 0)
		}
		fft.Sequence(line, line)
		for k := 0; k < t; k++ {
			out.Set(k, i, line[k+half])
		}
	}
	return out
}

// powerOfTwo returns the smallest one that is not below n.
func powerOfTwo(n int) int {
	p := 1
	for p < n {
		p *= 2
	}
	return p
}
