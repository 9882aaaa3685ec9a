package graph

import (
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph/internal/vm"
	"github.com/euryale-ml/euryale/nmm"
)

// programSizes are the instructions of a Heun step: forward, and of its adjoint when the gain alone
// or everything is learned. Fewer is better; more than these is a step back.
var programSizes = []struct {
	model                   *nmm.Model
	coupling                Coupling
	forward, gain, complete int
}{
	{nmm.MontbrioPazoRoxin(), Coupling{From: "p.r", To: "p.v"}, 16, 30, 48},
	{nmm.Hopf(), Coupling{From: "p.x", To: "p.x", Pre: []string{"x", "1"}, Post: "S1 - S2*x"}, 15, 31, 40},
	{nmm.JansenRit(), Coupling{From: "p.y1", To: "p.y4", Pre: []string{"y1/1000[mV*ms]"}}, 40, 54, 114},
	{nmm.WilsonCowan(), Coupling{From: "p.E", To: "p.E_in"}, 36, 57, 123},
	{nmm.ReducedWongWang(), Coupling{From: "p.S", To: "p.S_in"}, 17, 39, 59},
	{nmm.Linear(), Coupling{From: "p.x", To: "p.x"}, 4, 6, 10},
}

func TestProgramSizes(t *testing.T) {
	for _, c := range programSizes {
		c.coupling.Name, c.coupling.Weights = "c", mat.NewDense(3, 3, []float64{0, 1, 2, 3, 0, 4, 5, 6, 0})
		net, err := NewNetwork(Population("p", Regions(3), c.model), &c.coupling)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]bool{}
		for a, v := range net.values {
			all[a] = v.Kind == paramKind || v.Kind == gainKind || v.Kind == weightsKind
		}
		forward, complete := instructions(t, net, all)
		_, gain := instructions(t, net, map[string]bool{"c/gain": true})
		if forward > c.forward || gain > c.gain || complete > c.complete {
			t.Errorf("%s: forward %d, adjoint for the gain %d, for everything %d; expected at most %d, %d, %d",
				c.model.Name(), forward, gain, complete, c.forward, c.gain, c.complete)
		}
	}
}

// instructions counts those that every step runs.
func instructions(t *testing.T, net *Network, learned map[string]bool) (forward, adjoint int) {
	t.Helper()
	c, err := net.compile(&Run{Dt: 0.1, Integrator: Heun, Duration: 1}, learned)
	if err != nil {
		t.Fatal(err)
	}
	count := func(p *vm.Program) int { return strings.Count(p.String(), "\nstep ") }
	return count(c.model.Step.Program), count(c.model.Adjoint.Program)
}
