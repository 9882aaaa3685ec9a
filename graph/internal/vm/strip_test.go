package vm

import (
	"math"
	"slices"
	"testing"
)

// A program has the same bits strip by strip, in any number of parts and any order.
func TestStrips(t *testing.T) {
	split := 0
	for _, c := range testCases {
		for _, n := range []int{1, 7, 84, 2*stripWidth + 100} {
			if c.name == "foreign" && n == 1 {
				continue
			}
			p := newProblem(c, n)
			prog := must(Compile(p.inputs(), p.outputs(Accumulate)))
			if prog.Elementwise(n + 1) {
				t.Errorf("%s: vectors of more than %d elements", c.name, n)
			}
			if !prog.Elementwise(n) {
				continue
			}
			split++
			data := p.data(uint64(n), 3)
			want := simulate[float32](prog, data)
			for _, parts := range []int{1, 2, 3, 8} {
				if got := inStrips(prog, data, parts); !equalBits(got, want) {
					t.Errorf("%s, %d elements, %d parts: other numbers\n%v", c.name, n, parts, prog)
				}
			}
		}
	}
	if split < len(testCases) {
		t.Errorf("only %d programs were split", split)
	}
}

func equalBits(a, b [][][]float32) bool {
	bits := func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }
	return slices.EqualFunc(a, b, func(x, y [][]float32) bool {
		return slices.EqualFunc(x, y, func(p, q []float32) bool { return slices.EqualFunc(p, q, bits) })
	})
}

// inStrips is simulate by strips.
func inStrips(p *Program, data [][][]float64, parts int) [][][]float32 {
	f := NewFrame[float32](p)
	strips := make([]*Strip[float32], parts)
	return simulateBy(f, data, func() {
		for k := range strips {
			if strips[k] == nil {
				strips[k] = f.NewStrip()
			}
		}
		strips[0].Begin()
		for k := parts - 1; k >= 0; k-- {
			strips[k].Step(k, parts)
		}
	})
}
