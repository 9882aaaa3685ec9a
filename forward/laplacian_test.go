package forward

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

func TestLaplaciansByHand(t *testing.T) {
	w := mat.NewDense(3, 3, []float64{0, 3, 1, 1, 0, 0, 0, 0, 0})
	for l, want := range map[Laplacian][]float64{
		PlainLaplacian:     {-4, 3, 1, 1, -1, 0, 0, 0, 0},
		LaplacianByDegree:  {-1, 0.75, 0.25, 1, -1, 0, 0, 0, 0},
		SymmetricLaplacian: {-1, 1.5, 0, 0.5, -1, 0, 0, 0, 0},
	} {
		if got := l.Of(w); !mat.EqualApprox(got, mat.NewDense(3, 3, want), 1e-15) {
			t.Errorf("%d: expected %v, found %v", l, want, got.RawMatrix().Data)
		}
	}
}

func TestGradientOfLaplacians(t *testing.T) {
	w := randomValues(91, 2*16)
	for k := range w {
		w[k] = math.Abs(w[k])
	}
	alone := append([]float64{}, w[:16]...)
	clear(alone[4:8])
	for _, l := range []Laplacian{PlainLaplacian, LaplacianByDegree, SymmetricLaplacian} {
		t.Run(fmt.Sprint(int(l)), func(t *testing.T) {
			checkGradient(t, [][]int{{2, 4, 4}}, w, unary(l.Node))
			for _, x := range [][]float64{alone, constants(16, 0)} {
				_, gradient := checkFinite(t, [][]int{{1, 4, 4}}, x, unary(l.Node))
				if l != PlainLaplacian {
					allZero(t, "gradient of a region alone", gradient[4:8])
				}
			}
		})
	}
	node := inputs(G.NewGraph(), [][]int{{1, 3, 4}, {1, 4, 4}}, randomValues(92, 28))
	if _, err := PlainLaplacian.Node(node[0]); err == nil {
		t.Error("no error of 3 × 4 weights")
	}
	if _, err := Laplacian(7).Node(node[1]); err == nil {
		t.Error("no error of an unknown Laplacian")
	}
}
