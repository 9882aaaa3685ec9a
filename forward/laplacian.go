package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Laplacian is a graph Laplacian of weights w[to][from], with the sign of diffusion, dx = L x dt. d_i is the sum
// of row i, what region i receives.
type Laplacian int

const (
	PlainLaplacian     Laplacian = iota // w − d
	LaplacianByDegree                   // w_ij/d_i − 1, of a random walk: every region receives 1
	SymmetricLaplacian                  // w_ij/√(d_i d_j) − 1, symmetric if w is
)

// Of is the Laplacian of weights. A region whose row sums to 0 or less has, under the two last ones, a row of
// zeros, and a column of zeros under the last: it is not connected.
//
// Chung 1997, doi:10.1090/cbms/092, with the other sign. It panics unless the weights are square.
func (l Laplacian) Of(weights mat.Matrix) *mat.Dense {
	return l.function().matrix(mat.DenseCopyOf(weights))
}

// Node is [Laplacian.Of] every lane of weights, shape (lane, region, region). The gradient of what is not
// connected is 0.
func (l Laplacian) Node(weights *G.Node) (*G.Node, error) { return l.function().node(weights) }

func (l Laplacian) function() laneFunction {
	return laneFunction{
		name: fmt.Sprintf("Laplacian %d", int(l)),
		shape: func(r, n int) ([]int, error) {
			if r != n || l < PlainLaplacian || l > SymmetricLaplacian {
				return nil, fmt.Errorf("expected a square matrix and one of the three Laplacians, found %d × %d", r, n)
			}
			return []int{n, n}, nil
		},
		value: func(out, w []float64, _, n int) {
			left, right, degree := l.factors(w, n)
			for i := range n {
				for j := range n {
					out[i*n+j] = left[i] * right[j] * w[i*n+j]
				}
				switch {
				case l == PlainLaplacian:
					out[i*n+i] -= degree[i]
				case degree[i] > 0:
					out[i*n+i]--
				}
			}
		},
		gradient: l.gradient,
	}
}

// factors returns what rows and columns are multiplied with, and the degrees.
func (l Laplacian) factors(w []float64, n int) (left, right, degree []float64) {
	left, right, degree = make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		for _, v := range w[i*n : (i+1)*n] {
			degree[i] += v
		}
		left[i], right[i] = 1, 1
		switch positive := degree[i] > 0; {
		case l == LaplacianByDegree && positive:
			left[i] = 1 / degree[i]
		case l == SymmetricLaplacian && positive:
			left[i] = 1 / math.Sqrt(degree[i])
			right[i] = left[i]
		case l == LaplacianByDegree:
			left[i] = 0
		case l == SymmetricLaplacian:
			left[i], right[i] = 0, 0
		}
	}
	return left, right, degree
}

// gradient is that of the product, and through the degrees.
func (l Laplacian) gradient(dw, dout, w, _ []float64, _, n int) {
	left, right, degree := l.factors(w, n)
	through := make([]float64, n) // the gradient of each degree
	for i := range n {
		for j := range n {
			product := dout[i*n+j] * left[i] * right[j]
			dw[i*n+j] = product
			switch l {
			case LaplacianByDegree:
				through[i] -= product * w[i*n+j]
			case SymmetricLaplacian:
				through[i] -= product * w[i*n+j] / 2
				through[j] -= product * w[i*n+j] / 2
			}
		}
	}
	for i := range n {
		switch {
		case l == PlainLaplacian:
			through[i] = -dout[i*n+i]
		case degree[i] > 0:
			through[i] /= degree[i]
		default:
			through[i] = 0
		}
		for j := range n {
			dw[i*n+j] += through[i]
		}
	}
}
