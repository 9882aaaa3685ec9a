package graph

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// Every way to keep a state within its bounds, compiled and literal, with noise that drives it there; and what it
// is for: the gradient by what came before the bound was met.
func TestBoundingsInRollout(t *testing.T) {
	for _, how := range []nmm.Bounding{nmm.HardClip, nmm.Reflecting, nmm.SmoothFloor(0.05)} {
		for _, integ := range []Integrator{Euler, Heun, ExponentialEuler, SymplecticEuler} {
			t.Run(fmt.Sprint(how, integ), func(t *testing.T) {
				net := gridNetwork(t, nmm.Hopf().Bound("x", -0.1, 0.2, how).Bound("y", 0, math.Inf(1), how), 3, "delayed", true)
				agree(t, rolledOut(t, net, Run{Dt: 0.5, Duration: 5, Integrator: integ, Seed: 3}), unrolled(t, net, Run{Dt: 0.5, Duration: 5, Integrator: integ, Seed: 3}), 1e-12)
				checkStepGradients(t, net, integ)
			})
		}
		// x falls to its floor, where the input lifts it
		net := must(t, Population("a", Regions(1), nmm.Linear().Set("gamma", -0.2).Bound("x", 0, math.Inf(1), how)),
			&Input{Name: "u", To: "a.x", Values: mat.NewDense(6, 1, []float64{-0.3, -0.2, 0.1, 0.2, 0.1, 0.2})})
		if err := net.Set("init:a.x", []float64{0.2}); err != nil {
			t.Fatal(err)
		}
		got := rolledOut(t, net, Run{Dt: 1, Duration: 6, Integrator: Euler, Every: 6})
		if lost := got.grads["init:a.x"][0] == 0; lost != (how == nmm.HardClip) {
			t.Errorf("%v: the gradient by the start is %v", how, got.grads["init:a.x"][0])
		}
	}
}
