package main

import (
	"fmt"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/forward"
)

// tvbCoherence is the result of the coherence analyzer, [frequency][node][node].
type tvbCoherence struct {
	Window      int                `json:"nfft"`
	Frequencies []float64          `json:"freq_kHz"`
	Coherence   struct{ Re array } `json:"coherence_var0"`
}

// run compares TVB's with the mean of |G_ij|²/(G_ii G_jj) over windows, G_ij being one window's cross
// spectrum, which is 1 throughout, and our coherence with the same of the mean of G over windows.
func (c *tvbCoherence) run(series *mat.Dense, rate float64) outcome {
	w := forward.Welch{Rate: rate, Window: c.Window, Overlap: c.Window / 2}
	windows, err := w.Spectra(series)
	if err != nil {
		return failed("%v", err)
	}
	_, n := series.Dims()
	var cmp comparison
	for k, frequency := range c.Frequencies {
		at := k + 1 // TVB has no frequency 0
		ours, err := w.Coherence(series, 1000*frequency, 1000*frequency)
		if err != nil {
			return failed("%v", err)
		}
		right, theirs := make([]float64, n*n), make([]float64, n*n)
		for i := range n {
			for j := range n {
				var cross complex128
				var first, second float64
				for _, x := range windows {
					g, a, b := x.At(at, i)*cmplx.Conj(x.At(at, j)), cmplx.Abs(x.At(at, i)), cmplx.Abs(x.At(at, j))
					cross, first, second = cross+g, first+a*a, second+b*b
					theirs[i*n+j] += cmplx.Abs(g) * cmplx.Abs(g) / (a * a * b * b) / float64(len(windows))
				}
				right[i*n+j] = cmplx.Abs(cross) * cmplx.Abs(cross) / (first * second)
			}
		}
		cmp.near(fmt.Sprintf("coherence at %g kHz", frequency), rowMajor(ours), right, tvbPointwise, 0)
		cmp.near("TVB's", theirs, c.Coherence.Re.row(k).data, tvbPointwise, 0)
	}
	return cmp.excepted("TVB coherence")
}
