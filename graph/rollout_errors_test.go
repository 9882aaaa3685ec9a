package graph

import (
	"context"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/nmm"
)

// relay is a population of two regions that drives one of three over weights that are not square.
func relay(t testing.TB, parts ...Part) *Network {
	t.Helper()
	w := mat.NewDense(3, 2, []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0})
	net, err := NewNetwork(append([]Part{
		Population("a", Regions(2), nmm.Hopf()), Population("b", Regions(3), nmm.Hopf()),
		&Coupling{Name: "net", From: "a.x", To: "b.x", Weights: w, DelaySteps: [][]int{{1, 2}, {3, 2}, {0, 1}}},
		&Noise{To: "a.x", Sigma: []float64{0.1}},
		&Input{Name: "drive", To: "b.x", Values: mat.NewDense(20, 3, nil)}}, parts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func tensorNode(g *G.ExprGraph, name string, shape ...int) *G.Node {
	return G.NewTensor(g, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName(name), G.WithInit(G.Zeroes()))
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, expected one that mentions %q", parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not mention %q", err, part)
		}
	}
	if strings.Count(err.Error(), "graph: ") > 1 {
		t.Errorf("error %q names the package more than once", err)
	}
}

func TestNodesOfWrongShape(t *testing.T) {
	for _, c := range []struct {
		address string
		shape   []int
		lanes   int
		want    string
	}{
		{"net/weights", []int{2, 3}, 1, "(3, 2)"}, // transposed
		{"net/weights", []int{6}, 1, "(3, 2)"},
		{"net/weights", []int{2, 2, 3}, 2, "(2, 3, 2)"},
		{"net/weights", []int{1, 2, 3, 1}, 1, "(3, 2)"},
		{"a.a", []int{2}, 1, "per region"},
		{"a.a", []int{3}, 1, "found shape (3)"},
		{"init:b.x", []int{2}, 1, "found shape (2)"},
		{"init:b.x", []int{2, 3}, 3, "expected 3 lanes"},
		{"input:drive", []int{3, 20}, 1, "(20, 3)"},
		{"input:drive", []int{19, 3}, 1, "(20, 3)"},
	} {
		g := G.NewGraph()
		run := Run{Dt: 0.5, Duration: 5, Lanes: c.lanes, Nodes: map[string]*G.Node{c.address: tensorNode(g, "node", c.shape...)}}
		_, err := relay(t).Rollout(g, run)
		wantError(t, err, c.address, c.want)
	}
}

func TestRolloutErrors(t *testing.T) {
	net := relay(t)
	other := G.NewGraph()
	for what, c := range map[string]struct {
		run  Run
		want string
	}{
		"seed":            {Run{Seed: 1 << 53}, "2⁵³"},
		"seeds":           {Run{Lanes: 2, Seeds: []uint64{1, math.MaxUint64}}, "2⁵³"},
		"nil node":        {Run{Nodes: map[string]*G.Node{"a.a": nil}}, "is nil"},
		"unknown":         {Run{Nodes: map[string]*G.Node{"a.aa": nil}}, "did you mean a.a"},
		"foreign node":    {Run{Nodes: map[string]*G.Node{"a.a": tensorNode(other, "x", 1)}}, "another graph"},
		"foreign carry":   {Run{From: tensorNode(other, "y", 1, 1)}, "another graph"},
		"unknown value":   {Run{Values: map[string]mat.Matrix{"a.aa": mat.NewDense(1, 1, nil)}}, "did you mean a.a"},
		"nil matrix":      {Run{Values: map[string]mat.Matrix{"a.a": (*mat.Dense)(nil)}}, "is nil"},
		"nil delays":      {Run{Values: map[string]mat.Matrix{"net/delays": (*mat.Dense)(nil)}}, "is nil"},
		"lanes":           {Run{Lanes: 1 << 40}, "more than 16777216"},
		"results":         {Run{Lanes: 1 << 10, Duration: 1e9}, "numbers of results"},
		"nil value":       {Run{Values: map[string]mat.Matrix{"a.a": nil}}, "is nil"},
		"value NaN":       {Run{Values: map[string]mat.Matrix{"a.a": mat.NewDense(1, 1, []float64{math.NaN()})}}, "not a finite number"},
		"value not edge":  {Run{Values: map[string]mat.Matrix{"net/weights": mat.NewDense(1, 6, []float64{1, 1, 1, 1, 1, 1})}}, "no edge"},
		"value per lane":  {Run{Lanes: 2, Values: map[string]mat.Matrix{"a.a": mat.NewDense(3, 1, nil)}}, "expected 2 rows"},
		"too long":        {Run{Duration: 1e300}, "steps"},
		"long warm-up":    {Run{Warmup: 1e300}, "steps"},
		"horizon":         {Run{Horizon: -1}, "must not be negative"},
		"input too short": {Run{Duration: 50}, "input:drive has 20 rows"},
	} {
		if c.run.Dt = 0.5; c.run.Duration == 0 {
			c.run.Duration = 5
		}
		_, err := net.Rollout(G.NewGraph(), c.run)
		if err == nil {
			t.Errorf("%s: no error", what)
			continue
		}
		wantError(t, err, c.want)
	}
	_, err := net.Rollout(nil, Run{Dt: 0.5, Duration: 5})
	wantError(t, err, "graph is nil")
}

func TestSimulateErrors(t *testing.T) {
	net, g := relay(t), G.NewGraph()
	for want, run := range map[string]Run{
		"Run.Nodes":      {Nodes: map[string]*G.Node{"a.a": tensorNode(g, "x", 1)}},
		"From":           {From: tensorNode(g, "y", 1, 1)},
		"is nil":         {Values: map[string]mat.Matrix{"a.a": nil}},
		"every state":    {Record: []string{"a.x", "a.x"}},
		"did you mean":   {Record: []string{"a.xx"}},
		"one per lane":   {Values: map[string]mat.Matrix{"a.a": mat.NewDense(2, 1, nil)}},
		"Run.Lanes":      {Lanes: math.MaxInt},
		"of results":     {Duration: 1e14, Values: map[string]mat.Matrix{"input:drive": mat.NewDense(1, 60, nil)}},
		"made by hand":   {Integrator: Integrator{Name: "mine"}},
		"fewer than one": {Every: 100},
	} {
		if want == "every state" {
			want = "twice"
		}
		if run.Dt = 0.5; run.Duration == 0 {
			run.Duration = 5
		}
		_, err := net.Simulate(context.Background(), run)
		wantError(t, err, want)
	}
	var none context.Context
	if _, err := net.Simulate(none, Run{Dt: 0.5, Duration: 5}); err != nil {
		t.Error(err)
	}
}

// Nodes that a rollout cannot be joined with are errors when the graph is built, not when it runs.
func TestForeignNodes(t *testing.T) {
	g := G.NewGraph()
	roll, err := relay(t).Rollout(g, Run{Dt: 0.5, Duration: 5})
	if err != nil {
		t.Fatal(err)
	}
	foreign, short := tensorNode(G.NewGraph(), "foreign", 1, 2), tensorNode(g, "short", 1, 1)
	for _, state := range []*G.Node{nil, foreign, short} {
		_, err := roll.CarryWith(nil, "a.x", state)
		wantError(t, err, "a.x", "expected a node of shape (1, 2)")
	}
	_, err = roll.CarryWith(short, "a.x", tensorNode(g, "state", 1, 2))
	wantError(t, err, "carry", `found "short" of shape (1, 1)`)
	for _, loss := range []*G.Node{nil, foreign, short} {
		_, err := roll.MaskLoss(loss)
		wantError(t, err, "a loss for each of 1 lanes")
	}
}

// Normals of a run, given for each lane.
func TestValuesOfSamples(t *testing.T) {
	net := relay(t)
	xi := mat.NewDense(2, 20, nil)
	for k := 0; k < 20; k++ {
		xi.Set(0, k, 1)
		xi.Set(1, k, -1)
	}
	run := Run{Dt: 0.5, Duration: 5, Lanes: 2, Integrator: Euler, Values: map[string]mat.Matrix{"noise:a.x/samples": xi}}
	res, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	x := res.Series("a.x")
	closeTo(t, "lane 1", x.Lane(0)[0], []float64{0.1 * math.Sqrt(0.5), 0.1 * math.Sqrt(0.5)}, 1e-14)
	closeTo(t, "lane 2", x.Lane(1)[0], []float64{-0.1 * math.Sqrt(0.5), -0.1 * math.Sqrt(0.5)}, 1e-14)
}

// Seeds that a program sets between runs are whole numbers below 2⁵³, or refused.
func TestSeedsAtRunTime(t *testing.T) {
	g := G.NewGraph()
	roll, err := relay(t).Rollout(g, Run{Dt: 0.5, Duration: 5})
	if err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	for _, seed := range []float64{-1, 0.5, math.NaN(), math.Inf(1), 1 << 53} {
		letMatrix(t, roll.Input("seed"), []float64{seed})
		vm.Reset()
		wantError(t, vm.RunAll(), "seed of lane 0", "whole number")
	}
	letMatrix(t, roll.Input("seed"), []float64{1<<53 - 1})
	vm.Reset()
	if err := vm.RunAll(); err != nil {
		t.Error(err)
	}
}

// The step that a carry ends with must be one.
func TestStepOfACarry(t *testing.T) {
	net := relay(t)
	g := G.NewGraph()
	first, err := net.Rollout(g, Run{Dt: 0.5, Duration: 5})
	if err != nil {
		t.Fatal(err)
	}
	from := tensorNode(g, "from", first.Carry().Shape()...)
	if _, err = net.Rollout(g, Run{Dt: 0.5, Duration: 5, From: from}); err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	carry := make([]float64, from.Shape().TotalSize())
	for _, step := range []float64{-1, -16, 0.5, math.NaN(), 1 << 60} {
		carry[len(carry)-1] = step
		letMatrix(t, from, carry)
		vm.Reset()
		wantError(t, vm.RunAll(), "first step of lane 0", "whole number")
	}
}

// A window of any length is a valid setting, and a budget is shared among the windows to the last byte.
func TestWindowsAndBudgets(t *testing.T) {
	net := relay(t)
	g := G.NewGraph()
	roll, err := net.Rollout(g, Run{Dt: 0.5, Duration: 5, Window: math.MaxInt})
	if err != nil {
		t.Fatal(err)
	}
	if len(roll.Windows()) != 1 {
		t.Errorf("%d windows", len(roll.Windows()))
	}
	if err := net.Learn("a.a", nmm.Free, nmm.Shared); err != nil {
		t.Fatal(err)
	}
	g = G.NewGraph()
	if roll, err = net.Rollout(g, Run{Dt: 0.5, Duration: 5, Window: 1, MemoryBudget: 9}); err != nil {
		t.Fatal(err)
	}
	if _, err := G.Grad(G.Must(G.Sum(roll.Node("a.x"))), roll.Learnables()...); err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	wantError(t, vm.RunAll(), "below the minimum")
}

// A lane that diverges in a later window has no gradient in the earlier ones either, also where the
// loss joins samples of both.
func TestMaskedLaneInALaterWindow(t *testing.T) {
	net := unstable(t)
	if err := net.Learn("cortex.gamma", nmm.Free, nmm.PerLane); err != nil {
		t.Fatal(err)
	}
	g := G.NewGraph()
	run := Run{Dt: 1, Duration: 1000, Lanes: 2, NonFinite: MaskLane, Every: 100, Window: 100, Values: map[string]mat.Matrix{"cortex.gamma": mat.NewDense(2, 1, []float64{2, -0.1})}}
	roll, err := net.Rollout(g, run)
	if err != nil {
		t.Fatal(err)
	}
	mean := G.Must(G.Sum(roll.Node("cortex.x"), 1, 2))
	loss, err := roll.MaskLoss(G.Must(G.Square(mean)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := G.Grad(G.Must(G.Sum(loss)), roll.Learnables()...); err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g, G.BindDualValues(roll.Learnables()...))
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	grad, err := roll.Learnables()[0].Grad()
	if err != nil {
		t.Fatal(err)
	}
	if d, _ := float64s(grad); d[0] != 0 || math.IsNaN(d[1]) || d[1] == 0 {
		t.Errorf("gradient %v", d)
	}
}

// A value that learns per region cannot start from values per lane, also when there are as many lanes
// as regions.
func TestStartOfLearnables(t *testing.T) {
	lanes := mat.NewDense(3, 1, []float64{0.1, 0.2, 0.3})
	for scope, want := range map[nmm.Scope][]float64{
		nmm.PerRegion: nil, nmm.Shared: nil, nmm.PerLane: {0.1, 0.2, 0.3}, nmm.PerRegionAndLane: {0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.3, 0.3, 0.3},
	} {
		net := relay(t)
		if err := net.Learn("b.a", nmm.Free, scope); err != nil {
			t.Fatal(err)
		}
		roll, err := net.Rollout(G.NewGraph(), Run{Dt: 0.5, Duration: 5, Lanes: 3, Values: map[string]mat.Matrix{"b.a": lanes}})
		if want == nil {
			wantError(t, err, "b.a", "per lane")
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		got, _ := float64s(roll.Learnables()[0].Value())
		closeTo(t, scope.String(), got, want, 0)
	}
}
