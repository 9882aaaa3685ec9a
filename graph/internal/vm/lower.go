package vm

import (
	"fmt"
	"strings"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// lowering turns Gorgonia nodes into values.
type lowering struct {
	*builder
	done map[*G.Node]*value
}

// newLowering declares the inputs; node then lowers what is computed from them.
func newLowering(in []Input) (*lowering, error) {
	l := &lowering{builder: newBuilder(), done: map[*G.Node]*value{}}
	for i, x := range in {
		s, err := x.shape()
		if err != nil {
			return nil, err
		}
		if l.done[x.Node] != nil {
			return nil, fmt.Errorf("vm: input %d (%s): its node is an earlier input too", i, x.Name)
		}
		l.done[x.Node] = l.intern(&value{op: opInput, input: i, shape: s, invariant: x.Class == Invariant})
	}
	return l, nil
}

// node lowers n and everything it depends on. The walk keeps its own stack:
// unrolled graphs are deep.
func (l *lowering) node(n *G.Node) (*value, error) {
	stack := []*G.Node{n}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		if l.done[top] != nil {
			stack = stack[:len(stack)-1]
			continue
		}
		kids := children(top)
		waiting := false
		for i := len(kids) - 1; i >= 0; i-- {
			if l.done[kids[i]] == nil {
				stack = append(stack, kids[i])
				waiting = true
			}
		}
		if waiting {
			continue
		}
		v, err := l.apply(top, kids)
		if err != nil {
			return nil, err
		}
		l.done[top] = v
		stack = stack[:len(stack)-1]
	}
	return l.done[n], nil
}

// children are the arguments of n in order.
func children(n *G.Node) []*G.Node {
	if n.Graph() == nil {
		return nil
	}
	it := n.Graph().From(n.ID())
	if it == nil {
		return nil
	}
	var kids []*G.Node
	for it.Next() {
		kids = append(kids, it.Node().(*G.Node))
	}
	return kids
}

// apply lowers one node whose children are lowered.
func (l *lowering) apply(n *G.Node, kids []*G.Node) (*value, error) {
	op := n.Op()
	if op == nil {
		return nil, fmt.Errorf("vm: leaf %q is not among the inputs", n.Name())
	}
	args := make([]*value, len(kids))
	for i, k := range kids {
		args[i] = l.done[k]
	}
	name := op.String()
	if len(kids) == 0 || strings.HasPrefix(name, "const") {
		return l.literal(n)
	}
	v, err := l.known(n, op, name, args)
	if err == nil && v == nil {
		v, err = l.foreignOp(op, name, args)
	}
	if err != nil {
		return nil, fmt.Errorf("vm: node %v (%s): %w", n.ID(), name, err)
	}
	return v, nil
}

// literal lowers a constant.
func (l *lowering) literal(n *G.Node) (*value, error) {
	switch x := n.Value().(type) {
	case nil:
		return nil, fmt.Errorf("vm: constant %q has no value", n.Name())
	case G.Scalar:
		f, err := number(x.Data())
		if err != nil {
			return nil, fmt.Errorf("vm: constant %q: %w", n.Name(), err)
		}
		return l.constant(f), nil
	case tensor.Tensor:
		d, ok := x.Data().([]float64)
		if !ok {
			return nil, fmt.Errorf("vm: constant %q: expected float64 elements, found %v", n.Name(), x.Dtype())
		}
		if x.Shape().IsScalar() {
			return l.constant(d[0]), nil
		}
		return l.intern(&value{op: opData, data: append([]float64(nil), d...), shape: shape(x.Shape().Clone())}), nil
	default:
		return nil, fmt.Errorf("vm: constant %q: expected a number or tensor, found %T", n.Name(), x)
	}
}

func number(x any) (float64, error) {
	switch x := x.(type) {
	case float64:
		return x, nil
	case float32:
		return float64(x), nil
	case int:
		return float64(x), nil
	}
	return 0, fmt.Errorf("expected a number, found %T", x)
}

// scalarFunction is what elementwise ops outside Gorgonia implement, and scalarPair those of two operands.
type (
	scalarFunction interface{ Func() func(float64) float64 }
	scalarPair     interface {
		Pair() func(x, y float64) float64
	}
)

// A fixed function is the same wherever its name occurs.
type fixed interface{ Fixed() bool }

// known lowers the ops that have kernels; it returns nil for any other.
func (l *lowering) known(n *G.Node, op G.Op, name string, args []*value) (*value, error) {
	if f, ok := op.(scalarFunction); ok && len(args) == 1 {
		return l.own(n, name, f.Func(), args[0]), nil
	}
	if f, ok := op.(scalarPair); ok && len(args) == 2 {
		if err := compatible(args...); err != nil {
			return nil, err
		}
		return l.pairs(name, tag(n), f.Pair(), args[0], args[1]), nil
	}
	symbol, _, _ := strings.Cut(name, " ")
	if code, ok := binaryNames[symbol]; ok && len(args) == 2 {
		if err := compatible(args...); err != nil {
			return nil, err
		}
		return l.binary(code, args[0], args[1]), nil
	}
	if len(args) == 1 {
		if code, ok := unaryNames[name]; ok {
			return l.unary(code, args[0]), nil
		}
		switch name {
		case "inv":
			return l.binary(opDiv, l.constant(1), args[0]), nil
		case "invSqrt":
			return l.binary(opDiv, l.constant(1), l.unary(opSqrt, args[0])), nil
		}
		if f, ok := kernel.Functions[name]; ok {
			return l.function(name, 0, f, args[0]), nil
		}
	}
	return l.structural(name, args)
}

// own lowers an elementwise function from outside Gorgonia, to the kernel of its name if there is one.
func (l *lowering) own(n *G.Node, name string, f func(float64) float64, x *value) *value {
	of := &kernel.Function{Of: f}
	if known, ok := kernel.Functions[name]; ok && tag(n) == 0 {
		of = known
	}
	return l.function(name, tag(n), of, x)
}

// tag is 0 for a fixed function, wherever it occurs; of others only the node tells.
func tag(n *G.Node) int {
	if f, ok := n.Op().(fixed); ok && f.Fixed() {
		return 0
	}
	return int(n.ID()) + 1
}

// structural lowers the ops that are not elementwise functions.
func (l *lowering) structural(name string, args []*value) (*value, error) {
	prefix := func(p string) bool { return strings.HasPrefix(name, p) }
	switch {
	case name == "select<" && len(args) == 4:
		return l.choose(opSelectLT, args), compatible(args...)
	case name == "select<=" && len(args) == 4:
		return l.choose(opSelectLE, args), compatible(args...)
	case name == "zeros" && len(args) == 1:
		return l.broadcast(l.constant(0), args[0].shape), nil
	case name == "Σ[0]" && len(args[0].shape) < 2:
		return l.sum(args[0]), nil
	case prefix("SizeOf") && len(args[0].shape) == 1:
		return l.constant(float64(args[0].shape[0])), nil
	case prefix("SizeOf") && args[0].shape.scalar():
		return l.constant(1), nil
	case prefix("Reshape") && (len(args[0].shape) == 0 || len(args[0].shape) == 1 && !strings.Contains(name, ",")):
		return args[0], nil // of a scalar, or of a vector to a vector
	case name == "Repeat0" && args[0].shape.scalar() && args[1].op == opConst:
		return l.broadcast(args[0], shape{int(args[1].num)}), nil
	case name == "A × b", name == "Aᵀ × b":
		return l.matrixVector(name, args)
	case name == "a ⋅ b":
		return l.dot(args)
	}
	return nil, nil
}

func (l *lowering) matrixVector(name string, args []*value) (*value, error) {
	w, x := args[0], args[1]
	if len(w.shape) != 2 || len(x.shape) != 1 {
		return nil, fmt.Errorf("expected a matrix and a vector, found %v and %v", w.shape, x.shape)
	}
	code, inner, outer := opMatVec, w.shape[1], w.shape[0]
	if name == "Aᵀ × b" {
		code, inner, outer = opMatVecT, outer, inner
	}
	if x.shape[0] != inner {
		return nil, fmt.Errorf("expected a vector of %d for matrix %v, found %v", inner, w.shape, x.shape)
	}
	return l.intern(&value{op: code, args: args, shape: shape{outer}}), nil
}

func (l *lowering) dot(args []*value) (*value, error) {
	if err := compatible(args...); err != nil {
		return nil, err
	}
	return l.sum(l.binary(opMul, args[0], args[1])), nil
}

// compatible reports operands that are neither scalars nor of one shape.
func compatible(args ...*value) error {
	var s shape
	for _, a := range args {
		switch {
		case a.shape.scalar():
		case s == nil:
			s = a.shape
		case !s.equal(a.shape):
			return fmt.Errorf("expected operands of one length, found %v and %v", s, a.shape)
		}
	}
	return nil
}
