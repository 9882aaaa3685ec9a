package engine

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"testing"
)

// linearLanes are inputs of linearModel with a parameter of its own in each lane.
func linearLanes(m *Model, lanes int) (*Inputs, *Outputs) {
	in, out := linearInputs(m, 0)
	carry := in.Carry
	in.Lanes, in.Carry, in.Seeds, in.Params[0] = lanes, nil, nil, Value{PerLane: true}
	for l := range lanes {
		in.Carry = append(in.Carry, carry...)
		in.Carry[l*len(carry)] += float64(l)
		in.Seeds = append(in.Seeds, uint64(l))
		in.Params[0].Data = append(in.Params[0].Data, 0.6-0.01*float64(l))
	}
	out.Records[0] = make([]float64, lanes*m.States[0].N)
	out.Carry = make([]float64, len(in.Carry))
	return in, out
}

// Further steps cause no allocation, forward or back, whatever the size of the tiles.
func TestNoAllocationsPerStep(t *testing.T) {
	for _, most := range []int{0, 3, 40} {
		for _, tile := range []int{1, 3, 4} {
			short, long := allocations(t, most, tile, 280), allocations(t, most, tile, 460) // two segments each
			if long > short+2 {                                                             // the runtime's own
				t.Errorf("delays to %d, tiles of %d: %v allocations in 280 steps, %v in 460", most, tile, short, long)
			}
		}
	}
}

func allocations(t *testing.T, most, tile, steps int) float64 {
	t.Helper()
	m := linearModel(t, 5, most)
	m.Couplings[0].Learned = true
	in, out := linearLanes(m, 7)
	e := New[float64](m, Settings{Steps: steps, Every: steps, Tile: tile})
	grads := &Gradients{Params: [][]float64{make([]float64, 7)}, Weights: [][]float64{make([]float64, 25)}}
	return testing.AllocsPerRun(20, func() {
		tape, _, err := e.Forward(context.Background(), in, out, true)
		if err == nil {
			err = e.Reverse(context.Background(), in, tape, out, grads, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		e.Release(tape)
	})
}

// The number of lanes of a bundle depends on the model and the number of lanes; all are about equal.
func TestBundleLanes(t *testing.T) {
	for _, c := range []struct{ n, lanes, most, want int }{
		{5, 1, 0, 1}, {5, 15, 0, 1}, {5, 16, 0, 2}, {5, 17, 0, 2}, {1, 1000, 0, 128}, {1, 1 << 20, 0, 1536}, {8, 64, 0, 8}, {8, 100_000, 0, 192}, {84, 64, 0, 8}, {84, 60, 0, 4}, {400, 64, 0, 2},
		{5, 17, 16, 9}, {5, 17, 17, 17}, {5, 3, 2, 2}, {5, 3, 1, 1},
	} {
		e := New[float32](linearModel(t, c.n, 0), Settings{Steps: 1, Every: 1, Tile: c.most})
		if got := e.bundleLanes(c.lanes); got != c.want {
			t.Errorf("%d regions, %d lanes, at most %d: bundles of %d, expected %d", c.n, c.lanes, c.most, got, c.want)
		}
	}
}

// A tile has as many bundles as its vectors are short, no memory is missing, and no goroutine has more to do.
func TestLayout(t *testing.T) {
	for _, c := range []struct {
		n, lanes, workers int
		budget            int64
		want, bundles     int
	}{
		{64, 64, 1, 0, 16, 2}, {64, 64, 2, 0, 16, 2}, {64, 64, 3, 0, 8, 1}, {64, 64, 4, 0, 16, 2}, {64, 64, 8, 0, 8, 1}, {64, 64, 1, 1 << 20, 8, 1},
		{84, 64, 1, 0, 16, 2}, {100, 64, 1, 0, 8, 1}, {5, 64, 1, 0, 64, 8}, {5, 64, 2, 0, 32, 4}, {5, 60, 1, 0, 4, 1}, {5, 7, 1, 0, 1, 1}, {5, 16, 2, 0, 8, 4},
	} {
		e := New[float32](linearModel(t, c.n, 0), Settings{Steps: 1000, Every: 1, Budget: c.budget})
		p, err := e.layout(c.lanes, e.bundleLanes(c.lanes), c.workers, true)
		if err != nil {
			t.Fatal(err)
		}
		if p.lanes != c.want || p.bundles != c.bundles {
			t.Errorf("%d regions, %d lanes, %d goroutines, budget %d: tiles of %d lanes, %d bundles; expected %d, %d", c.n, c.lanes, c.workers, c.budget, p.lanes, p.bundles, c.want, c.bundles)
		}
	}
}

// Lanes at different steps are solved one by one.
func TestLanesAtDifferentSteps(t *testing.T) {
	m := linearModel(t, 5, 20)
	in, out := linearLanes(m, 6)
	w := m.CarryWidth()
	for l := range in.Lanes {
		in.Carry[(l+1)*w-1] = float64(3 * l)
	}
	e := New[float64](m, Settings{Steps: 100, Every: 100, Tile: 6})
	if _, _, err := e.Forward(context.Background(), in, out, false); err != nil {
		t.Fatal(err)
	}
	for l := range in.Lanes {
		one := &Inputs{Lanes: 1, Seeds: in.Seeds[:1], Carry: in.Carry[l*w : (l+1)*w],
			Params: []Value{{Data: in.Params[0].Data[l : l+1]}}, Weights: in.Weights}
		for i, want := range byHand(m, one, 100) {
			if got := out.Records[0][l*5+i]; math.Abs(got-want) > 1e-13 {
				t.Errorf("lane %d: x[%d] = %v, expected %v", l, i, got, want)
			}
		}
	}
}

// Of the lanes of a tile that diverge, the error names the first, and of those at one step the lowest.
func TestDivergedErrorOfATile(t *testing.T) {
	m := linearModel(t, 3, 4)
	in, out := linearLanes(m, 6)
	in.Params[0].Data = []float64{0.6, 1e100, 1e200, 0.5, 1e200, 0.4}
	_, _, err := New[float64](m, Settings{Steps: 100, Every: 100, Tile: 6}).Forward(context.Background(), in, out, false)
	var d *DivergedError
	if !errors.As(err, &d) || d.Lane != 2 || d.Step != 2 || d.Region != "a" {
		t.Errorf("error %v", err)
	}
	for _, procs := range []int{1, 2, 8} { // tiles of four, two bundles and one: that of the first has the error
		before := runtime.GOMAXPROCS(procs)
		in, out := linearLanes(m, 8)
		in.Params[0].Data = []float64{0.6, 0.5, 0.5, 1e100, 1e200, 0.5, 1e200, 0.4}
		_, _, err := New[float64](m, Settings{Steps: 100, Every: 100, Tile: 2}).Forward(context.Background(), in, out, true)
		if !errors.As(err, &d) || d.Lane != 3 || d.Step != 4 {
			t.Errorf("GOMAXPROCS %d: error %v", procs, err)
		}
		runtime.GOMAXPROCS(before)
	}
	_, masked, err := New[float64](m, Settings{Steps: 100, Every: 100, Tile: 6, MaskLane: true}).Forward(context.Background(), in, out, false)
	if err != nil || !slices.Equal(masked, []bool{false, true, true, false, true, false}) {
		t.Errorf("masked %v, error %v", masked, err)
	}
}
