package layers

import (
	"fmt"
	"math"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Gradients of the sum of the squared outputs agree with finite differences, in everything that learns:
// by Dale's law, with delays, with initial states that learn, and for every cell.
func TestRecurrentGradients(t *testing.T) {
	const n, channels = 5, 2
	lengths := mat.NewDense(n, n, nil)
	lengths.Apply(func(i, j int, _ float64) float64 { return 40 * float64((i+2*j)%4) }, lengths) // mm, at 1 m/s: up to 3 steps
	cases := map[string]RecurrentSettings{
		"dale":         {Cell: HORNCell(), Dale: &Dale{Inhibitory: 0.2}},
		"delays":       {Cell: HORNCell(), Mask: someMask(n), TractLengths: lengths, Speed: nmm.Q(1, "m/s")},
		"max delay":    {Cell: WilsonCowanCell(), MaxDelay: 2},
		"initial":      {Cell: HORNCell(), LearnInitial: true},
		"dale encoder": {Cell: WilsonCowanCell(), Dale: &Dale{}, DaleEncoder: true},
	}
	for _, name := range CellNames() {
		cell, err := CellByName(name)
		if err != nil {
			t.Fatal(err)
		}
		cases[name] = RecurrentSettings{Cell: cell}
	}
	for name, s := range cases {
		s.Units, s.Inputs, s.Outputs, s.Dt, s.Seed = n, channels, 2, 40, 4
		r, err := NewRecurrent(s)
		if err != nil {
			t.Fatal(name, err)
		}
		if err := sameGradient(r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	stack, err := Sequential(
		RecurrentSettings{Cell: WilsonCowanCell(), Units: 3, Inputs: channels, Dt: 40},
		RecurrentSettings{Cell: GRUCell(), Units: 4, Dale: &Dale{Inhibitory: 0.25}},
		RecurrentSettings{Cell: WilsonCowanCell(), Units: n, Outputs: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := sameGradient(stack); err != nil {
		t.Errorf("stack: %v", err)
	}
}

func sameGradient(r *Recurrent) error {
	const steps, lanes = 4, 2
	g := G.NewGraph()
	u, err := r.Rollout(g, steps, lanes, graph.Run{})
	if err != nil {
		return err
	}
	if err := u.SetInput(randomInputs(lanes*steps*r.Settings().Inputs), steps); err != nil {
		return err
	}
	loss := G.Must(G.Sum(G.Must(G.Square(u.Outputs))))
	gradients, err := G.Grad(loss, u.Learnables()...)
	if err != nil {
		return err
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	value := func() float64 {
		vm.Reset()
		if err := vm.RunAll(); err != nil {
			panic(err)
		}
		return loss.Value().Data().(float64)
	}
	value()
	analytic := make([][]float64, len(gradients)) // before the values below move
	for k, node := range gradients {
		analytic[k] = append(analytic[k], node.Value().Data().([]float64)...)
	}
	for k, node := range u.Learnables() {
		got := analytic[k]
		x := node.Value().Data().([]float64)
		at := append([]float64(nil), x...)
		want := fd.Gradient(nil, func(v []float64) float64 { copy(x, v); return value() }, at, &fd.Settings{Formula: fd.Central})
		copy(x, at)
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-6*(1+math.Abs(want[i])) { // central differences are good to 1e-8 or so
				return fmt.Errorf("%s, number %d: expected %v, found %v", node.Name(), i, want[i], got[i])
			}
		}
	}
	return nil
}
