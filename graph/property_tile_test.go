package graph

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/nmm"
)

// laneValues are values of a network by address, one for all lanes or one for each.
type laneValues map[string][][]float64

// drawLanes gives some addresses a value of their own in each lane.
func drawLanes(rt *rapid.T, net *Network, lanes int) laneValues {
	r := rand.New(rand.NewPCG(rapid.Uint64Range(1, 1000).Draw(rt, "values"), 2))
	all := laneValues{}
	for _, address := range slices.Sorted(maps.Keys(net.values)) {
		v := net.values[address]
		if v.Data == nil || v.Kind == samplesKind {
			continue
		}
		all[address] = [][]float64{v.Data}
		if !rapid.Bool().Draw(rt, address+" per lane") {
			continue
		}
		all[address] = nil
		for range lanes {
			own := slices.Clone(v.Data)
			for i := range own {
				own[i] *= 1 + 0.1*r.Float64() // zeros stay: where there is no edge, a weight is refused
			}
			all[address] = append(all[address], own)
		}
	}
	return all
}

// drawDelays gives some couplings delays of their own in each lane: none, within a block, just a block,
// or more.
func drawDelays(rt *rapid.T, net *Network, run *Run) map[string]mat.Matrix {
	all := map[string]mat.Matrix{}
	for _, c := range net.couplings {
		if c.channels != nil || !rapid.Bool().Draw(rt, c.Name+" has delays of each lane") {
			continue
		}
		r := rand.New(rand.NewPCG(rapid.Uint64Range(1, 1000).Draw(rt, "delays"), 3))
		m := mat.NewDense(run.Lanes, c.weights.size(), nil)
		for l := range run.Lanes {
			longest := []int{0, 1, 3, engine.Block - 1, engine.Block, deepest}[r.IntN(6)]
			for e := range c.weights.size() {
				m.Set(l, e, run.Dt*float64(r.IntN(longest+1)))
			}
		}
		all[c.Name+"/delays"] = m
	}
	return all
}

// of is what one lane has.
func (x laneValues) of(lane int) laneValues {
	one := laneValues{}
	for address, values := range x {
		one[address] = values[min(lane, len(values)-1):][:1]
	}
	return one
}

// leaves makes a node of every value. Those of one lane may have the axis of lanes or not: it is as if
// they were shared.
func (x laneValues) leaves(net *Network, g *G.ExprGraph) map[string]*G.Node {
	nodes := map[string]*G.Node{}
	for _, address := range slices.Sorted(maps.Keys(x)) {
		values := x[address]
		v := net.values[address]
		scope, lanes := nmm.Shared, len(values)
		region := v.perRegion() || v.Kind == initKind
		switch {
		case region && lanes > 1:
			scope = nmm.PerRegionAndLane
		case region:
			scope = nmm.PerRegion
		case lanes > 1:
			scope = nmm.PerLane
		}
		shape := v.shapeOf(scope, lanes)
		data := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(slices.Concat(values...)))
		nodes[address] = G.NewTensor(g, tensor.Float64, shape.Dims(), G.WithShape(shape...), G.WithName("in/"+address), G.WithValue(data))
	}
	return nodes
}

// Lanes side by side have the bits of each alone, and gradients of their own too; at any number of
// goroutines and memory budget all bits are the same.
func TestRandomTiles(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	property(t, 60, func(t testing.TB, rt *rapid.T) {
		d := draw(rt, features{steps: 70, observers: true, lanes: 1})
		d.dropSilentObservers()
		d.run.Lanes = rapid.SampledFrom([]int{2, 3, 5, 16, 17}).Draw(rt, "side by side")
		d.run.tile = rapid.IntRange(2, d.run.Lanes).Draw(rt, "tile")
		d.run.Precision = Precision(rapid.IntRange(0, 1).Draw(rt, "precision"))
		d.run.Horizon = rapid.SampledFrom([]int{0, 0, 7, 30}).Draw(rt, "horizon")
		d.run.Average = rapid.Bool().Draw(rt, "average")
		d.run.NonFinite = MaskLane
		warmup, recorded := d.run.steps()
		windows := rapid.IntRange(1, 5).Draw(rt, "windows") // of which each has its part of the budget
		d.run.Window = (warmup + recorded + windows - 1) / windows
		net := d.build(t)
		values := drawLanes(rt, net, d.run.Lanes)
		d.run.Values = drawDelays(rt, net, &d.run)
		for l := range d.run.Lanes {
			d.run.Seeds = append(d.run.Seeds, uint64(7*l)+d.run.Seed)
		}
		solve := func(run Run, values laneValues) *outcome {
			g := G.NewGraph()
			return rolledOutAt(t, net, run, g, values.leaves(net, g))
		}
		all := solve(d.run, values)
		lanes := make([]*outcome, d.run.Lanes)
		for l := range lanes {
			one := d.run
			one.Lanes, one.Seeds, one.tile = 1, d.run.Seeds[l:l+1], 0
			one.Values = map[string]mat.Matrix{}
			for address, m := range d.run.Values {
				one.Values[address] = m.(*mat.Dense).Slice(l, l+1, 0, m.(*mat.Dense).RawMatrix().Cols)
			}
			lanes[l] = solve(one, values.of(l))
		}
		values.compare(t, all, lanes, map[Precision]float64{Float64: 1e-12, Float32: 1e-4}[d.run.Precision])

		again := d.run
		runtime.GOMAXPROCS(rapid.IntRange(1, 3).Draw(rt, "goroutines"))
		again.MemoryBudget = int64(rapid.Float64Range(1, 2).Draw(rt, "times the least memory") * float64(windows) * float64(leastBudget(t, net, again)))
		same(t, "other budget and goroutines", solve(again, values), all)
	})
}

// compare checks records and gradients per lane for equal bits, and sums over lanes within tol. Masked
// lanes, which are nil, have no numbers and no gradient.
func (x laneValues) compare(t testing.TB, all *outcome, lanes []*outcome, tol float64) {
	t.Helper()
	side := &outcome{records: map[string][]float64{}, grads: map[string][]float64{}}
	sums := map[string][]float64{}
	for _, one := range lanes {
		if one == nil {
			one = lanes[0].masked()
		}
		for address, data := range one.records {
			side.records[address] = append(side.records[address], data...)
		}
		for address, data := range one.grads {
			if len(x[address]) > 1 {
				side.grads[address] = append(side.grads[address], data...)
				continue
			}
			if sums[address] == nil {
				sums[address] = make([]float64, len(data))
			}
			for i, g := range data {
				sums[address][i] += g
			}
		}
	}
	own, shared := map[string][]float64{}, map[string][]float64{}
	largest := 0.0
	for address, data := range all.grads {
		if len(x[address]) > 1 {
			own[address] = data
		} else {
			shared[address] = data
		}
		for _, g := range data {
			largest = max(largest, math.Abs(g))
		}
	}
	same(t, "lanes", &outcome{records: all.records, grads: own}, side)
	if len(all.grads) == 0 {
		t.Error("no gradients compared")
	}
	for address, want := range sums {
		closeTo(t, fmt.Sprint("shared gradient of ", address), append(shared[address], largest/1000), append(want, largest/1000), tol)
	}
}

// masked is the outcome of a lane like o that is masked.
func (o *outcome) masked() *outcome {
	m := &outcome{records: map[string][]float64{}, grads: map[string][]float64{}}
	for address, data := range o.records {
		m.records[address] = slices.Repeat([]float64{math.NaN()}, len(data))
	}
	for address, data := range o.grads {
		m.grads[address] = make([]float64, len(data))
	}
	return m
}

// Lanes that diverge leave no trace in those beside them, be they of the same bundle or not.
func TestMaskedLanesInATile(t *testing.T) {
	net := longNetwork(t, 4, &Observer{
		Name: "slow", From: "cortex.x", Model: lowPass(t), Port: "z", Output: "z", Ratio: 3, Every: 2, Average: true, Integrator: Euler,
	}, &Observer{
		Name: "seen", From: "cortex.y", Ratio: 2, Average: true, Moments: true, Projection: mat.NewDense(2, 4, []float64{1, -1, 0, 2, 0.5, 0, 1, 0}),
	}, &Coupling{Name: "dense", From: "cortex.y", To: "cortex.x", Weights: mat.NewDense(4, 4, slices.Repeat([]float64{0.1, -0.2, 0, 0.15}, 4))})
	run := Run{Dt: 0.5, Duration: 100, Every: 5, Lanes: 12, NonFinite: MaskLane}
	for l := range run.Lanes {
		run.Seeds = append(run.Seeds, uint64(l))
	}
	values := laneValues{}
	for address, v := range net.values {
		if v.Data != nil {
			values[address] = [][]float64{v.Data}
		}
	}
	beta, x := slices.Repeat([][]float64{{1}}, run.Lanes), slices.Repeat(values["init:cortex.x"], run.Lanes)
	beta[1], beta[2] = []float64{-1}, []float64{-0.1} // one explodes late
	x[6] = []float64{0.1, 1e160, 0.1, 0.1}
	a := slices.Repeat([][]float64{{0.1}}, run.Lanes)
	a[1], a[2] = []float64{0.5}, []float64{0.1}
	values["cortex.a"], values["cortex.beta"], values["init:cortex.x"] = a, beta, x
	for _, precision := range []Precision{Float64, Float32} {
		run.Precision = precision
		lanes := make([]*outcome, run.Lanes)
		for l := range lanes {
			one := run
			one.Lanes, one.Seeds = 1, run.Seeds[l:l+1]
			g := G.NewGraph()
			if got := rolledOutAt(t, net, one, g, values.of(l).leaves(net, g)); !math.IsNaN(got.records["cortex.x"][0]) {
				lanes[l] = got
			}
		}
		if lanes[0] == nil || lanes[1] != nil || lanes[2] != nil || lanes[6] != nil {
			t.Fatal("other lanes diverge than were to")
		}
		for _, run.tile = range []int{3, 5, 6, 9} { // of the first and the third, more than one are side by side
			for _, run.MemoryBudget = range []int64{0, leastBudget(t, net, run)} {
				g := G.NewGraph()
				tol := map[Precision]float64{Float64: 1e-12, Float32: 1e-4}[precision]
				values.compare(t, rolledOutAt(t, net, run, g, values.leaves(net, g)), lanes, tol)
			}
		}
	}
}

// The last tile, of fewer lanes, leaves nothing of its size to the first one on the way back.
func TestInputsOfUnequalTiles(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	net := longNetwork(t, 2, &Input{Name: "v", To: "cortex.x", Values: mat.NewDense(40, 2, cotangents("v", 40, 2))},
		&Channels{Name: "u", Labels: Regions(1), Values: mat.NewDense(40, 1, cotangents("u", 40, 1))},
		&Coupling{From: "input:u", To: "cortex.y", Weights: mat.NewDense(2, 1, []float64{0.2, -0.3})})
	run := Run{Dt: 0.5, Duration: 20, Every: 3, Lanes: 5}
	run.tile = 1
	want := rolledOut(t, net, run)
	run.tile = 2
	agree(t, rolledOut(t, net, run), want, 1e-12)
}
