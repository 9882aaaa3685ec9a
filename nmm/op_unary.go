package nmm

import (
	"fmt"
	"hash"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// unary is an elementwise function y = f(x) or one of its derivatives. The name
// carries one prime per derivative taken: exprel, exprel', exprel”.
type unary struct {
	sameShape
	function *scalarFunction
	order    int
}

// scalarFunction is a function of one number with its first two derivatives.
type scalarFunction struct {
	name       string
	id         uint64 // 0 for the functions of this package, unique for a user's
	f, df, d2f func(float64) float64

	// backward, if not nil, makes the gradient of x out of nodes at hand, in
	// place of df.
	backward func(x, y, grad *G.Node) (*G.Node, error)
}

var _ G.SDOp = mapped{}

// mapped is a unary op that tells an executor without a kernel of its name how to
// compute it. sigmoid and zeros, which every executor knows, are not mapped.
type mapped struct{ unary }

// Func is the function over numbers.
func (op mapped) Func() func(float64) float64 { return op.goFunction() }

// apply makes the node f(x).
func (s *scalarFunction) apply(x *G.Node) (*G.Node, error) {
	return unary{function: s}.apply(x)
}

func (op unary) apply(x *G.Node) (*G.Node, error) {
	var made G.Op = mapped{op}
	if op.function.backward != nil {
		made = op
	}
	n, err := G.ApplyOp(made, x)
	if err != nil {
		return nil, fmt.Errorf("%v of %v: %w", op, x, err)
	}
	return n, nil
}

// goFunction is the function over numbers; nil if that derivative was not given.
func (op unary) goFunction() func(float64) float64 {
	switch op.order {
	case 0:
		return op.function.f
	case 1:
		return op.function.df
	case 2:
		return op.function.d2f
	}
	return nil
}

// SymDiff returns grad ⊙ f'(x).
func (op unary) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	if op.function.backward != nil {
		dx, err := op.function.backward(in[0], out, grad)
		return G.Nodes{dx}, err
	}
	next := unary{function: op.function, order: op.order + 1}
	if next.goFunction() == nil {
		return nil, fmt.Errorf("nmm: function %s: its derivative of order %d is needed and not given", op.function.name, next.order)
	}
	slope, err := next.apply(in[0])
	if err != nil {
		return nil, fmt.Errorf("nmm: derivative of %v: %w", op, err)
	}
	dx, err := G.HadamardProd(grad, slope)
	return G.Nodes{dx}, err
}

// Do computes the function elementwise.
func (op unary) Do(in ...G.Value) (G.Value, error) {
	f := op.goFunction()
	return mapElements(in[0], func(_ int, x float64) float64 { return f(x) })
}

func (op unary) String() string { return op.function.name + "''"[:op.order] }

// WriteHash tells apart functions of one name that different models define.
func (op unary) WriteHash(h hash.Hash) { fmt.Fprintf(h, "nmm %v %d", op, op.function.id) }
func (op unary) Hashcode() uint32      { return hashcode(op) }

// sameShape is what the ops y = f(x) of equal shapes have in common.
type sameShape struct{}

func (sameShape) Arity() int           { return 1 }
func (sameShape) Type() hm.Type        { return hm.NewFnType(hm.TypeVariable('a'), hm.TypeVariable('a')) }
func (sameShape) DiffWRT(n int) []bool { return []bool{true} }
func (sameShape) ReturnsPtr() bool     { return false }
func (sameShape) CallsExtern() bool    { return false }
func (sameShape) OverwritesInput() int { return -1 }
func (sameShape) InferShape(in ...G.DimSizer) (tensor.Shape, error) {
	shape, ok := in[0].(tensor.Shape)
	if !ok {
		return nil, fmt.Errorf("nmm: expected an operand with a shape, found %T", in[0])
	}
	return shape.Clone(), nil
}
