package kernel

// AxpyInto adds w src to dst: dst[k] += w src[k]. It is the block form of one
// delayed edge: k runs over consecutive steps.
func AxpyInto[T Float](dst []T, w T, src []T) {
	if len(dst) == 16 {
		axpy16((*[16]T)(dst), w, (*[16]T)(src))
		return
	}
	Axpy(dst, w, src)
}

func axpy16[T Float](d *[16]T, w T, s *[16]T) {
	for k := range d {
		d[k] += w * s[k]
	}
}

// DelayedRow adds all edges into one target row over a block of len(acc) steps,
//
//	acc[k] += Σ_e w[e] src[offsets[e]+k]
//
// with the edges of every k taken in ascending order.
func DelayedRow[T Float](acc, w []T, offsets []int32, src []T) {
	for e, o := range offsets {
		AxpyInto(acc, w[e], src[int(o):int(o)+len(acc)])
	}
}

// DelayedDots adds to the gradient of every edge into one target row the products
// of the target's adjoints a, one per step of the block, with the edge's source,
//
//	dw[e] += Σ_k a[k] src[offsets[e]+k]
//
// starting from the value in memory and taking k in ascending order.
func DelayedDots[T Float](dw, a []T, offsets []int32, src []T) {
	for e, o := range offsets {
		s := dw[e]
		x := src[int(o):][:len(a)]
		for k, v := range a {
			s += v * x[k]
		}
		dw[e] = s
	}
}
