package forward

import (
	"fmt"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/mat"
)

// Resample gives every region of a series [time, region] another number of samples
// over the same time, by cutting or extending its spectrum, as scipy.signal.resample
// does. It takes the series as periodic: remove a trend first. Numbers of samples with
// large prime factors are slow. It panics unless there is a sample before and after.
func Resample(series *mat.Dense, samples int) *mat.Dense {
	t, n := series.Dims()
	if t < 1 || samples < 1 {
		panic(fmt.Sprintf("forward: resample of %d samples to %d", t, samples))
	}
	x := values(series)
	out := mat.NewDense(samples, n, nil)
	before, after := fourier.NewFFT(t), fourier.NewFFT(samples)
	column, result := make([]float64, t), make([]float64, samples)
	for i := 0; i < n; i++ {
		gather(column, x, i, n)
		line := make([]complex128, samples/2+1)
		common := min(t, samples)
		copy(line[:common/2+1], before.Coefficients(nil, column))
		if common%2 == 0 && t != samples { // the shared Nyquist frequency is one of a pair on one side
			line[common/2] *= nyquist(t, samples)
		}
		after.Sequence(result, line)
		for k := range result {
			result[k] /= float64(t)
		}
		scatter(out.RawMatrix().Data, result, i, n)
	}
	return out
}

// nyquist is 2 if it takes up its mirror image, ½ if it gives half away.
func nyquist(before, after int) complex128 {
	if after < before {
		return 2
	}
	return 0.5
}
