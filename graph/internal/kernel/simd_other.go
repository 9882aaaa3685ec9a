//go:build !amd64 || purego

package kernel

// simd and avx512 are whether there is assembly for this machine.
const simd, avx512 = false, false

var vectorEntry [len(formNames)]int

func entry[T Float](i int) uintptr              { panic("kernel: no assembly") }
func runSequence[T Float](code *step[T], n int) { panic("kernel: no assembly") }

func p32[T Float](s []T) *float32                       { panic("kernel: no assembly") }
func sumVector[T Float](a []T) T                        { panic("kernel: no assembly") }
func matVecVector[T Float](y, w, x []T, rows, cols int) { panic("kernel: no assembly") }
func wide[T Float]() int                                { panic("kernel: no assembly") }
func least[T Float]() int                               { panic("kernel: no assembly") }
func gemmVector[T Float](g *gemm[T])                    { panic("kernel: no assembly") }
func axpyVector[T Float](y []T, s T, x []T)             { panic("kernel: no assembly") }
func productVector[T Float](c, b, a []T, stride int, fresh bool) {
	panic("kernel: no assembly")
}
func readBackVector[T Float](y, dw, x, w, a Matrix[T], outputs, width, lanes int) {
	panic("kernel: no assembly")
}
func delayedRowsVector[T Float](acc []T, stride, steps int, row []int32, w []T, offsets []int32, src []T) bool {
	panic("kernel: no assembly")
}
func delayedBlocks[T Float](acc []T, stride, steps int, row []int32, w []T, offsets []int32, src []T) bool {
	panic("kernel: no assembly")
}
func sparseRowsVector[T Float](y []T, row []int32, w []T, other []int32, x []T) bool {
	panic("kernel: no assembly")
}
func delayedDotsVector[T Float](dw, a []T, offsets []int32, src []T) bool {
	panic("kernel: no assembly")
}
func cubeVector[T Float](d, a []T)  { panic("kernel: no assembly") }
func sqrtVector[T Float](d, a []T)  { panic("kernel: no assembly") }
func absVector[T Float](d, a []T)   { panic("kernel: no assembly") }
func prefetch(p *byte, lines int)   { panic("kernel: no assembly") }
func flushVector[T Float](d, a []T) { panic("kernel: no assembly") }
func transposeVector[T Float](dst []T, ds int, src []T, ss, cols int) {
	panic("kernel: no assembly")
}
func addRounded32(d *float32, a *float64, n int)  { panic("kernel: no assembly") }
func round32(d *float32, a *float64, n int)       { panic("kernel: no assembly") }
func widen32(d *float64, a *float32, n int)       { panic("kernel: no assembly") }
func addWidened32(d *float64, a *float32, n int)  { panic("kernel: no assembly") }
func normalsVector[T Float](dst []T, c *counters) { panic("kernel: no assembly") }
func trigonometricVector[T Float](d, a []T, quarters uint64) int {
	panic("kernel: no assembly")
}
func powVector[T Float](d, a, b []T) int { panic("kernel: no assembly") }

var vectorFunctions map[string]vectorFunction
