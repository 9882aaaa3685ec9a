package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Welch says how spectra are estimated: the series is cut into windows that overlap,
// each is centred, tapered and Fourier transformed, and powers are averaged. Samples
// after the last whole window are not used.
//
// Welch 1967, doi:10.1109/TAU.1967.1161901; the scales are those of scipy.signal.welch.
type Welch struct {
	Rate    float64   // samples per second
	Window  int       // samples
	Overlap int       // samples that a window shares with the next
	Taper   []float64 // one weight per sample of a window; nil: Hann, periodic
	// KeepMean leaves each window's mean in it.
	KeepMean bool
	// Power scales to power per frequency, in the unit of the series squared, instead
	// of its density per Hz: a sine of amplitude A at one of the frequencies has A²/2.
	Power bool
}

// Frequencies are those of the spectra, k·Rate/Window up to Rate/2, in Hz.
func (w Welch) Frequencies() []float64 {
	f := make([]float64, w.Window/2+1)
	for k := range f {
		f[k] = float64(k) * w.Rate / float64(w.Window)
	}
	return f
}

// PSD is the one-sided power spectral density of every region of a series
// [time, region], as a matrix [frequency, region]. A constant region has none.
// Settings that do not fit the series are errors.
func (w Welch) PSD(series *mat.Dense) (*mat.Dense, error) { return w.psd().tryMatrix(series) }

// PSDNode is [Welch.PSD] of every lane of x, shape (lane, time, region), as a node of
// shape (lane, frequency, region).
func (w Welch) PSDNode(x *G.Node) (*G.Node, error) { return w.psd().node(x) }

func (w Welch) psd() laneFunction {
	return laneFunction{
		name: fmt.Sprintf("power spectrum of windows of %d", w.Window),
		shape: func(t, n int) ([]int, error) {
			return []int{w.Window/2 + 1, n}, w.check(t)
		},
		value: func(out, x []float64, t, n int) {
			s := w.transform(x, t, n)
			scale := s.scales()
			for _, window := range s.coefficients {
				for k, c := range window {
					out[k] += scale[k/n] * (real(c)*real(c) + imag(c)*imag(c))
				}
			}
		},
		gradient: func(dx, dout, x, _ []float64, t, n int) {
			s := w.transform(x, t, n)
			scale := s.scales()
			for _, window := range s.coefficients {
				for k, c := range window {
					window[k] = complex(2*scale[k/n]*dout[k], 0) * c
				}
			}
			s.transposed(dx)
		},
	}
}

func (w Welch) check(t int) error {
	switch {
	case !(w.Rate > 0) || math.IsInf(w.Rate, 0):
		return fmt.Errorf("expected a positive sampling rate, found %g Hz", w.Rate)
	case w.Window < 2 || w.Window > t:
		return fmt.Errorf("expected a window of 2 to %d samples, found %d", t, w.Window)
	case w.Overlap < 0 || w.Overlap >= w.Window:
		return fmt.Errorf("expected an overlap of 0 to %d samples, found %d", w.Window-1, w.Overlap)
	case w.Taper != nil && len(w.Taper) != w.Window:
		return fmt.Errorf("expected a taper of %d samples, found %d", w.Window, len(w.Taper))
	case power(w.taper()) == 0:
		return fmt.Errorf("expected a taper that is not 0")
	}
	return nil
}

// taper returns the weights of a window's samples.
func (w Welch) taper() []float64 {
	if w.Taper != nil {
		return w.Taper
	}
	hann := make([]float64, w.Window)
	for k := range hann {
		hann[k] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(k)/float64(w.Window))
	}
	return hann
}

func power(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return sum
}

// windowed is a series cut into windows and transformed.
type windowed struct {
	Welch
	t, n         int
	weights      []float64
	coefficients [][]complex128 // of each window, [frequency, region]
}

// transform computes the Fourier coefficients of all windows and regions.
func (w Welch) transform(x []float64, t, n int) *windowed {
	s := &windowed{Welch: w, t: t, n: n, weights: w.taper()}
	fft, column := fourier.NewFFT(w.Window), make([]float64, w.Window)
	line := make([]complex128, w.Window/2+1)
	eachWindow(t, w.Window, w.Window-w.Overlap, func(_, _, from int) {
		all := make([]complex128, len(line)*n)
		for i := 0; i < n; i++ {
			gather(column, x[from*n:], i, n)
			if !w.KeepMean {
				centre(column)
			}
			for k := range column {
				column[k] *= s.weights[k]
			}
			fft.Coefficients(line, column)
			for k, c := range line {
				all[k*n+i] = c
			}
		}
		s.coefficients = append(s.coefficients, all)
	})
	return s
}

// transposed adds the gradient of the series to dx, given that of the coefficients
// (in their place) as derivatives by real and imaginary parts.
func (s *windowed) transposed(dx []float64) {
	fft, column := fourier.NewFFT(s.Window), make([]float64, s.Window)
	line := make([]complex128, s.Window/2+1)
	eachWindow(s.t, s.Window, s.Window-s.Overlap, func(window, _, from int) {
		for i := 0; i < s.n; i++ {
			for k := range line {
				line[k] = s.coefficients[window][k*s.n+i]
				if k > 0 && 2*k < s.Window {
					line[k] /= 2 // Sequence counts these frequencies twice
				}
			}
			fft.Sequence(column, line)
			mean := 0.0
			for k := range column {
				column[k] *= s.weights[k]
				mean += column[k] / float64(s.Window)
			}
			for k, v := range column {
				if !s.KeepMean {
					v -= mean
				}
				dx[(from+k)*s.n+i] += v
			}
		}
	})
}

// scales returns the factors of the frequencies' powers, the mean over windows included.
func (s *windowed) scales() []float64 {
	total := s.Rate * power(s.weights)
	if s.Power {
		sum := 0.0
		for _, v := range s.weights {
			sum += v
		}
		total = sum * sum
	}
	scale := make([]float64, s.Window/2+1)
	for k := range scale {
		scale[k] = 1 / (total * float64(len(s.coefficients)))
		if k > 0 && 2*k < s.Window {
			scale[k] *= 2
		}
	}
	return scale
}

// centre subtracts the mean; what is constant but for rounding becomes 0.
func centre(x []float64) {
	z, deviation := make([]float64, len(x)), []float64{0}
	zscore(z, deviation, x, len(x), 1)
	for k := range x {
		x[k] = z[k] * deviation[0]
	}
}
