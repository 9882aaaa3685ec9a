package forward

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Spectra are the complex spectra of the windows of a series [time, region], one matrix
// [frequency, region] for each: Σ_t w_t x_t exp(−2πi f t) over the samples t of the
// window, tapered by w, without a scale. [Welch.PSD] is the mean of their scaled squares.
// Settings that do not fit the series are errors.
func (w Welch) Spectra(series *mat.Dense) ([]*mat.CDense, error) {
	t, n := series.Dims()
	if err := w.check(t); err != nil {
		return nil, fmt.Errorf("forward: spectra of windows: %w", err)
	}
	s := w.transform(values(series), t, n)
	all := make([]*mat.CDense, len(s.coefficients))
	for k, c := range s.coefficients {
		all[k] = mat.NewCDense(w.Window/2+1, n, c)
	}
	return all, nil
}
