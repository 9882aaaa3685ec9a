package nmm

import (
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	G "gorgonia.org/gorgonia"
)

// rate is a population's derivative of Zerlaut as a function of the rates.
func rate(t *testing.T, state int) func(x []float64) float64 {
	return func(x []float64) float64 {
		values := at(Zerlaut(), nil, vars{"E": x[:1], "I": x[1:], "W_e": {20}, "W_i": {0}, "ou_drift": {0}, "E_in": {0.002}})
		return evaluate(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(Zerlaut(), state, n) }, values)[0]
	}
}

// The second order against differences of the first: with the Jacobian J of the transfer functions, the
// covariances obey T dC/dt = N + f fᵀ + J C + C Jᵀ - 2 C, the moments of the master equation.
func TestZerlautSecondOrder(t *testing.T) {
	x, c := []float64{0.004, 0.01}, [2][2]float64{{3e-6, 1e-6}, {1e-6, 5e-6}}
	const T, N, g = 20.0, 10000.0, 0.2
	var f [2]float64    // F - rate
	var j [2][2]float64 // ∂F/∂rate
	var bend [2]float64 // ½ Σ C ∂²F
	for k := range f {
		f[k] = T * rate(t, k)(x)
		slopes := fd.Gradient(nil, rate(t, k), x, &fd.Settings{Formula: fd.Central, Step: 1e-6})
		for l := range slopes {
			j[k][l] = T * slopes[l]
		}
		j[k][k]++
		h := 5e-6
		at := func(a, b float64) float64 { return rate(t, k)([]float64{x[0] + a*h, x[1] + b*h}) }
		bend[k] = T / (h * h) * (c[0][0]/2*(at(1, 0)-2*at(0, 0)+at(-1, 0)) + c[1][1]/2*(at(0, 1)-2*at(0, 0)+at(0, -1)) +
			c[0][1]/4*(at(1, 1)-at(1, -1)-at(-1, 1)+at(-1, -1)))
	}
	covariance := func(k, l int) float64 {
		sum := f[k]*f[l] - 2*c[k][l]
		if k == l {
			sum += (f[k] + x[k]) * (1/T - f[k] - x[k]) / (N * []float64{1 - g, g}[k])
		}
		for m := range f {
			sum += j[k][m]*c[m][l] + c[k][m]*j[l][m]
		}
		return sum / T
	}
	m := ZerlautSecondOrder()
	values := at(m, nil, vars{"E": x[:1], "I": x[1:], "C_ee": {c[0][0]}, "C_ei": {c[0][1]}, "C_ii": {c[1][1]},
		"W_e": {20}, "W_i": {0}, "ou_drift": {0}, "E_in": {0.002}})
	for i, want := range []float64{(f[0] + bend[0]) / T, (f[1] + bend[1]) / T, covariance(0, 0), covariance(0, 1), covariance(1, 1)} {
		got := evaluate(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(m, i, n) }, values)[0]
		if !closeTo(got, want, 1e-6, 0) {
			t.Errorf("d%s/dt: %v, by differences %v", m.States()[i].Name, got, want)
		}
	}
}
