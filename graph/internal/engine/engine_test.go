package engine

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// linearModel is x' = a·x + S, S_i = Σ_j W_ij x_j(t − d_ij), of n regions, with delays up to most.
func linearModel(t testing.TB, n, most int) *Model {
	t.Helper()
	g := G.NewGraph()
	leaf := func(name string) *G.Node {
		return G.NewVector(g, tensor.Float64, G.WithShape(max(n, 2)), G.WithName(name))
	}
	x, s, u := leaf("x"), leaf("S"), leaf("u")
	a := G.NewScalar(g, tensor.Float64, G.WithName("a"))
	next := G.Must(G.Add(G.Must(G.HadamardProd(a, x)), s))
	grads, err := G.Grad(G.Must(G.Sum(G.Must(G.HadamardProd(u, next)))), x, s, a)
	if err != nil {
		t.Fatal(err)
	}
	in := []vm.Input{
		{Node: x, Name: "x", Len: n, Class: vm.Varying}, {Node: a, Name: "a", Len: 1, Scalar: true}, {Node: s, Name: "S", Len: n, Class: vm.Varying},
	}
	wires := []Wire{{State, 0}, {Param, 0}, {Sum, 0}}
	m := &Model{
		States:  []StateVar{{Address: "cortex.x", Labels: strings.Split("abcdefgh"+strings.Repeat("z", n), "")[:n], N: n}},
		Params:  []ParamVar{{Address: "cortex.a", N: 1, Learned: true}},
		Sources: []Source{{N: n}}, Sums: []SumVar{{}},
		Records: []Record{{Address: "cortex.x", N: n}},
		Step:    compilePiece(t, in, []vm.Output{{Node: next, Name: "x'", Len: n}}, wires, []Wire{{State, 0}}),
		Adjoint: compilePiece(t, append(in, vm.Input{Node: u, Name: "u", Len: n, Class: vm.Varying}),
			[]vm.Output{{Node: grads[0], Name: "dx", Len: n}, {Node: grads[1], Name: "dS", Len: n}, {Node: grads[2], Name: "da", Len: 1, Scalar: true, Mode: vm.Accumulate}},
			append(wires, Wire{Cotangent, 0}), []Wire{{State, 0}, {Sum, 0}, {Param, 0}}),
	}
	c := Coupling{Name: "net", NTo: n, NFrom: n, Weights: n * n}
	for e := 0; e < n*n; e++ {
		c.I, c.J, c.Index = append(c.I, e/n), append(c.J, e%n), append(c.Index, e)
		c.Delay = append(c.Delay, e*most/max(n*n-1, 1))
	}
	m.Couplings = []Coupling{c}
	m.Prepare()
	return m
}

func compilePiece(t testing.TB, in []vm.Input, out []vm.Output, from, to []Wire) *Piece {
	t.Helper()
	p, err := vm.Compile(in, out)
	if err != nil {
		t.Fatal(err)
	}
	return &Piece{Program: p, In: append([]Wire(nil), from...), Out: to}
}

// linearInputs are those of one lane that starts at a given step, and room for its outputs.
func linearInputs(m *Model, start int) (*Inputs, *Outputs) {
	n := m.States[0].N
	in := &Inputs{Lanes: 1, Seeds: []uint64{1}, Carry: make([]float64, m.CarryWidth()),
		Params: []Value{{Data: []float64{0.6}}}, Weights: []Value{{Data: make([]float64, n*n)}}}
	for e := range in.Weights[0].Data {
		in.Weights[0].Data[e] = 0.3 * math.Sin(float64(e+1)) / float64(n)
	}
	for j := range in.Carry {
		in.Carry[j] = math.Cos(float64(3 * j))
	}
	in.Carry[len(in.Carry)-1] = float64(start)
	return in, &Outputs{Records: [][]float64{make([]float64, n)}, Carry: make([]float64, m.CarryWidth())}
}

// byHand is the last state of linearModel after a number of steps.
func byHand(m *Model, in *Inputs, steps int) []float64 {
	c, n, depth := &m.Couplings[0], m.States[0].N, m.history[0]
	var x [][]float64 // of history, oldest first, then of the run
	for k := 0; k < depth; k++ {
		at := m.HistoryOffset(0) + k*n
		x = append(x, in.Carry[at:at+n])
	}
	x = append(x, in.Carry[:n])
	for t := 0; t < steps; t++ {
		next := make([]float64, n)
		for i := range next {
			next[i] = in.Params[0].Data[0] * x[depth+t][i]
		}
		for e := range c.I {
			next[c.I[e]] += in.Weights[0].Data[c.Index[e]] * x[depth+t-c.Delay[e]][c.J[e]]
		}
		x = append(x, next)
	}
	return x[len(x)-1]
}

// A loop over the equations gives the same numbers, wherever in a block the run starts and ends.
func TestForwardByHand(t *testing.T) {
	for _, n := range []int{1, 2, 5, 100, large} { // edges of many are in several blocks of sources
		for _, most := range []int{0, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 70} {
			if n == large && most != 16 {
				continue
			}
			m := linearModel(t, n, most)
			for _, steps := range []int{1, 15, 16, 17, 100, 400} {
				for _, start := range []int{0, 1, 15, 1_000_003} {
					if n > 5 && start*steps%3 > 0 || n*steps > 100*large {
						continue
					}
					in, out := linearInputs(m, start)
					e := New[float64](m, Settings{Steps: steps, Every: steps})
					if _, _, err := e.Forward(context.Background(), in, out, false); err != nil {
						t.Fatal(err)
					}
					for i, want := range byHand(m, in, steps) {
						if got := out.Records[0][i]; math.Abs(got-want) > 1e-13 || out.Carry[i] != got {
							t.Errorf("n %d, delays to %d, %d steps from %d: x[%d] = %v, expected %v", n, most, steps, start, i, got, want)
						}
					}
				}
			}
		}
	}
}

func TestDivergedError(t *testing.T) {
	m := linearModel(t, 3, 4)
	in, out := linearInputs(m, 32)
	in.Params[0].Data[0] = 1e200
	in.Carry[0], in.Carry[2] = 1e-300, 1e-300 // region b is the first to overflow
	_, _, err := New[float64](m, Settings{Steps: 100, Every: 100}).Forward(context.Background(), in, out, false)
	var d *DivergedError
	if !errors.As(err, &d) {
		t.Fatalf("error %v", err)
	}
	if d.Step != 34 || d.Lane != 0 || d.Variable != "cortex.x" || d.Region != "b" || !math.IsInf(d.Value, 0) {
		t.Errorf("%+v", d)
	}
	for _, part := range []string{"graph: cortex.x of b became -Inf at step 34 of lane 0", "Run.Dt", "gain", "MaskLane"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not mention %q", err, part)
		}
	}
}

// An ended context ends a run within a block.
func TestContextEnds(t *testing.T) {
	m := linearModel(t, 2, 4)
	in, out := linearInputs(m, 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := New[float64](m, Settings{Steps: 100, Every: 100}).Forward(ctx, in, out, false)
	if !errors.Is(err, context.Canceled) || out.Records[0][0] != 0 {
		t.Errorf("error %v, record %v", err, out.Records[0])
	}
}
