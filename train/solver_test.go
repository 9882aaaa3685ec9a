package train

import (
	"context"
	"math"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// The solver on a graph of two nodes takes the steps that Minimize takes on all their numbers, clipped or
// not.
func TestAdamSolverIsMinimize(t *testing.T) {
	target := []float64{1, -2, 0.5, 3, -1}
	for _, clip := range []float64{0, 0.3} {
		a := Adam{Rate: 0.05, ClipNorm: clip, Decay: 0.1}
		want := target
		_, err := Minimize(context.Background(), Problem{Initial: make([]float64, 5), Func: func(x, grad []float64) (float64, error) {
			want = append([]float64(nil), x...)
			loss := 0.0
			for i, v := range x {
				loss += (v - target[i]) * (v - target[i])
				if grad != nil {
					grad[i] = 2 * (v - target[i])
				}
			}
			return loss, nil
		}}, Settings{Method: a, Iterations: 20})
		if err != nil {
			t.Fatal(err)
		}
		g := G.NewGraph()
		leaf := func(name string, x []float64) *G.Node {
			return G.NewVector(g, G.Float64, G.WithShape(len(x)), G.WithName(name), G.WithValue(tensor.New(tensor.WithShape(len(x)), tensor.WithBacking(x))))
		}
		nodes := G.Nodes{leaf("a", make([]float64, 3)), leaf("b", make([]float64, 2))}
		var loss *G.Node
		for k, n := range nodes {
			to := leaf("to "+n.Name(), append([]float64(nil), target[3*k:min(5, 3*k+3)]...))
			term := G.Must(G.Sum(G.Must(G.Square(G.Must(G.Sub(n, to))))))
			if loss == nil {
				loss = term
			} else {
				loss = G.Must(G.Add(loss, term))
			}
		}
		if _, err := G.Grad(loss, nodes...); err != nil {
			t.Fatal(err)
		}
		vm, solver := G.NewTapeMachine(g, G.BindDualValues(nodes...)), a.Solver()
		defer vm.Close()
		for range 19 {
			if err := vm.RunAll(); err != nil {
				t.Fatal(err)
			}
			if err := solver.Step(G.NodesToValueGrads(nodes)); err != nil {
				t.Fatal(err)
			}
			vm.Reset()
		}
		got := append(append([]float64(nil), nodes[0].Value().Data().([]float64)...), nodes[1].Value().Data().([]float64)...)
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-12 || got[i] == 0 {
				t.Errorf("clip %v, variable %d: %v, expected %v", clip, i, got[i], want[i])
			}
		}
		if err := solver.Step(G.NodesToValueGrads(nodes[:1])); err == nil || !strings.Contains(err.Error(), "expected 2 nodes") {
			t.Errorf("error %v", err)
		}
	}
}
