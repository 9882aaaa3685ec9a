package nmm

import (
	"fmt"
	"hash"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// choose is the elementwise choice y = a where l < r (or l <= r), else b. Its
// operands are scalars or tensors of one shape, in any mixture.
type choose struct {
	relation string // "<" or "<="
	dims     [4]int // dimensions of l, r, a, b
}

var _ G.SDOp = choose{}

// Select returns the node with a where the relation op ("<" or "<=") holds
// between l and r, else b. Scalars and vectors mix freely; a scalar's gradient is
// summed. The derivative with respect to l and r is zero, also where the choice
// changes.
func Select(op string, l, r, a, b *G.Node) (*G.Node, error) {
	n, err := chooseNode(op, l, r, a, b)
	if err != nil {
		return nil, fmt.Errorf("nmm: %w", err)
	}
	return n, nil
}

func chooseNode(relation string, operands ...*G.Node) (*G.Node, error) {
	if relation != "<" && relation != "<=" {
		return nil, fmt.Errorf("select: expected relation < or <=, found %q", relation)
	}
	op := choose{relation: relation}
	for i, n := range operands {
		if n == nil {
			return nil, fmt.Errorf("%v: operand %d is nil", op, i+1)
		}
		op.dims[i] = n.Dims()
	}
	n, err := G.ApplyOp(op, operands...)
	if err != nil {
		return nil, fmt.Errorf("%v: %w", op, err)
	}
	return n, nil
}

// Clip returns x limited to [lo, hi]. The derivative with respect to x is 1
// inside and on the bounds and 0 outside, where the bound takes it.
func Clip(x, lo, hi *G.Node) (*G.Node, error) {
	raised, err := Select("<", x, lo, lo, x)
	if err != nil {
		return nil, err
	}
	return Select("<", hi, raised, hi, raised)
}

// SymDiff sends the gradient to the branch that was taken.
func (op choose) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	l, r := in[0], in[1]
	zero := constant(grad.Graph(), 0)
	dl, err := G.ApplyOp(zeros{}, l)
	if err != nil {
		return nil, err
	}
	dr, err := G.ApplyOp(zeros{}, r)
	if err != nil {
		return nil, err
	}
	da, err := branchGradient(in[2], op.relation, l, r, grad, zero)
	if err != nil {
		return nil, err
	}
	db, err := branchGradient(in[3], op.relation, l, r, zero, grad)
	return G.Nodes{dl, dr, da, db}, err
}

func branchGradient(branch *G.Node, relation string, l, r, a, b *G.Node) (*G.Node, error) {
	d, err := Select(relation, l, r, a, b)
	if err != nil {
		return nil, err
	}
	return sumTo(branch, d)
}

// Do makes the choice elementwise.
func (op choose) Do(in ...G.Value) (G.Value, error) {
	data, shape, n, err := aligned(in)
	if err != nil {
		return nil, err
	}
	out := make([]float64, n)
	at := func(i, k int) float64 { return data[i][k%len(data[i])] }
	for k := range out {
		l, r := at(0, k), at(1, k)
		if l < r || op.relation == "<=" && l == r {
			out[k] = at(2, k)
		} else {
			out[k] = at(3, k)
		}
	}
	return valueOf(out, shape), nil
}

// InferShape is the one shape of the operands that are no scalars.
func (op choose) InferShape(in ...G.DimSizer) (tensor.Shape, error) { return commonShape(in) }

// Type maps the operands' types to the type of the one with most dimensions.
func (op choose) Type() hm.Type {
	d := op.dims
	return hm.NewFnType(nodeType(d[0]), nodeType(d[1]), nodeType(d[2]), nodeType(d[3]),
		nodeType(max(d[0], d[1], d[2], d[3])))
}

func (op choose) String() string        { return "select" + op.relation }
func (op choose) WriteHash(h hash.Hash) { fmt.Fprintf(h, "nmm %v %v", op, op.dims) }
func (choose) Arity() int               { return 4 }
func (choose) DiffWRT(n int) []bool     { return []bool{true, true, true, true} }
func (choose) ReturnsPtr() bool         { return false }
func (choose) CallsExtern() bool        { return false }
func (choose) OverwritesInput() int     { return -1 }
func (op choose) Hashcode() uint32      { return hashcode(op) }
