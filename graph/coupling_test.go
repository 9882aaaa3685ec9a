package graph

import (
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// lagged is a ring of three phase oscillators with frequencies and lags of their own, coupled with delays.
func lagged(t *testing.T) *Network {
	m := nmm.Kuramoto().Set("omega", []float64{0.3, 0.4, 0.35}).Set("alpha", []float64{0.2, -0.5, 0})
	net := must(t, Population("p", Regions(3), m), &Coupling{From: "p.theta", To: "p.theta_in",
		Pre: []string{"sin(x)", "cos(x)"}, Post: "S1*cos(x + alpha) - S2*sin(x + alpha)", Gain: []float64{0.25},
		Weights: mat.NewDense(3, 3, []float64{0, 1, 0.5, 0.5, 0, 1, 1, 0.5, 0}), DelaySteps: [][]int{{0, 2, 0}, {1, 0, 3}, {0, 0, 0}}})
	if err := net.Set("init:p.theta", []float64{0.1, 1.2, 3}); err != nil {
		t.Fatal(err)
	}
	return net
}

// Post may name the target's parameters: the lag of each oscillator is that of the one that listens, and learns.
func TestPostOfParameters(t *testing.T) {
	net := lagged(t)
	run := Run{Dt: 0.1, Duration: 2, Every: 5, Integrator: RK4}
	checkEveryGradient(t, net, run, 1e-2, nil)
	agree(t, rolledOut(t, net, run), unrolled(t, net, run), 1e-13)
	if err := (&Coupling{Name: "c", From: "p.theta", To: "p.theta_in", Pre: []string{"x + alpha"}, Weights: mat.NewDense(3, 3, nil)}).Attach(net); err == nil {
		t.Error("Pre names a parameter: no error")
	}
}
