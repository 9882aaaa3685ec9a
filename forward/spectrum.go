package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// LogSpectralDistance is the root mean square difference of two spectra in dB, over
// frequencies and regions:
//
//	√ mean (10 log₁₀ p − 10 log₁₀ q)²
//
// Powers below floor count as floor, which a silent region needs; it is positive and
// in the spectra's unit.
//
// Gray and Markel 1976, doi:10.1109/TASSP.1976.1162849.
// It panics if sizes differ or floor is not positive.
func LogSpectralDistance(p, q mat.Matrix, floor float64) float64 {
	checkSameSize("log-spectral distance", p, q)
	if !(floor > 0) {
		panic(fmt.Sprintf("forward: log-spectral distance: floor %g", floor))
	}
	return logSpectral(floor).value(values(p), values(q))
}

// LogSpectralDistanceNode is [LogSpectralDistance] of every lane of p and q, shape
// (lane, frequency, region), as a node of shape (lane). A q of one lane is compared
// with all. Equal spectra, and powers below floor, have gradient 0.
func LogSpectralDistanceNode(p, q *G.Node, floor float64) (*G.Node, error) {
	if !(floor > 0) {
		return nil, fmt.Errorf("forward: log-spectral distance: expected a positive floor, found %g", floor)
	}
	return logSpectral(floor).node(p, q)
}

func logSpectral(floor float64) pairFunction {
	decibel := func(p float64) float64 { return 10 * math.Log10(math.Max(p, floor)) }
	distance := func(p, q []float64) float64 {
		sum := 0.0
		for i := range p {
			d := decibel(p[i]) - decibel(q[i])
			sum += d * d
		}
		return math.Sqrt(sum / float64(len(p)))
	}
	return pairFunction{
		name: fmt.Sprintf("log-spectral distance above %g", floor), dims: 3, equal: true,
		value: distance,
		gradient: func(dp, dq, p, q []float64, dout float64) {
			r := distance(p, q)
			if r == 0 {
				return
			}
			scale := dout / (r * float64(len(p))) * 10 / math.Ln10
			for i := range p {
				d := scale * (decibel(p[i]) - decibel(q[i]))
				if dp != nil && p[i] > floor {
					dp[i] = d / p[i]
				}
				if dq != nil && q[i] > floor {
					dq[i] = -d / q[i]
				}
			}
		},
	}
}

// SpectralPeak is the frequency of every region's largest power from low to high, in
// a smooth form: the mean of the frequencies weighted by power^sharpness,
//
//	Σ_f f P(f)^s / Σ_f P(f)^s
//
// in Hz for a spectrum [frequency, region] at the given frequencies in Hz. Sharpness 1
// is the centre of gravity; from about 8 it is near the peak. A silent region has the
// mean of the band's frequencies.
//
// It panics if the frequencies are not the spectrum's, none is in the band, or
// sharpness is not positive.
func SpectralPeak(spectrum *mat.Dense, frequencies []float64, low, high, sharpness float64) []float64 {
	return spectralPeak(frequencies, low, high, sharpness).of(spectrum).Data
}

// SpectralPeakNode is [SpectralPeak] of every lane of a spectrum, shape (lane,
// frequency, region), as a node of shape (lane, region). A silent region has gradient 0.
func SpectralPeakNode(spectrum *G.Node, frequencies []float64, low, high, sharpness float64) (*G.Node, error) {
	return spectralPeak(append([]float64{}, frequencies...), low, high, sharpness).node(spectrum)
}

func spectralPeak(frequencies []float64, low, high, sharpness float64) laneFunction {
	from, to := within(frequencies, low, high)
	return laneFunction{
		name: fmt.Sprintf("spectral peak from %g to %g Hz", low, high),
		shape: func(t, n int) ([]int, error) {
			if t != len(frequencies) {
				return nil, fmt.Errorf("expected %d frequencies, found %d", t, len(frequencies))
			}
			if !(sharpness > 0) {
				return nil, fmt.Errorf("expected a positive sharpness, found %g", sharpness)
			}
			return []int{n}, checkBand(from, to, low, high)
		},
		value: func(out, p []float64, _, n int) {
			for i := range out {
				w := peakWeights(p, from, to, n, i, sharpness)
				for k, v := range w {
					out[i] += v * frequencies[from+k]
				}
			}
		},
		gradient: func(dp, dout, p, out []float64, _, n int) {
			for i, peak := range out {
				for k, v := range peakWeights(p, from, to, n, i, sharpness) {
					if at := (from+k)*n + i; p[at] >= faint*faint {
						dp[at] = dout[i] * sharpness * v / p[at] * (frequencies[from+k] - peak)
					}
				}
			}
		},
	}
}

// peakWeights returns P^s / Σ P^s of a region's band, equal ones where there is no power.
func peakWeights(p []float64, from, to, n, i int, sharpness float64) []float64 {
	w := make([]float64, to-from)
	largest, sum := 0.0, 0.0
	for k := range w {
		largest = math.Max(largest, p[(from+k)*n+i])
	}
	for k := range w {
		w[k] = 1
		if largest >= faint*faint { // the ratio keeps the power from overflowing
			w[k] = math.Pow(math.Max(0, p[(from+k)*n+i])/largest, sharpness)
		}
		sum += w[k]
	}
	for k := range w {
		w[k] /= sum
	}
	return w
}
