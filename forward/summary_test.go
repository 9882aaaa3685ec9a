package forward

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// oscillations are n noisy rhythms of different frequencies, [lane, time, region].
func oscillations(seed uint64, lanes, t, n int) []float64 {
	x := randomValues(seed, lanes*t*n)
	for k := range x {
		i, time := k%n, k/n%t
		x[k] = 0.2*x[k] + math.Sin(0.9*float64(time)*(1+0.1*float64(i))+float64(i))
	}
	return x
}

// series returns the first lane of values of shape (lane, t, n).
func series(x []float64, t, n int) *mat.Dense {
	return mat.NewDense(t, n, append([]float64{}, x[:t*n]...))
}

// unary makes checkGradient's function of a node function of one node.
func unary(f func(*G.Node) (*G.Node, error)) func(G.Nodes) (*G.Node, error) {
	return func(in G.Nodes) (*G.Node, error) { return f(in[0]) }
}

func binary(f func(a, b *G.Node) (*G.Node, error)) func(G.Nodes) (*G.Node, error) {
	return func(in G.Nodes) (*G.Node, error) { return f(in[0], in[1]) }
}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: expected %.15g, found %.15g", what, want, got)
	}
}

// evaluateNode returns a node function's values and its gradients for a loss that
// adds up all of its values.
func evaluateNode(t *testing.T, shapes [][]int, x []float64, f func(G.Nodes) (*G.Node, error)) (values, gradient []float64) {
	t.Helper()
	g := G.NewGraph()
	in := inputs(g, shapes, x)
	out, err := f(in)
	if err != nil {
		t.Fatal(err)
	}
	loss := G.Must(G.Sum(out))
	grads, err := G.Grad(loss, in...)
	if err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	a, err := array(out.Value())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range grads {
		b, err := array(d.Value())
		if err != nil {
			t.Fatal(err)
		}
		gradient = append(gradient, b.Data...)
	}
	return a.Data, gradient
}

// checkFinite checks that a node of degenerate inputs has finite values and gradients.
func checkFinite(t *testing.T, shapes [][]int, x []float64, f func(G.Nodes) (*G.Node, error)) (values, gradient []float64) {
	t.Helper()
	values, gradient = evaluateNode(t, shapes, x, f)
	for what, list := range map[string][]float64{"value": values, "gradient": gradient} {
		for i, v := range list {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%s %d is %g", what, i, v)
			}
		}
	}
	return values, gradient
}

// allZero reports the first entry that is not 0.
func allZero(t *testing.T, what string, x []float64) {
	t.Helper()
	for i, v := range x {
		if v != 0 {
			t.Fatalf("%s: expected 0 at %d, found %g", what, i, v)
		}
	}
}

func constants(n int, v float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = v
	}
	return x
}

func TestSimilaritiesByHand(t *testing.T) {
	a, b := mat.NewDense(2, 2, []float64{1, 2, 3, 4}), mat.NewDense(2, 2, []float64{1, 0, 3, 0})
	near(t, "MSE", MSE(a, b), 5, 0)
	near(t, "RMSE", RMSE(a, b), math.Sqrt(5), 0)
	near(t, "cosine", CosineSimilarity(a, b), 10/math.Sqrt(30*10), 1e-15)
	near(t, "cosine with 0", CosineSimilarity(a, mat.NewDense(2, 2, nil)), 0, 0)
}

func TestGradientOfSimilarities(t *testing.T) {
	shapes := [][]int{{2, 4, 3}, {1, 4, 3}} // both lanes against one target
	x := randomValues(11, 36)
	for name, f := range map[string]func(a, b *G.Node) (*G.Node, error){"MSE": MSENode, "RMSE": RMSENode, "cosine": CosineSimilarityNode} {
		t.Run(name, func(t *testing.T) { checkGradient(t, shapes, x, binary(f)) })
	}
	same := append(randomValues(12, 12), randomValues(12, 12)...)
	_, gradient := checkFinite(t, [][]int{{1, 4, 3}, {1, 4, 3}}, same, binary(RMSENode))
	allZero(t, "gradient of an RMSE of 0", gradient)
	zero := append(constants(12, 0), randomValues(12, 12)...)
	_, gradient = checkFinite(t, [][]int{{1, 4, 3}, {1, 4, 3}}, zero, binary(CosineSimilarityNode))
	allZero(t, "gradient of the cosine with 0", gradient)
}

func TestSimilarityRefusesShapes(t *testing.T) {
	g := G.NewGraph()
	a := inputs(g, [][]int{{2, 4, 3}, {2, 5, 3}, {3, 4, 3}}, randomValues(1, 24+30+36))
	for _, b := range a[1:] {
		if _, err := RMSENode(a[0], b); err == nil {
			t.Errorf("no error of shapes %v and %v", a[0].Shape(), b.Shape())
		}
	}
	if _, err := RMSENode(a[0], nil); err == nil {
		t.Error("no error of a nil node")
	}
}
