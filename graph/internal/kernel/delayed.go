package kernel

// DelayedRows adds all edges into target rows over a block of steps,
//
//	acc[i][k] += Σ_e w[e] src[offsets[e]+k],   row[i] ≤ e < row[i+1], k < steps
//
// with the edges of every sum taken in ascending order. There are len(row)−1 targets,
// and it is faster to take some of them at once than one after the other: four of
// float32, two of float64. It panics when an edge reaches outside src.
func DelayedRows[T Float](acc Matrix[T], steps int, row []int32, w []T, offsets []int32, src []T) {
	if len(row) < 2 {
		return
	}
	to := acc.cut(len(row)-1, steps)
	w, offsets = edgesOf(row, w), edgesOf(row, offsets)
	if len(to) == 0 {
		return
	}
	if simd && steps >= wide[T]() && len(src) >= steps {
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
	for e, o := range offsets {
		dw[e] += dot(a, src[o:][:len(a)])
	}
}

const edgeOutside = "kernel: an edge reaches outside its source"
