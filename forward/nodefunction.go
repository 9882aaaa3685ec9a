package forward

import (
	"errors"
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Array is a row-major float64 array with its shape, as node functions see it.
// A scalar has an empty shape and one value.
type Array struct {
	Shape []int
	Data  []float64
}

// NodeFunction describes a differentiable function of nodes by its value and
// its vector-Jacobian products, written over plain slices. [NodeFunction.Apply]
// makes a node of it, one Gorgonia op with an exact gradient.
//
// Gradients of the gradient are refused with an error unless Symbolic is given.
type NodeFunction struct {
	// Name is shown in graphs and errors.
	Name string
	// Inputs are the numbers of dimensions of the inputs, Output that of the
	// result (0: a scalar).
	Inputs []int
	Output int
	// Constant marks inputs without a gradient; nil: none.
	Constant []bool
	// Shape gives the shape of the result, or an error that says which input is wrong.
	Shape func(in [][]int) ([]int, error)
	// Value writes the result into out.Data, which holds zeros.
	Value func(in []Array, out Array) error
	// Gradient writes d⟨outGrad, out⟩ / d in[k] into inGrad.Data, which holds zeros.
	Gradient func(k int, in []Array, out, outGrad, inGrad Array) error
	// Symbolic, if not nil, replaces Gradient: it returns one gradient node per
	// input (any node for a constant one).
	Symbolic func(inputs G.Nodes, output, grad *G.Node) (G.Nodes, error)
}

// Apply adds the function to the graph of its inputs.
func (f *NodeFunction) Apply(inputs ...*G.Node) (*G.Node, error) {
	if len(inputs) != len(f.Inputs) {
		return nil, fmt.Errorf("forward: %s: expected %d inputs, found %d", f.Name, len(f.Inputs), len(inputs))
	}
	shapes := make([][]int, len(inputs))
	for i, n := range inputs {
		if n == nil {
			return nil, fmt.Errorf("forward: %s: input %d is nil", f.Name, i)
		}
		if n.Dtype() != tensor.Float64 {
			return nil, fmt.Errorf("forward: %s: input %d %q: expected float64, found %v", f.Name, i, n.Name(), n.Dtype())
		}
		if n.Dims() != f.Inputs[i] {
			return nil, fmt.Errorf("forward: %s: input %d %q: expected %d dimensions, found shape %v", f.Name, i, n.Name(), f.Inputs[i], n.Shape())
		}
		shapes[i] = n.Shape()
	}
	if _, err := f.Shape(shapes); err != nil {
		return nil, fmt.Errorf("forward: %s: %w", f.Name, err)
	}
	return G.ApplyOp(valueOp{f}, inputs...)
}

var errSecondDerivative = errors.New("second derivatives are not available")

// valueOp computes the function.
type valueOp struct{ f *NodeFunction }

func (o valueOp) Arity() int                        { return len(o.f.Inputs) }
func (o valueOp) Type() hm.Type                     { return opType(o.f.Inputs, o.f.Output) }
func (o valueOp) ReturnsPtr() bool                  { return false }
func (o valueOp) CallsExtern() bool                 { return false }
func (o valueOp) OverwritesInput() int              { return -1 }
func (o valueOp) String() string                    { return o.f.Name }
func (o valueOp) WriteHash(h hash.Hash)             { fmt.Fprintf(h, "%s %p", o.f.Name, o.f) }
func (o valueOp) Hashcode() uint32                  { return hashcode(o) }
func (o valueOp) Do(in ...G.Value) (G.Value, error) { return evaluate(o.f, in) }

func (o valueOp) InferShape(in ...G.DimSizer) (tensor.Shape, error) {
	shapes, err := G.DimSizersToShapes(in)
	if err != nil {
		return nil, fmt.Errorf("forward: %s: %w", o.f.Name, err)
	}
	out, err := o.f.Shape(plainShapes(shapes))
	return tensor.Shape(out), err
}

func (o valueOp) DiffWRT(inputs int) []bool {
	wrt := make([]bool, inputs)
	for i := range wrt {
		wrt[i] = o.f.Constant == nil || !o.f.Constant[i]
	}
	return wrt
}

func (o valueOp) SymDiff(inputs G.Nodes, output, grad *G.Node) (G.Nodes, error) {
	if o.f.Symbolic != nil {
		return o.f.Symbolic(inputs, output, grad)
	}
	grads := make(G.Nodes, len(inputs))
	args := append(append(G.Nodes{}, inputs...), output, grad)
	for k, wanted := range o.DiffWRT(len(inputs)) {
		if !wanted {
			continue
		}
		var err error
		if grads[k], err = G.ApplyOp(gradientOp{o.f, k}, args...); err != nil {
			return nil, fmt.Errorf("forward: gradient of %s: %w", o.f.Name, err)
		}
	}
	return grads, nil
}

// gradientOp computes the gradient of input k from (inputs…, output, output gradient).
type gradientOp struct {
	f *NodeFunction
	k int
}

func (o gradientOp) Arity() int                { return len(o.f.Inputs) + 2 }
func (o gradientOp) ReturnsPtr() bool          { return false }
func (o gradientOp) CallsExtern() bool         { return false }
func (o gradientOp) OverwritesInput() int      { return -1 }
func (o gradientOp) String() string            { return fmt.Sprintf("%s' %d", o.f.Name, o.k) }
func (o gradientOp) WriteHash(h hash.Hash)     { fmt.Fprintf(h, "%s' %d %p", o.f.Name, o.k, o.f) }
func (o gradientOp) Hashcode() uint32          { return hashcode(o) }
func (o gradientOp) DiffWRT(inputs int) []bool { return make([]bool, inputs) }

func (o gradientOp) Type() hm.Type {
	in := append(append([]int{}, o.f.Inputs...), o.f.Output, o.f.Output)
	return opType(in, o.f.Inputs[o.k])
}

func (o gradientOp) InferShape(in ...G.DimSizer) (tensor.Shape, error) {
	shapes, err := G.DimSizersToShapes(in)
	if err != nil {
		return nil, fmt.Errorf("forward: gradient of %s: %w", o.f.Name, err)
	}
	return shapes[o.k].Clone(), nil
}

func (o gradientOp) SymDiff(G.Nodes, *G.Node, *G.Node) (G.Nodes, error) {
	return nil, fmt.Errorf("forward: %s: %w", o.f.Name, errSecondDerivative)
}

func (o gradientOp) Do(in ...G.Value) (G.Value, error) {
	a, err := arrays(o.f.Name, in)
	if err != nil {
		return nil, err
	}
	m := len(o.f.Inputs)
	result := newArray(a[o.k].Shape)
	err = recovered(func() error { return o.f.Gradient(o.k, a[:m], a[m], a[m+1], result) })
	if err != nil {
		return nil, fmt.Errorf("forward: gradient of %s: %w", o.f.Name, err)
	}
	return value(result), nil
}

func evaluate(f *NodeFunction, in []G.Value) (G.Value, error) {
	a, err := arrays(f.Name, in)
	if err != nil {
		return nil, err
	}
	shapes := make([][]int, len(a))
	for i := range a {
		shapes[i] = a[i].Shape
	}
	shape, err := f.Shape(shapes)
	if err != nil {
		return nil, fmt.Errorf("forward: %s: %w", f.Name, err)
	}
	out := newArray(shape)
	if err := recovered(func() error { return f.Value(a, out) }); err != nil {
		return nil, fmt.Errorf("forward: %s: %w", f.Name, err)
	}
	return value(out), nil
}

// recovered turns a panic into an error: a panic in a machine's own goroutine
// could not be caught by the caller.
func recovered(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return f()
}

func opType(in []int, out int) hm.Type {
	types := make([]hm.Type, 0, len(in)+1)
	for _, d := range append(append([]int{}, in...), out) {
		if d == 0 {
			types = append(types, tensor.Float64)
		} else {
			types = append(types, G.TensorType{Dims: d, Of: tensor.Float64})
		}
	}
	return hm.NewFnType(types...)
}

func hashcode(o G.Op) uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

func plainShapes(shapes []tensor.Shape) [][]int {
	plain := make([][]int, len(shapes))
	for i, s := range shapes {
		plain[i] = s
	}
	return plain
}

func newArray(shape []int) Array {
	size := 1
	for _, d := range shape {
		size *= d
	}
	return Array{append([]int{}, shape...), make([]float64, size)}
}

func arrays(name string, in []G.Value) ([]Array, error) {
	a := make([]Array, len(in))
	for i, v := range in {
		var err error
		if a[i], err = array(v); err != nil {
			return nil, fmt.Errorf("forward: %s: input %d: %w", name, i, err)
		}
	}
	return a, nil
}

// array views a value as a row-major slice, copying only what is not one.
func array(v G.Value) (Array, error) {
	switch t := v.(type) {
	case *G.F64:
		return Array{nil, []float64{float64(*t)}}, nil
	case *tensor.Dense:
		if t.RequiresIterator() || t.DataOrder().IsColMajor() {
			return rowMajor(t)
		}
		switch d := t.Data().(type) {
		case []float64:
			return Array{t.Shape(), d}, nil
		case float64:
			return Array{t.Shape(), []float64{d}}, nil
		}
	}
	return Array{}, fmt.Errorf("expected float64 values, found %T of %v", v, v.Dtype())
}

func rowMajor(t *tensor.Dense) (Array, error) {
	out := newArray(t.Shape())
	it := t.Iterator()
	data, ok := t.Data().([]float64)
	if !ok {
		return Array{}, fmt.Errorf("expected float64 values, found %v", t.Dtype())
	}
	for k := range out.Data {
		i, err := it.Next()
		if err != nil {
			return Array{}, fmt.Errorf("reading a view of shape %v: %w", t.Shape(), err)
		}
		out.Data[k] = data[i]
	}
	return out, nil
}

func value(a Array) G.Value {
	if len(a.Shape) == 0 {
		return G.NewF64(a.Data[0])
	}
	return tensor.New(tensor.WithShape(a.Shape...), tensor.WithBacking(a.Data))
}
