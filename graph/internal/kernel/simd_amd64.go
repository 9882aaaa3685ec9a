//go:build amd64 && !purego

package kernel

import (
	"math"
	"os"
	"unsafe"
)

// simd chooses the assembly of AVX2, and avx512 besides the forms with AVX-512 of the
// functions that have one, which look at avx512 themselves.
var simd, avx512 = choose(os.Getenv("EURYALE_KERNELS"), hasAVX2(), hasAVX512())

// choose keeps what the processor has up to the level that is wanted.
func choose(wanted string, hasAVX2, hasAVX512 bool) (simd, avx512 bool) {
	simd = hasAVX2 && wanted != "portable"
	return simd, simd && hasAVX512 && wanted != "avx2"
}

func hasAVX2() bool {
	const (
		avx2     = 1 << 5         // leaf 7, bx
		xmm, ymm = 1 << 1, 1 << 2 // extended control register 0
	)
	if !saves(xmm | ymm) {
		return false
	}
	_, bx, _ := cpuid(7, 0)
	return bx&avx2 != 0
}

// hasAVX512 asks for more than the kernels need, AVX-512F: processors without VBMI2 are
// those before Ice Lake, which lower their clock for registers of 512 bits.
func hasAVX512() bool {
	const (
		avx512f           = 1 << 16 // leaf 7, bx
		vbmi2             = 1 << 6  // leaf 7, cx
		opmask, high, zmm = 1 << 5, 1 << 6, 1 << 7
	)
	if !hasAVX2() || !saves(opmask|high|zmm) {
		return false
	}
	_, bx, cx := cpuid(7, 0)
	return bx&avx512f != 0 && cx&vbmi2 != 0
}

// saves reports whether the operating system saves that state, bits of extended control
// register 0, on a processor that has AVX and leaf 7 of its features.
func saves(state uint32) bool {
	const osxsave, avx = 1 << 27, 1 << 28 // leaf 1, cx
	if most, _, _ := cpuid(0, 0); most < 7 {
		return false
	}
	if _, _, cx := cpuid(1, 0); cx&(osxsave|avx) != osxsave|avx {
		return false
	}
	return xgetbv()&state == state
}

// vectorEntry is one more than a form's number among the loops in assembly, 0 where
// there is none or simd is off.
var vectorEntry = func() (e [len(formNames)]int) {
	if simd {
		for i, chain := range vectorChains {
			e[formIndex[chain]] = i + 1
		}
	}
	return e
}()

// entry is the address of a loop in assembly; that of 0 ends a sequence.
func entry[T Float](i int) uintptr {
	table := entries32
	if !single[T]() {
		table = entries64
	}
	return unsafe.Slice(table(), len(vectorChains)+1)[i]
}

func runSequence[T Float](code *step[T], n int) {
	if single[T]() {
		sequence32(&code.entry, n, whole512[T](n))
	} else {
		sequence64(&code.entry, n, whole512[T](n))
	}
}

// whole512 is how many of n elements a sequence computes in registers of AVX-512: none of
// fewer than eight registers, since these take longer to be loaded after they were stored.
func whole512[T Float](n int) int {
	if size := 2 * wide[T](); avx512 && n >= 8*size {
		return n &^ (size - 1)
	}
	return 0
}

// The assembly expects the fields of step in this order.
var _ = [1]struct{}{}[unsafe.Offsetof(step[float32]{}.D)-8+unsafe.Offsetof(step[float32]{}.roomy)-48+unsafe.Sizeof(step[float32]{})-56]

func p32[T Float](s []T) *float32 { return (*float32)(unsafe.Pointer(unsafe.SliceData(s))) }
func p64[T Float](s []T) *float64 { return (*float64)(unsafe.Pointer(unsafe.SliceData(s))) }

func sumVector[T Float](a []T) T {
	if single[T]() {
		return T(sum32(p32(a), len(a)))
	}
	return T(sum64(p64(a), len(a)))
}

func matVecVector[T Float](y, w, x []T, rows, cols int) {
	if single[T]() {
		matVec32(p32(y), p32(w), p32(x), rows, cols)
	} else {
		matVec64(p64(y), p64(w), p64(x), rows, cols)
	}
}

// wide is the number of elements in a register of AVX2.
func wide[T Float]() int { return int(32 / unsafe.Sizeof(T(0))) }

// least is the least width of a gemm in assembly: AVX-512 has masks for what is less
// than a register.
func least[T Float]() int {
	if avx512 {
		return 1
	}
	return wide[T]()
}

// gemmVector is gemm for widths from least up.
func gemmVector[T Float](g *gemm[T]) {
	for l := 0; l < g.lanes; {
		c, a := g.c[l*g.cs:], g.a[l*g.al:]
		switch left := g.lanes - l; {
		case left >= 4:
			tiles4(g, c, a)
			l += 4
		case left >= 2:
			tiles2(g, c, a)
			l += 2
		default:
			tiles1(g, c, a)
			l++
		}
	}
}

func tiles4[T Float](g *gemm[T], c, a []T) {
	if single[T]() {
		gemm32x4(p32(c), p32(g.b), p32(a), g.width, g.terms, g.cs, g.bs, g.al, g.aj, g.fresh)
	} else {
		gemm64x4(p64(c), p64(g.b), p64(a), g.width, g.terms, g.cs, g.bs, g.al, g.aj, g.fresh)
	}
}

func tiles2[T Float](g *gemm[T], c, a []T) {
	if single[T]() {
		gemm32x2(p32(c), p32(g.b), p32(a), g.width, g.terms, g.cs, g.bs, g.al, g.aj, g.fresh)
	} else {
		gemm64x2(p64(c), p64(g.b), p64(a), g.width, g.terms, g.cs, g.bs, g.al, g.aj, g.fresh)
	}
}

func tiles1[T Float](g *gemm[T], c, a []T) {
	if single[T]() {
		gemm32x1(p32(c), p32(g.b), p32(a), g.width, g.terms, g.cs, g.bs, g.al, g.aj, g.fresh)
	} else {
		gemm64x1(p64(c), p64(g.b), p64(a), g.width, g.terms, g.cs, g.bs, g.al, g.aj, g.fresh)
	}
}

// productVector is the gemm of one lane, for widths from least up.
func productVector[T Float](c, b, a []T, stride int, fresh bool) {
	if single[T]() {
		gemm32x1(p32(c), p32(b), p32(a), len(c), len(a), 0, stride, 0, 1, fresh)
	} else {
		gemm64x1(p64(c), p64(b), p64(a), len(c), len(a), 0, stride, 0, 1, fresh)
	}
}

func axpyVector[T Float](y []T, s T, x []T) {
	if a := []T{s}; single[T]() {
		gemm32x1(p32(y), p32(x), p32(a), len(y), 1, 0, 0, 0, 0, false)
	} else {
		gemm64x1(p64(y), p64(x), p64(a), len(y), 1, 0, 0, 0, 0, false)
	}
}

// readBackVector is ReadBack of up to readOutputs sums.
func readBackVector[T Float](y, dw, x, w, a Matrix[T], outputs, width, lanes int) {
	if single[T]() {
		readBack32(p32(y.Data), p32(dw.Data), p32(x.Data), p32(w.Data), p32(a.Data), width, outputs, lanes, w.Stride, dw.Stride, y.Stride, a.Stride)
	} else {
		readBack64(p64(y.Data), p64(dw.Data), p64(x.Data), p64(w.Data), p64(a.Data), width, outputs, lanes, w.Stride, dw.Stride, y.Stride, a.Stride)
	}
}

// delayedRowsVector is DelayedRows for steps from least up.
func delayedRowsVector[T Float](acc []T, stride, steps int, row []int32, w []T, offsets []int32, src []T) bool {
	limit, o, ok := min(len(src)-steps, math.MaxInt32), unsafe.SliceData(offsets), true
	for i := 0; ok && i < len(row)-1; {
		c, r, left := acc[i*stride:], &row[i], len(row)-1-i
		switch {
		case single[T]() && left >= 4:
			ok = delayedRows32x4(p32(c), stride, steps, r, p32(w), o, p32(src), limit)
			i += 4
		case single[T]() && left >= 2:
			ok = delayedRows32x2(p32(c), stride, steps, r, p32(w), o, p32(src), limit)
			i += 2
		case single[T]():
			ok = delayedRows32x1(p32(c), stride, steps, r, p32(w), o, p32(src), limit)
			i++
		case left >= 2:
			ok = delayedRows64x2(p64(c), stride, steps, r, p64(w), o, p64(src), limit)
			i += 2
		default:
			ok = delayedRows64x1(p64(c), stride, steps, r, p64(w), o, p64(src), limit)
			i++
		}
	}
	return ok
}

// delayedBlocks is DelayedRows with AVX-512. It returns false where that panics.
func delayedBlocks[T Float](acc []T, stride, steps int, row []int32, w []T, offsets []int32, src []T) bool {
	first, last := int(row[0]), int(row[len(row)-1])
	if first < 0 || last < first || last > len(w) || last > len(offsets) {
		return false
	}
	limit, o, ok := min(len(src)-steps, math.MaxInt32), unsafe.SliceData(offsets), true
	for k, most := 0, 8*wide[T](); ok && k < steps; k += most {
		c, b, n := acc[k:], src[k:], min(steps-k, most)
		if single[T]() {
			ok = delayedBlock32(p32(c), stride, n, &row[0], len(row)-1, last, p32(w), o, p32(b), limit)
		} else {
			ok = delayedBlock64(p64(c), stride, n, &row[0], len(row)-1, last, p64(w), o, p64(b), limit)
		}
	}
	return ok
}

// sparseRowsVector is SparseRows. It returns false where that panics.
func sparseRowsVector[T Float](y []T, row []int32, w []T, other []int32, x []T) bool {
	last := min(len(w), len(other), math.MaxInt32)
	if row[0] < 0 {
		return false
	}
	if single[T]() {
		return sparseRows32(p32(y), len(y), &row[0], p32(w), unsafe.SliceData(other), p32(x), len(x), last)
	}
	return sparseRows64(p64(y), len(y), &row[0], p64(w), unsafe.SliceData(other), p64(x), len(x), last)
}

func delayedDotsVector[T Float](dw, a []T, offsets []int32, src []T) bool {
	limit, o, edges := min(len(src)-len(a), math.MaxInt32), unsafe.SliceData(offsets), len(offsets)
	whole := len(a) == 16 && edges >= wide[T]()
	switch {
	case single[T]() && whole:
		return delayedDots16x32(p32(dw), p32(a), o, edges, p32(src), limit)
	case single[T]():
		return delayedDots32(p32(dw), p32(a), len(a), o, edges, p32(src), limit)
	case whole:
		return delayedDots16x64(p64(dw), p64(a), o, edges, p64(src), limit)
	}
	return delayedDots64(p64(dw), p64(a), len(a), o, edges, p64(src), limit)
}

func cubeVector[T Float](d, a []T) {
	if single[T]() {
		cube32(as[float32](d), as[float32](a))
	} else {
		cube64(as[float64](d), as[float64](a))
	}
}

func sqrtVector[T Float](d, a []T) {
	if single[T]() {
		sqrt32(as[float32](d), as[float32](a))
	} else {
		sqrt64(as[float64](d), as[float64](a))
	}
}

func absVector[T Float](d, a []T) {
	if single[T]() {
		abs32(as[float32](d), as[float32](a))
	} else {
		abs64(as[float64](d), as[float64](a))
	}
}

func flushVector[T Float](d, a []T) {
	if single[T]() {
		flush32(as[float32](d), as[float32](a))
	} else {
		flush64(as[float64](d), as[float64](a))
	}
}

func powVector[T Float](d, a, b []T) int {
	if single[T]() {
		return pow32(p32(d), p32(a), p32(b), len(d))
	}
	return pow64(p64(d), p64(a), p64(b), len(d))
}

func normalsVector[T Float](dst []T, c *counters) {
	if single[T]() {
		normals32(p32(dst), len(dst)/32, &c.index[0])
	} else {
		normals64(p64(dst), len(dst)/32, &c.index[0])
	}
}

func trigonometricVector[T Float](d, a []T, quarters uint64) int {
	switch {
	case single[T]() && quarters == 0:
		return sin32(p32(d), p32(a), len(d))
	case single[T]():
		return cos32(p32(d), p32(a), len(d))
	case quarters == 0:
		return sin64(p64(d), p64(a), len(d))
	}
	return cos64(p64(d), p64(a), len(d))
}

func transposeVector[T Float](dst []T, ds int, src []T, ss, cols int) {
	if single[T]() {
		transpose32(p32(dst), ds, p32(src), ss, cols)
	} else {
		transpose64(p64(dst), ds, p64(src), ss, cols)
	}
}
