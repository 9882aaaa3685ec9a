package graph

import (
	"math"
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

// stepPair is a step graph to be evaluated and another one, differentiated: Gorgonia changes a graph
// when it differentiates it.
type stepPair struct {
	forward, reverse *stepGraph
	eval             *machine
	point            map[*G.Node][]float64 // of forward
	u                [][]float64           // adjoints of the next states
	gradient         map[int][]float64     // by position in allLeaves; none where it is zero
}

func newStepPair(t *testing.T, net *Network, integ Integrator) *stepPair {
	t.Helper()
	p := &stepPair{gradient: map[int][]float64{}}
	for _, s := range []**stepGraph{&p.forward, &p.reverse} {
		var err error
		if *s, err = net.stepGraph(0.1, integ); err != nil {
			t.Fatal(err)
		}
	}
	var next []*G.Node
	for _, s := range p.forward.states {
		next = append(next, s.Next)
	}
	p.eval = newMachine(t, p.forward.g, next)
	r := rand.New(rand.NewPCG(7, 7))
	p.point = p.forward.point(r, net)
	p.differentiate(t, r)
	return p
}

// differentiate fills in the gradients for random adjoints.
func (p *stepPair) differentiate(t *testing.T, r *rand.Rand) {
	t.Helper()
	leaves := p.reverse.allLeaves()
	adj, err := p.reverse.differentiate(leaves)
	if err != nil {
		t.Fatal(err)
	}
	values := map[*G.Node][]float64{}
	for i, leaf := range leaves {
		values[leaf] = p.point[p.forward.allLeaves()[i]]
	}
	for _, node := range adj.U {
		u := normals(r, node.Shape().TotalSize())
		p.u, values[node] = append(p.u, u), u
	}
	var nodes []*G.Node
	var at []int
	for i, leaf := range leaves {
		if adj.Gradient[leaf] != nil {
			nodes, at = append(nodes, adj.Gradient[leaf]), append(at, i)
		}
	}
	for k, x := range newMachine(t, p.reverse.g, nodes).run(values) {
		p.gradient[at[k]] = x
	}
}

// loss is ⟨u, next⟩ with a leaf moved by h in a direction.
func (p *stepPair) loss(leaf *G.Node, direction []float64, h float64) float64 {
	base := p.point[leaf]
	moved := make([]float64, len(base))
	for j := range moved {
		moved[j] = base[j] + h*direction[j]
	}
	p.point[leaf] = moved
	sum := 0.0
	for s, x := range p.eval.run(p.point) {
		sum += inner(p.u[s], x)
	}
	p.point[leaf] = base
	return sum
}

func checkStepGradients(t *testing.T, net *Network, integ Integrator) {
	t.Helper()
	p := newStepPair(t, net, integ)
	r := rand.New(rand.NewPCG(8, 8))
	for i, leaf := range p.forward.allLeaves() {
		direction, want := normals(r, len(p.point[leaf])), 0.0
		if g, ok := p.gradient[i]; ok {
			want = inner(direction, g)
		}
		slope := fd.Derivative(func(h float64) float64 { return p.loss(leaf, direction, h) }, 0,
			&fd.Settings{Formula: fd.Central, Step: 1e-5 * max(1, largest(p.point[leaf]))})
		// A loss of size 1 is rounded to 1e-16, which 2h = 2e-5 makes 1e-11 of the slope.
		noise := 1e-10 * max(1, math.Abs(p.loss(leaf, direction, 0)))
		if math.Abs(want-slope) > 1e-6*math.Abs(slope)+noise {
			t.Errorf("%s: gradient %v, difference quotient %v", leaf.Name(), want, slope)
		}
		if _, ok := p.gradient[i]; !ok && slope != 0 {
			t.Errorf("%s has no gradient but a difference quotient of %v", leaf.Name(), slope)
		}
	}
}

func normals(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

func inner(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func largest(x []float64) float64 {
	worst := 0.0
	for _, v := range x {
		worst = max(worst, v, -v)
	}
	return worst
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
