package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// edges are up to most edges into each target, with blocks of steps inside a source
// of length n.
func edges(r *rand.Rand, targets, most, steps, n int) (row, offsets []int32) {
	row = make([]int32, targets+1)
	for i := range targets {
		count := r.IntN(most + 1)
		if i%3 > 0 { // as many as the target before
			count = int(row[i])
			if i > 0 {
				count -= int(row[i-1])
			}
		}
		row[i+1] = row[i] + int32(count)
		for range count {
			offsets = append(offsets, int32(r.IntN(n-steps+1)))
		}
	}
	return row, offsets
}

// A sum of negative zeros that starts at 0 is 0, also where the kernels start later.
func TestDelayedZeros(t *testing.T) {
	everyLevel(t, func(t *testing.T) { both(t, testDelayedZeros[float32], testDelayedZeros[float64]) })
}

func testDelayedZeros[T Float](t *testing.T) {
	negative := T(math.Copysign(0, -1))
	for steps := 1; steps < 20; steps++ {
		for edges := range 20 {
			dw, a, src := make([]T, edges), make([]T, steps), make([]T, steps)
			Fill(dw, negative)
			Fill(a, 1)
			Fill(src, negative)
			DelayedDots(dw, a, make([]int32, edges), src)
			same(t, fmt.Sprint("DelayedDots ", edges, " × ", steps), dw, make([]T, edges))
		}
	}
}

// Sums over edges are taken in ascending order, and those over steps in the order
// of Sum, at every remainder of the blocking.
func TestDelayedOrder(t *testing.T) {
	everyLevel(t, func(t *testing.T) { both(t, testDelayedOrder[float32], testDelayedOrder[float64]) })
}

func testDelayedOrder[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, fill := range []func(*rand.Rand, int) []T{ordinary[T], special[T]} {
		for steps := range 68 {
			for targets := range 12 {
				row, offsets := edges(r, targets, 19, steps, 100)
				gap, n := (steps+targets)%4, len(offsets)
				src := matrix(fill, r, 1, 100, gap).Data
				w, dw := matrix(fill, r, 1, n, gap).Data, fill(r, n+gap)
				acc := matrix(fill, r, targets, steps, gap)
				want, dwWant := acc.copied(), append([]T(nil), dw...)
				for i := 0; i < targets && steps > 0; i++ {
					a := acc.Data[i*acc.Stride:][:steps]
					for e := row[i]; e < row[i+1]; e++ {
						dwWant[e] += ordered(a, src[offsets[e]:])
						for k := range steps {
							want.Data[i*acc.Stride+k] += T(w[e] * src[int(offsets[e])+k])
						}
					}
					DelayedDots(dw[row[i]:row[i+1]], a, offsets[row[i]:row[i+1]], src)
				}
				size := fmt.Sprint(n, " edges into ", targets, " × ", steps)
				DelayedRows(acc, steps, row, w, offsets, src)
				same(t, "DelayedRows "+size, acc.Data, want.Data)
				same(t, "DelayedDots "+size, dw, dwWant)
			}
		}
	}
}

// Edges outside the source panic at every place of an unrolled loop.
func TestDelayedBounds(t *testing.T) { everyLevel(t, testDelayedBounds) }

func testDelayedBounds(t *testing.T) {
	const steps = 16
	src := make([]float32, 20, 200)
	for targets := 1; targets < 6; targets++ {
		for count := 1; count < 7; count++ {
			n := targets * count
			for bad := -1; bad < n; bad++ {
				for _, offset := range []int32{-1, math.MinInt32, 20 - steps + 1, math.MaxInt32} {
					offsets, w := make([]int32, n), make([]float32, n)
					row := make([]int32, targets+1)
					for i := range row {
						row[i] = int32(i * count)
					}
					for e := range offsets {
						offsets[e] = int32(e % (20 - steps + 1))
					}
					if bad >= 0 {
						offsets[bad] = offset
					}
					x := make([]float32, targets*steps)
					if got := panics(func() { DelayedRows(Matrix[float32]{x, steps}, steps, row, w, offsets, src) }); got != (bad >= 0) {
						t.Errorf("DelayedRows: edge %d of %d × %d at %d: panic is %v", bad, targets, count, offset, got)
					}
					if got := panics(func() { DelayedDots(w, x[:steps], offsets, src) }); got != (bad >= 0) {
						t.Errorf("DelayedDots: edge %d of %d at %d: panic is %v", bad, n, offset, got)
					}
				}
			}
		}
	}
}

// Sparse rows take their edges in ascending order; no edges reach outside.
func TestSparseRows(t *testing.T) {
	everyLevel(t, func(t *testing.T) { both(t, testSparseRows[float32], testSparseRows[float64]) })
}

func testSparseRows[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, fill := range []func(*rand.Rand, int) []T{ordinary[T], special[T]} {
		for targets := range 68 {
			row, other := edges(r, targets, 19, 1, 50)
			n := len(other)
			x, w := matrix(fill, r, 1, 50, targets%4).Data, matrix(fill, r, 1, n, targets%5).Data
			y := matrix(fill, r, 1, targets, targets%3).Data
			want := append([]T(nil), y...)
			for i := range want {
				for e := row[i]; e < row[i+1]; e++ {
					want[i] += T(w[e] * x[other[e]])
				}
			}
			SparseRows(y, row, w, other, x)
			same(t, fmt.Sprint(n, " edges into ", targets), y, want)
			if n == 0 {
				continue
			}
			other[r.IntN(n)] = []int32{-1, 50, math.MinInt32, math.MaxInt32}[targets%4]
			if !panics(func() { SparseRows(y, row, w, other, x) }) {
				t.Fatalf("%d edges into %d: no panic for an edge outside", n, targets)
			}
		}
	}
}

// Edges that are not there panic too, also where there is room behind a slice.
func TestDelayedRowsShort(t *testing.T) { everyLevel(t, testDelayedRowsShort) }

func testDelayedRowsShort(t *testing.T) {
	run := func(targets, steps, w, offsets int, row ...int32) bool {
		acc := Matrix[float64]{make([]float64, targets*steps), steps}
		return panics(func() {
			DelayedRows(acc, 16, row, make([]float64, w, 99), make([]int32, offsets, 99), make([]float64, 40))
		})
	}
	for _, c := range []struct {
		what  string
		panic bool
		want  bool
	}{
		{"all there", run(2, 16, 5, 5, 0, 2, 5), false},
		{"no target", run(0, 16, 5, 5, 0), false},
		{"short w", run(2, 16, 4, 5, 0, 2, 5), true},
		{"short offsets", run(2, 16, 5, 4, 0, 2, 5), true},
		{"short results", run(1, 16, 5, 5, 0, 2, 5), true},
		{"overlapping results", run(3, 15, 5, 5, 0, 2, 5), true},
		{"descending rows", run(2, 16, 5, 5, 0, 3, 2), true},
		{"negative row", run(2, 16, 5, 5, -1, 3, 5), true},
		{"sparse, short y", panics(func() { SparseRows(make([]float64, 1), []int32{0, 1, 1}, []float64{1}, []int32{0}, []float64{1}) }), true},
		{"sparse, short w", panics(func() { SparseRows([]float64{1}, []int32{0, 1}, nil, []int32{0}, []float64{1}) }), true},
		{"sparse, no x", panics(func() { SparseRows([]float64{1}, []int32{0, 1}, []float64{1}, []int32{0}, nil) }), true},
	} {
		if c.panic != c.want {
			t.Errorf("%s: panic is %v", c.what, c.panic)
		}
	}
}

func panics(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return false
}
