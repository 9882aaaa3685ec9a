package kernel

import "unsafe"

// Matrix is a row-major matrix inside a slice: row i starts at Data[i*Stride]. A
// matrix of one row may leave Stride zero.
//
// A band of columns is a matrix of the same stride that starts later, so work can
// be split without copies: goroutine after goroutine takes the columns from … to−1
// of y and of wt in MatMul, or the rows from … to−1 of dw and the same columns of a
// in RankK. No element's bits depend on how the work is split.
type Matrix[T Float] struct {
	Data   []T
	Stride int
}

// NewMatrix is n rows of the given width, of zeros. Rows of more than a cache line have
// a stride of whole lines: registers of AVX-512 are as long as a line, and cross from one
// to the next all the time otherwise, which took 1.5 times as long for 84 regions.
func NewMatrix[T Float](n, width int) Matrix[T] {
	line := int(64 / unsafe.Sizeof(T(0)))
	stride := width
	if width > line {
		stride = (width + line - 1) / line * line
	}
	return Matrix[T]{Data: make([]T, n*stride), Stride: stride}
}

// From is the matrix without the columns ahead of column i.
func (m Matrix[T]) From(i int) Matrix[T] { return Matrix[T]{m.Data[i:], m.Stride} }

// cut returns the data of n rows of the given width. It panics when they are not
// all there, or overlap.
func (m Matrix[T]) cut(n, width int) []T {
	if n == 0 || width == 0 {
		return nil
	}
	if n > 1 && m.Stride < width {
		panic("kernel: the stride of a matrix is shorter than its rows")
	}
	return m.Data[:(n-1)*m.Stride+width]
}

// MatMul multiplies the vectors of all lanes, rows of x with cols elements, by one
// matrix W, and writes rows of y with as many elements as W has rows:
//
//	y[l][i] = Σ_j W[i][j] x[l][j] = Σ_j wt[j][i] x[l][j]
//
// W is given transposed, cols × rows, so that neighbouring results take
// neighbouring weights. Every sum starts at 0 and takes j in ascending order, so a
// lane's bits do not depend on the number of lanes. With one lane this is the
// matrix-vector product.
func MatMul[T Float](y, wt, x Matrix[T], rows, cols, lanes int) {
	multiply(y, wt, x, rows, cols, lanes, true)
}

// AddMatMul is MatMul with sums that start from the values in y.
func AddMatMul[T Float](y, wt, x Matrix[T], rows, cols, lanes int) {
	multiply(y, wt, x, rows, cols, lanes, false)
}

// multiply is MatMul, if fresh, or AddMatMul. One lane of a small network takes so little time that
// what precedes the assembly shows.
func multiply[T Float](y, wt, x Matrix[T], rows, cols, lanes int, fresh bool) {
	if lanes == 1 && simd && rows >= least[T]() && cols > 0 {
		productVector(y.Data[:rows], wt.cut(cols, rows), x.Data[:cols], wt.Stride, fresh)
		return
	}
	var g gemm[T] // a literal would be made elsewhere and copied, which waits until it is in memory
	g.c, g.b, g.a = y.cut(lanes, rows), wt.cut(cols, rows), x.cut(lanes, cols)
	g.lanes, g.width, g.terms, g.fresh = lanes, rows, cols, fresh
	g.cs, g.bs, g.al, g.aj = y.Stride, wt.Stride, x.Stride, 1
	if fresh && cols == 0 {
		g.clear()
	}
	g.run()
}

// RankK adds A Pᵀ to dW, a rows × cols matrix, where A and P have k columns, which
// are the rows of a and p:
//
//	dW[i][j] += Σ_s a[s][i] p[s][j]
//
// In the engine, s runs over the steps of a block, or over steps and lanes. Every
// element starts from its value in memory and takes s in ascending order, so the
// bits do not depend on how steps are blocked.
func RankK[T Float](dw, a, p Matrix[T], rows, cols, k int) {
	if cols < fewColumns && rows > cols && k > fewColumns {
		rankKColumns(dw, a, p, rows, cols, k)
		return
	}
	var g gemm[T]
	g.c, g.b, g.a = dw.cut(rows, cols), p.cut(k, cols), a.cut(k, rows)
	g.lanes, g.width, g.terms = rows, cols, k
	g.cs, g.bs, g.al, g.aj = dw.Stride, p.Stride, 1, a.Stride
	g.run()
}

// fewColumns fill little of a register. The rows of such a matrix, if they are more, are put into registers.
const fewColumns = 8

// rankKColumns is RankK by columns. As products are of the same factors in the same order, so are the bits.
func rankKColumns[T Float](dw, a, p Matrix[T], rows, cols, k int) {
	var columns [1 << 9]T // more would make goroutines' stacks grow
	for i := 0; i < rows; {
		n := min(rows-i, len(columns)/fewColumns)
		part, turned := Matrix[T]{dw.Data[i*dw.Stride:], dw.Stride}, Matrix[T]{columns[:], n}
		Transpose(turned, part, n, cols)
		RankK(turned, p, a.From(i), cols, n, k)
		Transpose(part, turned, cols, n)
		i += n
	}
}

// gemm adds products to a matrix c,
//
//	c[l cs + i] += Σ_j a[l al + j aj] b[j bs + i]
//
// for l < lanes, i < width and j < terms in ascending order of j. If fresh, c starts at 0.
type gemm[T Float] struct {
	c, b, a             []T
	lanes, width, terms int
	cs, bs, al, aj      int
	fresh               bool
}

// A matrix b of more than so many elements is taken in pieces, if more than four
// lanes go over it: half of 1 MB, a usual second-level cache, in float32. The pieces
// were the fastest of those measured for 1,000 and 2,000 regions with 8 and 64 lanes.
const (
	largeMatrix              = 1 << 17
	pieceTerms, pieceResults = 64, 128
)

func (g *gemm[T]) run() {
	switch {
	case len(g.c) == 0 || g.terms == 0:
		return
	case g.lanes <= 4 || g.terms*g.width < largeMatrix:
		g.piece()
		return
	}
	for j := 0; j < g.terms; j += pieceTerms {
		for i := 0; i < g.width; {
			n := g.width - i
			if n >= 2*pieceResults { // the last piece is not a small one
				n = pieceResults
			}
			p := *g
			p.c, p.b, p.a = g.c[i:], g.b[j*g.bs+i:], g.a[j*g.aj:]
			p.terms, p.width, p.fresh = min(pieceTerms, g.terms-j), n, g.fresh && j == 0
			p.piece()
			i += n
		}
	}
}

// piece runs in assembly unless a row is too short for it.
func (g *gemm[T]) piece() {
	if simd && g.width >= least[T]() {
		gemmVector(g)
		return
	}
	if g.fresh {
		g.clear()
	}
	for l := range g.lanes {
		addRows(g.c[l*g.cs:][:g.width], g.b, g.bs, g.a[l*g.al:], g.aj, g.terms)
	}
}

// clear sets c to 0.
func (g *gemm[T]) clear() {
	for l := 0; l < g.lanes && len(g.c) > 0; l++ {
		clear(g.c[l*g.cs:][:g.width])
	}
}

// addRows adds n rows of w, one after the other, to y:
//
//	y[j] += a[i step] w[i stride + j]
//
// starting from the value in memory and with i ascending below n, which is not 0.
// Four rows are taken at once, since y then goes through memory less often.
func addRows[T Float](y, w []T, stride int, a []T, step, n int) {
	for ; n >= 4; n -= 4 {
		r0, r1, r2, r3 := w[:len(y)], w[stride:][:len(y)], w[2*stride:][:len(y)], w[3*stride:][:len(y)]
		a0, a1, a2, a3 := a[0], a[step], a[2*step], a[3*step]
		for j, v := range y {
			v += T(r0[j] * a0)
			v += T(r1[j] * a1)
			v += T(r2[j] * a2)
			v += T(r3[j] * a3)
			y[j] = v
		}
		if n == 4 {
			return
		}
		w, a = w[4*stride:], a[4*step:]
	}
	for i := range n {
		r, s := w[i*stride:][:len(y)], a[i*step]
		for j, v := range y {
			y[j] = v + T(r[j]*s)
		}
	}
}

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
