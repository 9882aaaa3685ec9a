package vm

import (
	"math"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// unaryFunctions fold constants; they are the kernels' functions in float64.
var unaryFunctions = map[opcode]func(float64) float64{
	opSquare:  func(x float64) float64 { return x * x },
	opCube:    func(x float64) float64 { return x * x * x },
	opSqrt:    math.Sqrt,
	opAbs:     math.Abs,
	opExp:     math.Exp,
	opTanh:    math.Tanh,
	opSin:     one(kernel.Sin[float64]),
	opCos:     one(kernel.Cos[float64]),
	opSigmoid: func(x float64) float64 { return 1 / (1 + math.Exp(-x)) },
}

// one applies a kernel to one number.
func one(k func(d, a []float64)) func(float64) float64 {
	return func(x float64) float64 {
		d := []float64{x}
		k(d, d)
		return d[0]
	}
}
