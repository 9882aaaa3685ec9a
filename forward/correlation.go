package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Correlation is the functional connectivity of regions whose covariance is known,
//
//	r_ij = c_ij / √(c_ii c_jj)
//
// that of [Moments], for example. As in [FC], a region without variance has no
// correlation with anything; its row, diagonal included, is 0. It panics unless the
// matrix is square.
func Correlation(covariance mat.Matrix) *mat.SymDense {
	return correlationFunction.symmetric(mat.DenseCopyOf(covariance))
}

// CorrelationNode is [Correlation] of every lane of covariances, shape (lane, region,
// region). A region without variance has correlations and gradient 0.
func CorrelationNode(covariance *G.Node) (*G.Node, error) {
	return correlationFunction.node(covariance)
}

var correlationFunction = laneFunction{
	name: "correlation",
	shape: func(t, n int) ([]int, error) {
		if t != n {
			return nil, fmt.Errorf("expected as many rows as columns, found %d × %d", t, n)
		}
		return []int{n, n}, nil
	},
	value: func(out, c []float64, _, n int) {
		scale := inverseDeviations(c, n)
		for k := range out {
			if out[k] = c[k] * scale[k/n] * scale[k%n]; k/n == k%n && scale[k%n] > 0 {
				out[k] = 1
			}
		}
	},
	gradient: func(dc, dout, c, out []float64, _, n int) {
		scale := inverseDeviations(c, n)
		for k, g := range dout {
			i, j := k/n, k%n
			if i == j || scale[i] == 0 || scale[j] == 0 {
				continue
			}
			dc[k] += g * scale[i] * scale[j]
			for _, v := range []int{i, j} {
				dc[v*n+v] -= g * out[k] / 2 * scale[v] * scale[v]
			}
		}
	},
}

// inverseDeviations are one over the deviations of a covariance, 0 where there is none.
func inverseDeviations(c []float64, n int) []float64 {
	scale := make([]float64, n)
	for i := range scale {
		if v := c[i*n+i]; v >= faint*faint {
			scale[i] = 1 / math.Sqrt(v)
		}
	}
	return scale
}
