package graph

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/nmm"
)

// machine evaluates nodes with Gorgonia's own TapeMachine.
type machine struct {
	t   *testing.T
	vm  G.VM
	out []*G.Value
}

// newMachine compiles a graph for reading outs.
func newMachine(t *testing.T, g *G.ExprGraph, outs []*G.Node) *machine {
	t.Helper()
	m := &machine{t: t}
	for _, n := range outs {
		v := new(G.Value)
		G.Read(n, v)
		m.out = append(m.out, v)
	}
	m.vm = G.NewTapeMachine(g)
	t.Cleanup(func() { m.vm.Close() })
	return m
}

// run evaluates with the leaves' values, each as long as its leaf.
func (m *machine) run(values map[*G.Node][]float64) [][]float64 {
	m.t.Helper()
	for leaf, x := range values {
		var err error
		if leaf.IsScalar() {
			err = G.Let(leaf, x[0])
		} else {
			err = G.Let(leaf, tensor.New(tensor.WithShape(leaf.Shape()...), tensor.WithBacking(append([]float64(nil), x...))))
		}
		if err != nil {
			m.t.Fatalf("let %s: %v", leaf.Name(), err)
		}
	}
	m.vm.Reset()
	if err := m.vm.RunAll(); err != nil {
		m.t.Fatal(err)
	}
	var list [][]float64
	for _, v := range m.out {
		list = append(list, floats(*v))
	}
	return list
}

// floats copies a value's numbers.
func floats(v G.Value) []float64 {
	switch x := v.Data().(type) {
	case float64:
		return []float64{x}
	case []float64:
		return append([]float64(nil), x...)
	}
	panic("no float64 value")
}

// must returns the network or ends the test.
func must(t *testing.T, parts ...Part) *Network {
	t.Helper()
	n, err := NewNetwork(parts...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// randomMatrix has a fifth of its entries 0.
func randomMatrix(r *rand.Rand, rows, cols int) *mat.Dense {
	m := mat.NewDense(rows, cols, nil)
	for i := 0; i < rows; i++ {
		for j := 0; j < cols; j++ {
			if r.Float64() > 0.2 {
				m.Set(i, j, r.NormFloat64()/float64(cols))
			}
		}
	}
	return m
}

// allLeaves lists the leaves of a step graph.
func (s *stepGraph) allLeaves() []*G.Node {
	var list []*G.Node
	for _, x := range s.states {
		list = append(list, x.Leaf)
	}
	for _, x := range s.params {
		list = append(list, x.Leaf)
	}
	for _, x := range s.sums {
		list = append(list, x.Leaf)
	}
	for _, x := range s.series {
		list = append(list, x.Leaf)
	}
	for _, x := range s.noise {
		list = append(list, x.Leaf)
	}
	return list
}

// point gives every leaf of a step graph values: parameters theirs, states from the middle half of
// their initial range, the rest small random numbers.
func (s *stepGraph) point(r *rand.Rand, n *Network) map[*G.Node][]float64 {
	values := map[*G.Node][]float64{}
	random := func(leaf *G.Node, lo, hi float64) {
		x := make([]float64, leaf.Shape().TotalSize())
		for i := range x {
			x[i] = lo + (hi-lo)*r.Float64()
		}
		values[leaf] = x
	}
	i := 0
	for _, p := range n.populations {
		for _, info := range p.states {
			quarter := (info.Hi - info.Lo) / 4
			random(s.states[i].Leaf, info.Lo+quarter, info.Hi-quarter)
			i++
		}
	}
	for _, p := range s.params {
		x := n.values[p.Address].Data
		if p.N > 0 && len(x) == 1 {
			x = repeat(x[0], p.Leaf.Shape().TotalSize())
		}
		values[p.Leaf] = x
	}
	for _, x := range s.sums {
		random(x.Leaf, -0.1, 0.1)
	}
	for _, x := range s.series {
		random(x.Leaf, -0.1, 0.1)
	}
	for _, x := range s.noise {
		random(x.Leaf, -1, 1)
	}
	return values
}

// near compares to a share of the larger number, or to 1 if both are smaller.
func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*max(1, math.Abs(a), math.Abs(b))
}

// models are the models that come with package nmm.
var models = map[string]func() *nmm.Model{
	"linear": nmm.Linear, "hopf": nmm.Hopf, "mpr": nmm.MontbrioPazoRoxin, "jansenrit": nmm.JansenRit,
	"wilsoncowan": nmm.WilsonCowan, "wongwang": nmm.ReducedWongWang,
}
