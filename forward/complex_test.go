package forward

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// oscillators is a stable complex n×n matrix.
func oscillators(seed uint64, n int) complexMatrix {
	im := mat.NewDense(n, n, randomValues(seed+100, n*n))
	im.Add(im, mat.DenseCopyOf(im.T())) // i times a symmetric matrix adds rotation only
	return complexMatrix{stable(seed, n, 0.1), im}
}

func closeTo(t *testing.T, what string, got, want mat.Matrix, tolerance float64) {
	t.Helper()
	var d mat.Dense
	d.Sub(got, want)
	if e := mat.Norm(&d, 2) / mat.Norm(want, 2); !(e <= tolerance) {
		t.Errorf("%s: expected a relative difference of at most %g, found %g", what, tolerance, e)
	}
}

// The complex matrices are the real ones of twice the size, in every operation.
func TestComplexAlgebraIsTheRealOneOfTwiceTheSize(t *testing.T) {
	a, b := oscillators(1, 5), oscillators(2, 5)
	A, B := a.real(), b.real()
	var want mat.Dense
	want.Mul(A, B)
	closeTo(t, "product", a.times(b).real(), &want, 1e-14)
	closeTo(t, "adjoint", a.adjoint().real(), A.T(), 0)
	want.Add(A, B)
	closeTo(t, "sum", a.plus(b).real(), &want, 0)
	if err := want.Inverse(A); err != nil {
		t.Fatal(err)
	}
	inverse, ok := a.inverse()
	if !ok {
		t.Fatal("expected an inverse")
	}
	closeTo(t, "inverse", inverse.real(), &want, 1e-12)
	if got, want := math.Sqrt2*a.frobenius(), mat.Norm(A, 2); math.Abs(got-want) > 1e-14*want {
		t.Errorf("Frobenius norm: expected %g, found %g", want, got)
	}
	if got, want := a.columnNorm(), mat.Norm(A, 1); got < want/2 || got > 2*want {
		t.Errorf("column norm: expected about %g, found %g", want, got)
	}
}

func TestComplexCovarianceIsTheRealOneOfTwiceTheSize(t *testing.T) {
	for _, n := range []int{1, 3, 20} {
		J := oscillators(uint64(n), n)
		Q := complexMatrix{mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)}
		for i := 0; i < n; i++ {
			Q.re.Set(i, i, 0.5+float64(i))
		}
		c, err := smith(J, Q)
		if err != nil {
			t.Fatal(err)
		}
		want, err := StationaryCovariance(J.real(), Q.real())
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, fmt.Sprint("n = ", n), c.real(), want, 1e-12)
	}
}

func TestExponential(t *testing.T) {
	for _, size := range []float64{0, 0.3, 3, 40} {
		for _, m := range []complexMatrix{{re: stable(5, 6, 0.1)}, oscillators(6, 6)} {
			m = m.scaled(size)
			var want mat.Dense
			want.Exp(m.real())
			got := exponential(dual{value: m}).value
			closeTo(t, fmt.Sprint("size ", size), got.real(), &want, 1e-12) // s squarings: 2^s roundings
		}
	}
}

// The derivative is the upper right block of the exponential of a block matrix.
func TestExponentialsDerivative(t *testing.T) {
	a, e := mat.NewDense(5, 5, randomValues(1, 25)), mat.NewDense(5, 5, randomValues(2, 25))
	block := mat.NewDense(10, 10, nil)
	block.Slice(0, 5, 0, 5).(*mat.Dense).Copy(a)
	block.Slice(5, 10, 5, 10).(*mat.Dense).Copy(a)
	block.Slice(0, 5, 5, 10).(*mat.Dense).Copy(e)
	var want mat.Dense
	want.Exp(block)
	got := exponential(dual{complexMatrix{re: a}, complexMatrix{re: e}, true})
	closeTo(t, "derivative", got.tangent.re, want.Slice(0, 5, 5, 10), 1e-13)
	closeTo(t, "value", got.value.re, want.Slice(0, 5, 0, 5), 1e-13)
}

func TestComplexLinearNetworkGradient(t *testing.T) {
	const n = 3
	J := oscillators(31, n)
	values := append(append([]float64{}, J.re.RawMatrix().Data...), J.im.RawMatrix().Data...)
	values = append(values, randomValues(32, 2*n*n)...) // any Q: the equation is linear in it
	shape := []int{2, n, n}
	checkGradient(t, [][]int{shape, shape}, values, func(in G.Nodes) (*G.Node, error) {
		return LinearCovariance(in[0], in[1])
	})
	checkGradient(t, [][]int{shape, shape}, values, func(in G.Nodes) (*G.Node, error) {
		c, err := LinearCovariance(in[0], in[1])
		if err != nil {
			return nil, err
		}
		return LinearLaggedCovariance(in[0], c, 1.7)
	})
}

func TestLinearNetworkShapeErrors(t *testing.T) {
	g := G.NewGraph()
	node := func(shape ...int) *G.Node {
		return G.NewTensor(g, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName(fmt.Sprint("of ", shape)))
	}
	for _, c := range []struct {
		J, Q *G.Node
		want string
	}{
		{node(2, 3), node(2, 3), "square"},
		{node(3, 3), node(4, 4), "one size"},
		{node(3, 3, 3), node(3, 3, 3), "(2, n, n)"},
		{node(2, 3, 3), node(3, 3), "3 dimensions"},
		{nil, nil, "nil"},
	} {
		if _, err := LinearCovariance(c.J, c.Q); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("covariance: expected an error with %q, found %v", c.want, err)
		}
		if _, err := LinearLaggedCovariance(c.J, c.Q, 1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("lagged covariance: expected an error with %q, found %v", c.want, err)
		}
	}
}
