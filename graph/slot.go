package graph

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/nmm"
)

// slot is an address whose value comes from a node of the outer graph.
type slot struct {
	value *value
	node  *G.Node
	size  int // numbers per lane that the engine wants
	lanes bool
	index int // among the parameters, couplings, series or states of the model

	observer int // whose state it is, counted from 1
}

// element is the slot's element of the list that its kind of value belongs to.
func element[E any](s *slot, params, weights, series []E) *E {
	switch s.value.Kind {
	case weightsKind:
		return &weights[s.index]
	case inputKind, samplesKind:
		return &series[s.index]
	}
	return &params[s.index]
}

// dimsOf is the number of dimensions of a value without a lane axis.
func (v *value) dimsOf() int {
	if v.series() || (v.Kind == weightsKind && v.I == nil) {
		return 2
	}
	return 1
}

// shapeOf is the shape of a value of the given scope in the outer graph.
func (v *value) shapeOf(s nmm.Scope, lanes int) tensor.Shape {
	var shape tensor.Shape
	switch {
	case v.Kind == weightsKind && v.I != nil:
		shape = tensor.Shape{len(v.I)}
	case v.dimsOf() == 2:
		shape = tensor.Shape{v.Rows, v.Cols}
	case s == nmm.PerRegion || s == nmm.PerRegionAndLane:
		shape = tensor.Shape{v.N}
	default:
		shape = tensor.Shape{1}
	}
	if s == nmm.PerLane || s == nmm.PerRegionAndLane {
		shape = append(tensor.Shape{lanes}, shape...)
	}
	return shape
}

// newSlot checks a node that stands for a value of size numbers per lane: it has the value's shape, or
// holds one number for all, in either case behind an axis of lanes if there is one more axis.
func (v *value) newSlot(node *G.Node, size, index, lanes int) (*slot, error) {
	s := &slot{value: v, node: node, size: size, index: index}
	s.lanes = node.Dims() == v.dimsOf()+1
	full, shape := tensor.Shape{size}, node.Shape()
	if v.dimsOf() == 2 {
		full = tensor.Shape{size / v.Cols, v.Cols}
	}
	if s.lanes {
		if shape[0] != lanes {
			return nil, fmt.Errorf("graph: node %q for %s: expected %d lanes, found shape %v", node.Name(), v.Address, lanes, shape)
		}
		full, shape = append(tensor.Shape{lanes}, full...), shape[1:]
	}
	one := node.Dims() <= v.dimsOf()+1 && !slices.ContainsFunc(shape, func(n int) bool { return n != 1 })
	if one || slices.Equal(node.Shape(), full) {
		return s, nil
	}
	hint := ""
	if size == 1 && v.N > 1 {
		hint = "; the network has one value for all regions: Set one per region first"
	}
	return nil, fmt.Errorf("graph: node %q for %s: expected shape %v, or one number for all, found shape %v%s", node.Name(), v.Address, full, node.Shape(), hint)
}

// read turns the node's numbers into what the engine wants; a lone number serves all regions.
func (s *slot) read(data []float64, lanes int) engine.Value {
	each := len(data)
	if s.lanes {
		each /= lanes
	}
	if each != s.size {
		data = repeatEach(data, s.size)
	}
	return engine.Value{Data: data, PerLane: s.lanes}
}

// repeatEach repeats every number n times.
func repeatEach(data []float64, n int) []float64 {
	wide := make([]float64, 0, len(data)*n)
	for _, x := range data {
		wide = append(wide, repeat(x, n)...)
	}
	return wide
}

// reduce turns a gradient in the engine's form into the node's: sums where a number served all.
func (s *slot) reduce(into, grad []float64) {
	if len(into) == len(grad) {
		copy(into, grad)
		return
	}
	for i := range into {
		into[i] = 0
		for _, g := range grad[i*s.size : (i+1)*s.size] {
			into[i] += g
		}
	}
}
