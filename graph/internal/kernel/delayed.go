package kernel

// DelayedRows adds all edges into target rows over a block of steps,
//
//	acc[i][k] += Σ_e w[e] src[offsets[e]+k],   row[i] ≤ e < row[i+1], k < steps
//
// with the edges of every sum taken in ascending order. There are len(row)−1 targets.
// It panics when an edge reaches outside src.
//
// With AVX2 it is faster to take some targets at once than one after the other: four of
// float32, two of float64. With AVX-512 it is not, and the more steps, the faster.
func DelayedRows[T Float](acc Matrix[T], steps int, row []int32, w []T, offsets []int32, src []T) {
	if len(row) < 2 {
		return
	}
	to := acc.cut(len(row)-1, steps)
	if avx512 && len(to) > 0 && len(src) >= steps && delayedBlocks(to, acc.Stride, steps, row, w, offsets, src) {
		return // else an edge is missing or outside, and what follows panics
	}
	w = edgesOf(row, w)
	offsets = offsets[:len(offsets):len(offsets)][:len(w)]
	if len(to) == 0 {
		return
	}
	if simd && !avx512 && steps >= least[T]() && len(src) >= steps {
		if !delayedRowsVector(to, acc.Stride, steps, row, w, offsets, src) {
			panic(edgeOutside)
		}
		return
	}
	for i, e := range row[1:] {
		delayedRow(to[i*acc.Stride:][:steps], w[row[i]:e], offsets[row[i]:e], src)
	}
}

// delayedRow adds all edges of one target. Eight steps are taken at once: their sums
// stay in registers over all edges.
func delayedRow[T Float](acc, w []T, offsets []int32, src []T) {
	k := 0
	for ; k+8 <= len(acc); k += 8 {
		delayedRow8((*[8]T)(acc[k:]), w, offsets, src[k:])
	}
	for ; k < len(acc); k++ {
		s := acc[k]
		for e, o := range offsets {
			s += T(w[e] * src[int(o)+k])
		}
		acc[k] = s
	}
}

// Four edges make one turn of the loop: the compiler spills two of the sums at its
// end, which costs a trip through memory in every turn.
func delayedRow8[T Float](acc *[8]T, w []T, offsets []int32, src []T) {
	s0, s1, s2, s3, s4, s5, s6, s7 := acc[0], acc[1], acc[2], acc[3], acc[4], acc[5], acc[6], acc[7]
	w = w[:len(offsets)]
	for len(offsets) >= 4 && len(w) >= 4 {
		o, v := (*[4]int32)(offsets), (*[4]T)(w)
		x0 := (*[8]T)(src[o[0]:])
		x1 := (*[8]T)(src[o[1]:])
		x2 := (*[8]T)(src[o[2]:])
		x3 := (*[8]T)(src[o[3]:])
		s0 += T(v[0] * x0[0])
		s1 += T(v[0] * x0[1])
		s2 += T(v[0] * x0[2])
		s3 += T(v[0] * x0[3])
		s4 += T(v[0] * x0[4])
		s5 += T(v[0] * x0[5])
		s6 += T(v[0] * x0[6])
		s7 += T(v[0] * x0[7])
		s0 += T(v[1] * x1[0])
		s1 += T(v[1] * x1[1])
		s2 += T(v[1] * x1[2])
		s3 += T(v[1] * x1[3])
		s4 += T(v[1] * x1[4])
		s5 += T(v[1] * x1[5])
		s6 += T(v[1] * x1[6])
		s7 += T(v[1] * x1[7])
		s0 += T(v[2] * x2[0])
		s1 += T(v[2] * x2[1])
		s2 += T(v[2] * x2[2])
		s3 += T(v[2] * x2[3])
		s4 += T(v[2] * x2[4])
		s5 += T(v[2] * x2[5])
		s6 += T(v[2] * x2[6])
		s7 += T(v[2] * x2[7])
		s0 += T(v[3] * x3[0])
		s1 += T(v[3] * x3[1])
		s2 += T(v[3] * x3[2])
		s3 += T(v[3] * x3[3])
		s4 += T(v[3] * x3[4])
		s5 += T(v[3] * x3[5])
		s6 += T(v[3] * x3[6])
		s7 += T(v[3] * x3[7])
		offsets, w = offsets[4:], w[4:]
	}
	for e, o := range offsets {
		x, v := (*[8]T)(src[o:]), w[e]
		s0 += T(v * x[0])
		s1 += T(v * x[1])
		s2 += T(v * x[2])
		s3 += T(v * x[3])
		s4 += T(v * x[4])
		s5 += T(v * x[5])
		s6 += T(v * x[6])
		s7 += T(v * x[7])
	}
	acc[0], acc[1], acc[2], acc[3], acc[4], acc[5], acc[6], acc[7] = s0, s1, s2, s3, s4, s5, s6, s7
}

// DelayedDots adds to the gradient of every edge into one target row the products
// of the target's adjoints a, one per step of the block, with the edge's source,
//
//	dw[e] += Σ_k a[k] src[offsets[e]+k]
//
// The sum is formed in the order of Sum and then added to the value in memory. It
// panics when an edge reaches outside src.
func DelayedDots[T Float](dw, a []T, offsets []int32, src []T) {
	dw = dw[:len(offsets)]
	if len(a) == 0 || len(offsets) == 0 {
		return
	}
	if simd {
		if len(src) < len(a) || !delayedDotsVector(dw, a, offsets, src) {
			panic(edgeOutside)
		}
		return
	}
	src = src[:len(src):len(src)]
	if len(a) == 16 {
		b := (*[16]T)(a)
		e := 0
		for ; e+2 <= len(offsets); e += 2 {
			x, y := dots16(b, (*[16]T)(src[offsets[e]:]), (*[16]T)(src[offsets[e+1]:]))
			dw[e] += x
			dw[e+1] += y
		}
		if e < len(offsets) {
			x := (*[16]T)(src[offsets[e]:])
			y, _ := dots16(b, x, x)
			dw[e] += y
		}
		return
	}
	for e, o := range offsets {
		dw[e] += dot(a, src[o:][:len(a)])
	}
}

// dots16 are dot a b and dot a c of a whole block without loops. A partial sum that
// starts with its first product, not with 0, differs in the sign of a 0, which adding 0
// at the end makes right again.
func dots16[T Float](a, b, c *[16]T) (T, T) {
	a0, a4, a8, a12 := a[0], a[4], a[8], a[12]
	t0 := (T(a0*b[0]) + T(a8*b[8])) + (T(a4*b[4]) + T(a12*b[12]))
	u0 := (T(a0*c[0]) + T(a8*c[8])) + (T(a4*c[4]) + T(a12*c[12]))
	a1, a5, a9, a13 := a[1], a[5], a[9], a[13]
	t1 := (T(a1*b[1]) + T(a9*b[9])) + (T(a5*b[5]) + T(a13*b[13]))
	u1 := (T(a1*c[1]) + T(a9*c[9])) + (T(a5*c[5]) + T(a13*c[13]))
	a2, a6, a10, a14 := a[2], a[6], a[10], a[14]
	t2 := (T(a2*b[2]) + T(a10*b[10])) + (T(a6*b[6]) + T(a14*b[14]))
	u2 := (T(a2*c[2]) + T(a10*c[10])) + (T(a6*c[6]) + T(a14*c[14]))
	a3, a7, a11, a15 := a[3], a[7], a[11], a[15]
	t3 := (T(a3*b[3]) + T(a11*b[11])) + (T(a7*b[7]) + T(a15*b[15]))
	u3 := (T(a3*c[3]) + T(a11*c[11])) + (T(a7*c[7]) + T(a15*c[15]))
	return ((t0 + t1) + (t2 + t3)) + 0, ((u0 + u1) + (u2 + u3)) + 0
}

const edgeOutside = "kernel: an edge reaches outside its source"
