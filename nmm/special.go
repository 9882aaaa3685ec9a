package nmm

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
)

// exprel is (e^x - 1)/x, the φ function of exponential integrators; 1 at x = 0.
var exprel = given("exprel", 0, func(x float64) float64 { return exprelDerivative(0, x) },
	func(x float64) float64 { return exprelDerivative(1, x) },
	func(x float64) float64 { return exprelDerivative(2, x) },
	func(x float64) float64 { return exprelDerivative(3, x) })

// linoid is x/(1 - e^-x), the rate function of reduced Wong-Wang models; 1 at
// x = 0.
var linoid = given("linoid", 0, linoidValue, linoidSlope, linoidCurvature, linoidThird)

// sigmoid is 1/(1 + e^-x) to full precision. Gorgonia's own returns 1 from x = 19
// on, an error of 6e-9 that a compiled program with the exact function would not
// share.
var sigmoid = &goFunction{name: "sigmoid", one: logistic, slopes: []string{"sigmoid(x) - sigmoid(x)^2"}}

// given makes a function of one number with its derivatives, as far as they are
// given in Go. They are called name', name” and so on.
func given(name string, id uint64, f ...func(float64) float64) *goFunction {
	made := &goFunction{name: name, id: id, one: f[0]}
	if len(f) > 1 && f[1] != nil {
		made.slopes = []string{name + "'(x)"}
		made.helpers = []*goFunction{given(name+"'", id, f[1:]...)}
	}
	return made
}

// Exprel returns the node (e^x - 1)/x, elementwise, with the limit 1 at x = 0.
func Exprel(x *G.Node) (*G.Node, error) {
	n, err := exprel.apply([]*G.Node{x})
	if err != nil {
		return nil, fmt.Errorf("nmm: %w", err)
	}
	return n, nil
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// exprelDerivative is the n-th derivative, n = 0 … 3, of exprel,
//
//	∫₀¹ tⁿ e^(x t) dt = Σ_k x^k / (k! (k+n+1))
//
// by the series where the closed form cancels, |x| < 1: 20 terms reach 1e-19.
func exprelDerivative(n int, x float64) float64 {
	if math.Abs(x) < 1 {
		sum, power := 0.0, 1.0
		for k := 0; k < 20; k++ {
			sum += power / float64(k+n+1)
			power *= x / float64(k+1)
		}
		return sum
	}
	switch n {
	case 0:
		return math.Expm1(x) / x
	case 1:
		return (math.Exp(x)*(x-1) + 1) / (x * x)
	case 2:
		return (math.Exp(x)*(x*x-2*x+2) - 2) / (x * x * x)
	default:
		return (math.Exp(x)*(x*x*x-3*x*x+6*x-6) + 6) / (x * x * x * x)
	}
}

// linoidSeries holds the coefficients c_m of x/(1-e^-x) = 1 + x/2 + Σ c_m x^2m,
// m = 1, 2, …: B_2m/(2m)! = 2 (-1)^(m+1) ζ(2m)/(2π)^2m with Bernoulli's numbers.
var linoidSeries = func() (c [12]float64) {
	for m := range c {
		zeta, s := 1.0, -2*float64(m+1)
		for j := 200.0; j > 1; j-- {
			zeta += math.Pow(j, s)
		}
		c[m] = 2 * zeta * math.Pow(2*math.Pi, s)
		if m%2 == 1 {
			c[m] = -c[m]
		}
	}
	c[0] = 1.0 / 12 // ζ(2) and ζ(4) converge too slowly for 200 terms
	c[1] = -1.0 / 720
	c[2] = 1.0 / 30240
	return c
}()

func linoidValue(x float64) float64 {
	if x == 0 {
		return 1
	}
	return x / -math.Expm1(-x)
}

// linoidSlope is the first derivative; with e = e^-|x| no exponential overflows.
func linoidSlope(x float64) float64 {
	if math.Abs(x) < 1 {
		sum := 0.0
		for m := len(linoidSeries) - 1; m >= 0; m-- {
			sum = sum*x*x + float64(2*m+2)*linoidSeries[m]
		}
		return 0.5 + x*sum
	}
	e := math.Exp(-math.Abs(x))
	if x > 0 {
		return (1 - e - x*e) / ((1 - e) * (1 - e))
	}
	return e * (e - 1 - x) / ((1 - e) * (1 - e))
}

// linoidCurvature is the second derivative, an even function.
func linoidCurvature(x float64) float64 {
	x = math.Abs(x)
	if x < 1 {
		sum := 0.0
		for m := len(linoidSeries) - 1; m >= 0; m-- {
			sum = sum*x*x + float64((2*m+2)*(2*m+1))*linoidSeries[m]
		}
		return sum
	}
	e := math.Exp(-x)
	return e * (x*(1+e) - 2*(1-e)) / ((1 - e) * (1 - e) * (1 - e))
}

// linoidThird is the third derivative, an odd function.
func linoidThird(x float64) float64 {
	if math.Abs(x) < 1 {
		sum := 0.0
		for m := len(linoidSeries) - 1; m >= 1; m-- {
			sum = sum*x*x + float64((2*m+2)*(2*m+1)*2*m)*linoidSeries[m]
		}
		return x * sum
	}
	y := math.Abs(x)
	e := math.Exp(-y)
	above, below := y*(1+e)-2*(1-e), 1-e
	third := e * ((1-e-y*e-above)*below - 3*e*above) / (below * below * below * below)
	if x < 0 {
		return -third
	}
	return third
}
