package nmm

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// The operations that Gorgonia lacks are small elementwise ops: each implements
// G.Op and G.SDOp, computes on scalars and on tensors of any shape, and has an
// exact symbolic derivative made of nodes that can be differentiated again.

// nodeType is the Gorgonia type of a float64 node with that many dimensions.
func nodeType(dims int) hm.Type {
	if dims == 0 {
		return G.Float64
	}
	return G.TensorType{Dims: dims, Of: G.Float64}
}

// hashcode is the hash that G.Op asks for beside WriteHash.
func hashcode(op G.Op) uint32 {
	h := fnv.New32a()
	op.WriteHash(h)
	return h.Sum32()
}

// elements returns the numbers of a value in row-major order, and its shape;
// a scalar has one number and the shape ().
func elements(v G.Value) ([]float64, tensor.Shape, error) {
	if d, ok := v.(*tensor.Dense); ok && d.RequiresIterator() {
		v = d.Materialize().(*tensor.Dense)
	}
	switch data := v.Data().(type) {
	case float64:
		return []float64{data}, tensor.Shape{}, nil
	case []float64:
		return data, v.Shape(), nil
	}
	return nil, nil, fmt.Errorf("nmm: expected float64 values, found %v", v.Dtype())
}

// valueOf packs numbers into the Gorgonia value of that shape.
func valueOf(data []float64, shape tensor.Shape) G.Value {
	if len(shape) == 0 {
		return G.NewF64(data[0])
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}

// mapElements applies f to every number of v.
func mapElements(v G.Value, f func(i int, x float64) float64) (G.Value, error) {
	in, shape, err := elements(v)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(in))
	for i, x := range in {
		out[i] = f(i, x)
	}
	return valueOf(out, shape.Clone()), nil
}

// constant returns the node of a number in graph g.
func constant(g *G.ExprGraph, v float64) *G.Node { return g.AddNode(G.NewConstant(v)) }

// commonShape is the one shape of the operands that are no scalars.
func commonShape(in []G.DimSizer) (tensor.Shape, error) {
	shape := tensor.Shape{}
	for i, d := range in {
		s, ok := d.(tensor.Shape)
		switch {
		case !ok:
			return nil, fmt.Errorf("operand %d has no shape", i+1)
		case len(s) == 0:
		case len(shape) == 0:
			shape = s.Clone()
		case !s.Eq(shape):
			return nil, fmt.Errorf("expected operand %d of shape %v, found %v", i+1, shape, s)
		}
	}
	return shape, nil
}

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

// zeros is 0 in the shape of x: the gradient of the two sides of a condition. As
// a node that depends on x it keeps Gorgonia's analysis content where a parameter
// occurs in nothing but a condition.
type zeros struct{ sameShape }

var _ G.SDOp = zeros{}

func (op zeros) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	dx, err := G.ApplyOp(op, in[0])
	return G.Nodes{dx}, err
}

func (op zeros) Do(in ...G.Value) (G.Value, error) {
	return mapElements(in[0], func(int, float64) float64 { return 0 })
}

func (zeros) String() string        { return "zeros" }
func (zeros) WriteHash(h hash.Hash) { fmt.Fprint(h, "nmm zeros") }
func (op zeros) Hashcode() uint32   { return hashcode(op) }

// sumTo reduces a gradient to the shape of the operand it belongs to: the
// gradient of a scalar that met vectors is the sum over their elements.
func sumTo(operand, grad *G.Node) (*G.Node, error) {
	if operand.IsScalar() && !grad.IsScalar() {
		return G.Sum(grad)
	}
	return grad, nil
}
