package kernel

// MatVec sets y = W x for a row-major matrix W of the given size. Every y[i] is
// one sum in the order of Sum.
func MatVec[T Float](y, w, x []T, rows, cols int) {
	y, w, x = y[:rows], w[:rows*cols], x[:cols]
	if simd {
		matVecVector(y, w, x, rows, cols)
		return
	}
	for i := range y {
		y[i] = dot(w[i*cols:(i+1)*cols], x)
	}
}

// MatVecTAdd adds Wᵀ a to y for a row-major matrix W: every y[j] starts from its
// value in memory and takes the rows in ascending order.
func MatVecTAdd[T Float](y, w, a []T, rows, cols int) {
	addRows(y[:cols], w[:rows*cols], a[:rows], rows, 1)
}

// addRows adds rows of w, one after the other, to y: y[j] += a[i stride] w[i len(y) + j],
// starting from the value in memory and with i ascending.
func addRows[T Float](y, w, a []T, rows, stride int) {
	if rows == 0 {
		return
	}
	cols := len(y)
	w, a = w[:rows*cols], a[:(rows-1)*stride+1]
	if simd {
		addRowsVector(y, w, a, rows, stride)
		return
	}
	i := 0
	for ; i+4 <= rows; i += 4 {
		r := w[i*cols : (i+4)*cols]
		r0, r1, r2, r3 := r[:cols], r[cols:2*cols], r[2*cols:3*cols], r[3*cols:4*cols]
		r0, r1, r2, r3 = r0[:len(y)], r1[:len(y)], r2[:len(y)], r3[:len(y)]
		a0, a1, a2, a3 := a[i*stride], a[(i+1)*stride], a[(i+2)*stride], a[(i+3)*stride]
		for j, v := range y {
			v += T(r0[j] * a0)
			v += T(r1[j] * a1)
			v += T(r2[j] * a2)
			v += T(r3[j] * a3)
			y[j] = v
		}
	}
	for ; i < rows; i++ {
		Axpy(y, a[i*stride], w[i*cols:(i+1)*cols])
	}
}

// RankK adds A Pᵀ to a row-major matrix dW of the given size, where a block of k
// steps is stored step after step: A[s][i] at a[s*rows+i], P[s][j] at
// p[s*cols+j]. Every element starts from its value in memory and takes the steps
// in ascending order, so that the bits do not depend on how steps are blocked.
func RankK[T Float](dw, a, p []T, rows, cols, k int) {
	if k == 0 {
		return
	}
	for i := 0; i < rows; i++ {
		addRows(dw[i*cols:(i+1)*cols], p, a[i:], k, rows)
	}
}
