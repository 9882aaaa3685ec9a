package graph

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/nmm"
)

// outcome of a run: value and gradient of a random linear functional of all recorded samples.
type outcome struct {
	loss    float64
	records map[string][]float64
	grads   map[string][]float64
}

// leaves makes a node for every value of the network that can be learned.
func leaves(n *Network, g *G.ExprGraph) map[string]*G.Node {
	nodes := map[string]*G.Node{}
	for _, address := range n.order {
		v := n.values[address]
		if v.Data == nil || v.Kind == samplesKind || v.hidden || v.lag {
			continue
		}
		scope := nmm.Shared
		if v.perRegion() || v.Kind == initKind {
			scope = nmm.PerRegion
		}
		shape := v.shapeOf(scope, 1)
		data := append([]float64(nil), v.Data...)
		t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
		nodes[address] = G.NewTensor(g, tensor.Float64, shape.Dims(), G.WithShape(shape...), G.WithName("in/"+address), G.WithValue(t))
	}
	return nodes
}

// add puts another lane's records behind o's and adds its gradients.
func (o *outcome) add(lane *outcome) {
	for address, x := range lane.records {
		o.records[address] = append(o.records[address], x...)
	}
	for address, x := range lane.grads {
		if o.grads[address] == nil {
			o.grads[address] = make([]float64, len(x))
		}
		for i := range x {
			o.grads[address][i] += x[i]
		}
	}
}

// cotangents are fixed random weights of the samples [sample][region].
func cotangents(address string, samples, n int) []float64 {
	r := rand.New(rand.NewPCG(uint64(len(address)), uint64(address[len(address)-1])))
	w := make([]float64, samples*n)
	for i := range w {
		w[i] = r.Float64() - 0.5
	}
	return w
}

// rolledOut runs a Rollout with everything learned.
func rolledOut(t testing.TB, net *Network, run Run) *outcome {
	t.Helper()
	g := G.NewGraph()
	return rolledOutAt(t, net, run, g, leaves(net, g))
}

// rolledOutAt runs a Rollout at given leaves.
func rolledOutAt(t testing.TB, net *Network, run Run, g *G.ExprGraph, nodes map[string]*G.Node) *outcome {
	t.Helper()
	run.Nodes = nodes
	roll, err := net.Rollout(g, run)
	if err != nil {
		t.Fatal(err)
	}
	out := &outcome{records: map[string][]float64{}, grads: map[string][]float64{}}
	var loss *G.Node
	for _, address := range slices.Sorted(maps.Keys(roll.records)) {
		x := roll.records[address]
		s := x.Shape()
		w := make([]float64, 0, s.TotalSize())
		for l := 0; l < s[0]; l++ {
			w = append(w, cotangents(address, s[1], s[2])...)
		}
		c := G.NewTensor(g, tensor.Float64, 3, G.WithShape(s...), G.WithName("w/"+address), G.WithValue(tensor.New(tensor.WithShape(s...), tensor.WithBacking(w))))
		term := G.Must(G.Sum(G.Must(G.HadamardProd(x, c))))
		if loss == nil {
			loss = term
		} else {
			loss = G.Must(G.Add(loss, term))
		}
	}
	read := map[string][]*G.Value{}
	for _, address := range slices.Sorted(maps.Keys(roll.records)) {
		x := roll.records[address]
		read[address] = []*G.Value{new(G.Value)}
		G.Read(x, read[address][0])
	}
	out.run(t, g, loss, nodes, read)
	return out
}

// run differentiates the loss and runs the graph.
func (o *outcome) run(t testing.TB, g *G.ExprGraph, loss *G.Node, nodes map[string]*G.Node, read map[string][]*G.Value) {
	t.Helper()
	var wrt G.Nodes
	var names []string
	used := ancestors(loss)
	for _, address := range slices.Sorted(maps.Keys(nodes)) {
		if n := nodes[address]; used[n] {
			wrt, names = append(wrt, n), append(names, address)
		}
	}
	grads, err := G.Grad(loss, wrt...)
	if err != nil {
		t.Fatal(err)
	}
	var value G.Value
	G.Read(loss, &value)
	gradients := make([]G.Value, len(grads))
	for i := range grads {
		G.Read(grads[i], &gradients[i])
	}
	if ambiguous(g) {
		t.Skip("two nodes have one hash, by which a TapeMachine takes them for the same")
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	o.loss = value.Data().(float64)
	for address, list := range read {
		for _, v := range list {
			data, err := float64s(*v)
			if err != nil {
				t.Fatal(err)
			}
			o.records[address] = append(o.records[address], data...)
		}
	}
	for i, v := range gradients {
		data, err := float64s(v)
		if err != nil {
			t.Fatal(err)
		}
		o.grads[names[i]] = append([]float64(nil), data...)
	}
}

// ambiguous reports whether different nodes share a hash of 32 bits: of a thousand nodes in one of ten
// thousand graphs.
func ambiguous(g *G.ExprGraph) bool {
	seen := map[uint32]bool{}
	for _, n := range g.AllNodes() {
		if seen[n.Hashcode()] {
			return true
		}
		seen[n.Hashcode()] = true
	}
	return false
}

// unrolled does the same with literal nodes.
func unrolled(t testing.TB, net *Network, run Run) *outcome {
	t.Helper()
	g := G.NewGraph()
	nodes := leaves(net, g)
	u, err := net.Unroll(g, run, nodes)
	if err != nil {
		t.Fatal(err)
	}
	run, _ = run.withDefaults()
	out := &outcome{records: map[string][]float64{}, grads: map[string][]float64{}}
	var loss *G.Node
	read := map[string][]*G.Value{}
	for _, address := range recordedBy(net, run) {
		p, _, _ := net.split(address)
		list, n := u.Node(address), p.n()
		samples := len(list) / run.Every
		w := cotangents(address, samples, n)
		for k := 0; k < samples; k++ {
			x := list[(k+1)*run.Every-1]
			v := new(G.Value)
			G.Read(x, v)
			read[address] = append(read[address], v)
			term := weighted(g, fmt.Sprintf("w/%s@%d", address, k), w[k*n:(k+1)*n], x)
			if loss == nil {
				loss = term
			} else {
				loss = G.Must(G.Add(loss, term))
			}
		}
	}
	out.run(t, g, loss, nodes, read)
	return out
}

// recordedBy lists what a run records of a network without observers.
func recordedBy(net *Network, run Run) []string {
	if run.Record != nil {
		return run.Record
	}
	var list []string
	for _, p := range net.populations {
		for _, s := range p.states {
			list = append(list, p.name+"."+s.Name)
		}
	}
	return list
}

func weighted(g *G.ExprGraph, name string, w []float64, x *G.Node) *G.Node {
	if len(w) == 1 {
		return G.Must(G.HadamardProd(G.NewConstant(w[0]), x))
	}
	return G.Must(G.Sum(G.Must(G.HadamardProd(x, vectorLeaf(g, name, w)))))
}

// agree compares two outcomes, relative to each array's largest value.
func agree(t testing.TB, got, want *outcome, tol float64) {
	t.Helper()
	for address, w := range want.records {
		closeTo(t, address, got.records[address], w, tol)
	}
	for address, w := range want.grads {
		closeTo(t, "gradient of "+address, got.grads[address], w, tol)
	}
	if len(want.grads) == 0 {
		t.Error("no gradients compared")
	}
}

func closeTo(t testing.TB, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d values, expected %d", what, len(got), len(want))
		return
	}
	var scale, worst float64
	for i := range want {
		scale = math.Max(scale, math.Abs(want[i]))
		worst = math.Max(worst, math.Abs(got[i]-want[i]))
		if math.IsNaN(got[i]) != math.IsNaN(want[i]) {
			t.Errorf("%s[%d] = %v, expected %v", what, i, got[i], want[i])
			return
		}
	}
	if worst > tol*scale {
		t.Errorf("%s: differs by %.3g of the largest value %.3g", what, worst/scale, scale)
	}
}

// gridModels are the models of the grid, with the state that is sent out.
var gridModels = []struct {
	name, source string
	model        func() *nmm.Model
}{
	{"linear", "x", func() *nmm.Model { return nmm.Linear().Set("gamma", -0.3) }},
	{"hopf", "x", nmm.Hopf},
	{"mpr", "r", nmm.MontbrioPazoRoxin},
	{"jansenrit", "", nmm.JansenRit},
	{"wilsoncowan", "", nmm.WilsonCowan},
	{"rww", "", nmm.ReducedWongWang},
}

// gridNetwork is a small network of n regions with every kind of input that an integrator allows.
func gridNetwork(t testing.TB, model *nmm.Model, n int, coupling string, noise bool) *Network {
	t.Helper()
	r := rand.New(rand.NewPCG(7, uint64(n)))
	w, lengths := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			w.Set(i, j, r.Float64())
			lengths.Set(i, j, 7*r.Float64())
		}
	}
	states, ports := model.States(), model.Ports()
	source, port := "cortex."+states[0].Name, "cortex."+ports[0].Name
	parts := []Part{Population("cortex", Regions(n), model)}
	c := &Coupling{Name: "net", From: source, To: port, Weights: w, Gain: []float64{0.02}}
	switch coupling {
	case "linear":
	case "diffusive":
		c.Pre, c.Post = []string{"x", "1"}, "S1 - S2*x"
	case "delayed":
		c.Lengths, c.Speed = lengths, nmm.Q(10, "mm/ms")
	case "diffusive delayed":
		c.Pre, c.Post = []string{"x", "1"}, "S1 - S2*x"
		c.Lengths, c.Speed = lengths, nmm.Q(10, "mm/ms")
	}
	parts = append(parts, c)
	if noise {
		parts = append(parts, &Noise{To: source, Sigma: []float64{0.01}})
	}
	net, err := NewNetwork(parts...)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range states {
		init := make([]float64, n)
		for i := range init {
			init[i] = s.Lo + (s.Hi-s.Lo)*(0.3+0.4*r.Float64())
		}
		if err := net.Set("init:cortex."+s.Name, init); err != nil {
			t.Fatal(err)
		}
	}
	return net
}

// gridCase compares one case of the grid; noise goes with the integrators that take it.
func gridCase(t *testing.T, model *nmm.Model, coupling string, integ Integrator) {
	t.Helper()
	noise := integ.Name != RK4.Name && integ.Name != Heun3.Name
	net := gridNetwork(t, model, 3, coupling, noise)
	steps := 4
	switch integ.Name {
	case Euler.Name, SymplecticEuler.Name, ExponentialEuler.Name:
		steps = 20
	}
	run := Run{Dt: 0.1, Duration: 0.1 * float64(steps), Integrator: integ, Seed: 3}
	agree(t, rolledOut(t, net, run), unrolled(t, net, run), 1e-12)
}

// The full grid is behind the tag slow; this is a diagonal of it.
func TestRolloutEqualsUnroll(t *testing.T) {
	couplings := []string{"linear", "diffusive", "delayed", "diffusive delayed"}
	integrators := Integrators()
	for i, m := range gridModels {
		for k := 0; k < 2; k++ {
			coupling, integ := couplings[(i+2*k+1)%4], integrators[(i+3*k)%len(integrators)]
			t.Run(m.name+"/"+coupling+"/"+integ.Name, func(t *testing.T) { gridCase(t, m.model(), coupling, integ) })
		}
	}
}

// longNetwork has delays from 0 to beyond several blocks, two couplings of one source and a pre text.
func longNetwork(t testing.TB, n int, extra ...Part) *Network {
	t.Helper()
	r := rand.New(rand.NewPCG(11, uint64(n)))
	w := mat.NewDense(n, n, nil)
	steps := make([][]int, n)
	for i := range steps {
		steps[i] = make([]int, n)
		for j := range steps[i] {
			w.Set(i, j, r.Float64()/float64(n))
			steps[i][j] = r.IntN(70)
			if r.IntN(4) == 0 {
				steps[i][j] = r.IntN(4)
			}
		}
	}
	parts := []Part{
		Population("cortex", Regions(n), nmm.Hopf()),
		&Coupling{From: "cortex.x", To: "cortex.x", Pre: []string{"x", "1"}, Post: "S1 - S2*x", Weights: w, DelaySteps: steps, Gain: []float64{0.3}},
		&Coupling{Name: "second", From: "cortex.x", To: "cortex.y", Pre: []string{"tanh(x) + 0.1*y"}, Weights: w, Gain: []float64{0.2}},
		&Noise{To: "cortex.x", Sigma: []float64{0.05}},
	}
	net, err := NewNetwork(append(parts, extra...)...)
	if err != nil {
		t.Fatal(err)
	}
	history := mat.NewDense(80, n, nil)
	init := make([]float64, n)
	for j := range init {
		init[j] = r.Float64() - 0.5
		for k := 0; k < 80; k++ {
			history.Set(k, j, r.Float64()-0.5)
		}
	}
	for address, x := range map[string]any{"init:cortex.x": init, "history:cortex.x": history} {
		if err := net.Set(address, x); err != nil {
			t.Fatal(err)
		}
	}
	return net
}

func TestLongDelaysEqualUnroll(t *testing.T) {
	net := longNetwork(t, 3)
	run := Run{Dt: 0.5, Duration: 0.5 * 40, Integrator: Euler, Seed: 5, Every: 3}
	agree(t, rolledOut(t, net, run), unrolled(t, net, run), 1e-12)
}

func TestWindowsEqualOneRollout(t *testing.T) {
	net := longNetwork(t, 5)
	for _, average := range []bool{false, true} {
		run := Run{Dt: 0.5, Warmup: 0.5 * 13, Duration: 0.5 * 150, Seed: 5, Every: 7, Average: average}
		want := rolledOut(t, net, run)
		for _, window := range []int{1, 10, 16, 33, 100} {
			run.Window = window
			t.Run(fmt.Sprintf("average %v window %d", average, window), func(t *testing.T) {
				agree(t, rolledOut(t, net, run), want, 1e-12)
			})
		}
	}
}

// same demands equal bits.
func same(t testing.TB, what string, got, want *outcome) {
	t.Helper()
	for _, pair := range [][2]map[string][]float64{{got.records, want.records}, {got.grads, want.grads}} {
		for address, w := range pair[1] {
			g := pair[0][address]
			for i := range w {
				if math.Float64bits(g[i]) != math.Float64bits(w[i]) {
					t.Errorf("%s: %s[%d] = %v, expected %v", what, address, i, g[i], w[i])
					break
				}
			}
		}
	}
}

func TestBitsAtEveryBudget(t *testing.T) {
	net := longNetwork(t, 5)
	for _, p := range []Precision{Float64, Float32} {
		run := Run{Dt: 0.5, Duration: 0.5 * 6000, Seed: 5, Every: 7, Precision: p, Lanes: 3}
		unlimited := unlimitedBytes(t, net, run)
		want := rolledOut(t, net, run)
		for _, part := range []int64{1, 4, 16} {
			run.MemoryBudget = unlimited / part
			if used := unlimitedBytes(t, net, run); used > run.MemoryBudget {
				t.Errorf("1/%d: %d bytes used of %d", part, used, run.MemoryBudget)
			}
			same(t, fmt.Sprintf("%s, 1/%d of the memory", p, part), rolledOut(t, net, run), want)
		}
	}
}

// A run without a budget keeps to the usual one, unless it needs more.
func TestUsualBudget(t *testing.T) {
	defer func(b int64) { usualBudget = b }(usualBudget)
	net := longNetwork(t, 5)
	run := Run{Dt: 0.5, Duration: 0.5 * 6000, Seed: 5, Every: 7, Lanes: 3}
	all, want := unlimitedBytes(t, net, run), rolledOut(t, net, run)
	usualBudget = all / 16
	if used := unlimitedBytes(t, net, run); used > all/16 {
		t.Errorf("%d bytes used of %d", used, all/16)
	}
	same(t, "the usual memory", rolledOut(t, net, run), want)
	usualBudget = 1
	if used := unlimitedBytes(t, net, run); used > all/4 {
		t.Errorf("%d bytes used where all are %d", used, all)
	}
	same(t, "more than the usual memory", rolledOut(t, net, run), want)
	run.MemoryBudget = math.MaxInt64
	if used := unlimitedBytes(t, net, run); used != all {
		t.Errorf("%d bytes used without limit, expected %d", used, all)
	}
}

func unlimitedBytes(t testing.TB, net *Network, run Run) int64 {
	t.Helper()
	g := G.NewGraph()
	run.Nodes = leaves(net, g)
	roll, err := net.Rollout(g, run)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := G.Grad(G.Must(G.Sum(roll.Node("cortex.x"))), run.Nodes["cortex.a"]); err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	return roll.TapeBytes()
}

// Two populations of different models and sizes, coupled both ways with delays, one of them by a
// sparse matrix.
func TestTwoPopulationsEqualUnroll(t *testing.T) {
	sparse := &Sparse{Rows: 3, Cols: 1, I: []int{0, 2}, J: []int{0, 0}, V: []float64{0.4, -0.3}}
	back := mat.NewDense(1, 3, []float64{0.2, 0, 0.5})
	net, err := NewNetwork(
		Population("cortex", Regions(3), nmm.Hopf().Set("a", []float64{0.1, -0.2, 0.3})),
		Population("thalamus", []string{"th"}, nmm.MontbrioPazoRoxin()),
		&Coupling{From: "thalamus.r", To: "cortex.x", Weights: sparse, DelaySteps: [][]int{{3}, {0}, {1}}},
		&Coupling{From: "cortex.y", To: "thalamus.v", Weights: back, Pre: []string{"sigmoid(x)"}, Delays: mat.NewDense(1, 3, []float64{0.5, 0.1, 0}), Gain: []float64{0.3}},
		&Noise{To: "thalamus.v", Sigma: []float64{0.1}},
		&Noise{To: "cortex.y", Sigma: []float64{0.1, 0.2, 0.3}})
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"init:cortex.x", "init:cortex.y", "init:thalamus.v"} {
		if err := net.Set(address, 0.3); err != nil {
			t.Fatal(err)
		}
	}
	run := Run{Dt: 0.1, Duration: 1.2, Integrator: Heun, Seed: 2}
	agree(t, rolledOut(t, net, run), unrolled(t, net, run), 1e-12)
}

// Given standard normals are those of a rollout, too, not only of a simulation.
func TestNoiseSamplesEqualUnroll(t *testing.T) {
	samples := mat.NewDense(4, 2, []float64{1, -1, 0.5, 2, -2, 0.3, 0.1, 0.7})
	net, err := NewNetwork(Population("cortex", Regions(2), nmm.Hopf()), &Noise{To: "cortex.x", Sigma: []float64{0.3}, Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	run := Run{Dt: 0.1, Duration: 0.4, Integrator: Euler}
	agree(t, rolledOut(t, net, run), unrolled(t, net, run), 1e-12)
}
