package graph

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// rich is a network with everything that enters a step: per-region and shared parameters, a diffusive
// and a nonlinear coupling, an input, and noise if wanted.
func rich(t *testing.T, model string, n int, noisy bool) *Network {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 1))
	m := models[model]()
	source := "a." + m.States()[0].Name
	port := "a." + m.Ports()[0].Name
	parts := []Part{
		Population("a", Regions(n), m),
		&Coupling{Name: "linear", From: source, To: port, Weights: randomMatrix(r, n, n), Gain: []float64{0.3},
			Pre: []string{"x", "1"}, Post: "S1 - S2*x"},
		&Coupling{Name: "regional", From: source, To: port, Weights: randomMatrix(r, n, n), Gain: repeat(0.2, n)},
		&Input{Name: "u", To: port, Values: mat.NewDense(3, n, nil)},
		&Input{Name: "common", To: port, Values: mat.NewDense(3, 1, nil)},
	}
	if noisy {
		parts = append(parts, &Noise{To: source, Sigma: []float64{0.1}})
	}
	net := must(t, parts...)
	name := m.Parameters()[0].Name
	if err := net.Set("a."+name, repeat(m.Parameters()[0].Values[0], n)); err != nil {
		t.Fatal(err)
	}
	return net
}

// The adjoint of every model under every integrator equals central differences of the step, along a
// random direction of each leaf, both evaluated by Gorgonia's TapeMachine.
func TestStepGradients(t *testing.T) {
	for model := range models {
		for _, integ := range Integrators() {
			t.Run(model+"/"+integ.Name, func(t *testing.T) {
				noisy := integ.Name != RK4.Name && integ.Name != Heun3.Name
				checkStepGradients(t, rich(t, model, 3, noisy), integ)
			})
		}
	}
}

// A population of one region has vectors of a dummy length, with the same gradients.
func TestStepGradientsOfOneRegion(t *testing.T) {
	net := rich(t, "mpr", 1, true)
	s, err := net.stepGraph(0.1, Heun)
	if err != nil {
		t.Fatal(err)
	}
	if s.states[0].N != 1 || s.states[0].Leaf.Shape()[0] != 2 {
		t.Errorf("one region: N %d, shape %v", s.states[0].N, s.states[0].Leaf.Shape())
	}
	checkStepGradients(t, net, Heun)
}

func checkStepGradients(t *testing.T, net *Network, integ Integrator) {
	t.Helper()
	const dt = 0.1
	forward, err := net.stepGraph(dt, integ)
	if err != nil {
		t.Fatal(err)
	}
	var next []*G.Node
	for _, s := range forward.states {
		next = append(next, s.Next)
	}
	eval := newMachine(t, forward.g, next)

	step, err := net.stepGraph(dt, integ)
	if err != nil {
		t.Fatal(err)
	}
	adj, err := step.differentiate(step.allLeaves())
	if err != nil {
		t.Fatal(err)
	}
	var gradients []*G.Node
	var leaves []int
	for i, leaf := range step.allLeaves() {
		if adj.Gradient[leaf] != nil {
			gradients, leaves = append(gradients, adj.Gradient[leaf]), append(leaves, i)
		}
	}
	reverse := newMachine(t, step.g, gradients)

	r := rand.New(rand.NewPCG(7, 7))
	point := forward.point(r, net)
	reversePoint := map[*G.Node][]float64{}
	for i, leaf := range step.allLeaves() {
		reversePoint[leaf] = point[forward.allLeaves()[i]]
	}
	var u [][]float64
	for _, node := range adj.U {
		x := make([]float64, node.Shape().TotalSize())
		for i := range x {
			x[i] = r.NormFloat64()
		}
		u, reversePoint[node] = append(u, x), x
	}
	got := reverse.run(reversePoint)
	scale := 0.0
	for _, g := range got {
		for _, x := range g {
			scale = max(scale, x, -x)
		}
	}
	covered := map[int]bool{}
	for k, i := range leaves {
		covered[i] = true
		leaf := forward.allLeaves()[i]
		direction := make([]float64, len(point[leaf]))
		want := 0.0
		for j := range direction {
			direction[j] = r.NormFloat64()
			want += direction[j] * got[k][j]
		}
		base := point[leaf]
		slope := fd.Derivative(func(h float64) float64 {
			moved := make([]float64, len(base))
			for j := range moved {
				moved[j] = base[j] + h*direction[j]
			}
			point[leaf] = moved
			sum := 0.0
			for s, x := range eval.run(point) {
				for j := range x {
					sum += u[s][j] * x[j]
				}
			}
			return sum
		}, 0, &fd.Settings{Formula: fd.Central, Step: 1e-5})
		point[leaf] = base
		// Central differences with h = 1e-5 leave a rounding error of about 1e-11 of the loss.
		if !near(want, slope, 1e-7*max(1, scale)) && !near(want, slope, 1e-6) {
			t.Errorf("%s: gradient %v, difference quotient %v", leaf.Name(), want, slope)
		}
	}
	for i, leaf := range forward.allLeaves() {
		if covered[i] {
			continue
		}
		before := fmt.Sprint(eval.run(point))
		base := point[leaf]
		moved := append([]float64(nil), base...)
		for j := range moved {
			moved[j] += 0.01
		}
		point[leaf] = moved
		if after := fmt.Sprint(eval.run(point)); after != before {
			t.Errorf("%s has no gradient but matters", leaf.Name())
		}
		point[leaf] = base
	}
}

// Equal names are silently one node in Gorgonia.
func TestLeafNamesAreUnique(t *testing.T) {
	net := rich(t, "mpr", 3, true)
	s, err := net.stepGraph(0.1, Heun)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, leaf := range s.allLeaves() {
		if seen[leaf.Name()] {
			t.Errorf("two leaves are called %q", leaf.Name())
		}
		seen[leaf.Name()] = true
	}
	nodes := map[*G.Node]bool{}
	for _, leaf := range s.allLeaves() {
		nodes[leaf] = true
	}
	if len(nodes) != len(seen) {
		t.Errorf("%d leaves are %d nodes", len(seen), len(nodes))
	}
}
