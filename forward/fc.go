package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// FC is the functional connectivity of a series [time, region]: Pearson's
// correlation of every pair of regions over time. A constant region has no
// correlation with anything; its row, diagonal included, is 0.
//
// It panics if the series has fewer than two time points.
func FC(series *mat.Dense) *mat.SymDense {
	z := ZScore(series)
	c := LaggedCovariance(z, 0)
	n, _ := c.Dims()
	fc := mat.NewSymDense(n, nil)
	for i := 0; i < n; i++ {
		for j := i; j < n; j++ {
			fc.SetSym(i, j, c.At(i, j))
		}
	}
	return fc
}

// ZScore subtracts every region's mean over time and divides by its standard
// deviation (divisor time−1). A constant region becomes 0.
//
// It panics if the series has fewer than two time points.
func ZScore(series *mat.Dense) *mat.Dense {
	t, n := series.Dims()
	if t < 2 {
		panic(fmt.Sprintf("forward: a z-score needs 2 time points, found %d", t))
	}
	x := mat.DenseCopyOf(series)
	raw := x.RawMatrix()
	out := mat.NewDense(t, n, nil)
	zscore(out.RawMatrix().Data, nil, raw.Data, t, n)
	return out
}

// ZScoreNode is [ZScore] of every lane of x, shape (lane, time, region). A
// constant region has gradient 0.
func ZScoreNode(x *G.Node) (*G.Node, error) { return zscoreFunction.Apply(x) }

// FCNode is [FC] of every lane of x, shape (lane, time, region), as a node of
// shape (lane, region, region). A constant region has correlations and gradient 0.
func FCNode(x *G.Node) (*G.Node, error) {
	z, err := ZScoreNode(x)
	if err != nil {
		return nil, err
	}
	return CovarianceNode(z)
}

var zscoreFunction = &NodeFunction{
	Name:   "zscore",
	Inputs: []int{3},
	Output: 3,
	Shape: func(in [][]int) ([]int, error) {
		if in[0][1] < 2 {
			return nil, fmt.Errorf("expected at least 2 time points in (lane, time, region), found shape %v", in[0])
		}
		return in[0], nil
	},
	Value: func(in []Array, out Array) error {
		eachLane(in[0], func(t, n, from, to int) {
			zscore(out.Data[from:to], nil, in[0].Data[from:to], t, n)
		})
		return nil
	},
	Gradient: func(_ int, in []Array, out, outGrad, inGrad Array) error {
		eachLane(in[0], func(t, n, from, to int) {
			deviation := make([]float64, n)
			scratch := make([]float64, to-from)
			zscore(scratch, deviation, in[0].Data[from:to], t, n)
			zscoreGradient(inGrad.Data[from:to], outGrad.Data[from:to], scratch, deviation, t, n)
		})
		return nil
	},
}

func eachLane(x Array, f func(t, n, from, to int)) {
	t, n := x.Shape[1], x.Shape[2]
	for b := 0; b < x.Shape[0]; b++ {
		f(t, n, b*t*n, (b+1)*t*n)
	}
}

// zscore writes z = (x−m)/s and, if asked, every region's deviation s (0: constant). Sums go over rows of
// regions, in the order of memory.
func zscore(z, deviation, x []float64, t, n int) {
	if deviation == nil {
		deviation = make([]float64, n)
	}
	mean, largest := make([]float64, n), make([]float64, n)
	eachRow(t, n, func(row int) {
		for i, v := range x[row : row+n] {
			mean[i] += v
			largest[i] = math.Max(largest[i], math.Abs(v))
		}
	})
	for i := range mean {
		mean[i] /= float64(t)
	}
	clear(deviation)
	eachRow(t, n, func(row int) {
		for i, v := range x[row : row+n] {
			d := v - mean[i]
			z[row+i] = d
			deviation[i] += d * d
		}
	})
	for i, sum := range deviation {
		s := math.Sqrt(sum / float64(t-1))
		// Rounding of the mean leaves a constant region a deviation of this order.
		if s <= 8*epsilon*largest[i] || s < faint {
			s = 0
		}
		deviation[i] = s
	}
	eachRow(t, n, func(row int) {
		for i, s := range deviation {
			if s == 0 {
				z[row+i] = 0
			} else {
				z[row+i] /= s
			}
		}
	})
}

// zscoreGradient is x̄ = (z̄ − mean(z̄) − z Σ z z̄ / (t−1)) / s.
func zscoreGradient(dx, dz, z, deviation []float64, t, n int) {
	mean, dot := make([]float64, n), make([]float64, n)
	eachRow(t, n, func(row int) {
		for i, d := range dz[row : row+n] {
			mean[i] += d
			dot[i] += z[row+i] * d
		}
	})
	for i := range mean {
		mean[i] /= float64(t)
		dot[i] /= float64(t - 1)
	}
	eachRow(t, n, func(row int) {
		for i, s := range deviation {
			if k := row + i; s != 0 {
				dx[k] = (dz[k] - mean[i] - z[k]*dot[i]) / s
			}
		}
	})
}

// eachRow calls f with the beginning of every row of n values.
func eachRow(t, n int, f func(row int)) {
	for row := 0; row < t*n; row += n {
		f(row)
	}
}

const epsilon = 0x1p-52

// faint is what deviations and amplitudes must reach to count: squares of smaller ones, of an oscillation that has
// long died out, lose their digits, and reciprocals of those overflow.
const faint = 1e-150
