package vm

import (
	"math"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// unaryFunctions fold constants; they are the kernels' functions in float64.
var unaryFunctions = map[opcode]func(float64) float64{
	opSquare: func(x float64) float64 { return x * x },
	opCube:   func(x float64) float64 { return x * x * x },
	opSqrt:   math.Sqrt,
	opAbs:    math.Abs,
}

// Costly says whether a node is an elementwise function that takes several times as long as to store its
// result and to read it again.
func Costly(n *G.Node) bool {
	op := n.Op()
	if op == nil {
		return false
	}
	_, own := op.(scalarFunction)
	_, pair := op.(scalarPair)
	return own || pair || len(children(n)) == 1 && kernel.Functions[op.String()] != nil
}
