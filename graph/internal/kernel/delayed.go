package kernel

// AxpyInto adds w src to dst: dst[k] += w src[k] for k < len(dst). It is the block
// form of one delayed edge: k runs over consecutive steps.
func AxpyInto[T Float](dst []T, w T, src []T) { Axpy(dst, w, src) }

// DelayedRow adds all edges into one target row over a block of len(acc) steps,
//
//	acc[k] += Σ_e w[e] src[offsets[e]+k]
//
// with the edges of every k taken in ascending order. It panics when an edge
// reaches outside src.
//
// Eight steps are taken at once: their sums stay in registers over all edges.
func DelayedRow[T Float](acc, w []T, offsets []int32, src []T) {
	k := 0
	for ; k+8 <= len(acc); k += 8 {
		delayedRow8((*[8]T)(acc[k:]), w, offsets, src[k:])
	}
	for ; k < len(acc); k++ {
		s := acc[k]
		for e, o := range offsets {
			s += w[e] * src[int(o)+k]
		}
		acc[k] = s
	}
}

func delayedRow8[T Float](acc *[8]T, w []T, offsets []int32, src []T) {
	s0, s1, s2, s3, s4, s5, s6, s7 := acc[0], acc[1], acc[2], acc[3], acc[4], acc[5], acc[6], acc[7]
	w = w[:len(offsets)]
	for e, o := range offsets {
		x := (*[8]T)(src[o:])
		v := w[e]
		s0 += v * x[0]
		s1 += v * x[1]
		s2 += v * x[2]
		s3 += v * x[3]
		s4 += v * x[4]
		s5 += v * x[5]
		s6 += v * x[6]
		s7 += v * x[7]
	}
	acc[0], acc[1], acc[2], acc[3], acc[4], acc[5], acc[6], acc[7] = s0, s1, s2, s3, s4, s5, s6, s7
}

// DelayedDots adds to the gradient of every edge into one target row the products
// of the target's adjoints a, one per step of the block, with the edge's source,
//
//	dw[e] += Σ_k a[k] src[offsets[e]+k]
//
// starting from the value in memory and taking k in ascending order. It panics
// when an edge reaches outside src.
//
// Eight steps are taken at once: their adjoints stay in registers over all edges.
func DelayedDots[T Float](dw, a []T, offsets []int32, src []T) {
	k := 0
	for ; k+8 <= len(a); k += 8 {
		delayedDots8(dw, (*[8]T)(a[k:]), offsets, src[k:])
	}
	for ; k < len(a); k++ {
		v := a[k]
		for e, o := range offsets {
			dw[e] += v * src[int(o)+k]
		}
	}
}

func delayedDots8[T Float](dw []T, a *[8]T, offsets []int32, src []T) {
	a0, a1, a2, a3, a4, a5, a6, a7 := a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]
	dw = dw[:len(offsets)]
	for e, o := range offsets {
		x := (*[8]T)(src[o:])
		s := dw[e]
		s += a0 * x[0]
		s += a1 * x[1]
		s += a2 * x[2]
		s += a3 * x[3]
		s += a4 * x[4]
		s += a5 * x[5]
		s += a6 * x[6]
		s += a7 * x[7]
		dw[e] = s
	}
}
