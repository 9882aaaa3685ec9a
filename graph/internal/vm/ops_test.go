package vm

import (
	"errors"
	"fmt"
	"hash"
	"hash/fnv"
	"math"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Ops from outside Gorgonia, as package nmm makes them: an elementwise function
// with derivatives, a choice, zeros; and a running sum, which no kernel knows.

type testOp struct{ name string }

func (o testOp) Arity() int                                       { return 1 }
func (o testOp) Type() hm.Type                                    { a := hm.TypeVariable('a'); return hm.NewFnType(a, a) }
func (o testOp) ReturnsPtr() bool                                 { return false }
func (o testOp) CallsExtern() bool                                { return false }
func (o testOp) OverwritesInput() int                             { return -1 }
func (o testOp) String() string                                   { return o.name }
func (o testOp) WriteHash(h hash.Hash)                            { fmt.Fprint(h, o.name) }
func (o testOp) Hashcode() uint32                                 { h := fnv.New32a(); o.WriteHash(h); return h.Sum32() }
func (o testOp) DiffWRT(n int) []bool                             { return []bool{true} }
func (o testOp) InferShape(s ...G.DimSizer) (tensor.Shape, error) { return s[0].(tensor.Shape), nil }

// mapped applies f to every element of a value.
func mapped(v G.Value, f func(float64) float64) (G.Value, error) {
	switch v := v.(type) {
	case *G.F64:
		return G.NewF64(f(float64(*v))), nil
	case *tensor.Dense:
		d := append([]float64(nil), v.Data().([]float64)...)
		for i := range d {
			d[i] = f(d[i])
		}
		return tensor.New(tensor.WithShape(v.Shape().Clone()...), tensor.WithBacking(d)), nil
	}
	return nil, fmt.Errorf("unexpected %T", v)
}

// funcOp is an elementwise function and its derivatives in turn.
type funcOp struct {
	testOp
	functions []func(float64) float64
}

var cosh = funcOp{testOp{"cosh"}, []func(float64) float64{math.Cosh, math.Sinh, math.Cosh}}

func (o funcOp) Func() func(float64) float64      { return o.functions[0] }
func (o funcOp) Do(v ...G.Value) (G.Value, error) { return mapped(v[0], o.functions[0]) }
func (o funcOp) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	if len(o.functions) < 2 {
		return nil, errors.New("no further derivative")
	}
	d, err := G.ApplyOp(funcOp{testOp{o.name + "'"}, o.functions[1:]}, in[0])
	if err != nil {
		return nil, err
	}
	p, err := G.HadamardProd(d, grad)
	return G.Nodes{p}, err
}

// fixedOp is a funcOp that is the same wherever its name occurs.
type fixedOp struct{ funcOp }

func (fixedOp) Fixed() bool { return true }

// pairOp is an elementwise function of two operands of one shape, with its partial derivatives.
type pairOp struct {
	testOp
	f      func(x, y float64) float64
	dx, dy *pairOp
}

var hypotenuse = pairOp{testOp{"hypotenuse"}, math.Hypot,
	&pairOp{testOp: testOp{"cosine"}, f: func(x, y float64) float64 { return x / math.Hypot(x, y) }},
	&pairOp{testOp: testOp{"sine"}, f: func(x, y float64) float64 { return y / math.Hypot(x, y) }}}

func (o pairOp) Pair() func(x, y float64) float64 { return o.f }
func (o pairOp) Fixed() bool                      { return true }
func (o pairOp) Arity() int                       { return 2 }
func (o pairOp) DiffWRT(int) []bool               { return []bool{true, true} }
func (o pairOp) Type() hm.Type                    { a := hm.TypeVariable('a'); return hm.NewFnType(a, a, a) }

func (o pairOp) Do(v ...G.Value) (G.Value, error) {
	y, i := unboxed(v[1]), -1
	return mapped(v[0], func(x float64) float64 { i++; return o.f(x, y[i]) })
}

func (o pairOp) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	dx := must(G.ApplyOp(*o.dx, in...))
	dy := must(G.ApplyOp(*o.dy, in...))
	return G.Nodes{must(G.HadamardProd(dx, grad)), must(G.HadamardProd(dy, grad))}, nil
}

func apply(op G.Op, x *G.Node) *G.Node { return must(G.ApplyOp(op, x)) }

// zerosOp is zero everywhere.
type zerosOp struct{ testOp }

func (o zerosOp) Do(v ...G.Value) (G.Value, error) {
	return mapped(v[0], func(float64) float64 { return 0 })
}

// selectOp is a where l < r (or l <= r), else b, for operands of one shape.
type selectOp struct{ testOp }

func (o selectOp) Arity() int { return 4 }
func (o selectOp) Type() hm.Type {
	a := hm.TypeVariable('a')
	return hm.NewFnType(a, a, a, a, a)
}
func (o selectOp) DiffWRT(n int) []bool { return []bool{true, true, true, true} }

func (o selectOp) Do(v ...G.Value) (G.Value, error) {
	l, r, a, b := unboxed(v[0]), unboxed(v[1]), unboxed(v[2]), unboxed(v[3])
	d := make([]float64, len(l))
	for i := range d {
		d[i] = b[i]
		if l[i] < r[i] || o.name == "select<=" && l[i] == r[i] {
			d[i] = a[i]
		}
	}
	return boxed(d, shape(v[0].Shape())), nil
}

func (o selectOp) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	zero, err := G.ApplyOp(zerosOp{testOp{"zeros"}}, grad)
	if err != nil {
		return nil, err
	}
	da, err := G.ApplyOp(o, in[0], in[1], grad, zero)
	if err != nil {
		return nil, err
	}
	db, err := G.ApplyOp(o, in[0], in[1], zero, grad)
	return G.Nodes{zero, zero, da, db}, err
}

// choose applies a selectOp; scalars are spread over the shape of x by adding x·0,
// which the compiler must see through.
func choose(name string, args ...*G.Node) *G.Node {
	var like *G.Node
	for _, a := range args {
		if !a.IsScalar() {
			like = must(G.ApplyOp(zerosOp{testOp{"zeros"}}, a))
		}
	}
	full := make([]*G.Node, len(args))
	for i, a := range args {
		if full[i] = a; a.IsScalar() {
			full[i] = must(G.Add(like, a))
		}
	}
	return must(G.ApplyOp(selectOp{testOp{name}}, full...))
}

func (o zerosOp) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	z, err := G.ApplyOp(o, grad)
	return G.Nodes{z}, err
}

// running is the running sum of a vector; reverse, from the other end.
type running struct{ reverse bool }

func (o running) Arity() int            { return 1 }
func (o running) Type() hm.Type         { return testOp{}.Type() }
func (o running) ReturnsPtr() bool      { return false }
func (o running) CallsExtern() bool     { return false }
func (o running) OverwritesInput() int  { return -1 }
func (o running) String() string        { return fmt.Sprintf("running %t", o.reverse) }
func (o running) WriteHash(h hash.Hash) { fmt.Fprint(h, o.String()) }
func (o running) Hashcode() uint32      { h := fnv.New32a(); o.WriteHash(h); return h.Sum32() }
func (o running) DiffWRT(int) []bool    { return []bool{true} }
func (o running) InferShape(s ...G.DimSizer) (tensor.Shape, error) {
	return s[0].(tensor.Shape), nil
}

func (o running) Do(v ...G.Value) (G.Value, error) {
	x, ok := v[0].(*tensor.Dense)
	if !ok {
		return nil, fmt.Errorf("running: expected a tensor, found %T", v[0])
	}
	d := append([]float64(nil), x.Data().([]float64)...)
	for i := 1; i < len(d); i++ {
		if o.reverse {
			d[len(d)-1-i] += d[len(d)-i]
		} else {
			d[i] += d[i-1]
		}
	}
	return tensor.New(tensor.WithShape(len(d)), tensor.WithBacking(d)), nil
}

func (o running) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	d, err := G.ApplyOp(running{!o.reverse}, grad)
	return G.Nodes{d}, err
}
