package forward

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// stable returns a random matrix shifted so that its symmetric part is negative definite.
func stable(seed uint64, n int, decay float64) *mat.Dense {
	J := mat.NewDense(n, n, randomValues(seed, n*n))
	J.Scale(0.5, J)
	var sym mat.Dense
	sym.Add(J, J.T())
	shift, err := LargestRealPart(&sym)
	if err != nil {
		panic(err)
	}
	for i := 0; i < n; i++ {
		J.Set(i, i, J.At(i, i)-shift/2-decay)
	}
	return J
}

func TestOrnsteinUhlenbeck(t *testing.T) {
	c, err := StationaryCovariance(mat.NewDense(1, 1, []float64{-0.5}), mat.NewDense(1, 1, []float64{0.09}))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.At(0, 0), 0.09; math.Abs(got-want) > 1e-15 { // σ²/2k
		t.Errorf("expected %g, found %g", want, got)
	}
	// A damped rotation with noise on both: C = σ²/2k of the identity, whatever ω.
	const k, omega, q = 0.02, 0.3, 0.01
	c, err = StationaryCovariance(mat.NewDense(2, 2, []float64{-k, -omega, omega, -k}), mat.NewDense(2, 2, []float64{q, 0, 0, q}))
	if err != nil {
		t.Fatal(err)
	}
	want := mat.NewDense(2, 2, []float64{q / (2 * k), 0, 0, q / (2 * k)})
	if !mat.EqualApprox(c, want, 1e-13) {
		t.Errorf("expected\n%v, found\n%v", mat.Formatted(want), mat.Formatted(c))
	}
}

func TestLyapunovResidual(t *testing.T) {
	for _, n := range []int{1, 2, 5, 20, 60} {
		for _, decay := range []float64{1e-6, 0.01, 3} {
			J := stable(uint64(n), n, decay)
			root := mat.NewDense(n, n, randomValues(4, n*n))
			var Q mat.Dense
			Q.Mul(root, root.T())
			c, err := StationaryCovariance(J, &Q)
			if err != nil {
				t.Fatal(err)
			}
			var a, b mat.Dense
			a.Mul(J, c)
			b.Mul(c, J.T())
			a.Add(&a, &b)
			a.Add(&a, &Q)
			if r := mat.Norm(&a, 2) / (mat.Norm(J, 2) * mat.Norm(c, 2)); r > 1e-13 {
				t.Errorf("n = %d, decay %g: residual %g", n, decay, r)
			}
		}
	}
}

func TestUnstableNamesTheLargestRealPart(t *testing.T) {
	J := mat.NewDense(2, 2, []float64{0.0125, 3, -3, 0.0125})
	_, err := StationaryCovariance(J, mat.NewDense(2, 2, []float64{1, 0, 0, 1}))
	var unstable *UnstableError
	if !errors.As(err, &unstable) || math.Abs(unstable.LargestRealPart-0.0125) > 1e-12 || !strings.Contains(err.Error(), "0.0125") {
		t.Errorf("expected an error naming 0.0125, found %v", err)
	}
	J.Set(0, 0, math.NaN())
	if _, err = StationaryCovariance(J, J); !errors.As(err, &unstable) || !strings.Contains(err.Error(), "not finite") {
		t.Errorf("expected an error about values that are not finite, found %v", err)
	}
	if _, err = StationaryCovariance(mat.NewDense(2, 2, nil), mat.NewDense(2, 2, nil)); err == nil {
		t.Error("expected an error for J = 0")
	}
}

func TestLinearCovarianceGradient(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		J := stable(11, n, 0.3).RawMatrix().Data
		Q := randomValues(12, n*n) // any matrix: the equation is linear in Q
		checkGradient(t, [][]int{{n, n}, {n, n}}, append(append([]float64{}, J...), Q...), func(in G.Nodes) (*G.Node, error) {
			return LinearCovariance(in[0], in[1])
		})
	}
}

func TestLinearLaggedCovarianceGradient(t *testing.T) {
	const n = 4
	J := stable(21, n, 0.3).RawMatrix().Data
	Q := randomValues(22, n*n)
	checkGradient(t, [][]int{{n, n}, {n, n}}, append(append([]float64{}, J...), Q...), func(in G.Nodes) (*G.Node, error) {
		c, err := LinearCovariance(in[0], in[1])
		if err != nil {
			return nil, err
		}
		return LinearLaggedCovariance(in[0], c, 1.7)
	})
}

func TestLaggedCovarianceOfARotation(t *testing.T) {
	const k, omega, q, lag = 0.05, 0.4, 0.02, 1.89
	g := G.NewGraph()
	matrix := func(name string, v ...float64) *G.Node {
		return G.NewMatrix(g, tensor.Float64, G.WithShape(2, 2), G.WithName(name), G.WithValue(tensor.New(tensor.WithShape(2, 2), tensor.WithBacking(v))))
	}
	J, Q := matrix("J", -k, -omega, omega, -k), matrix("Q", q, 0, 0, q)
	c, err := LinearCovariance(J, Q)
	if err != nil {
		t.Fatal(err)
	}
	l, err := LinearLaggedCovariance(J, c, lag)
	if err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	s := q / (2 * k) * math.Exp(-k*lag)
	want := []float64{s * math.Cos(omega*lag), -s * math.Sin(omega*lag), s * math.Sin(omega*lag), s * math.Cos(omega*lag)}
	for i, v := range l.Value().Data().([]float64) {
		if math.Abs(v-want[i]) > 1e-13 {
			t.Errorf("entry %d: expected %g, found %g", i, want[i], v)
		}
	}
}

func TestUnstableNodeIsAnError(t *testing.T) {
	g := G.NewGraph()
	J := G.NewMatrix(g, tensor.Float64, G.WithShape(1, 1), G.WithName("J"), G.WithValue(tensor.New(tensor.WithShape(1, 1), tensor.WithBacking([]float64{0.25}))))
	if _, err := LinearCovariance(J, J); err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err == nil || !strings.Contains(err.Error(), "0.25") {
		t.Errorf("expected an error naming 0.25, found %v", err)
	}
}
