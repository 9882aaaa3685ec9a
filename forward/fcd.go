package forward

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// WindowedFC is the [FC] of every window of a series [time, region], one column per
// window and one row per pair i < j of regions, pairs in the order of the rows of
// the FC's upper triangle. Windows are window samples long and start at 0, step,
// 2 step, … as long as they fit. A region that is constant in a window has
// correlation 0 in it.
//
// It panics unless there are 2 regions, window ≥ 2, step ≥ 1 and one window fits.
func WindowedFC(series *mat.Dense, window, step int) *mat.Dense {
	return windowedFC(window, step).matrix(series)
}

// WindowedFCNode is [WindowedFC] of every lane of x, shape (lane, time, region), as
// a node of shape (lane, pair, window).
func WindowedFCNode(x *G.Node, window, step int) (*G.Node, error) {
	return windowedFC(window, step).node(x)
}

// FCD is the functional connectivity dynamics of a series [time, region]: Pearson's
// correlation, over pairs of regions, of the FC of every two windows (see
// [WindowedFC]). Common for BOLD: windows of 30 to 60 s in steps of one to three
// repetition times.
//
// Hansen et al. 2015, doi:10.1016/j.neuroimage.2014.11.001.
// It panics as WindowedFC does, and if there are fewer than 3 regions.
func FCD(series *mat.Dense, window, step int) *mat.SymDense {
	return FC(WindowedFC(series, window, step))
}

// FCDNode is [FCD] of every lane of x, shape (lane, time, region), as a node of
// shape (lane, window, window).
func FCDNode(x *G.Node, window, step int) (*G.Node, error) {
	w, err := WindowedFCNode(x, window, step)
	if err != nil {
		return nil, err
	}
	return FCNode(w)
}

func windowedFC(window, step int) laneFunction {
	return laneFunction{
		name: fmt.Sprintf("FC of windows of %d in steps of %d", window, step),
		shape: func(t, n int) ([]int, error) {
			switch {
			case window < 2 || window > t || step < 1:
				return nil, fmt.Errorf("expected a window of 2 to %d samples and a step of 1 or more, found %d and %d", t, window, step)
			case n < 2:
				return nil, fmt.Errorf("expected 2 regions or more, found %d", n)
			}
			return []int{n * (n - 1) / 2, (t-window)/step + 1}, nil
		},
		value: func(out, x []float64, t, n int) {
			z := make([]float64, window*n)
			eachWindow(t, window, step, func(k, windows, from int) {
				zscore(z, nil, x[from*n:(from+window)*n], window, n)
				pairProducts(z, window, n, func(pair int, sum float64) { out[pair*windows+k] = sum })
			})
		},
		gradient: func(dx, dout, x, _ []float64, t, n int) {
			windowedFCGradient(dx, dout, x, t, n, window, step)
		},
	}
}

// eachWindow calls f with the window's number, their number, and its first sample.
func eachWindow(t, window, step int, f func(k, windows, from int)) {
	windows := (t-window)/step + 1
	for k := 0; k < windows; k++ {
		f(k, windows, k*step)
	}
}

// pairProducts calls f with Σ_t z_i z_j / (t−1) of every pair i < j.
func pairProducts(z []float64, t, n int, f func(pair int, sum float64)) {
	c := make([]float64, n*n)
	laggedCovariance(c, z, 0, t, n)
	eachPair(n, func(pair, i, j int) { f(pair, c[i*n+j]) })
}

// eachPair numbers the pairs i < j by rows.
func eachPair(n int, f func(pair, i, j int)) {
	pair := 0
	for i := 0; i < n; i++ {
		for j := i + 1; j < n; j++ {
			f(pair, i, j)
			pair++
		}
	}
}

// windowedFCGradient adds up the windows' gradients where they overlap.
func windowedFCGradient(dx, dout, x []float64, t, n, window, step int) {
	z, dz, dw := make([]float64, window*n), make([]float64, window*n), make([]float64, window*n)
	deviation, dc := make([]float64, n), make([]float64, n*n)
	eachWindow(t, window, step, func(k, windows, from int) {
		clear(dz)
		clear(dw)
		part := x[from*n : (from+window)*n]
		zscore(z, deviation, part, window, n)
		eachPair(n, func(pair, i, j int) { dc[i*n+j] = dout[pair*windows+k] })
		laggedCovarianceGradient(dz, dc, z, 0, window, n)
		zscoreGradient(dw, dz, z, deviation, window, n)
		for i, v := range dw {
			dx[from*n+i] += v
		}
	})
}
