package vm

import (
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// mprStep is one Heun step of 84 Montbrió-Pazó-Roxin masses with frozen coupling
// input c, and its adjoint: both next states, or the gradients of everything.
func mprStep(adjoint bool) *Program {
	c := mpr("r")
	g := G.NewGraph()
	x := nodes{}
	var in []Input
	for _, s := range c.leaves {
		x[s.name] = leaf(g, s.name, s.scalar, 84)
		n := 84
		if s.scalar {
			n = 1
		}
		in = append(in, Input{Node: x[s.name], Name: s.name, Len: n, Scalar: s.scalar, Class: s.class})
	}
	r, v := heun(x)
	if !adjoint {
		return must(Compile(in, []Output{{Node: r, Name: "r'", Len: 84}, {Node: v, Name: "v'", Len: 84}}))
	}
	ur, uv := leaf(g, "ur", false, 84), leaf(g, "uv", false, 84)
	in = append(in, Input{Node: ur, Name: "ur", Len: 84, Class: Varying}, Input{Node: uv, Name: "uv", Len: 84, Class: Varying})
	loss := add(must(G.Sum(mul(ur, r))), must(G.Sum(mul(uv, v))))
	wrt := []string{"r", "v", "c", "eta", "tau", "delta", "J"}
	var leaves []*G.Node
	for _, name := range wrt {
		leaves = append(leaves, x[name])
	}
	var out []Output
	for i, d := range must(G.Grad(loss, leaves...)) {
		s := leaves[i].IsScalar()
		o := Output{Node: d, Name: "d/d" + wrt[i], Len: 84, Scalar: s}
		if s {
			o.Len = 1
		}
		if i > 2 {
			o.Mode = Accumulate
		}
		out = append(out, o)
	}
	return must(Compile(in, out))
}

// ready is a frame with every input bound to plausible numbers.
func ready[T kernel.Float](p *Program) *Frame[T] {
	f := NewFrame[T](p)
	for i, in := range p.in {
		d := make([]T, in.Len)
		for j := range d {
			d[j] = T(0.5 + 0.001*float64(j))
		}
		f.Bind(i, d)
	}
	f.Begin()
	return f
}

func benchmarkStep[T kernel.Float](b *testing.B, adjoint bool) {
	p := mprStep(adjoint)
	f := ready[T](p)
	state := make([]T, 84)
	out := make([]T, 84)
	for i := range state {
		state[i] = 0.5
	}
	b.ReportAllocs()
	for b.Loop() {
		for i, in := range p.in {
			if in.Class == Varying {
				f.Bind(i, state)
			}
		}
		for i, o := range p.out {
			if o.Mode == PerStep {
				f.BindOutput(i, out)
			}
		}
		f.Step()
	}
	b.ReportMetric(float64(len(p.body)), "instructions")
}

func BenchmarkForward32(b *testing.B) { benchmarkStep[float32](b, false) }
func BenchmarkForward64(b *testing.B) { benchmarkStep[float64](b, false) }
func BenchmarkAdjoint32(b *testing.B) { benchmarkStep[float32](b, true) }
func BenchmarkAdjoint64(b *testing.B) { benchmarkStep[float64](b, true) }

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		mprStep(true)
	}
}
