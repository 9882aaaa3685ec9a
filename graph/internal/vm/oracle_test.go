package vm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// leafSpec declares a leaf of a test expression.
type leafSpec struct {
	name   string
	scalar bool
	class  Class
	lo, hi float64
}

// testCase is an expression of leaves; its value and, unless noGrad is set, its
// gradient are compared with Gorgonia's own machine.
type testCase struct {
	name   string
	leaves []leafSpec
	build  func(x map[string]*G.Node) *G.Node
	noGrad bool
}

func vec(name string, lo, hi float64) leafSpec { return leafSpec{name, false, Varying, lo, hi} }
func num(name string, lo, hi float64) leafSpec { return leafSpec{name, true, Varying, lo, hi} }
func inv(s leafSpec) leafSpec                  { s.class = Invariant; return s }

// problem is a case built for one length.
type problem struct {
	g      *G.ExprGraph
	leaves []*G.Node
	specs  []leafSpec
	n      int
	out    *G.Node
	u      *G.Node   // adjoint of out, an input
	grads  []*G.Node // per leaf
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// newProblem builds the case for vectors of length n; the graph of length one has
// the dummy shape (2).
func newProblem(c testCase, n int) *problem {
	p := &problem{g: G.NewGraph(), specs: c.leaves, n: n}
	shape := n
	if n == 1 {
		shape = 2
	}
	byName := map[string]*G.Node{}
	for _, s := range c.leaves {
		l := leaf(p.g, s.name, s.scalar, shape)
		byName[s.name] = l
		p.leaves = append(p.leaves, l)
	}
	p.out = c.build(byName)
	if c.noGrad {
		return p
	}
	p.u = leaf(p.g, "adjoint", p.out.IsScalar(), shape)
	loss := must(G.HadamardProd(p.out, p.u))
	if !loss.IsScalar() {
		loss = must(G.Sum(loss))
	}
	p.grads = must(G.Grad(loss, p.leaves...))
	return p
}

func leaf(g *G.ExprGraph, name string, scalar bool, n int) *G.Node {
	if scalar {
		return G.NewScalar(g, G.Float64, G.WithName(name))
	}
	return G.NewVector(g, G.Float64, G.WithName(name), G.WithShape(n))
}

func (p *problem) inputs() []Input {
	var in []Input
	for i, s := range p.specs {
		n := p.n
		if s.scalar {
			n = 1
		}
		in = append(in, Input{Node: p.leaves[i], Name: s.name, Len: n, Scalar: s.scalar, Class: s.class})
	}
	if p.u != nil {
		scalar := p.u.IsScalar()
		n := p.n
		if scalar {
			n = 1
		}
		in = append(in, Input{Node: p.u, Name: "adjoint", Len: n, Scalar: scalar, Class: Varying})
	}
	return in
}

func (p *problem) outputs(mode Mode) []Output {
	width := func(scalar bool) int {
		if scalar {
			return 1
		}
		return p.n
	}
	s := p.out.IsScalar()
	out := []Output{{Node: p.out, Name: "value", Len: width(s), Scalar: s}}
	for i, g := range p.grads {
		s := p.specs[i].scalar
		out = append(out, Output{Node: g, Name: "d/d" + p.specs[i].name, Len: width(s), Scalar: s, Mode: mode})
	}
	return out
}

// data draws values for all inputs, one set per step; invariants do not change.
func (p *problem) data(seed uint64, steps int) [][][]float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	var all [][][]float64
	for t := 0; t < steps; t++ {
		var step [][]float64
		for i, in := range p.inputs() {
			if t > 0 && in.Class == Invariant {
				step = append(step, all[0][i])
				continue
			}
			lo, hi := -1.0, 1.0
			if i < len(p.specs) {
				lo, hi = p.specs[i].lo, p.specs[i].hi
			}
			d := make([]float64, in.Len)
			for j := range d {
				d[j] = lo + (hi-lo)*r.Float64()
			}
			step = append(step, d)
		}
		all = append(all, step)
	}
	return all
}

// oracle evaluates value and gradients with Gorgonia's tape machine. Vectors of
// length one are repeated to the dummy length, and gradients of scalars halved.
func (p *problem) oracle(t *testing.T, data [][]float64) [][]float64 {
	t.Helper()
	nodes := append(append([]*G.Node{}, p.leaves...), p.u)
	for i, d := range data {
		n := nodes[i]
		if n.IsScalar() {
			must(0, G.Let(n, d[0]))
			continue
		}
		x := append([]float64(nil), d...)
		for len(x) < n.Shape()[0] {
			x = append(x, x[0])
		}
		must(0, G.Let(n, tensor.New(tensor.WithShape(len(x)), tensor.WithBacking(x))))
	}
	outs := append([]*G.Node{p.out}, p.grads...)
	vals := make([]G.Value, len(outs))
	for i, o := range outs {
		G.Read(o, &vals[i])
	}
	m := G.NewTapeMachine(p.g)
	defer m.Close()
	if err := m.RunAll(); err != nil {
		t.Fatalf("tape machine: %v", err)
	}
	var res [][]float64
	for i, o := range p.outputs(PerStep) {
		d := append([]float64(nil), unboxed(vals[i])...)
		if i > 0 && p.n == 1 && o.Scalar && p.hasVectors() {
			d[0] /= 2
		}
		res = append(res, d)
	}
	return res
}

func (p *problem) hasVectors() bool { return !p.out.IsScalar() }

// simulate runs the program over all steps and returns the outputs of each step (for
// PerStep) or of the end (for Accumulate, in the last set).
func simulate[T float32 | float64](p *Program, data [][][]float64) [][][]T {
	f := NewFrame[T](p)
	return simulateBy(f, data, f.Step)
}

func simulateBy[T float32 | float64](f *Frame[T], data [][][]float64, oneStep func()) [][][]T {
	p := f.p
	bind := func(step [][]float64, class Class) {
		for i, in := range p.in {
			if in.Class != class {
				continue
			}
			d := make([]T, len(step[i]))
			for j, x := range step[i] {
				d[j] = T(x)
			}
			f.Bind(i, d)
		}
	}
	bind(data[0], Invariant)
	f.Begin()
	var res [][][]T
	for _, step := range data {
		bind(step, Varying)
		outs := make([][]T, len(p.out))
		for i, o := range p.out {
			outs[i] = make([]T, o.Len)
			if o.Mode == PerStep {
				f.BindOutput(i, outs[i])
			}
		}
		oneStep()
		res = append(res, outs)
	}
	for i, o := range p.out {
		if o.Mode == Accumulate {
			f.Finish(i, res[len(res)-1][i])
		}
	}
	return res
}

// scale is the largest magnitude among the numbers.
func scale(sets ...[]float64) float64 {
	m := 0.0
	for _, s := range sets {
		for _, x := range s {
			m = math.Max(m, math.Abs(x))
		}
	}
	return m
}

// near compares with an absolute tolerance.
func near[T float32 | float64](got []T, want []float64, tol float64) error {
	for i := range got {
		w := want[min(i, len(want)-1)]
		if d := math.Abs(float64(got[i]) - w); !(d <= tol) {
			return fmt.Errorf("element %d: got %.17g, want %.17g, difference %.2g above %.2g", i, float64(got[i]), w, d, tol)
		}
	}
	return nil
}
