package forward

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func randomValues(seed uint64, n int) []float64 {
	r := rand.New(rand.NewPCG(seed, 7))
	v := make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}

// checkGradient compares Gorgonia's gradient of ⟨random weights, f(inputs)⟩ with
// central differences, 1e-6 of the gradient's largest value.
func checkGradient(t *testing.T, shapes [][]int, x []float64, f func(in G.Nodes) (*G.Node, error)) {
	t.Helper()
	run := func(x []float64, wantGradient bool) (float64, []float64) {
		g := G.NewGraph()
		in := inputs(g, shapes, x)
		out, err := f(in)
		if err != nil {
			t.Fatal(err)
		}
		w := tensor.New(tensor.WithShape(out.Shape()...), tensor.WithBacking(randomValues(99, out.Shape().TotalSize())))
		weights := G.NewConstant(w, G.WithName("weights"))
		loss := G.Must(G.Sum(G.Must(G.HadamardProd(out, weights))))
		var value G.Value
		G.Read(loss, &value)
		values := make([]G.Value, len(in))
		if wantGradient {
			grads, err := G.Grad(loss, in...)
			if err != nil {
				t.Fatal(err)
			}
			for i := range grads {
				G.Read(grads[i], &values[i])
			}
		}
		vm := G.NewTapeMachine(g)
		defer vm.Close()
		if err := vm.RunAll(); err != nil {
			t.Fatal(err)
		}
		var grad []float64
		if wantGradient {
			for i := range values {
				a, err := array(values[i])
				if err != nil {
					t.Fatal(err)
				}
				grad = append(grad, a.Data...)
			}
		}
		return float64(*value.(*G.F64)), grad
	}
	_, got := run(x, true)
	want := fd.Gradient(nil, func(x []float64) float64 { v, _ := run(x, false); return v }, x, &fd.Settings{Formula: fd.Central})
	scale := 1e-4 // below it a difference of values of order 1 is rounding
	for _, v := range want {
		scale = math.Max(scale, math.Abs(v))
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-6*scale {
			t.Fatalf("gradient %d: expected %.9g, found %.9g (largest %.3g)", i, want[i], got[i], scale)
		}
	}
}

// inputs makes a node of each shape from values that follow each other in x.
func inputs(g *G.ExprGraph, shapes [][]int, x []float64) G.Nodes {
	var in G.Nodes
	at := 0
	for i, s := range shapes {
		size := tensor.Shape(s).TotalSize()
		v := tensor.New(tensor.WithShape(s...), tensor.WithBacking(append([]float64{}, x[at:at+size]...)))
		in = append(in, G.NewTensor(g, tensor.Float64, len(s), G.WithShape(s...), G.WithName(string(rune('a'+i))), G.WithValue(v)))
		at += size
	}
	return in
}

func TestFCAgainstStat(t *testing.T) {
	x := mat.NewDense(50, 5, randomValues(1, 250))
	for k := 0; k < 50; k++ {
		x.Set(k, 3, 7.3) // constant
	}
	fc := FC(x)
	for i := 0; i < 5; i++ {
		for j := 0; j < 5; j++ {
			want := stat.Correlation(mat.Col(nil, i, x), mat.Col(nil, j, x), nil)
			if i == 3 || j == 3 {
				want = 0
			}
			if math.Abs(fc.At(i, j)-want) > 1e-13 {
				t.Errorf("FC[%d][%d]: expected %g, found %g", i, j, want, fc.At(i, j))
			}
		}
	}
}

func TestLaggedCovarianceByHand(t *testing.T) {
	x := mat.NewDense(4, 2, []float64{1, 0, 2, 1, 4, 0, 5, 3}) // means 3, 1
	c := LaggedCovariance(x, 1)
	// x_0(t+1): -1 1 2, x_1(t): -1 0 -1; divisor 4-1-1
	if got, want := c.At(0, 1), (1.0+0-2)/2; got != want {
		t.Errorf("C[0][1]: expected %g, found %g", want, got)
	}
	// x_1(t+1): 0 -1 2, x_0(t): -2 -1 1
	if got, want := c.At(1, 0), (0.0+1+2)/2; got != want {
		t.Errorf("C[1][0]: expected %g, found %g", want, got)
	}
}

func TestSeriesNodesAgreeWithNumbers(t *testing.T) {
	const B, T, n = 2, 9, 3
	x := randomValues(3, B*T*n)
	g := G.NewGraph()
	node := G.NewTensor(g, tensor.Float64, 3, G.WithShape(B, T, n), G.WithName("x"), G.WithValue(tensor.New(tensor.WithShape(B, T, n), tensor.WithBacking(x))))
	fc, err := FCNode(node)
	if err != nil {
		t.Fatal(err)
	}
	lag, err := LaggedCovarianceNode(node, 2)
	if err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	for b := 0; b < B; b++ {
		series := mat.NewDense(T, n, x[b*T*n:(b+1)*T*n])
		got := mat.NewDense(n, n, fc.Value().Data().([]float64)[b*n*n:(b+1)*n*n])
		if !mat.EqualApprox(got, FC(series), 1e-14) {
			t.Errorf("FC of lane %d: expected\n%v, found\n%v", b, mat.Formatted(FC(series)), mat.Formatted(got))
		}
		got = mat.NewDense(n, n, lag.Value().Data().([]float64)[b*n*n:(b+1)*n*n])
		if !mat.EqualApprox(got, LaggedCovariance(series, 2), 1e-14) {
			t.Errorf("lagged covariance of lane %d differs", b)
		}
	}
}

func TestSeriesGradients(t *testing.T) {
	cases := map[string]func(*G.Node) (*G.Node, error){
		"zscore":     ZScoreNode,
		"fc":         FCNode,
		"covariance": CovarianceNode,
		"lag 1":      func(x *G.Node) (*G.Node, error) { return LaggedCovarianceNode(x, 1) },
		"lag 3":      func(x *G.Node) (*G.Node, error) { return LaggedCovarianceNode(x, 3) },
	}
	for name, f := range cases {
		for _, shape := range [][]int{{2, 7, 3}, {1, 6, 1}, {1, 9, 4}} {
			t.Run(name, func(t *testing.T) {
				size := shape[0] * shape[1] * shape[2]
				checkGradient(t, [][]int{shape}, randomValues(uint64(size), size), func(in G.Nodes) (*G.Node, error) { return f(in[0]) })
			})
		}
	}
}

func TestConstantRegionHasGradientZero(t *testing.T) {
	const T, n = 8, 3
	x := randomValues(5, T*n)
	for k := 0; k < T; k++ {
		x[k*n+1] = 0.1
	}
	g := G.NewGraph()
	node := G.NewTensor(g, tensor.Float64, 3, G.WithShape(1, T, n), G.WithName("x"), G.WithValue(tensor.New(tensor.WithShape(1, T, n), tensor.WithBacking(x))))
	fc, err := FCNode(node)
	if err != nil {
		t.Fatal(err)
	}
	loss := G.Must(G.Sum(G.Must(G.Square(G.Must(G.Add(fc, G.NewConstant(1.0, G.WithName("one"))))))))
	grads, err := G.Grad(loss, node)
	if err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	other := false
	for k, v := range grads[0].Value().Data().([]float64) {
		switch {
		case math.IsNaN(v):
			t.Fatalf("gradient %d is NaN", k)
		case k%n == 1 && v != 0:
			t.Fatalf("gradient of the constant region: expected 0, found %g", v)
		case v != 0:
			other = true
		}
	}
	if !other {
		t.Error("expected a gradient of the other regions, found zeros")
	}
}

func TestViewsAreReadInRowMajorOrder(t *testing.T) {
	d := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6}))
	if err := d.T(); err != nil {
		t.Fatal(err)
	}
	a, err := array(d)
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{1, 4, 2, 5, 3, 6}
	for i := range want {
		if a.Data[i] != want[i] {
			t.Fatalf("transposed view: expected %v, found %v", want, a.Data)
		}
	}
	v, err := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6})).Slice(nil, tensor.S(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	a, err = array(v.(*tensor.Dense))
	if err != nil {
		t.Fatal(err)
	}
	want = []float64{2, 3, 5, 6}
	for i := range want {
		if a.Data[i] != want[i] {
			t.Fatalf("column slice: expected %v, found %v", want, a.Data)
		}
	}
}

func TestNodeErrors(t *testing.T) {
	g := G.NewGraph()
	matrix := G.NewMatrix(g, tensor.Float64, G.WithShape(3, 4), G.WithName("m"))
	single := G.NewMatrix(g, tensor.Float32, G.WithShape(3, 3), G.WithName("f32"))
	short := G.NewTensor(g, tensor.Float64, 3, G.WithShape(1, 1, 2), G.WithName("short"))
	series := G.NewTensor(g, tensor.Float64, 3, G.WithShape(1, 5, 2), G.WithName("series"))
	cases := []struct {
		name string
		err  func() error
		want []string
	}{
		{"rank", func() error { _, err := FCNode(matrix); return err }, []string{"expected 3 dimensions", `"m"`, "(3, 4)"}},
		{"time", func() error { _, err := FCNode(short); return err }, []string{"at least 2 time points"}},
		{"lag", func() error { _, err := LaggedCovarianceNode(series, 4); return err }, []string{"lag between 0 and 3", "found 4"}},
		{"negative lag", func() error { _, err := LaggedCovarianceNode(series, -1); return err }, []string{"found -1"}},
		{"type", func() error { _, err := LinearCovariance(single, single); return err }, []string{"float64", "float32"}},
		{"square", func() error { _, err := LinearCovariance(matrix, matrix); return err }, []string{"square"}},
		{"nil", func() error { _, err := FCNode(nil); return err }, []string{"nil"}},
	}
	for _, c := range cases {
		err := c.err()
		if err == nil {
			t.Errorf("%s: expected an error", c.name)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: expected %q in %q", c.name, w, err)
			}
		}
	}
}

func TestSecondDerivativeIsRefused(t *testing.T) {
	g := G.NewGraph()
	x := G.NewTensor(g, tensor.Float64, 3, G.WithShape(1, 5, 2), G.WithName("x"))
	op := gradientOp{zscoreFunction, 0}
	if _, err := op.SymDiff(G.Nodes{x, x, x}, x, x); !errors.Is(err, errSecondDerivative) {
		t.Errorf("expected %v, found %v", errSecondDerivative, err)
	}
}

func TestPermutingRegionsPermutesTheMatrices(t *testing.T) {
	const T, n = 30, 5
	x := mat.NewDense(T, n, randomValues(6, T*n))
	order := rand.New(rand.NewPCG(1, 2)).Perm(n)
	y := mat.NewDense(T, n, nil)
	for i, from := range order {
		y.SetCol(i, mat.Col(nil, from, x))
	}
	for lag := 0; lag < 3; lag++ {
		a, b := LaggedCovariance(x, lag), LaggedCovariance(y, lag)
		for i := range order {
			for j := range order {
				if d := b.At(i, j) - a.At(order[i], order[j]); math.Abs(d) > 1e-14 {
					t.Fatalf("lag %d, pair %d %d: differs by %g", lag, i, j, d)
				}
			}
		}
	}
}
