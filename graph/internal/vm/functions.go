package vm

import "math"

// unaryFunctions fold constants; they are the kernels' functions in float64.
var unaryFunctions = map[opcode]func(float64) float64{
	opSquare:  func(x float64) float64 { return x * x },
	opCube:    func(x float64) float64 { return x * x * x },
	opSqrt:    math.Sqrt,
	opAbs:     math.Abs,
	opExp:     math.Exp,
	opTanh:    math.Tanh,
	opSigmoid: func(x float64) float64 { return 1 / (1 + math.Exp(-x)) },
}
