package vm

import (
	"math"
	"reflect"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// lanesTogether runs a tile of the given lanes in a frame that has room for more, and returns the outputs
// of each lane as simulate does.
func lanesTogether[T float32 | float64](t *testing.T, p *Program, laned []bool, lanes [][][][]float64) [][][][]T {
	t.Helper()
	tile, err := p.Tile(laned)
	if err != nil {
		t.Fatal(err)
	}
	f := NewTile[T](tile, len(lanes)+2)
	f.Resize(len(lanes))
	bind := func(step int, class Class) {
		for i, in := range p.in {
			if in.Class != class {
				continue
			}
			var d []T
			for _, data := range lanes {
				for _, x := range data[step][i] {
					d = append(d, T(x))
				}
			}
			f.Bind(i, d)
		}
	}
	bind(0, Invariant)
	f.Begin()
	res := make([][][][]T, len(lanes))
	for step := range lanes[0] {
		bind(step, Varying)
		outs := make([][]T, len(p.out))
		for i, o := range p.out {
			outs[i] = make([]T, len(lanes)*o.Len)
			if o.Mode == PerStep {
				f.BindOutput(i, outs[i])
			}
		}
		f.Step()
		for i, o := range p.out {
			if o.Mode == Accumulate && step == len(lanes[0])-1 {
				f.Finish(i, outs[i])
			}
		}
		for l := range lanes {
			of := make([][]T, len(p.out))
			for i, o := range p.out {
				of[i] = outs[i][l*o.Len:][:o.Len]
			}
			res[l] = append(res[l], of)
		}
	}
	return res
}

// Every lane of a tile has the bits that it has alone, whichever scalars the lanes share.
func TestTile(t *testing.T) {
	for _, mode := range []Mode{PerStep, Accumulate} {
		forAll(t, mode, func(t *testing.T, p *problem, prog *Program) {
			for shared := range 3 {
				testTile[float64](t, p, prog, shared)
				testTile[float32](t, p, prog, shared)
			}
		})
	}
}

// testTile gives lanes values of their own, but for the shared-th scalar and every third after it.
func testTile[T float32 | float64](t *testing.T, p *problem, prog *Program, shared int) {
	t.Helper()
	const lanes, steps = 5, 3
	data := make([][][][]float64, lanes)
	together := make([][][][]float64, lanes)
	laned := make([]bool, len(prog.in))
	for l := range data {
		data[l] = p.data(uint64(l), steps)
		together[l] = make([][][]float64, steps)
		for s := range data[l] {
			together[l][s] = append([][]float64(nil), data[l][s]...)
			for i := range prog.in {
				laned[i] = prog.ScalarInput(i) && i%3 != shared
				if prog.ScalarInput(i) && !laned[i] {
					data[l][s][i] = data[0][s][i]
					together[l][s][i] = data[0][s][i]
					if l > 0 {
						together[l][s][i] = nil
					}
				}
			}
		}
	}
	got := lanesTogether[T](t, prog, laned, together)
	for l := range data {
		want := simulate[T](prog, data[l])
		for s := range want {
			for i, o := range prog.out {
				if o.Mode == Accumulate && s < steps-1 {
					continue
				}
				for j, x := range want[s][i] {
					if math.Float64bits(float64(got[l][s][i][j])) != math.Float64bits(float64(x)) {
						t.Errorf("%s of lane %d at step %d: element %d is %v, alone %v", o.Name, l, s, j, got[l][s][i][j], x)
					}
				}
			}
		}
	}
}

// A constant matrix serves all lanes, a matrix of each lane has no kernel.
func TestTileOfMatrices(t *testing.T) {
	g := G.NewGraph()
	x, u := leaf(g, "x", false, 3), leaf(g, "u", false, 2)
	data := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{1, -2, 3, 0.5, 0.25, -1}))
	for _, m := range []*G.Node{G.NewConstant(data), G.NewMatrix(g, G.Float64, G.WithName("m"), G.WithShape(2, 3))} {
		y := must(G.Mul(m, x))
		dx := must(G.Grad(must(G.Sum(must(G.HadamardProd(u, y)))), x))[0]
		in := []Input{{x, "x", 3, false, Varying}, {u, "u", 2, false, Varying}}
		if m.IsVar() {
			in = append(in, Input{m, "m", 6, false, Invariant})
		}
		p := must(Compile(in, []Output{{y, "y", 2, false, PerStep}, {dx, "dx", 3, false, PerStep}}))
		if m.IsVar() {
			if _, err := p.Tile(make([]bool, 3)); err == nil || p.Tileable() {
				t.Errorf("error %v, tileable %v", err, p.Tileable())
			}
			continue
		}
		a, b := [][][]float64{{{1, 2, 3}, {4, 5}}}, [][][]float64{{{-1, 0, 2}, {1, -1}}}
		for l, got := range lanesTogether[float64](t, p, make([]bool, 2), [][][][]float64{a, b}) {
			want := simulate[float64](p, [][][][]float64{a, b}[l])
			if !reflect.DeepEqual(got, want) {
				t.Errorf("lane %d: %v, alone %v", l, got, want)
			}
		}
	}
}
