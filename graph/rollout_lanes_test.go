package graph

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/nmm"
)

func TestBitsAtEveryGOMAXPROCS(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	small := longNetwork(t, 5)
	big, sheet := denseNetwork(t, 400), sheetNetwork(t, 20_000)
	for _, c := range []struct {
		net *Network
		run Run
	}{
		{small, Run{Dt: 0.5, Duration: 0.5 * 300, Seed: 5, Lanes: 70, Every: 100}},
		{big, Run{Dt: 0.5, Duration: 0.5 * 40, Seed: 5, Every: 10}},
		{sheet, Run{Dt: 0.5, Duration: 0.5 * 24, Seed: 5, Every: 24}},
	} {
		var want *outcome
		for _, procs := range []int{1, 2, 4} {
			runtime.GOMAXPROCS(procs)
			got := rolledOut(t, c.net, c.run)
			if want == nil {
				want = got
			}
			same(t, fmt.Sprintf("GOMAXPROCS %d", procs), got, want)
		}
	}
}

// sheetNetwork is big enough for its programs to be split too.
func sheetNetwork(t testing.TB, n int) *Network {
	t.Helper()
	r := rand.New(rand.NewPCG(4, 4))
	w := &Sparse{Rows: n, Cols: n}
	for i := range n {
		from := []int{(i + 1) % n, (i + 77) % n, (i + n/2) % n}
		slices.Sort(from)
		for _, j := range from {
			w.I, w.J, w.V = append(w.I, i), append(w.J, j), append(w.V, 0.1*r.Float64())
		}
	}
	now := Coupling{Name: "now", From: "cortex.x", To: "cortex.x", Weights: w, Gain: []float64{0.5}}
	late := Coupling{Name: "late", From: "cortex.y", To: "cortex.x", Weights: w, Delays: ring{n}}
	net, err := NewNetwork(Population("cortex", Regions(n), nmm.Hopf()), &now, &late, &Noise{To: "cortex.x", Sigma: []float64{0.01}})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// ring is a matrix of delays in ms that grow along a ring of n regions, from none to longer than a block.
type ring struct{ n int }

func (m ring) Dims() (rows, cols int) { return m.n, m.n }
func (m ring) At(i, j int) float64    { return 12 * float64((j-i+m.n)%m.n) / float64(m.n) }
func (m ring) T() mat.Matrix          { return mat.Transpose{Matrix: m} }

// denseNetwork is big enough to be split over goroutines, with and without delays.
func denseNetwork(t testing.TB, n int) *Network {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 3))
	w := mat.NewDense(n, n, nil)
	delays := mat.NewDense(n, n, nil)
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			w.Set(i, j, r.NormFloat64()/float64(n))
			delays.Set(i, j, 15*r.Float64())
		}
	}
	net, err := NewNetwork(Population("cortex", Regions(n), nmm.Hopf()),
		&Coupling{Name: "now", From: "cortex.x", To: "cortex.x", Weights: w},
		&Coupling{Name: "late", From: "cortex.x", To: "cortex.x", Weights: w, Delays: delays})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func TestLanesAreIndependent(t *testing.T) {
	net := longNetwork(t, 4)
	a := mat.NewDense(3, 1, []float64{0.1, 0.2, 0.3})
	run := Run{Dt: 0.5, Duration: 20, Lanes: 3, Seeds: []uint64{7, 8, 9}, Values: map[string]mat.Matrix{"cortex.a": a}}
	all, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	for l := 0; l < 3; l++ {
		if err := net.Set("cortex.a", a.At(l, 0)); err != nil {
			t.Fatal(err)
		}
		one, err := net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 20, Seed: run.Seeds[l]})
		if err != nil {
			t.Fatal(err)
		}
		got, want := all.Series("cortex.x").Matrix(l), one.Series("cortex.x").Matrix(0)
		if !mat.Equal(got, want) {
			t.Errorf("lane %d differs from a run of its own", l)
		}
	}
}

// laneLoss is Σ_b Σ c·x of a rollout with a PerLane and a shared learnable.
func TestGradientsByLane(t *testing.T) {
	net := longNetwork(t, 3)
	for address, scope := range map[string]nmm.Scope{
		"cortex.a": nmm.PerLane, "cortex.beta": nmm.Shared, "cortex.omega": nmm.PerRegionAndLane,
		"init:cortex.x": nmm.PerRegionAndLane, "init:cortex.y": nmm.Shared, "cortex.x->cortex.x/weights": nmm.PerEdge,
		"second/weights": nmm.PerLane, "second/gain": nmm.PerLane, "noise:cortex.x/sigma": nmm.PerLane, "history:cortex.x": nmm.Shared,
	} {
		if address == "init:cortex.y" {
			scope = nmm.PerRegion
		}
		if err := net.Learn(address, nmm.Free, scope); err != nil {
			t.Fatal(err)
		}
	}
	checkRolloutGradients(t, net, Run{Dt: 0.5, Duration: 15, Every: 2, Lanes: 2, Seed: 4})
}

// checkRolloutGradients compares every learnable's gradient with central differences.
func checkRolloutGradients(t *testing.T, net *Network, run Run) {
	t.Helper()
	g := G.NewGraph()
	roll, err := net.Rollout(g, run)
	if err != nil {
		t.Fatal(err)
	}
	var loss *G.Node
	for _, address := range roll.Recorded() {
		x := roll.Node(address)
		term := G.Must(G.Sum(G.Must(G.Square(G.Must(G.Add(x, weights(g, x, address)))))))
		if loss == nil {
			loss = term
		} else {
			loss = G.Must(G.Add(loss, term))
		}
	}
	checkNodeGradients(t, g, loss, roll.Learnables())
}

// checkNodeGradients compares the gradient of a loss with central differences of fourth order.
func checkNodeGradients(t *testing.T, g *G.ExprGraph, loss *G.Node, learn G.Nodes) {
	t.Helper()
	var value G.Value
	G.Read(loss, &value)
	grads, err := G.Grad(loss, learn...)
	if err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g, G.BindDualValues(learn...))
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	var kept [][]float64
	for _, n := range grads {
		data, err := float64s(n.Value())
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, append([]float64(nil), data...))
	}
	fourth := fd.Formula{Stencil: []fd.Point{{Loc: -2, Coeff: 1. / 12}, {Loc: -1, Coeff: -2. / 3}, {Loc: 1, Coeff: 2. / 3}, {Loc: 2, Coeff: -1. / 12}}, Derivative: 1, Step: 1e-3}
	for k, leaf := range learn {
		now, _ := float64s(leaf.Value())
		start := append([]float64(nil), now...)
		numeric := fd.Gradient(nil, func(x []float64) float64 {
			letMatrix(t, leaf, x)
			vm.Reset()
			if err := vm.RunAll(); err != nil {
				t.Fatal(err)
			}
			return value.Data().(float64)
		}, append([]float64(nil), start...), &fd.Settings{Formula: fourth})
		letMatrix(t, leaf, start)
		closeTo(t, "gradient of "+leaf.Name(), kept[k], numeric, 1e-6)
	}
}

func weights(g *G.ExprGraph, x *G.Node, name string) *G.Node {
	s := x.Shape()
	var w []float64
	for l := 0; l < s[0]; l++ {
		w = append(w, cotangents(fmt.Sprint(name, l), s[1], s[2])...)
	}
	return G.NewTensor(g, tensor.Float64, 3, G.WithShape(s...), G.WithName("w/"+name), G.WithValue(tensor.New(tensor.WithShape(s...), tensor.WithBacking(w))))
}

func TestGradientOfInputsAndObservables(t *testing.T) {
	model, err := nmm.Define("Leaky", `
		dx/dt = (-x + k*tanh(x) + x_in) / 10[ms] : 1
		power = k*x^2 : 1`,
		nmm.Parameter("k", 1.5, "1", nmm.Positive, "gain"), nmm.State("x", -1, 1, "activity"), nmm.Port("x_in", "1"))
	if err != nil {
		t.Fatal(err)
	}
	series := mat.NewDense(40, 1, nil)
	for k := 0; k < 40; k++ {
		series.Set(k, 0, math.Sin(float64(k)))
	}
	net, err := NewNetwork(Population("cortex", Regions(1), model), &Input{Name: "drive", To: "cortex.x", Values: series})
	if err != nil {
		t.Fatal(err)
	}
	for address, s := range map[string]nmm.Scope{"cortex.k": nmm.Shared, "input:drive": nmm.Shared, "init:cortex.x": nmm.PerRegion} {
		if err := net.Learn(address, nmm.Free, s); err != nil {
			t.Fatal(err)
		}
	}
	for _, average := range []bool{false, true} {
		checkRolloutGradients(t, net, Run{Dt: 0.5, Warmup: 5, Duration: 15, Every: 4, Average: average, Record: []string{"cortex.x", "cortex.power"}})
	}
}

// A horizon is the same as cutting the carry between windows of that length.
func TestHorizonCutsTheCarry(t *testing.T) {
	net := longNetwork(t, 3)
	run := Run{Dt: 0.5, Duration: 0.5 * 60, Horizon: 20, Every: 5}
	whole := rolledOut(t, net, run)
	run.Window = 15 // does not divide the horizon
	agree(t, rolledOut(t, net, run), whole, 1e-12)

	run.Window, run.Horizon = 20, 0
	free := rolledOut(t, net, run)
	if math.Abs(free.grads["cortex.a"][0]-whole.grads["cortex.a"][0]) < 1e-6 {
		t.Error("the horizon changed nothing")
	}
	// by hand: three rollouts, each continuing a detached copy of the carry
	sum := map[string][]float64{}
	var carry *tensor.Dense
	for k := 0; k < 3; k++ {
		g := G.NewGraph()
		nodes := leaves(net, g)
		part := Run{Dt: 0.5, Duration: 10, Every: 5, Nodes: nodes}
		if carry != nil {
			s := carry.Shape()
			part.From = G.NewMatrix(g, tensor.Float64, G.WithShape(s...), G.WithName("from"), G.WithValue(carry))
		}
		roll, err := net.Rollout(g, part)
		if err != nil {
			t.Fatal(err)
		}
		loss := partialLoss(g, roll, k)
		var end G.Value
		G.Read(roll.Carry(), &end)
		var wrt G.Nodes
		var names []string
		used := ancestors(loss)
		for address, n := range nodes {
			if used[n] {
				wrt, names = append(wrt, n), append(names, address)
			}
		}
		grads, err := G.Grad(loss, wrt...)
		if err != nil {
			t.Fatal(err)
		}
		vm := G.NewTapeMachine(g, G.BindDualValues(wrt...))
		if err := vm.RunAll(); err != nil {
			t.Fatal(err)
		}
		for i, n := range grads {
			data, _ := float64s(n.Value())
			if sum[names[i]] == nil {
				sum[names[i]] = make([]float64, len(data))
			}
			for j, x := range data {
				sum[names[i]][j] += x
			}
		}
		carry = end.(*tensor.Dense).Clone().(*tensor.Dense)
		vm.Close()
	}
	for address, want := range whole.grads {
		closeTo(t, address, sum[address], want, 1e-12)
	}
}

// partialLoss weights the samples of part k (four each) as rolledOut weights those of the whole run.
func partialLoss(g *G.ExprGraph, roll *Rollout, k int) *G.Node {
	var loss *G.Node
	for _, address := range roll.Recorded() {
		x := roll.Node(address)
		s := x.Shape()
		w := cotangents(address, 3*s[1], s[2])[k*s[1]*s[2]:][:s[1]*s[2]]
		c := G.NewTensor(g, tensor.Float64, 3, G.WithShape(s...), G.WithName("w/"+address), G.WithValue(tensor.New(tensor.WithShape(s...), tensor.WithBacking(w))))
		term := G.Must(G.Sum(G.Must(G.HadamardProd(x, c))))
		if loss == nil {
			loss = term
		} else {
			loss = G.Must(G.Add(loss, term))
		}
	}
	return loss
}

func TestInterleavedMachines(t *testing.T) {
	net := longNetwork(t, 3)
	if err := net.Learn("cortex.a", nmm.Free, nmm.PerRegion); err != nil {
		t.Fatal(err)
	}
	g := G.NewGraph()
	roll, err := net.Rollout(g, Run{Dt: 0.5, Duration: 15})
	if err != nil {
		t.Fatal(err)
	}
	loss := G.Must(G.Sum(G.Must(G.Square(roll.Node("cortex.x")))))
	a := roll.Learnables()[0]
	grads, err := G.Grad(loss, a)
	if err != nil {
		t.Fatal(err)
	}
	var read G.Value
	G.Read(grads[0], &read)
	run := func(vm G.VM, x ...float64) []float64 {
		G.Let(a, tensor.New(tensor.WithShape(3), tensor.WithBacking(x)))
		vm.Reset()
		if err := vm.RunAll(); err != nil {
			t.Fatal(err)
		}
		data, _ := float64s(read)
		return append([]float64(nil), data...)
	}
	one, two := G.NewTapeMachine(g), G.NewTapeMachine(g)
	defer one.Close()
	defer two.Close()
	first := run(one, 0.1, 0.2, 0.3)
	second := run(two, 0.3, 0.1, 0.2)
	closeTo(t, "first again", run(one, 0.1, 0.2, 0.3), first, 0)
	closeTo(t, "second again", run(two, 0.3, 0.1, 0.2), second, 0)
	if first[0] == second[0] {
		t.Error("gradients do not depend on the values")
	}
	// the tape of one run is not taken for another's
	w := roll.windowsOf()[0]
	packed, err := w.forward([][]float64{carryOf(roll), {0}, {0.1, 0.2, 0.3}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.forward([][]float64{carryOf(roll), {0}, {0.3, 0.1, 0.2}}); err != nil {
		t.Fatal(err)
	}
	cot := make([]float64, len(packed))
	x := w.outputs(packed).Records[0]
	for i := range x {
		w.outputs(cot).Records[0][i] = 2 * x[i]
	}
	wrt := []bool{false, false, true}
	got, err := w.reverse([][]float64{carryOf(roll), {0}, {0.1, 0.2, 0.3}, packed, cot}, wrt, 3)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "gradient of an earlier run", got, first, 0)
}

func (r *Rollout) windowsOf() []*window {
	var list []*window
	for w := range r.state.bytes {
		list = append(list, w)
	}
	return list
}

func carryOf(r *Rollout) []float64 {
	for _, n := range r.carry.Graph().AllNodes() {
		if n.Name() == "start" {
			data, _ := float64s(n.Value())
			return data
		}
	}
	panic("no start")
}

// letMatrix changes the value of a leaf.
func letMatrix(t testing.TB, leaf *G.Node, data []float64) {
	t.Helper()
	x := tensor.New(tensor.WithShape(leaf.Shape().Clone()...), tensor.WithBacking(append([]float64(nil), data...)))
	if err := G.Let(leaf, x); err != nil {
		t.Fatal(err)
	}
}

func unstable(t *testing.T) *Network {
	t.Helper()
	net, err := NewNetwork(Population("cortex", []string{"left", "right"}, nmm.Linear().Set("gamma", -0.1)))
	if err != nil {
		t.Fatal(err)
	}
	net.value("cortex.gamma").Data = []float64{50} // outside of its domain on purpose
	if err := net.Set("init:cortex.x", 1.0); err != nil {
		t.Fatal(err)
	}
	return net
}

func TestDivergence(t *testing.T) {
	net := unstable(t)
	run := Run{Dt: 1, Duration: 1000, Record: []string{"cortex.x"}}
	_, err := net.Simulate(context.Background(), run)
	if err == nil {
		t.Fatal("no error")
	}
	if d := (*DivergedError)(nil); !errors.As(err, &d) || d.Region != "left" {
		t.Errorf("no DivergedError in %v", err)
	}
	for _, part := range []string{"cortex.x", "left", "step ", "lane 0", "t = "} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not mention %q", err, part)
		}
	}
	gamma := mat.NewDense(2, 1, []float64{50, -0.1})
	run.Lanes, run.NonFinite, run.Values = 2, MaskLane, map[string]mat.Matrix{"cortex.gamma": gamma}
	res, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	if m := res.Masked(); !m[0] || m[1] {
		t.Errorf("masked %v", m)
	}
	x := res.Series("cortex.x")
	if !math.IsNaN(x.Lane(0)[999][0]) || math.IsNaN(x.Lane(1)[999][0]) {
		t.Error("the masked lane is not NaN, or the other is")
	}
}

// A masked lane has loss +Inf and gradient 0; the other lanes' gradients are as without it.
func TestMaskedLaneHasNoGradient(t *testing.T) {
	net := unstable(t)
	if err := net.Learn("init:cortex.x", nmm.Free, nmm.PerRegionAndLane); err != nil {
		t.Fatal(err)
	}
	gamma := mat.NewDense(2, 1, []float64{50, -0.1})
	run := Run{Dt: 1, Duration: 1000, Lanes: 2, NonFinite: MaskLane, Every: 1000, Values: map[string]mat.Matrix{"cortex.gamma": gamma}}
	g := G.NewGraph()
	roll, err := net.Rollout(g, run)
	if err != nil {
		t.Fatal(err)
	}
	x := G.Must(G.Sum(G.Must(G.Square(roll.Node("cortex.x"))), 1, 2))
	loss, err := roll.MaskLoss(x)
	if err != nil {
		t.Fatal(err)
	}
	var value G.Value
	G.Read(loss, &value)
	if _, err := G.Grad(G.Must(G.Sum(loss)), roll.Learnables()...); err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g, G.BindDualValues(roll.Learnables()...))
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	l, _ := float64s(value)
	if !math.IsInf(l[0], 1) || math.IsInf(l[1], 0) || math.IsNaN(l[1]) {
		t.Errorf("losses %v", l)
	}
	grad, err := roll.Learnables()[0].Grad()
	if err != nil {
		t.Fatal(err)
	}
	d, _ := float64s(grad)
	if d[0] != 0 || d[1] != 0 || math.IsNaN(d[2]) || d[2] == 0 {
		t.Errorf("gradient %v", d)
	}
}

func TestCancel(t *testing.T) {
	net := longNetwork(t, 5)
	ctx, cancel := context.WithCancel(context.Background())
	run := Run{Dt: 0.5, Duration: 1e7, Record: []string{"cortex.x"}, Every: 1000, Progress: func(done, total int) { cancel() }}
	if _, err := net.Simulate(ctx, run); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestBudgetBelowMinimum(t *testing.T) {
	net := longNetwork(t, 5)
	g := G.NewGraph()
	if err := net.Learn("cortex.a", nmm.Free, nmm.Shared); err != nil {
		t.Fatal(err)
	}
	roll, err := net.Rollout(g, Run{Dt: 0.5, Duration: 1000, MemoryBudget: 100})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := G.Grad(G.Must(G.Sum(roll.Node("cortex.x"))), roll.Learnables()...); err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err == nil || !strings.Contains(err.Error(), "minimum of") {
		t.Errorf("error %v", err)
	}
}
