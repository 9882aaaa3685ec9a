package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// matMulPlain and rankKPlain say what the kernels compute, in the order of their sums.
func matMulPlain[T Float](y, wt, x Matrix[T], rows, cols, lanes int) {
	for l := range lanes {
		for i := range rows {
			var s T
			for j := range cols {
				s += T(wt.Data[j*wt.Stride+i] * x.Data[l*x.Stride+j])
			}
			y.Data[l*y.Stride+i] = s
		}
	}
}

func rankKPlain[T Float](dw, a, p Matrix[T], rows, cols, k int) {
	for i := range rows {
		for j := range cols {
			for s := range k {
				dw.Data[i*dw.Stride+j] += T(a.Data[s*a.Stride+i] * p.Data[s*p.Stride+j])
			}
		}
	}
}

// matrix is n × width of the given numbers in a slice without an element to spare.
func matrix[T Float](fill func(*rand.Rand, int) []T, r *rand.Rand, n, width, gap int) Matrix[T] {
	m := Matrix[T]{Stride: width + gap}
	if n > 0 && width > 0 {
		size := (n-1)*m.Stride + width
		m.Data = fill(r, size+gap)[gap:][:size:size]
	}
	return m
}

func (m Matrix[T]) copied() Matrix[T] {
	return Matrix[T]{append([]T(nil), m.Data...), m.Stride}
}

// flipped is the rows × cols matrix m with its columns as rows.
func flipped[T Float](m Matrix[T], rows, cols int) Matrix[T] {
	x := Matrix[T]{Data: make([]T, rows*cols), Stride: rows}
	for i := range rows {
		for j := range cols {
			x.Data[j*rows+i] = m.Data[i*m.Stride+j]
		}
	}
	return x
}

// Sums are taken in the documented order at every remainder of the blocking, and
// nothing between the rows of a result is touched.
func TestMatrixOrder(t *testing.T) {
	everyLevel(t, func(t *testing.T) { both(t, testMatrixOrder[float32], testMatrixOrder[float64]) })
}

func testMatrixOrder[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, fill := range []func(*rand.Rand, int) []T{ordinary[T], special[T]} {
		for n := range 68 {
			for _, inner := range []int{0, 1, 2, 3, 4, 5, 8, 19} {
				for _, lanes := range []int{0, 1, 2, 3, 4, 5, 6, 7, 9, 17} {
					size, gap := fmt.Sprint(n, " × ", inner, ", ", lanes, " lanes"), (n+lanes)%4
					y, wt, x := matrix(fill, r, lanes, n, gap), matrix(fill, r, inner, n, gap), matrix(fill, r, lanes, inner, gap)
					want := y.copied()
					matMulPlain(want, wt, x, n, inner, lanes)
					MatMul(y, wt, x, n, inner, lanes)
					same(t, "MatMul "+size, y.Data, want.Data)

					rankKPlain(want, flipped(x, lanes, inner), wt, lanes, n, inner) // the same sums, from there on
					AddMatMul(y, wt, x, n, inner, lanes)
					same(t, "AddMatMul "+size, y.Data, want.Data)

					a := matrix(fill, r, inner, lanes, gap)
					rankKPlain(want, a, wt, lanes, n, inner)
					RankK(y, a, wt, lanes, n, inner)
					same(t, "RankK "+size, y.Data, want.Data)
				}
			}
		}
	}
}

// Large matrices are taken in pieces that do not show in the bits.
func TestMatrixPieces(t *testing.T) {
	everyLevel(t, func(t *testing.T) { both(t, testMatrixPieces[float32], testMatrixPieces[float64]) })
}

func testMatrixPieces[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, size := range [][3]int{{1000, 301, 1}, {301, 1000, 6}, {1100, 700, 3}, {67, 5000, 2}, {3, 40, 150}} {
		rows, cols, lanes := size[0], size[1], size[2]
		y, wt, x := matrix(ordinary[T], r, lanes, rows, 1), matrix(ordinary[T], r, cols, rows, 2), matrix(ordinary[T], r, lanes, cols, 3)
		want := y.copied()
		matMulPlain(want, wt, x, rows, cols, lanes)
		MatMul(y, wt, x, rows, cols, lanes)
		same(t, fmt.Sprint("MatMul ", size), y.Data, want.Data)
		clear(y.Data)
		for from := 0; from < rows; from += 97 { // bands of rows of W
			to := min(from+97, rows)
			MatMul(Matrix[T]{y.Data[from:], y.Stride}, Matrix[T]{wt.Data[from:], wt.Stride}, x, to-from, cols, lanes)
		}
		for l := range lanes {
			at := l * y.Stride
			same(t, fmt.Sprint("bands of MatMul ", size), y.Data[at:at+rows], want.Data[at:at+rows])
		}

		a := matrix(ordinary[T], r, cols, lanes, 1)
		want = y.copied()
		rankKPlain(want, a, wt, lanes, rows, cols)
		whole := y.copied()
		RankK(whole, a, wt, lanes, rows, cols)
		same(t, fmt.Sprint("whole RankK ", size), whole.Data, want.Data)
		for l := range lanes { // bands of one row, in blocks of steps
			for s := 0; s < cols; s += 16 {
				RankK(Matrix[T]{Data: y.Data[l*y.Stride:]}, Matrix[T]{a.Data[s*a.Stride+l:], a.Stride},
					Matrix[T]{wt.Data[s*wt.Stride:], wt.Stride}, 1, rows, min(16, cols-s))
			}
		}
		same(t, fmt.Sprint("RankK ", size), y.Data, want.Data)
	}
}

// Operands that are too short, or whose rows overlap, panic.
func TestMatrixBounds(t *testing.T) { everyLevel(t, testMatrixBounds) }

func testMatrixBounds(t *testing.T) {
	const rows, cols, lanes = 19, 6, 5
	y, wt, x, a := make([]float64, lanes*rows), make([]float64, cols*rows), make([]float64, lanes*cols), make([]float64, cols*lanes)
	run := func(y, wt, x, a Matrix[float64]) (panics int) {
		for _, f := range []func(){
			func() { MatMul(y, wt, x, rows, cols, lanes) },
			func() { RankK(y, a, wt, lanes, rows, cols) },
		} {
			func() {
				defer func() {
					if recover() != nil {
						panics++
					}
				}()
				f()
			}()
		}
		return panics
	}
	type m = Matrix[float64]
	for _, c := range []struct {
		what        string
		y, wt, x, a m
		panics      int
	}{
		{"all there", m{y, rows}, m{wt, rows}, m{x, cols}, m{a, lanes}, 0},
		{"short y", m{y[1:], rows}, m{wt, rows}, m{x, cols}, m{a, lanes}, 2},
		{"short wt", m{y, rows}, m{wt[1:], rows}, m{x, cols}, m{a, lanes}, 2},
		{"short x", m{y, rows}, m{wt, rows}, m{x[1:], cols}, m{a, lanes}, 1},
		{"short a", m{y, rows}, m{wt, rows}, m{x, cols}, m{a[1:], lanes}, 1},
		{"overlapping y", m{y, rows - 1}, m{wt, rows}, m{x, cols}, m{a, lanes}, 2},
		{"negative stride", m{y, rows}, m{wt, -1}, m{x, cols}, m{a, lanes}, 2},
	} {
		if got := run(c.y, c.wt, c.x, c.a); got != c.panics {
			t.Errorf("%s: %d panics, want %d", c.what, got, c.panics)
		}
	}
}

// Rows that are longer than a cache line start with one, as far as the first does.
func TestNewMatrix(t *testing.T) {
	for _, c := range []struct{ n, width, stride, stride64 int }{
		{3, 1, 1, 1}, {2, 8, 8, 8}, {2, 9, 9, 16}, {2, 16, 16, 16}, {0, 17, 32, 24}, {5, 84, 96, 88}, {1, 96, 96, 96},
	} {
		if m := NewMatrix[float32](c.n, c.width); m.Stride != c.stride || len(m.Data) != c.n*c.stride {
			t.Errorf("%+v: stride %d, %d numbers of float32", c, m.Stride, len(m.Data))
		}
		if m := NewMatrix[float64](c.n, c.width); m.Stride != c.stride64 || len(m.Data) != c.n*c.stride64 {
			t.Errorf("%+v: stride %d, %d numbers of float64", c, m.Stride, len(m.Data))
		}
	}
}

// ReadBack is the two products, in the order of their sums, at every remainder of its blocks.
func TestReadBack(t *testing.T) {
	everyLevel(t, func(t *testing.T) { both(t, testReadBack[float32], testReadBack[float64]) })
}

func testReadBack[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, fill := range []func(*rand.Rand, int) []T{ordinary[T], special[T]} {
		for n := range 140 {
			for _, outputs := range []int{0, 1, 2, 3, 4, 7} {
				for _, lanes := range []int{0, 1, 2, 5} {
					size, gap := fmt.Sprint(n, " × ", outputs, ", ", lanes, " lanes"), (n+lanes)%4
					y, x, a := matrix(fill, r, lanes, n, gap), matrix(fill, r, lanes, n, gap), matrix(fill, r, lanes, outputs, gap)
					w, dw := matrix(fill, r, outputs, n, 2*gap), matrix(fill, r, outputs, n, 3*gap)
					wantY, wantDW := y.copied(), dw.copied()
					for l := range lanes {
						for i := range n {
							for k := range outputs {
								wantY.Data[l*y.Stride+i] += T(w.Data[k*w.Stride+i] * a.Data[l*a.Stride+k])
							}
						}
					}
					rankKPlain(wantDW, a, x, outputs, n, lanes)
					ReadBack(y, dw, x, w, a, outputs, n, lanes)
					same(t, "rows "+size, y.Data, wantY.Data)
					same(t, "weights "+size, dw.Data, wantDW.Data)
				}
			}
		}
	}
}
