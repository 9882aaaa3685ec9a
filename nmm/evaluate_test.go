package nmm

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/floats"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// The tests evaluate nodes on Gorgonia's own machine: that is what the compiled
// program has to reproduce, too.

// vars are values by name. One number makes a scalar node (), more a vector (n).
type vars map[string][]float64

// leaves makes a node for each of the values.
func leaves(g *G.ExprGraph, values vars) map[string]*G.Node {
	nodes := map[string]*G.Node{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		v := slices.Clone(values[name])
		if len(v) == 1 {
			nodes[name] = G.NewScalar(g, G.Float64, G.WithName(name), G.WithValue(v[0]))
			continue
		}
		nodes[name] = G.NewVector(g, G.Float64, G.WithName(name), G.WithShape(len(v)),
			G.WithValue(tensor.New(tensor.WithShape(len(v)), tensor.WithBacking(v))))
	}
	return nodes
}

// run executes the graph.
func run(t *testing.T, g *G.ExprGraph) {
	t.Helper()
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
}

// numbersOf returns a node's value.
func numbersOf(t *testing.T, n *G.Node) []float64 {
	t.Helper()
	v, _, err := elements(n.Value())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// builder of the tests: a node out of leaves.
type build func(map[string]*G.Node) (*G.Node, error)

// text is the build of an expression.
func text(expression string) build {
	return func(n map[string]*G.Node) (*G.Node, error) { return Expression(expression, n) }
}

// evaluate returns the value of what make builds.
func evaluate(t *testing.T, make build, values vars) []float64 {
	t.Helper()
	g := G.NewGraph()
	n, err := make(leaves(g, values))
	if err != nil {
		t.Fatal(err)
	}
	if n.Op() == nil || n.Op().Arity() == 0 {
		return numbersOf(t, n)
	}
	var v G.Value
	G.Read(n, &v) // before the machine reuses its memory
	run(t, g)
	x, _, err := elements(v)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// loss sums the elements of n with weights 1, 1.5, 2, …, so that elements are told
// apart.
func loss(t *testing.T, n *G.Node) *G.Node {
	t.Helper()
	if n.IsScalar() {
		return n
	}
	weights := make([]float64, n.Shape()[0])
	for i := range weights {
		weights[i] = 1 + 0.5*float64(i)
	}
	w := G.NewVector(n.Graph(), G.Float64, G.WithName("loss weights"), G.WithShape(len(weights)),
		G.WithValue(tensor.New(tensor.WithShape(len(weights)), tensor.WithBacking(weights))))
	return G.Must(G.Sum(G.Must(G.HadamardProd(n, w))))
}

// gradient is the loss's gradient by Gorgonia, by leaf.
func gradient(t *testing.T, make build, values vars) vars {
	t.Helper()
	g := G.NewGraph()
	nodes := leaves(g, values)
	n, err := make(nodes)
	if err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(values))
	var wrt G.Nodes
	for _, name := range names {
		wrt = append(wrt, nodes[name])
	}
	derivatives, err := G.Grad(loss(t, n), wrt...)
	if err != nil {
		t.Fatal(err)
	}
	run(t, g)
	result := vars{}
	for i, d := range derivatives {
		result[names[i]] = numbersOf(t, d)
	}
	return result
}

// checkGradient compares Gorgonia's gradient with central differences, to 1e-6
// relative. A variable below 1 is taken as a multiple of its size, since what counts
// is how far a step is from 0. Rounding of the loss L over the step of 6e-6 adds errors
// of 1e-10 L, and the third derivative some 1e-11 of itself.
func checkGradient(t *testing.T, make build, values vars) {
	t.Helper()
	got := gradient(t, make, values)
	at := newLossMachine(t, make, values)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		size, unit := 1.0, unitOf(values[name])
		f := func(x []float64) float64 {
			l := at.moved(t, name, times(x, unit))
			size = max(size, math.Abs(l))
			return l
		}
		want := fd.Gradient(nil, f, times(values[name], 1/unit), &fd.Settings{Formula: fd.Central})
		if len(got[name]) != len(want) {
			t.Fatalf("gradient of %s: expected %d numbers, found %d", name, len(want), len(got[name]))
		}
		for i, d := range want {
			if !(math.Abs(unit*got[name][i]-d) <= 1e-6*math.Abs(d)+1e-9*size) {
				t.Errorf("d/d%s[%d]: Grad %v, differences %v", name, i, got[name][i], d/unit)
			}
		}
	}
}

// lossMachine evaluates a loss again and again.
type lossMachine struct {
	vm interface {
		RunAll() error
		Reset()
	}
	leaves map[string]*G.Node
	values vars
	loss   G.Value
}

func newLossMachine(t *testing.T, make build, values vars) *lossMachine {
	t.Helper()
	g := G.NewGraph()
	m := &lossMachine{leaves: leaves(g, values), values: values}
	n, err := make(m.leaves)
	if err != nil {
		t.Fatal(err)
	}
	if n.Op() == nil || n.Op().Arity() == 0 { // a leaf
		n = G.Must(G.HadamardProd(n, constant(g, 1)))
	}
	G.Read(loss(t, n), &m.loss)
	vm := G.NewTapeMachine(g)
	t.Cleanup(func() { vm.Close() })
	m.vm = vm
	return m
}

// moved is the loss with other values under one name.
func (m *lossMachine) moved(t *testing.T, name string, x []float64) float64 {
	t.Helper()
	defer m.let(t, name, m.values[name])
	m.let(t, name, x)
	m.vm.Reset()
	if err := m.vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	l, _, err := elements(m.loss)
	if err != nil {
		t.Fatal(err)
	}
	return l[0]
}

func (m *lossMachine) let(t *testing.T, name string, x []float64) {
	t.Helper()
	var v any = slices.Clone(x)
	if len(x) == 1 {
		v = x[0]
	} else {
		v = tensor.New(tensor.WithShape(len(x)), tensor.WithBacking(slices.Clone(x)))
	}
	if err := G.Let(m.leaves[name], v); err != nil {
		t.Fatal(err)
	}
}

// unitOf is the largest of some numbers' sizes, at most 1, and 1 for zeros.
func unitOf(x []float64) float64 {
	if size := floats.Norm(x, math.Inf(1)); size > 0 {
		return min(size, 1)
	}
	return 1
}

// times returns x · factor.
func times(x []float64, factor float64) []float64 {
	return floats.ScaleTo(make([]float64, len(x)), factor, x)
}

// random returns n numbers in [lo, hi) from a fixed seed.
func random(seed uint64, n int, lo, hi float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n)
	for i := range x {
		x[i] = lo + (hi-lo)*r.Float64()
	}
	return x
}

// closeTo tells whether numbers agree relative to the larger of size and want.
func closeTo(got, want, tolerance, size float64) bool {
	return math.Abs(got-want) <= tolerance*max(math.Abs(want), size)
}
