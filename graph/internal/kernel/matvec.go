package kernel

// MatVec sets y = W x for a row-major matrix W of the given size. Every y[i] is
// one sum in ascending column order.
//
// Four rows are taken at once, so that x is loaded once for them and four
// independent sums are in flight.
func MatVec[T Float](y, w, x []T, rows, cols int) {
	y, x = y[:rows], x[:cols]
	i := 0
	for ; i+4 <= rows; i += 4 {
		r := w[i*cols : (i+4)*cols]
		r0, r1, r2, r3 := r[:cols], r[cols:2*cols], r[2*cols:3*cols], r[3*cols:4*cols]
		r0, r1, r2, r3 = r0[:len(x)], r1[:len(x)], r2[:len(x)], r3[:len(x)]
		var s0, s1, s2, s3 T
		for j, v := range x {
			s0 += r0[j] * v
			s1 += r1[j] * v
			s2 += r2[j] * v
			s3 += r3[j] * v
		}
		y[i], y[i+1], y[i+2], y[i+3] = s0, s1, s2, s3
	}
	for ; i < rows; i++ {
		r := w[i*cols : (i+1)*cols][:len(x)]
		var s T
		for j, v := range x {
			s += r[j] * v
		}
		y[i] = s
	}
}

// MatVecTAdd adds Wᵀ a to y for a row-major matrix W: every y[j] starts from its
// value in memory and takes the rows in ascending order.
func MatVecTAdd[T Float](y, w, a []T, rows, cols int) {
	y, a = y[:cols], a[:rows]
	i := 0
	for ; i+4 <= rows; i += 4 {
		r := w[i*cols : (i+4)*cols]
		r0, r1, r2, r3 := r[:cols], r[cols:2*cols], r[2*cols:3*cols], r[3*cols:4*cols]
		r0, r1, r2, r3 = r0[:len(y)], r1[:len(y)], r2[:len(y)], r3[:len(y)]
		a0, a1, a2, a3 := a[i], a[i+1], a[i+2], a[i+3]
		for j, v := range y {
			v += r0[j] * a0
			v += r1[j] * a1
			v += r2[j] * a2
			v += r3[j] * a3
			y[j] = v
		}
	}
	for ; i < rows; i++ {
		Axpy(y, a[i], w[i*cols:(i+1)*cols])
	}
}

// Ger adds the outer product a xᵀ to a row-major matrix: w[i][j] += a[i] x[j].
func Ger[T Float](w, a, x []T) {
	for i, s := range a {
		Axpy(w[i*len(x):(i+1)*len(x)], s, x)
	}
}

// RankK adds A Pᵀ to a row-major matrix dW of the given size, where a block of k
// steps is stored step after step: A[s][i] at a[s*rows+i], P[s][j] at
// p[s*cols+j]. Every element starts from its value in memory and takes the steps
// in ascending order, so that the bits do not depend on how steps are blocked.
func RankK[T Float](dw, a, p []T, rows, cols, k int) {
	for i := 0; i < rows; i++ {
		row := dw[i*cols : (i+1)*cols]
		s := 0
		for ; s+4 <= k; s += 4 {
			q := p[s*cols : (s+4)*cols]
			q0, q1, q2, q3 := q[:cols], q[cols:2*cols], q[2*cols:3*cols], q[3*cols:4*cols]
			q0, q1, q2, q3 = q0[:len(row)], q1[:len(row)], q2[:len(row)], q3[:len(row)]
			a0, a1, a2, a3 := a[s*rows+i], a[(s+1)*rows+i], a[(s+2)*rows+i], a[(s+3)*rows+i]
			for j, v := range row {
				v += a0 * q0[j]
				v += a1 * q1[j]
				v += a2 * q2[j]
				v += a3 * q3[j]
				row[j] = v
			}
		}
		for ; s < k; s++ {
			Axpy(row, a[s*rows+i], p[s*cols:(s+1)*cols])
		}
	}
}
