package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/functions"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func rosenbrock(x, grad []float64) (float64, error) {
	f := functions.ExtendedRosenbrock{}
	if grad != nil {
		f.Grad(grad, x)
	}
	return f.Func(x), nil
}

func TestLBFGSOnRosenbrock(t *testing.T) {
	m, err := Minimize(context.Background(), Problem{Initial: []float64{-1.2, 1, -1.2, 1}, Func: rosenbrock}, Settings{Iterations: 200})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range m.X {
		if math.Abs(v-1) > 1e-5 {
			t.Errorf("x[%d]: expected 1, found %g (%s after %d iterations)", i, v, m.Reason, m.Iterations)
		}
	}
	if m.Iterations > 150 || m.Evaluations > 300 {
		t.Errorf("expected at most 150 iterations and 300 evaluations, found %d and %d", m.Iterations, m.Evaluations)
	}
}

func TestLBFGSFirstStep(t *testing.T) {
	start := []float64{-1.2, 1}
	for _, length := range []float64{1, 1e-3} {
		var tried []float64
		f := func(x, grad []float64) (float64, error) {
			tried = append(tried, math.Hypot(x[0]-start[0], x[1]-start[1]))
			return rosenbrock(x, grad)
		}
		m, err := Minimize(context.Background(), Problem{Initial: start, Func: f}, Settings{Method: LBFGS{FirstStep: length}, Iterations: 300})
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(tried[1]-length) > 1e-12 {
			t.Errorf("first step: expected length %g, found %g", length, tried[1])
		}
		if math.Hypot(m.X[0]-1, m.X[1]-1) > 1e-5 {
			t.Errorf("first step %g: expected the minimum at 1, 1, found %v", length, m.X)
		}
	}
}

// With a constant gradient the moments' corrections cancel: every step is the
// rate. The third step of a changing gradient is worked out by hand.
func TestAdamByHand(t *testing.T) {
	gradients := []float64{2, 2, -1}
	k := 0
	f := func(x, grad []float64) (float64, error) {
		grad[0] = gradients[min(k, 2)]
		k++
		return x[0], nil
	}
	var seen []float64
	_, err := Minimize(context.Background(), Problem{Initial: []float64{1}, Func: f}, Settings{
		Method: Adam{Rate: 0.1}, Iterations: 4,
		Callback: func(r Report) error { seen = append(seen, r.X[0]); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	m := 0.9*(0.9*(0.1*2)+0.1*2) + 0.1*-1
	v := 0.999*(0.999*(0.001*4)+0.001*4) + 0.001*1
	third := 0.1 * (m / (1 - 0.729)) / math.Sqrt(v/(1-math.Pow(0.999, 3)))
	want := []float64{1, 0.9, 0.8, 0.8 - third}
	for i := range want {
		if math.Abs(seen[i]-want[i]) > 1e-8 { // ε
			t.Errorf("x before step %d: expected %.10f, found %.10f", i+1, want[i], seen[i])
		}
	}
}

func TestAdamDecayAndClipping(t *testing.T) {
	f := func(x, grad []float64) (float64, error) {
		grad[0], grad[1] = 3e6, 4e6
		return 0, nil
	}
	last := func(a Adam, n int) []float64 {
		var x []float64
		if _, err := Minimize(context.Background(), Problem{Initial: []float64{5, 5}, Func: f}, Settings{
			Method: a, Iterations: n, Callback: func(r Report) error { x = r.X; return nil }}); err != nil {
			t.Fatal(err)
		}
		return x
	}
	// The gradient is clipped to (0.6, 0.8); with ε = 1 the step shows its size.
	x := last(Adam{Rate: 0.1, Epsilon: 1, ClipNorm: 1}, 2)
	for i, g := range []float64{0.6, 0.8} {
		if want := 5 - 0.1*g/(g+1); math.Abs(x[i]-want) > 1e-12 {
			t.Errorf("clipped step %d: expected %g, found %g", i, want, x[i])
		}
	}
	x = last(Adam{Rate: 0.1, Decay: 0.5}, 2)
	if want := 5 - 0.1*(1+0.5*5); math.Abs(x[0]-want) > 1e-9 {
		t.Errorf("decayed step: expected %g, found %g", want, x[0])
	}
}

func TestAdamResumesToTheBit(t *testing.T) {
	p := Problem{Initial: []float64{-1.2, 1, 0.3, 0.7}, Func: rosenbrock}
	a := Adam{Rate: 0.05, ClipNorm: 10}
	whole, err := Minimize(context.Background(), p, Settings{Method: a, Iterations: 30})
	if err != nil {
		t.Fatal(err)
	}
	half, err := Minimize(context.Background(), p, Settings{Method: a, Iterations: 13})
	if err != nil {
		t.Fatal(err)
	}
	rest, err := Minimize(context.Background(), p, Settings{Method: a, Iterations: 17, Resume: half.State})
	if err != nil {
		t.Fatal(err)
	}
	if whole.Loss != rest.Loss || !equal(whole.X, rest.X) || !bytes.Equal(whole.State, rest.State) {
		t.Errorf("expected the same bits, found %v %v against %v %v", whole.Loss, whole.X, rest.Loss, rest.X)
	}
	if whole.Losses[29] != rest.Losses[16] {
		t.Errorf("last loss: expected %v, found %v", whole.Losses[29], rest.Losses[16])
	}
	if _, err := Minimize(context.Background(), Problem{Initial: []float64{1}, Func: rosenbrock}, Settings{Method: a, Resume: half.State}); err == nil || !strings.Contains(err.Error(), "found 4") {
		t.Errorf("expected an error about 4 variables, found %v", err)
	}
}

func TestCancelKeepsTheBest(t *testing.T) {
	for _, method := range []Method{Adam{Rate: 0.1}, LBFGS{}} {
		ctx, cancel := context.WithCancel(context.Background())
		m, err := Minimize(ctx, Problem{Initial: []float64{-1.2, 1}, Func: rosenbrock}, Settings{
			Method: method, Iterations: 1000,
			Callback: func(r Report) error {
				if r.Iteration == 5 {
					cancel()
				}
				return nil
			}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v: expected context.Canceled, found %v", method, err)
		}
		start, _ := rosenbrock([]float64{-1.2, 1}, nil)
		if m == nil || m.Iterations != 5 || !(m.Loss < start) {
			t.Errorf("%v: expected the best of 5 iterations, found %+v", method, m)
		}
		if f, _ := rosenbrock(m.X, nil); f != m.Loss {
			t.Errorf("%v: X and Loss do not belong together: %g and %g", method, f, m.Loss)
		}
	}
}

func TestCallbackEndsTheSearch(t *testing.T) {
	mine := errors.New("mine")
	for _, method := range []Method{Adam{}, LBFGS{}} {
		for _, end := range []error{ErrStop, mine} {
			m, err := Minimize(context.Background(), Problem{Initial: []float64{-1.2, 1}, Func: rosenbrock}, Settings{
				Method: method, Callback: func(r Report) error {
					if r.Iteration == 3 {
						return end
					}
					return nil
				}})
			if m == nil || m.Iterations != 3 {
				t.Fatalf("%v: expected 3 iterations, found %+v", method, m)
			}
			if end == ErrStop && err != nil || end == mine && !errors.Is(err, mine) {
				t.Errorf("%v: callback returned %v, search %v", method, end, err)
			}
		}
	}
}

// log x − x, to be maximised: x ≤ 0 is not finite.
func TestNotFiniteStepsAreTakenBack(t *testing.T) {
	f := func(x, grad []float64) (float64, error) {
		if grad != nil {
			grad[0] = 1 - 1/x[0]
			if x[0] <= 0 {
				grad[0] = math.NaN()
			}
		}
		return x[0] - math.Log(x[0]), nil
	}
	for _, method := range []Method{Adam{Rate: 3}, LBFGS{}} {
		m, err := Minimize(context.Background(), Problem{Initial: []float64{2.5}, Func: f}, Settings{Method: method, Iterations: 300})
		if err != nil {
			t.Fatalf("%v: %v", method, err)
		}
		if math.Abs(m.X[0]-1) > 1e-2 {
			t.Errorf("%v: expected x = 1, found %g", method, m.X[0])
		}
		if _, adam := method.(Adam); adam && m.Skipped == 0 {
			t.Errorf("%v: expected skipped steps, found none", method)
		}
		if _, err := Minimize(context.Background(), Problem{Initial: []float64{-1}, Func: f}, Settings{Method: method}); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%v: expected ErrNotFinite from a bad start, found %v", method, err)
		}
	}
}

func TestErrorsAndPanicsOfTheFunctionAreReturned(t *testing.T) {
	for _, method := range []Method{Adam{}, LBFGS{}} {
		for what, f := range map[string]func(x, grad []float64) (float64, error){
			"broken": func(x, grad []float64) (float64, error) { return 0, errors.New("broken") },
			"panic":  func(x, grad []float64) (float64, error) { panic("oh") },
		} {
			m, err := Minimize(context.Background(), Problem{Initial: []float64{1}, Func: f}, Settings{Method: method})
			if err == nil || !strings.Contains(err.Error(), what) || m == nil {
				t.Errorf("%v: expected an error with %q and a partial result, found %v, %v", method, what, err, m)
			}
		}
	}
}

func TestProgressPrintsTheLastLine(t *testing.T) {
	var out strings.Builder
	if _, err := Minimize(context.Background(), Problem{Initial: []float64{-1.2, 1}, Func: rosenbrock}, Settings{Iterations: 7, Progress: &out}); err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(out.String(), "\n")
	if !strings.Contains(first, "iteration 1/7") || !strings.Contains(first, "s left") {
		t.Errorf("expected a first line with the time left, found %q", first)
	}
	if !strings.Contains(out.String(), "iteration 7/7") || !strings.Contains(out.String(), "all iterations done") {
		t.Errorf("unexpected progress %q", out.String())
	}
}

func series(g *G.ExprGraph, name string, shape []int, v []float64) *G.Node {
	return G.NewTensor(g, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64{}, v...)))))
}

func randomValues(seed uint64, n int) []float64 {
	r := rand.New(rand.NewPCG(seed, 7))
	v := make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}

func TestLossGradientsThroughAGraphProblem(t *testing.T) {
	const B, n = 2, 4
	target := mat.NewDense(n, n, randomValues(1, n*n))
	x := randomValues(2, B*n*n)
	for name, loss := range map[string]func(*G.Node, mat.Matrix) (*G.Node, error){
		"pairs": PairError, "matrix": MatrixError, "correlation": OneMinusCorrelation,
	} {
		g := G.NewGraph()
		node := series(g, "fc", []int{B, n, n}, x)
		lanes, err := loss(node, target)
		if err != nil {
			t.Fatal(err)
		}
		p, err := NewGraphProblem(lanes, G.Nodes{node})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		grad := make([]float64, len(x))
		total, err := p.Func(x, grad)
		if err != nil {
			t.Fatal(err)
		}
		if l := p.Losses(); len(l) != B || math.Abs(l[0]+l[1]-total) > 1e-14 || l[0] == l[1] {
			t.Errorf("%s: expected two different losses that sum to %g, found %v", name, total, l)
		}
		want := fd.Gradient(nil, func(x []float64) float64 { v, _ := p.Func(x, nil); return v }, x, &fd.Settings{Formula: fd.Central})
		for i := range want {
			if math.Abs(grad[i]-want[i]) > 1e-6*(1e-2+math.Abs(want[i])) {
				t.Errorf("%s: gradient %d: expected %g, found %g", name, i, want[i], grad[i])
			}
		}
		again := make([]float64, len(x)) // gradients must not add up over evaluations
		if _, err := p.Func(x, again); err != nil || !equal(grad, again) {
			t.Errorf("%s: the second evaluation gave another gradient (%v)", name, err)
		}
	}
}

func TestLossValues(t *testing.T) {
	target := mat.NewSymDense(3, []float64{1, 0.1, 0.2, 0.1, 1, 0.6, 0.2, 0.6, 1})
	fc := []float64{5, 0.2, 0.4, 0, 5, 1.2, 0, 0, 5} // above the diagonal: twice the target
	for _, c := range []struct {
		name string
		f    func(*G.Node, mat.Matrix) (*G.Node, error)
		want float64
	}{
		{"pairs", PairError, (0.01 + 0.04 + 0.36) / 3},
		{"correlation", OneMinusCorrelation, 0},
		{"matrix", MatrixError, (0.01 + 0.04 + 0.36 + 0.01 + 0.04 + 0.36 + 3*16) / 9},
	} {
		g := G.NewGraph()
		l, err := c.f(series(g, "fc", []int{1, 3, 3}, fc), target)
		if err != nil {
			t.Fatal(err)
		}
		vm := G.NewTapeMachine(g)
		if err := vm.RunAll(); err != nil {
			t.Fatal(err)
		}
		v, err := floats(l.Value())
		if err != nil || math.Abs(v[0]-c.want) > 1e-14 {
			t.Errorf("%s: expected %g, found %v (%v)", c.name, c.want, v, err)
		}
		vm.Close()
	}
}

func TestLossErrors(t *testing.T) {
	g := G.NewGraph()
	fc := series(g, "fc", []int{1, 3, 3}, make([]float64, 9))
	bad := mat.NewDense(3, 3, nil)
	bad.Set(1, 2, math.NaN())
	for _, c := range []struct {
		err  func() error
		want string
	}{
		{func() error { _, err := PairError(fc, mat.NewDense(3, 4, nil)); return err }, "square"},
		{func() error { _, err := PairError(fc, mat.NewDense(4, 4, nil)); return err }, "(lane, 4, 4)"},
		{func() error { _, err := PairError(fc, bad); return err }, "target[1][2] is NaN"},
		{func() error { _, err := OneMinusCorrelation(fc, mat.NewDense(3, 3, nil)); return err }, "same value"},
		{func() error { _, err := NewGraphProblem(fc, G.Nodes{fc}); return err }, "loss per lane"},
		{func() error { _, err := NewGraphProblem(nil, nil); return err }, "learnable"},
	} {
		if err := c.err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("expected an error with %q, found %v", c.want, err)
		}
	}
}

// A line search that insists on a small slope cannot end at a kink.
func TestLBFGSPassesKinks(t *testing.T) {
	f := func(x, grad []float64) (float64, error) {
		value := 9*math.Abs(x[0]) + math.Pow(x[1]-0.5, 2) + math.Abs(x[1]-x[0])*1.5
		if grad != nil {
			side := math.Copysign(1.5, x[1]-x[0])
			grad[0] = math.Copysign(9, x[0]) - side
			grad[1] = 2*(x[1]-0.5) + side
		}
		return value, nil
	}
	for _, start := range [][]float64{{2, -1.3}, {0, -3}} { // the second on a kink, where no step down the gradient lowers the loss
		m, err := Minimize(context.Background(), Problem{Initial: start, Func: f}, Settings{Iterations: 300})
		if err != nil {
			t.Fatal(err)
		}
		// At (0, 0): the slope of 1.5 |x₁ − x₀| beats that of (x₁ − 0.5)² there.
		if math.Abs(m.Loss-0.25) > 1e-3 {
			t.Errorf("from %v: expected a loss of 0.25, found %g at %v (%s after %d iterations)", start, m.Loss, m.X, m.Reason, m.Iterations)
		}
	}
}
