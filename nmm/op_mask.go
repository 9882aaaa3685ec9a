package nmm

import (
	"fmt"
	"hash"

	G "gorgonia.org/gorgonia"
)

// masking holds entries of an array fixed. Forward it is the identity; its
// gradient is another masking, with clear set, that zeroes the entries whose mask
// is false and is its own derivative.
type masking struct {
	sameShape
	mask  []bool // of the last axis, or of all elements
	clear bool
}

var _ G.SDOp = masking{}

// freeze returns x with zero gradient where mask is false.
func freeze(x *G.Node, mask []bool) (*G.Node, error) {
	n := 1
	for _, d := range x.Shape() {
		n *= d
	}
	if n%len(mask) != 0 {
		return nil, fmt.Errorf("expected a mask as long as the last axis of shape %v, found %d entries", x.Shape(), len(mask))
	}
	return G.ApplyOp(masking{mask: mask}, x)
}

// SymDiff zeroes the gradient of the fixed entries.
func (op masking) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	dx, err := G.ApplyOp(masking{mask: op.mask, clear: true}, grad)
	return G.Nodes{dx}, err
}

// Do copies, or zeroes.
func (op masking) Do(in ...G.Value) (G.Value, error) {
	return mapElements(in[0], func(i int, x float64) float64 {
		if op.clear && !op.mask[i%len(op.mask)] {
			return 0
		}
		return x
	})
}

func (op masking) String() string {
	if op.clear {
		return "clear masked"
	}
	return "freeze masked"
}

// WriteHash includes the mask.
func (op masking) WriteHash(h hash.Hash) { fmt.Fprintf(h, "nmm %v %v", op, op.mask) }
func (op masking) Hashcode() uint32      { return hashcode(op) }
