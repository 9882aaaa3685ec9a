package forward

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Covariance is the covariance of a series [time, region] over time, divisor time−1.
//
// It panics if the series has fewer than two time points.
func Covariance(series *mat.Dense) *mat.SymDense {
	c := LaggedCovariance(series, 0)
	n, _ := c.Dims()
	sym := mat.NewSymDense(n, nil)
	for i := 0; i < n; i++ {
		for j := i; j < n; j++ {
			sym.SetSym(i, j, c.At(i, j))
		}
	}
	return sym
}

// LaggedCovariance is the covariance of a series [time, region] with itself
// lag samples earlier,
//
//	C[i][j] = Σ_t (x_i(t+lag) − m_i) (x_j(t) − m_j) / (T − lag − 1)
//
// with m the means over all T samples.
//
// Gilson et al. 2016, doi:10.1371/journal.pcbi.1004762, eq. 1 with its divisor.
// It panics unless 0 ≤ lag ≤ T−2.
func LaggedCovariance(series *mat.Dense, lag int) *mat.Dense {
	t, n := series.Dims()
	if err := checkLag(lag, t); err != nil {
		panic("forward: lagged covariance: " + err.Error())
	}
	x := mat.DenseCopyOf(series).RawMatrix().Data
	c := mat.NewDense(n, n, nil)
	laggedCovariance(c.RawMatrix().Data, x, lag, t, n)
	return c
}

// CovarianceNode is [Covariance] of every lane of x, shape (lane, time, region),
// as a node of shape (lane, region, region).
func CovarianceNode(x *G.Node) (*G.Node, error) { return covarianceFunction.Apply(x) }

// LaggedCovarianceNode is [LaggedCovariance] of every lane of x, shape
// (lane, time, region), as a node of shape (lane, region, region).
func LaggedCovarianceNode(x *G.Node, lag int) (*G.Node, error) {
	return newLaggedCovariance(lag).Apply(x)
}

var covarianceFunction = newLaggedCovariance(0)

func newLaggedCovariance(lag int) *NodeFunction {
	return &NodeFunction{
		Name:   fmt.Sprintf("covariance at lag %d", lag),
		Inputs: []int{3},
		Output: 3,
		Shape: func(in [][]int) ([]int, error) {
			if err := checkLag(lag, in[0][1]); err != nil {
				return nil, fmt.Errorf("input of shape %v: %w", in[0], err)
			}
			return []int{in[0][0], in[0][2], in[0][2]}, nil
		},
		Value: func(in []Array, out Array) error {
			n := in[0].Shape[2]
			for b := 0; b < in[0].Shape[0]; b++ {
				t := in[0].Shape[1]
				laggedCovariance(out.Data[b*n*n:(b+1)*n*n], in[0].Data[b*t*n:(b+1)*t*n], lag, t, n)
			}
			return nil
		},
		Gradient: func(_ int, in []Array, out, outGrad, inGrad Array) error {
			t, n := in[0].Shape[1], in[0].Shape[2]
			for b := 0; b < in[0].Shape[0]; b++ {
				from, to := b*t*n, (b+1)*t*n
				laggedCovarianceGradient(inGrad.Data[from:to], outGrad.Data[b*n*n:(b+1)*n*n], in[0].Data[from:to], lag, t, n)
			}
			return nil
		},
	}
}

func checkLag(lag, t int) error {
	if lag < 0 || lag > t-2 {
		return fmt.Errorf("expected a lag between 0 and %d samples (series of %d), found %d", t-2, t, lag)
	}
	return nil
}

// laggedCovariance writes c = Yᵀ X / (t−lag−1): X the centred samples but the
// last lag, Y those but the first.
func laggedCovariance(c, x []float64, lag, t, n int) {
	d := centred(x, t, n)
	later, earlier := lagged(d, lag, t, n)
	blas64.Gemm(blas.Trans, blas.NoTrans, 1/float64(t-lag-1), later, earlier, 0, general(c, n, n))
}

// laggedCovarianceGradient is, for c̄, Ȳ = X c̄ᵀ k and X̄ = Y c̄ k, k = 1/(t−lag−1),
// added where they overlap, less the mean over time.
func laggedCovarianceGradient(dx, dc, x []float64, lag, t, n int) {
	k := 1 / float64(t-lag-1)
	d := centred(x, t, n)
	later, earlier := lagged(d, lag, t, n)
	dLater, dEarlier := lagged(dx, lag, t, n)
	blas64.Gemm(blas.NoTrans, blas.Trans, k, earlier, general(dc, n, n), 1, dLater)
	blas64.Gemm(blas.NoTrans, blas.NoTrans, k, later, general(dc, n, n), 1, dEarlier)
	copy(dx, centred(dx, t, n))
}

func lagged(x []float64, lag, t, n int) (later, earlier blas64.General) {
	return general(x[lag*n:], t-lag, n), general(x, t-lag, n)
}

func centred(x []float64, t, n int) []float64 {
	d := make([]float64, t*n)
	for i := 0; i < n; i++ {
		mean := 0.0
		for k := i; k < t*n; k += n {
			mean += x[k]
		}
		mean /= float64(t)
		for k := i; k < t*n; k += n {
			d[k] = x[k] - mean
		}
	}
	return d
}

func general(data []float64, rows, cols int) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: data}
}
