package graph

import (
	"fmt"
	"hash"
	"hash/fnv"
	"sync/atomic"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// op is a Gorgonia operation of this package: a function of float64 tensors whose result has a shape
// known when the graph is built.
type op struct {
	name  string
	id    int64 // unique: Gorgonia merges nodes of equal operation and operands
	dims  []int // of the operands
	shape tensor.Shape
	wrt   []bool // operands that the result can be differentiated by

	do      func(in [][]float64) ([]float64, error)
	symDiff func(inputs G.Nodes, output, grad *G.Node) (G.Nodes, error)
}

var lastOp atomic.Int64

// apply adds o to the graph of its operands. Operand shapes are checked here: a wrong one would
// panic in a goroutine of Gorgonia's own, where nobody can catch it.
func (o *op) apply(inputs ...*G.Node) (*G.Node, error) {
	o.id = lastOp.Add(1)
	o.dims = nil
	for i, n := range inputs {
		if n.Dtype() != tensor.Float64 {
			return nil, fmt.Errorf("graph: %s: operand %d %q: expected float64, found %v", o.name, i, n.Name(), n.Dtype())
		}
		o.dims = append(o.dims, n.Dims())
	}
	if o.wrt == nil {
		o.wrt = make([]bool, len(inputs))
	}
	n, err := G.ApplyOp(o, inputs...)
	if err != nil {
		return nil, within(err, "%s", o.name)
	}
	return n, nil
}

func (o *op) Arity() int           { return len(o.dims) }
func (o *op) ReturnsPtr() bool     { return false }
func (o *op) CallsExtern() bool    { return false }
func (o *op) OverwritesInput() int { return -1 }
func (o *op) String() string       { return o.name }
func (o *op) DiffWRT(int) []bool   { return o.wrt }

func (o *op) WriteHash(h hash.Hash) { fmt.Fprintf(h, "euryale %s %d", o.name, o.id) }

func (o *op) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

func (o *op) Type() hm.Type {
	types := make([]hm.Type, 0, len(o.dims)+1)
	for _, d := range append(append([]int(nil), o.dims...), o.shape.Dims()) {
		if d == 0 {
			types = append(types, G.Float64)
		} else {
			types = append(types, G.TensorType{Dims: d, Of: G.Float64})
		}
	}
	return hm.NewFnType(types...)
}

func (o *op) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.shape.Clone(), nil }

func (o *op) SymDiff(inputs G.Nodes, output, grad *G.Node) (G.Nodes, error) {
	if o.symDiff == nil {
		return nil, fmt.Errorf("graph: second derivatives through %s are not available", o.name)
	}
	return o.symDiff(inputs, output, grad)
}

// Do recovers: a panic in a machine's goroutine would end the program.
func (o *op) Do(values ...G.Value) (v G.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("graph: %s: %v", o.name, r)
		}
	}()
	in := make([][]float64, len(values))
	for i, x := range values {
		if in[i], err = float64s(x); err != nil {
			return nil, within(err, "%s: operand %d", o.name, i)
		}
	}
	out, err := o.do(in)
	if err != nil {
		return nil, err
	}
	return tensor.New(tensor.WithShape(o.shape...), tensor.WithBacking(out)), nil
}

// float64s returns the numbers of a value in row-major order.
func float64s(v G.Value) ([]float64, error) {
	if d, ok := v.(*tensor.Dense); ok && d.RequiresIterator() {
		v = d.Materialize().(*tensor.Dense)
	}
	switch x := v.Data().(type) {
	case []float64:
		return x, nil
	case float64:
		return []float64{x}, nil
	}
	return nil, fmt.Errorf("expected float64 values, found %v", v.Dtype())
}

// span is where rows of a packed vector go in a tensor [lane][row][n]: count rows of each lane, from
// offset on in the vector, become rows first … first+count−1 of total.
type span struct {
	offset, count, first, total, n, lanes int
}

func (s span) size() int { return s.lanes * s.count * s.n }

// each pairs the pieces of the packed vector with those of the tensor.
func (s span) each(packed, tensor []float64, do func(packed, tensor []float64)) {
	size := s.count * s.n
	for l := 0; l < s.lanes; l++ {
		p, t := s.offset+l*size, (l*s.total+s.first)*s.n
		do(packed[p:p+size], tensor[t:t+size])
	}
}

// collect makes one tensor of pieces of packed vectors, one span for each.
func collect(name string, shape tensor.Shape, packed G.Nodes, spans []span) (*G.Node, error) {
	o := &op{name: name, shape: shape, wrt: make([]bool, len(packed))}
	filled := 0
	for i, s := range spans {
		o.wrt[i] = true
		filled += s.size()
	}
	o.do = func(in [][]float64) ([]float64, error) {
		out := results(shape.TotalSize())
		if filled < len(out) {
			clear(out)
		}
		for i, s := range spans {
			s.each(in[i], out, func(p, t []float64) { copy(t, p) })
		}
		return out, nil
	}
	o.symDiff = func(inputs G.Nodes, _, grad *G.Node) (G.Nodes, error) {
		grads := make(G.Nodes, len(inputs))
		for i := range inputs {
			var err error
			if grads[i], err = scatter(name, inputs[i].Shape(), grad, spans[i]); err != nil {
				return nil, err
			}
		}
		return grads, nil
	}
	return o.apply(packed...)
}

// part is a piece of a packed vector without a copy. A machine may overwrite it in place, so no other
// operation may read the same numbers.
func part(name string, shape tensor.Shape, packed *G.Node, offset int) (*G.Node, error) {
	size := shape.TotalSize()
	o := &op{name: name, shape: shape, wrt: []bool{true}}
	o.do = func(in [][]float64) ([]float64, error) {
		return in[0][offset : offset+size : offset+size], nil
	}
	o.symDiff = func(inputs G.Nodes, _, grad *G.Node) (G.Nodes, error) {
		back, err := scatter(name, inputs[0].Shape(), grad, span{offset: offset, count: 1, total: 1, n: size, lanes: 1})
		return G.Nodes{back}, err
	}
	return o.apply(packed)
}

// gather is collect of what nothing else reads: the whole of one packed vector's share is not copied.
func gather(name string, shape tensor.Shape, packed G.Nodes, spans []span) (*G.Node, error) {
	if len(packed) == 1 && spans[0].count == spans[0].total {
		return part(name, shape, packed[0], spans[0].offset)
	}
	return collect(name, shape, packed, spans)
}

// scatter is the transpose of collect for one packed vector: zero but for the span.
func scatter(name string, shape tensor.Shape, from *G.Node, s span) (*G.Node, error) {
	o := &op{name: name + "ᵀ", shape: shape.Clone(), wrt: []bool{true}}
	o.do = func(in [][]float64) ([]float64, error) {
		out := results(shape.TotalSize())
		clear(out[:s.offset])
		clear(out[s.offset+s.size():])
		s.each(out, in[0], func(p, t []float64) { copy(p, t) })
		return out, nil
	}
	o.symDiff = func(inputs G.Nodes, _, grad *G.Node) (G.Nodes, error) {
		back, err := collect(name, inputs[0].Shape(), G.Nodes{grad}, []span{s})
		return G.Nodes{back}, err
	}
	return o.apply(from)
}
