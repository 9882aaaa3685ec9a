package kernel

import "math"

// Functions are the scalar functions that have a name in the graph but no loop of
// their own; Map applies them.
var Functions = map[string]func(float64) float64{
	"sign":     sign,
	"ceil":     math.Ceil,
	"floor":    math.Floor,
	"ln":       math.Log,
	"log2":     math.Log2,
	"inv":      func(x float64) float64 { return 1 / x },
	"invSqrt":  func(x float64) float64 { return 1 / math.Sqrt(x) },
	"log1p":    math.Log1p,
	"expm1":    math.Expm1,
	"softplus": Softplus,
}

// Softplus is ln(1 + e^x), without overflow and with full relative accuracy on
// both sides.
func Softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}
