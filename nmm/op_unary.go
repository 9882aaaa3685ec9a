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

var _ G.SDOp = unary{}

// apply makes the node f(x).
func (s *scalarFunction) apply(x *G.Node) (*G.Node, error) {
	n, err := G.ApplyOp(unary{function: s}, x)
	if err != nil {
		return nil, fmt.Errorf("nmm: %s of %v: %w", s.name, x, err)
	}
	return n, nil
}

// Func is the function over numbers, for executors that have no kernel of that
// name; nil if that derivative was not given.
func (op unary) Func() func(float64) float64 {
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
	if next.Func() == nil {
		return nil, fmt.Errorf("nmm: function %s: its derivative of order %d is needed and not given", op.function.name, next.order)
	}
	slope, err := G.ApplyOp(next, in[0])
	if err != nil {
		return nil, fmt.Errorf("nmm: derivative of %v: %w", op, err)
	}
	dx, err := G.HadamardProd(grad, slope)
	return G.Nodes{dx}, err
}

// Do computes the function elementwise.
func (op unary) Do(in ...G.Value) (G.Value, error) {
	f := op.Func()
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
