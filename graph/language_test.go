package graph

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// wild is a model with every function of the language that has no assembly of its own.
func wild(t testing.TB) *nmm.Model {
	t.Helper()
	m, err := nmm.Define("Wild", `
		u = atan(x) + erf(y) - erfc(x*y) + sinh(x)/4 - cosh(k*y)/9 + log1p(x^2) - softplus(3*y) : 1
		v = cbrt(x - 2) + asin(x/4) - acos(y/5) + sign(x + 5)*k + atan2(k*y, x + 2)             : 1
		w = mod(x, 3 + k) - mod(y, -2) + atan2(x, 3) + atan2(1.5, y - 4)                        : 1
		dx/dt = (u - v - x + x_in)/5[ms]                                                        : 1
		dy/dt = (v*w - 2*y)/7[ms]                                                               : 1`,
		nmm.Parameter("k", 0.4, "1", nmm.Free, "a parameter"), nmm.Port("x_in", "1"),
		nmm.State("x", 0.2, 0.6, ""), nmm.State("y", 0.1, 0.7, ""))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Functions without assembly, of one number and of two, run and differentiate in the compiled
// rollout, also where the integrator takes their derivatives.
func TestFunctionsInRollout(t *testing.T) {
	for _, integ := range Integrators() {
		t.Run(integ.Name, func(t *testing.T) {
			gridCase(t, wild(t), "delayed", integ)
			checkStepGradients(t, gridNetwork(t, wild(t), 3, "linear", false), integ)
		})
	}
}

// Tables, modes and derivatives by diff too.
func TestTablesAndModesInRollout(t *testing.T) {
	m, err := nmm.Define("Tabled", `
		modes i, k = 2
		f[k]      = [rate(x[1], 3*s), curve(x[2])][k]                   : 1
		dx[k]/dt  = (f[k] - x[k] + diff(f[1], x[1]) + sum(i, [[0, 1], [-2, 0]][i, k]*x[i]) + x_in)/5[ms] : 1
		ds/dt     = (x[1]*x[2] - s)/10[ms]                              : 1`,
		nmm.Table2D("rate", "1", nmm.Axis{Start: -1, Step: 0.3, Unit: "1"}, nmm.Axis{Start: -1, Step: 0.4, Unit: "1"},
			mat.NewDense(6, 5, normals(rand.New(rand.NewPCG(1, 2)), 30))),
		nmm.Table1D("curve", "1", nmm.Axis{Start: -1, Step: 0.7, Unit: "1"}, []float64{1, 3, -2, 1}),
		nmm.Port("x_in", "1"), nmm.State("x[k]", 0.1, 0.9, ""), nmm.State("s", 0.1, 0.4, ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, integ := range []Integrator{Heun, ExponentialEuler} {
		gridCase(t, m, "delayed", integ)
	}
}

// In float32 they are as near as float32 is: 6e-8 relative for each of some 100 operations a step.
func TestFunctionsInFloat32(t *testing.T) {
	net := gridNetwork(t, wild(t), 5, "delayed", false)
	run := Run{Dt: 0.1, Duration: 10, Integrator: ExponentialEuler}
	want, err := net.Simulate(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	run.Precision = Float32
	got, err := net.Simulate(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range want.Series("cortex.y").Data {
		if g := got.Series("cortex.y").Data[i]; !(math.Abs(g-w) < 1e-5*(1+math.Abs(w))) {
			t.Fatalf("sample %d: float64 %v, float32 %v", i, w, g)
		}
	}
}
