package vm

import (
	"math"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// value is one node of the compiler's own expression graph. Values are unique:
// equal computations are the same pointer (see builder.intern).
type value struct {
	id    int // in order of creation; arguments come first
	op    opcode
	args  []*value
	shape shape

	invariant bool             // depends on invariant inputs and constants alone
	num       float64          // opConst
	input     int              // opInput, opAccum: its index; opFunc, opPair: tells functions of one name apart
	data      []float64        // opData
	fn        *kernel.Function // opFunc
	pair      pairFunction     // opPair
	name      string           // opFunc, opPair, opForeign: for listings
	foreign   G.Op             // opForeign
	shapes    []shape          // opForeign: of the arguments
	fusion    int              // opFused: the form of its loop
}

// shape is nil for a scalar, (n) for a vector, (rows, cols) for a matrix.
type shape []int

func (s shape) scalar() bool { return len(s) == 0 }

func (s shape) size() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

func (s shape) equal(t shape) bool {
	if len(s) != len(t) {
		return false
	}
	for i, d := range s {
		if t[i] != d {
			return false
		}
	}
	return true
}

func (v *value) is(x float64) bool { return v.op == opConst && v.num == x }

// key identifies a computation for the merging of equal ones.
type key struct {
	op       opcode
	args     [4]int
	num      uint64
	extra    int
	rows, cs int
	name     string
}

func keyOf(v *value) key {
	k := key{op: v.op, num: math.Float64bits(v.num), extra: v.input, name: v.name, rows: -1, cs: -1}
	for i := range k.args {
		k.args[i] = -1
	}
	for i, a := range v.args {
		k.args[i] = a.id
	}
	if len(v.shape) > 0 {
		k.rows = v.shape[0]
	}
	if len(v.shape) > 1 {
		k.cs = v.shape[1]
	}
	return k
}
