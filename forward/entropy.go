package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// SampleEntropy says how irregular a series is: −ln(A/B), where B counts the pairs of
// stretches of Length samples that differ by at most the tolerance in every sample, and
// A those that still do with one sample more. A stretch is not paired with itself.
//
// Richman and Moorman 2000, doi:10.1152/ajpheart.2000.278.6.H2039.
type SampleEntropy struct {
	Length    int     // m, in samples of the scale; 0: 2
	Tolerance float64 // in standard deviations (divisor time) of the series itself; 0: 0.15
	// Scale averages so many samples into one first, with the tolerance of the series
	// itself, which makes it the multiscale entropy; 0: 1.
	// Costa et al. 2002, doi:10.1103/PhysRevLett.89.068102.
	Scale int
	// LastStretch counts in B the last stretch too, which has no further sample, as The
	// Virtual Brain does; Richman and Moorman leave it out.
	LastStretch bool
}

// Of is the sample entropy of every region of a series [time, region]. Without a match
// in A it is the largest that so many samples could show, ln(M (M−1)/2) of M stretches
// (Richman and Moorman). Of a constant region all match. The time it takes grows as the
// square of the samples. Settings that do not fit are errors.
func (e SampleEntropy) Of(series *mat.Dense) ([]float64, error) {
	e = e.withDefaults()
	t, n := series.Dims()
	if e.Length < 1 || e.Scale < 1 || !(e.Tolerance > 0) || t/e.Scale < e.Length+2 {
		return nil, fmt.Errorf("forward: sample entropy: expected a positive length, tolerance and scale, and %d samples or more of the scale, found %d, %g, %d and %d",
			e.Length+2, e.Length, e.Tolerance, e.Scale, t/max(e.Scale, 1))
	}
	d, variances := deviations(values(series), t, n)
	out, column := make([]float64, n), make([]float64, t)
	for i := range out {
		gather(column, d, i, n)
		out[i] = e.entropy(coarse(column, e.Scale), e.Tolerance*math.Sqrt(variances[i]))
	}
	return out, nil
}

func (e SampleEntropy) withDefaults() SampleEntropy {
	if e.Length == 0 {
		e.Length = 2
	}
	if e.Tolerance == 0 {
		e.Tolerance = 0.15
	}
	if e.Scale == 0 {
		e.Scale = 1
	}
	return e
}

// coarse returns the means of whole groups of so many samples.
func coarse(x []float64, scale int) []float64 {
	out := make([]float64, len(x)/scale)
	for k := range out {
		for _, v := range x[k*scale : (k+1)*scale] {
			out[k] += v / float64(scale)
		}
	}
	return out
}

func (e SampleEntropy) entropy(x []float64, tolerance float64) float64 {
	stretches := len(x) - e.Length
	a := matches(x, e.Length+1, stretches, tolerance)
	if a == 0 {
		return math.Log(float64(stretches) * float64(stretches-1) / 2)
	}
	if e.LastStretch {
		stretches++
	}
	return math.Log(float64(matches(x, e.Length, stretches, tolerance)) / float64(a))
}

// matches counts the pairs of the first stretches of so many samples that are alike.
func matches(x []float64, length, stretches int, tolerance float64) int {
	count := 0
	for i := 0; i < stretches; i++ {
		for j := i + 1; j < stretches; j++ {
			if alike(x[i:i+length], x[j:j+length], tolerance) {
				count++
			}
		}
	}
	return count
}

func alike(a, b []float64, tolerance float64) bool {
	for k := range a {
		if math.Abs(a[k]-b[k]) > tolerance {
			return false
		}
	}
	return true
}
