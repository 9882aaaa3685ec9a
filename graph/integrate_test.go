package graph

import (
	"math"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// solve advances a network of one population, without couplings or inputs, and returns the states
// after the steps, [state][region].
func solve(t *testing.T, net *Network, integ Integrator, dt float64, steps int, start [][]float64) [][]float64 {
	t.Helper()
	s, err := net.stepGraph(dt, integ)
	if err != nil {
		t.Fatal(err)
	}
	var next []*G.Node
	values := map[*G.Node][]float64{}
	for i, x := range s.states {
		next = append(next, x.Next)
		values[x.Leaf] = start[i]
	}
	for _, p := range s.params {
		values[p.Leaf] = net.values[p.Address].Data
	}
	m := newMachine(t, s.g, next)
	for k := 0; k < steps; k++ {
		for i, x := range m.run(values) {
			values[s.states[i].Leaf] = x
		}
	}
	var end [][]float64
	for _, x := range s.states {
		end = append(end, values[x.Leaf])
	}
	return end
}

// hopfExact is the solution of the Hopf normal form with β = 1 in polar coordinates:
// ρ² = a ρ0² e^{2at} / (a + ρ0² (e^{2at} − 1)), θ = θ0 + ωt.
func hopfExact(a, omega, x, y, t float64) (float64, float64) {
	s, e := x*x+y*y, math.Exp(2*a*t)
	rho, theta := math.Sqrt(a*s*e/(a+s*(e-1))), math.Atan2(y, x)+omega*t
	return rho * math.Cos(theta), rho * math.Sin(theta)
}

// Halving the step divides the error by 2^order.
func TestConvergenceOrder(t *testing.T) {
	orders := map[string]float64{"euler": 1, "heun": 2, "heun3": 3, "rk4": 4, "symplecticeuler": 1, "exponentialeuler": 1}
	net := must(t, Population("a", Regions(2), nmm.Hopf().Set("a", 0.7).Set("omega", 1.3)))
	start := [][]float64{{0.4, -1.1}, {0.1, 0.3}}
	failure := func(integ Integrator, steps int) float64 {
		const end = 1.5
		x := solve(t, net, integ, end/float64(steps), steps, start)
		worst := 0.0
		for i := range x[0] {
			ex, ey := hopfExact(0.7, 1.3, start[0][i], start[1][i], end)
			worst = max(worst, math.Hypot(x[0][i]-ex, x[1][i]-ey))
		}
		return worst
	}
	for _, integ := range Integrators() {
		want, ok := orders[integ.Name]
		if !ok {
			t.Errorf("no order is stated for %s", integ.Name)
			continue
		}
		got := math.Log2(failure(integ, 32) / failure(integ, 64))
		if math.Abs(got-want) > 0.2 { // the next order's term is still visible at 64 steps
			t.Errorf("%s converges with order %.2f, expected %v", integ.Name, got, want)
		}
	}
}

// Exponential Euler solves dx/dt = γ x + c exactly whatever the step.
func TestExponentialEulerIsExactForLinear(t *testing.T) {
	m, err := nmm.Define("relax", "dx/dt = c - g*x : 1",
		nmm.Parameter("g", 2, "1/ms", nmm.Positive, "rate"), nmm.Parameter("c", 3, "1/ms", nmm.Free, "drive"),
		nmm.State("x", 0, 1, "x"))
	if err != nil {
		t.Fatal(err)
	}
	net := must(t, Population("a", Regions(2), m))
	got := solve(t, net, ExponentialEuler, 1.5, 2, [][]float64{{5, -1}})[0]
	for i, x0 := range []float64{5, -1} {
		want := 1.5 + (x0-1.5)*math.Exp(-2*3)
		if !near(got[i], want, 1e-14) {
			t.Errorf("x = %v, expected %v", got[i], want)
		}
	}
}

// Symplectic Euler updates the velocity first and keeps the energy of an oscillator bounded, which
// Euler does not.
func TestSymplecticEulerOrder(t *testing.T) {
	m, err := nmm.Define("spring", `
		dx/dt = y / 1[ms]  : 1
		dy/dt = -k*x       : 1`,
		nmm.Parameter("k", 0.25, "1/ms", nmm.Positive, "stiffness"),
		nmm.State("x", 0, 1, "position"), nmm.State("y", 0, 1, "velocity"))
	if err != nil {
		t.Fatal(err)
	}
	net := must(t, Population("a", Regions(2), m))
	const h = 0.1
	got := solve(t, net, SymplecticEuler, h, 1, [][]float64{{1, 2}, {0.5, -1}})
	for i, x0 := range []float64{1, 2} {
		y := []float64{0.5, -1}[i] - h*0.25*x0
		if x := x0 + h*y; !near(got[0][i], x, 1e-15) || !near(got[1][i], y, 1e-15) {
			t.Errorf("region %d: (%v, %v), expected (%v, %v)", i, got[0][i], got[1][i], x, y)
		}
	}
}

// One noisy step of each scheme against its formula, on dx/dt = −x³.
func TestNoiseEnters(t *testing.T) {
	m, err := nmm.Define("cubic", "dx/dt = -g*x^3 : 1", nmm.Parameter("g", 1, "1/ms", nmm.Positive, "rate"), nmm.State("x", -1, 1, "x"))
	if err != nil {
		t.Fatal(err)
	}
	net := must(t, Population("a", Regions(2), m), &Noise{To: "a.x", Sigma: []float64{0.5, 2}})
	f := func(x float64) float64 { return -x * x * x }
	const h = 0.04
	x, xi := []float64{0.7, -0.2}, []float64{1.5, -0.3}
	formulas := map[string]func(x, z float64) float64{
		"euler":            func(x, z float64) float64 { return x + h*f(x) + z },
		"symplecticeuler":  func(x, z float64) float64 { return x + h*f(x) + z },
		"heun":             func(x, z float64) float64 { return x + h/2*(f(x)+f(x+h*f(x)+z)) + z },
		"exponentialeuler": func(x, z float64) float64 { return x + math.Expm1(-3*h*x*x)/(-3*h*x*x)*h*f(x) + z },
	}
	for _, integ := range Integrators() {
		s, err := net.stepGraph(h, integ)
		formula, ok := formulas[integ.Name]
		if !ok {
			if err == nil || !strings.Contains(err.Error(), "noise") || !strings.Contains(err.Error(), integ.Name) {
				t.Errorf("%s with noise: error %v, expected a refusal that names it", integ.Name, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		got := newMachine(t, s.g, []*G.Node{s.states[0].Next}).run(map[*G.Node][]float64{
			s.states[0].Leaf: x, s.params[0].Leaf: {1}, s.params[1].Leaf: {0.5, 2}, s.noise[0].Leaf: xi,
		})[0]
		for i := range got {
			if want := formula(x[i], []float64{0.5, 2}[i]*math.Sqrt(h)*xi[i]); !near(got[i], want, 1e-14) {
				t.Errorf("%s: region %d: %v, expected %v", integ.Name, i, got[i], want)
			}
		}
	}
}

// Bounds clip every stage: with x' = −1 and x ≥ 0, Heun's second stage must see 0, not −0.05.
func TestBoundsClipEveryStage(t *testing.T) {
	m, err := nmm.Define("bounded", "dx/dt = g*(x - 1) : 1",
		nmm.Parameter("g", 1, "1/ms", nmm.Positive, "rate"), nmm.State("x", 0, 1, "x"), nmm.Bounds("x", 0, 0.9))
	if err != nil {
		t.Fatal(err)
	}
	net := must(t, Population("a", Regions(3), m))
	got := solve(t, net, Heun, 0.2, 1, [][]float64{{0.15, 0.05, 0.5}})[0]
	stage := func(x float64) float64 { return min(max(x, 0), 0.9) }
	for i, x := range []float64{0.15, 0.05, 0.5} {
		predicted := stage(x + 0.2*(x-1))
		if want := stage(x + 0.1*((x-1)+(predicted-1))); !near(got[i], want, 1e-15) {
			t.Errorf("from %v: %v, expected %v", x, got[i], want)
		}
	}
}

func TestIntegratorByName(t *testing.T) {
	for name, want := range map[string]Integrator{"Heun": Heun, "RK4": RK4, "exponential_euler": ExponentialEuler, "Symplectic Euler": SymplecticEuler} {
		if got, err := IntegratorByName(name); err != nil || got != want {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
	if _, err := IntegratorByName("leapfrog"); err == nil || !strings.Contains(err.Error(), "heun3") {
		t.Errorf("unknown integrator: error %v, expected a list of the known ones", err)
	}
}

func TestRungeKuttaChecksTableaus(t *testing.T) {
	for what, tableau := range map[string]Tableau{
		"implicit": {Name: "implicit", A: [][]float64{{1}}, B: []float64{1}},
		"rows":     {Name: "rows", A: [][]float64{{}}, B: []float64{1, 0}},
		"no name":  {A: [][]float64{{}}, B: []float64{1}},
		"NaN":      {Name: "NaN", A: [][]float64{{}, {math.NaN()}}, B: []float64{1, 0}},
	} {
		if _, err := RungeKutta(tableau); err == nil {
			t.Errorf("tableau %q was accepted", what)
		}
	}
	midpoint, err := RungeKutta(Tableau{Name: "midpoint", A: [][]float64{{}, {0.5}}, B: []float64{0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	net := must(t, Population("a", Regions(2), nmm.Linear()))
	g := net.values["a."+net.populations[0].model.Parameters()[0].Name].Data[0]
	got := solve(t, net, midpoint, 0.01, 1, [][]float64{{1, 2}})[0]
	z := 0.01 * g
	if want := 2 * (1 + z + z*z/2); !near(got[1], want, 1e-13) {
		t.Errorf("midpoint: %v, expected %v", got[1], want)
	}
}

// The derivative of a clipped state is 1 inside and on the bounds and 0 outside.
func TestClipDerivative(t *testing.T) {
	g := G.NewGraph()
	x := G.NewVector(g, G.Float64, G.WithShape(5), G.WithName("x"))
	y, err := clip(x, -1, 2)
	if err != nil {
		t.Fatal(err)
	}
	adj, err := differentiate([]*G.Node{y}, []string{"y"}, []*G.Node{x})
	if err != nil {
		t.Fatal(err)
	}
	got := newMachine(t, g, []*G.Node{y, adj.Gradient[x]}).run(map[*G.Node][]float64{
		x: {-3, -1, 0.5, 2, 7}, adj.U[0]: {1, 1, 1, 1, 1},
	})
	for i, want := range []float64{-1, -1, 0.5, 2, 2} {
		if got[0][i] != want {
			t.Errorf("value %d: %v, expected %v", i, got[0][i], want)
		}
	}
	for i, want := range []float64{0, 1, 1, 1, 0} {
		if got[1][i] != want {
			t.Errorf("derivative %d: %v, expected %v", i, got[1][i], want)
		}
	}
}
