package train

import (
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// PairError is the mean squared difference between fc, shape (lane, region,
// region), and target over the pairs above the diagonal: one loss per lane.
func PairError(fc *G.Node, target mat.Matrix) (*G.Node, error) {
	return squaredError("FC error", fc, target, true)
}

// MatrixError is the mean squared difference between m, shape (lane, region,
// region), and target over all entries: one loss per lane.
func MatrixError(m *G.Node, target mat.Matrix) (*G.Node, error) {
	return squaredError("matrix error", m, target, false)
}

// OneMinusCorrelation is 1 − r, r Pearson's correlation between fc, shape (lane,
// region, region), and target over the pairs above the diagonal: one loss per
// lane. It says nothing about the level and spread of fc; where fc does not vary,
// r and the gradient are 0.
func OneMinusCorrelation(fc *G.Node, target mat.Matrix) (*G.Node, error) {
	want, err := pairs(target, true)
	if err != nil {
		return nil, fmt.Errorf("train: FC correlation: %w", err)
	}
	if len(want) < 2 {
		return nil, fmt.Errorf("train: FC correlation: expected at least 2 pairs of regions, found %d", len(want))
	}
	centre(want)
	wantNorm := norm(want)
	if wantNorm == 0 {
		return nil, fmt.Errorf("train: FC correlation: every pair of the target has the same value")
	}
	f := lossOver("1 - FC correlation", target, true)
	f.Value = func(in []forward.Array, out forward.Array) error {
		eachLane(in[0], true, func(b int, x []float64) {
			out.Data[b] = 1
			if centre(x); norm(x) > 0 {
				out.Data[b] = 1 - dot(x, want)/(norm(x)*wantNorm)
			}
		})
		return nil
	}
	f.Gradient = func(_ int, in []forward.Array, out, outGrad, inGrad forward.Array) error {
		eachLane(in[0], true, func(b int, x []float64) {
			centre(x)
			size := norm(x)
			if size == 0 {
				return
			}
			r := dot(x, want) / (size * wantNorm)
			for k, d := range x {
				x[k] = -outGrad.Data[b] * (want[k]/wantNorm - r*d/size) / size
			}
			scatter(inGrad, b, true, x)
		})
		return nil
	}
	return f.Apply(fc)
}

func squaredError(name string, m *G.Node, target mat.Matrix, upper bool) (*G.Node, error) {
	want, err := pairs(target, upper)
	if err != nil {
		return nil, fmt.Errorf("train: %s: %w", name, err)
	}
	if len(want) == 0 {
		return nil, fmt.Errorf("train: %s: expected at least 2 regions, found 1", name)
	}
	f := lossOver(name, target, upper)
	f.Value = func(in []forward.Array, out forward.Array) error {
		eachLane(in[0], upper, func(b int, x []float64) {
			for k, v := range x {
				out.Data[b] += (v - want[k]) * (v - want[k]) / float64(len(want))
			}
		})
		return nil
	}
	f.Gradient = func(_ int, in []forward.Array, out, outGrad, inGrad forward.Array) error {
		eachLane(in[0], upper, func(b int, x []float64) {
			for k, v := range x {
				x[k] = outGrad.Data[b] * 2 * (v - want[k]) / float64(len(want))
			}
			scatter(inGrad, b, upper, x)
		})
		return nil
	}
	return f.Apply(m)
}

// lossOver is a function from (lane, region, region) to (lane).
func lossOver(name string, target mat.Matrix, upper bool) *forward.NodeFunction {
	n, _ := target.Dims()
	return &forward.NodeFunction{
		Name: name, Inputs: []int{3}, Output: 1,
		Shape: func(in [][]int) ([]int, error) {
			if in[0][1] != n || in[0][2] != n {
				return nil, fmt.Errorf("expected shape (lane, %d, %d) as the target's, found %v", n, n, in[0])
			}
			return []int{in[0][0]}, nil
		},
	}
}

// pairs lists the entries of a square matrix row by row, those above the
// diagonal or all.
func pairs(m mat.Matrix, upper bool) ([]float64, error) {
	rows, cols := m.Dims()
	if rows != cols {
		return nil, fmt.Errorf("expected a square target, found %d×%d", rows, cols)
	}
	var v []float64
	for i := 0; i < rows; i++ {
		for j := first(i, upper); j < cols; j++ {
			if !isFinite(m.At(i, j)) {
				return nil, fmt.Errorf("target[%d][%d] is %v", i, j, m.At(i, j))
			}
			v = append(v, m.At(i, j))
		}
	}
	return v, nil
}

func first(i int, upper bool) int {
	if upper {
		return i + 1
	}
	return 0
}

// eachLane calls f with a copy of the pairs of every lane.
func eachLane(m forward.Array, upper bool, f func(b int, x []float64)) {
	n := m.Shape[1]
	for b := 0; b < m.Shape[0]; b++ {
		var x []float64
		for i := 0; i < n; i++ {
			row := m.Data[(b*n+i)*n : (b*n+i+1)*n]
			x = append(x, row[first(i, upper):]...)
		}
		f(b, x)
	}
}

func scatter(m forward.Array, b int, upper bool, x []float64) {
	n := m.Shape[1]
	for i := 0; i < n; i++ {
		row := m.Data[(b*n+i)*n : (b*n+i+1)*n]
		x = x[copy(row[first(i, upper):], x):]
	}
}

// centre subtracts the mean; differences of the order of rounding become 0.
func centre(x []float64) {
	mean, largest := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
		largest = math.Max(largest, math.Abs(v))
	}
	spread := 0.0
	for i := range x {
		x[i] -= mean
		spread = math.Max(spread, math.Abs(x[i]))
	}
	if spread <= 8*0x1p-52*largest {
		clear(x)
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
