package vm

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// Class tells how often an input changes.
type Class int

const (
	Invariant Class = iota // bound once per run, before Begin
	Varying                // bound anew for each step
)

// Mode tells when an output is delivered.
type Mode int

const (
	PerStep    Mode = iota // written by every Step
	Accumulate             // summed over the steps, delivered by Finish
)

// Input is a leaf of the graph (or any node, which then becomes one).
type Input struct {
	Node   *G.Node
	Name   string // for listings and errors
	Len    int    // number of elements, whatever the node's shape says
	Scalar bool   // the leaf is a scalar (); Len is 1
	Class  Class
}

// Output is a node whose value is wanted. A scalar value fills a vector output.
type Output struct {
	Node   *G.Node
	Name   string
	Len    int
	Scalar bool
	Mode   Mode
}

// shape is the input's actual shape: the node decides between vector and matrix,
// Len how long a vector is.
func (x Input) shape() (shape, error) {
	switch {
	case x.Node == nil:
		return nil, fmt.Errorf("vm: input %q: no node", x.Name)
	case x.Len < 1:
		return nil, fmt.Errorf("vm: input %q: expected a positive length, found %d", x.Name, x.Len)
	case x.Scalar && x.Len != 1:
		return nil, fmt.Errorf("vm: input %q: expected length 1 of a scalar, found %d", x.Name, x.Len)
	case x.Scalar:
		return nil, nil
	case x.Node.Dims() > 1:
		s := shape(x.Node.Shape().Clone())
		if s.size() != x.Len {
			return nil, fmt.Errorf("vm: input %q: expected %d elements for shape %v, found %d", x.Name, s.size(), s, x.Len)
		}
		return s, nil
	}
	return shape{x.Len}, nil
}

// Compile lowers the nodes of out, as functions of in, to a program.
//
// It is an error when a leaf is not among the inputs, when the lengths of the
// inputs do not fit together, when an op without a kernel cannot run, or when a
// value has another length than its output.
func Compile(in []Input, out []Output) (*Program, error) {
	l, roots, err := lower(in, out)
	if err != nil {
		return nil, err
	}
	return newTarget(l.builder, in, out, roots).program(), nil
}

// lower lowers the nodes of all outputs.
func lower(in []Input, out []Output) (*lowering, []*value, error) {
	l, err := newLowering(in)
	if err != nil {
		return nil, nil, err
	}
	roots := make([]*value, len(out))
	for i, o := range out {
		if roots[i], err = l.output(o); err != nil {
			return nil, nil, err
		}
	}
	return l, roots, nil
}

// output lowers an output's node and gives the value the output's shape.
func (l *lowering) output(o Output) (*value, error) {
	if o.Node == nil {
		return nil, fmt.Errorf("vm: output %q: no node", o.Name)
	}
	v, err := l.node(o.Node)
	if err != nil {
		return nil, fmt.Errorf("vm: output %q: %w", o.Name, err)
	}
	want := shape{o.Len}
	if o.Scalar {
		want = nil
	}
	switch {
	case o.Len < 1 || (o.Scalar && o.Len != 1):
		return nil, fmt.Errorf("vm: output %q: expected a positive length, 1 for a scalar; found %d", o.Name, o.Len)
	case v.shape.scalar():
		return l.broadcast(v, want), nil
	case v.shape.size() != want.size():
		return nil, fmt.Errorf("vm: output %q: expected %d elements, the node has %v", o.Name, want.size(), v.shape)
	}
	return v, nil
}
