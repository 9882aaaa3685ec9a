package nmm

import "math"

// The elementary functions that Gorgonia lacks, or has with wrong or missing
// derivatives. Their derivatives are texts of the language (see goFunction), so
// that there is one of every order.

var (
	log1p    = &goFunction{name: "log1p", one: math.Log1p, slopes: []string{"1/(1 + x)"}}
	softplus = &goFunction{name: "softplus", one: softplusValue, slopes: []string{"sigmoid(x)"}}
	sinh     = &goFunction{name: "sinh", one: math.Sinh, slopes: []string{"cosh(x)"}}
	cosh     = &goFunction{name: "cosh", one: math.Cosh, slopes: []string{"sinh(x)"}}
	atan     = &goFunction{name: "atan", one: math.Atan, slopes: []string{"1/(1 + x^2)"}}
	erf      = &goFunction{name: "erf", one: math.Erf, slopes: []string{"2/sqrt(pi)*exp(-x^2)"}}
	erfc     = &goFunction{name: "erfc", one: math.Erfc, slopes: []string{"-2/sqrt(pi)*exp(-x^2)"}}
	sign     = &goFunction{name: "sign", one: signOf, slopes: []string{"0"}}
)

// softplusValue is ln(1 + e^x); no exponential overflows.
func softplusValue(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// signOf is -1, 0 or 1.
func signOf(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// asin and acos take what lies beyond ±1 for ±1, where rounding puts a cosine. On
// ±1 and beyond their derivative, which is infinite or nothing at all, is 0.
var (
	asin = &goFunction{name: "asin", one: func(x float64) float64 { return math.Asin(max(-1, min(x, 1))) },
		slopes: []string{"asin'(x)"}, helpers: []*goFunction{asinSlope}}
	acos = &goFunction{name: "acos", one: func(x float64) float64 { return math.Acos(max(-1, min(x, 1))) },
		slopes: []string{"-asin'(x)"}}

	// 1/√(1 - x²) =: a has the derivative x a³.
	asinSlope = &goFunction{name: "asin'", slopes: []string{"x*asin'(x)^3"}, one: func(x float64) float64 {
		if !(math.Abs(x) < 1) {
			return 0
		}
		return 1 / math.Sqrt((1-x)*(1+x))
	}}
)

// cbrt is the cube root, of negative numbers too. Its derivatives at 0, which are
// infinite, are taken for 0.
var (
	cbrt = &goFunction{name: "cbrt", one: math.Cbrt, slopes: []string{"cbrt'(x)"}, helpers: []*goFunction{cbrtSlope}}

	// x^(-2/3)/3 =: c has the derivative -2/9 x^(-5/3) = -18 x c⁴.
	cbrtSlope = &goFunction{name: "cbrt'", slopes: []string{"-18*x*cbrt'(x)^4"}, one: func(x float64) float64 {
		if x == 0 {
			return 0
		}
		root := math.Cbrt(x)
		return 1 / (3 * root * root)
	}}
)

// atan2(x, y) is the angle in (-π, π] whose tangent is x/y, in the quadrant of the
// point (y, x). Its derivatives at the origin, where it has none, are 0.
var (
	atan2 = &goFunction{name: "atan2", two: math.Atan2, slopes: []string{"atan2'(x, y)", "-atan2'(y, x)"},
		helpers: []*goFunction{atan2Slope}}

	// p(x, y) = y/(x² + y²) has the derivatives -2 p(x, y) p(y, x) and
	// p(y, x)² - p(x, y)².
	atan2Slope = &goFunction{name: "atan2'", slopes: []string{"-2*atan2'(x, y)*atan2'(y, x)", "atan2'(y, x)^2 - atan2'(x, y)^2"},
		two: func(x, y float64) float64 {
			r := math.Hypot(x, y)
			if r == 0 {
				return 0
			}
			return y / r / r
		}}
)

// mod is x - y floor(x/y), which has the sign of y; x itself for y = 0. Where it
// jumps it has the derivatives of the right side.
var (
	mod = &goFunction{name: "mod", two: floorMod, slopes: []string{"1", "-mod'(x, y)"}, helpers: []*goFunction{modSlope}}

	modSlope = &goFunction{name: "mod'", slopes: []string{"0", "0"}, two: func(x, y float64) float64 {
		if y == 0 {
			return 0
		}
		return math.Round((x - floorMod(x, y)) / y)
	}}
)

func floorMod(x, y float64) float64 {
	if y == 0 {
		return x
	}
	r := math.Mod(x, y)
	if r != 0 && (r < 0) != (y < 0) {
		r += y
	}
	return r
}
