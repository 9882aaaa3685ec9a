package forward

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	G "gorgonia.org/gorgonia"
)

// UpperTriangle returns the entries [i][j], j ≥ i+k, of a square matrix, row by row:
// the values of a distribution of FC (k = 1) or of [FCD]. Windows of an FCD that
// overlap are correlated by construction; k ≥ window/step leaves them out.
//
// It panics unless the matrix is square and 0 ≤ k < its size.
func UpperTriangle(m mat.Matrix, k int) []float64 {
	n, c := m.Dims()
	if n != c {
		panic(fmt.Sprintf("forward: upper triangle of a matrix of %d×%d", n, c))
	}
	return upperTriangle(k).of(mat.DenseCopyOf(m)).Data
}

// UpperTriangleNode is [UpperTriangle] of every lane of m, shape (lane, n, n), as a
// node of shape (lane, values).
func UpperTriangleNode(m *G.Node, k int) (*G.Node, error) { return upperTriangle(k).node(m) }

func upperTriangle(k int) laneFunction {
	return laneFunction{
		name: fmt.Sprintf("upper triangle from diagonal %d", k),
		shape: func(r, n int) ([]int, error) {
			if r != n || k < 0 || k >= n {
				return nil, fmt.Errorf("expected a square matrix and a diagonal of 0 to %d, found %d×%d and %d", n-1, r, n, k)
			}
			return []int{(n - k) * (n - k + 1) / 2}, nil
		},
		value: func(out, x []float64, _, n int) {
			at := 0
			for i := 0; i+k < n; i++ {
				at += copy(out[at:], x[i*n+i+k:(i+1)*n])
			}
		},
		gradient: func(dx, dout, _, _ []float64, _, n int) {
			at := 0
			for i := 0; i+k < n; i++ {
				at += copy(dx[i*n+i+k:(i+1)*n], dout[at:])
			}
		},
	}
}

// KSDistance is the Kolmogorov-Smirnov distance of two samples, the largest
// difference of their cumulative distributions. It has no useful gradient: see
// [WassersteinNode], or [DensityNode] and [DensityKSNode]. It panics if one is empty.
func KSDistance(a, b []float64) float64 {
	a, b = sorted("KS distance", a), sorted("KS distance", b)
	return stat.KolmogorovSmirnov(a, nil, b, nil)
}

// Wasserstein is the Wasserstein-1 distance ∫ |F_a⁻¹(u) − F_b⁻¹(u)| du of two samples,
// whose sizes may differ: by how much values must be moved, on average, to turn one
// distribution into the other. It panics if one is empty.
//
// Ramdas, García Trillos and Cuturi 2017, doi:10.3390/e19020047.
func Wasserstein(a, b []float64) float64 {
	return wasserstein(sorted("Wasserstein distance", a), sorted("Wasserstein distance", b))
}

// WassersteinNode is [Wasserstein] of every lane of a and b, shapes (lane, values),
// as a node of shape (lane). A b of one lane is compared with all. Equal quantiles
// have gradient 0.
func WassersteinNode(a, b *G.Node) (*G.Node, error) { return wassersteinFunction.node(a, b) }

var wassersteinFunction = pairFunction{
	name: "Wasserstein distance", dims: 2,
	value: func(a, b []float64) float64 {
		return wasserstein(sorted("", a), sorted("", b))
	},
	gradient: func(da, db, a, b []float64, dout float64) {
		ia, ib := ranks(a), ranks(b)
		eachQuantile(len(a), len(b), func(i, j int, du float64) {
			k := 0.0
			if d := a[ia[i]] - b[ib[j]]; d != 0 {
				k = math.Copysign(du, d) * dout
			}
			if da != nil {
				da[ia[i]] += k
			}
			if db != nil {
				db[ib[j]] -= k
			}
		})
	},
}

func wasserstein(a, b []float64) float64 {
	sum := 0.0
	eachQuantile(len(a), len(b), func(i, j int, du float64) { sum += du * math.Abs(a[i]-b[j]) })
	return sum
}

// eachQuantile calls f with the ranks that two samples of n and m values have in
// each piece of [0, 1], of length du, in which neither changes.
func eachQuantile(n, m int, f func(i, j int, du float64)) {
	at := 0 // in units of 1/(n m)
	for i, j := 0, 0; i < n && j < m; {
		next := min((i+1)*m, (j+1)*n)
		f(i, j, float64(next-at)/float64(n*m))
		at = next
		if at == (i+1)*m {
			i++
		}
		if at == (j+1)*n {
			j++
		}
	}
}

func sorted(what string, x []float64) []float64 {
	if len(x) == 0 {
		panic("forward: " + what + ": no values")
	}
	s := append([]float64{}, x...)
	sort.Float64s(s)
	return s
}

// ranks returns the indices that sort x, equal values in their order.
func ranks(x []float64) []int {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return x[order[i]] < x[order[j]] })
	return order
}
