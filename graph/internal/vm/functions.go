package vm

import "math"

// unaryFunctions fold constants; they are the kernels' functions in float64.
var unaryFunctions = map[opcode]func(float64) float64{
	opSquare: func(x float64) float64 { return x * x },
	opCube:   func(x float64) float64 { return x * x * x },
	opSqrt:   math.Sqrt,
	opAbs:    math.Abs,
}
