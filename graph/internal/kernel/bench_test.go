package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

const regions, block = 84, 16

func ramp[T Float](n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(1 + 0.001*float64(i%97))
	}
	return x
}

// benchmarkBoth runs f in both precisions.
func benchmarkBoth(b *testing.B, f32 func(), f64 func()) {
	for _, c := range []struct {
		name string
		f    func()
	}{{"float32", f32}, {"float64", f64}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.f()
			}
		})
	}
}

func matVec[T Float]() func() {
	w, x, y := ramp[T](regions*regions), ramp[T](regions), make([]T, regions)
	return func() { MatVec(y, w, x, regions, regions) }
}

// matMul multiplies n × n numbers by the vectors of some lanes.
func matMul[T Float](n, lanes int) func() {
	w, x, y := NewMatrix[T](n, n), Matrix[T]{ramp[T](n * lanes), n}, Matrix[T]{make([]T, n*lanes), n}
	copy(w.Data, ramp[T](len(w.Data)))
	return func() { MatMul(y, w, x, n, n, lanes) }
}

func rankK[T Float](n, k int) func() {
	w, a, p := Matrix[T]{make([]T, n*n), n}, Matrix[T]{ramp[T](n * k), n}, Matrix[T]{ramp[T](n * k), n}
	return func() { RankK(w, a, p, n, n, k) }
}

// BenchmarkMatMul is named by the regions and lanes.
func BenchmarkMatMul(b *testing.B) {
	for _, c := range [][2]int{{84, 1}, {84, 2}, {84, 3}, {84, 8}, {64, 64}, {400, 1}, {1000, 1}, {1000, 8}} {
		b.Run(fmt.Sprint(c[0], "x", c[1]), func(b *testing.B) {
			benchmarkFlops(b, 2*c[0]*c[0]*c[1], matMul[float32](c[0], c[1]), matMul[float64](c[0], c[1]))
		})
	}
}

// BenchmarkRankK is named by the regions and the steps of all lanes.
func BenchmarkRankK(b *testing.B) {
	for _, c := range [][2]int{{84, 16}, {84, 128}, {1000, 16}} {
		b.Run(fmt.Sprint(c[0], "x", c[1]), func(b *testing.B) {
			benchmarkFlops(b, 2*c[0]*c[0]*c[1], rankK[float32](c[0], c[1]), rankK[float64](c[0], c[1]))
		})
	}
}

// benchmarkFlops is benchmarkBoth that reports operations per nanosecond too.
func benchmarkFlops(b *testing.B, operations int, f32, f64 func()) {
	for _, c := range []struct {
		name string
		f    func()
	}{{"float32", f32}, {"float64", f64}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.f()
			}
			b.ReportMetric(float64(operations)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "Gflop/s")
		})
	}
}

// delayed couples 84 × 84 edges over a block of 16 steps; sources are rows of a
// trajectory of 1,000 steps.
func delayed[T Float](dots bool) func() {
	const steps = 1000
	src, acc := ramp[T](regions*steps), Matrix[T]{ramp[T](regions * block), block}
	w := ramp[T](regions * regions)
	offsets, row := make([]int32, regions*regions), make([]int32, regions+1)
	for i := range offsets {
		offsets[i] = int32(i%regions*steps + (i*7919)%(steps-block))
	}
	for i := range row {
		row[i] = int32(i * regions)
	}
	if !dots {
		return func() { DelayedRows(acc, block, row, w, offsets, src) }
	}
	return func() {
		for i := range regions {
			a, b := row[i], row[i+1]
			DelayedDots(w[a:b], acc.Data[i*block:(i+1)*block], offsets[a:b], src)
		}
	}
}

// sparse has 30 edges into each of n regions.
func sparse[T Float](n int) func() {
	x, y, w := ramp[T](n), make([]T, n), ramp[T](30*n)
	row, other := make([]int32, n+1), make([]int32, 30*n)
	r := rand.New(rand.NewPCG(1, 2))
	for e := range other {
		other[e] = int32(r.IntN(n))
	}
	for i := range row {
		row[i] = int32(30 * i)
	}
	return func() { clear(y); SparseRows(y, row, w, other, x) }
}

func axpy[T Float]() func() {
	d, s := make([]T, block), ramp[T](block)
	return func() { Axpy(d, 0.5, s) }
}

func BenchmarkMatVec(b *testing.B) { benchmarkBoth(b, matVec[float32](), matVec[float64]()) }
func BenchmarkDelayedRows(b *testing.B) {
	benchmarkFlops(b, 2*regions*regions*block, delayed[float32](false), delayed[float64](false))
}
func BenchmarkSparseRows(b *testing.B) {
	benchmarkFlops(b, 2*30*20000, sparse[float32](20000), sparse[float64](20000))
}
func BenchmarkDelayedDots(b *testing.B) {
	benchmarkFlops(b, 2*regions*regions*block, delayed[float32](true), delayed[float64](true))
}
func BenchmarkAxpy(b *testing.B) { benchmarkBoth(b, axpy[float32](), axpy[float64]()) }

func function[T Float](f func(d, a []T)) func() {
	d, a := make([]T, regions), ramp[T](regions)
	return func() { f(d, a) }
}

func BenchmarkElementary(b *testing.B) {
	for name, f := range Functions {
		b.Run(name, func(b *testing.B) {
			b.Run("float32", func(b *testing.B) { benchmarkMap[float32](b, f) })
			b.Run("float64", func(b *testing.B) { benchmarkMap[float64](b, f) })
		})
	}
	b.Run("pow", func(b *testing.B) {
		benchmarkBoth(b, power3[float32](), power3[float64]())
	})
}

func benchmarkMap[T Float](b *testing.B, f *Function) {
	d, a := make([]T, regions), ramp[T](regions)
	for b.Loop() {
		Map(f, d, a)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*regions), "ns/element")
}

func power3[T Float]() func() {
	d, a, e := make([]T, regions), ramp[T](regions), ramp[T](regions)
	return func() { Pow(d, a, e) }
}

func BenchmarkSin(b *testing.B) { benchmarkBoth(b, function(Sin[float32]), function(Sin[float64])) }
func BenchmarkCos(b *testing.B) { benchmarkBoth(b, function(Cos[float32]), function(Cos[float64])) }

// BenchmarkNormals draws 16 steps, and one step, of n regions.
func BenchmarkNormals(b *testing.B) {
	for _, n := range []int{1, 2, 3, 8, 64, 84, 85} {
		for _, steps := range []int{16, 1} {
			b.Run(fmt.Sprint(n, " regions, ", steps, " steps"), func(b *testing.B) { benchmarkBoth(b, normalsOf[float32](n, steps), normalsOf[float64](n, steps)) })
		}
	}
}

func normalsOf[T Float](n, steps int) func() {
	d, step := make([]T, n*steps), int64(0)
	return func() { Normals(d, n, steps, 1, step, 2); step += int64(steps) }
}

func BenchmarkTranspose(b *testing.B) {
	for _, n := range [][2]int{{block, regions}, {regions, block}} {
		b.Run(fmt.Sprint(n[0], "x", n[1]), func(b *testing.B) {
			benchmarkBoth(b, transposed[float32](n[0], n[1]), transposed[float64](n[0], n[1]))
		})
	}
}

func transposed[T Float](rows, cols int) func() {
	dst, src := Matrix[T]{make([]T, rows*cols), rows}, Matrix[T]{ramp[T](rows * cols), cols}
	return func() { Transpose(dst, src, rows, cols) }
}

func BenchmarkWiden(b *testing.B) { benchmarkBoth(b, widened[float32](), widened[float64]()) }

func widened[T Float]() func() {
	d, a := make([]float64, regions), ramp[T](regions)
	return func() { Widen(d, a) }
}

func BenchmarkFinite(b *testing.B) { benchmarkBoth(b, finite[float32](), finite[float64]()) }

func finite[T Float]() func() {
	a := ramp[T](2 * regions)
	return func() { Finite(a) }
}
