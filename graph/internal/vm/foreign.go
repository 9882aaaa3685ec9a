package vm

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// foreignOp lowers an op without a kernel. Its result's shape is found by running
// it once on ones.
func (l *lowering) foreignOp(op G.Op, name string, args []*value) (*value, error) {
	if len(args) > 4 {
		return nil, fmt.Errorf("expected at most 4 operands of an op without a kernel, found %d", len(args))
	}
	shapes := make([]shape, len(args))
	ones := make([]G.Value, len(args))
	for i, a := range args {
		shapes[i] = a.shape
		d := make([]float64, a.shape.size())
		for j := range d {
			d[j] = 1
		}
		ones[i] = boxed(d, a.shape)
	}
	out, err := op.Do(ones...)
	if err != nil {
		return nil, fmt.Errorf("no kernel, and its own Do fails on ones: %w", err)
	}
	s, err := shapeOf(out)
	if err != nil {
		return nil, err
	}
	return l.intern(&value{op: opForeign, name: name, foreign: op, shapes: shapes, args: args, shape: s}), nil
}

// boxed wraps data in the value Gorgonia's ops expect for the shape.
func boxed(d []float64, s shape) G.Value {
	if s.scalar() {
		return G.NewF64(d[0])
	}
	return tensor.New(tensor.WithShape(s...), tensor.WithBacking(d))
}

func shapeOf(v G.Value) (shape, error) {
	switch v := v.(type) {
	case *G.F64:
		return nil, nil
	case tensor.Tensor:
		if v.Dtype() != tensor.Float64 {
			return nil, fmt.Errorf("expected a float64 result, found %v", v.Dtype())
		}
		if v.Shape().IsScalar() {
			return nil, nil
		}
		return shape(v.Shape().Clone()), nil
	}
	return nil, fmt.Errorf("expected a float64 result, found %T", v)
}

// unboxed returns the numbers of a result.
func unboxed(v G.Value) []float64 {
	switch v := v.(type) {
	case *G.F64:
		return []float64{float64(*v)}
	case tensor.Tensor:
		switch d := v.Data().(type) {
		case []float64:
			return d
		case float64:
			return []float64{d}
		}
	}
	panic(fmt.Sprintf("vm: an op returned %T, expected float64 numbers", v))
}
