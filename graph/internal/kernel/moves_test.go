package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Every element goes to its place, at every remainder of the blocking, and nothing
// between the rows is touched.
func TestTranspose(t *testing.T) { both(t, testTranspose[float32], testTranspose[float64]) }

func testTranspose[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for rows := range 68 {
		for cols := range 68 {
			gap := (rows + 3*cols) % 5
			src, dst := matrix(special[T], r, rows, cols, gap), matrix(special[T], r, cols, rows, (gap+2)%5)
			want := dst.copied()
			for i := range rows {
				for j := range cols {
					want.Data[j*want.Stride+i] = src.Data[i*src.Stride+j]
				}
			}
			Transpose(dst, src, rows, cols)
			same(t, fmt.Sprint(rows, " × ", cols), dst.Data, want.Data)
		}
	}
}

func TestTransposeShort(t *testing.T) {
	run := func(dst, ds, src, ss int) bool {
		return panics(func() {
			Transpose(Matrix[float32]{make([]float32, dst), ds}, Matrix[float32]{make([]float32, src), ss}, 9, 16)
		})
	}
	for _, c := range []struct {
		what  string
		panic bool
		want  bool
	}{
		{"all there", run(15*10+9, 10, 8*17+16, 17), false},
		{"short result", run(15*10+8, 10, 8*17+16, 17), true},
		{"short source", run(15*10+9, 10, 8*17+15, 17), true},
		{"overlapping results", run(1000, 8, 1000, 17), true},
		{"overlapping rows", run(1000, 10, 1000, 15), true},
	} {
		if c.panic != c.want {
			t.Errorf("%s: panic is %v", c.what, c.panic)
		}
	}
}

// Every row is widened to its place, at every remainder of the blocking, and nothing beyond is touched.
func TestWidenRows(t *testing.T) { both(t, testWidenRows[float32], testWidenRows[float64]) }

func testWidenRows[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(25, 26))
	for rows := range 4 {
		for width := 1; width < 68; width++ {
			src, dst := matrix(special[T], r, rows, width, (rows+3*width)%5), make([]float64, rows*width+1)
			want := append([]float64(nil), dst...)
			for i := range rows {
				for j := range width {
					want[i*width+j] = float64(src.Data[i*src.Stride+j])
				}
			}
			WidenRows(dst[:rows*width], src, width)
			same(t, fmt.Sprint(rows, " × ", width), dst, want)
		}
	}
}

// Numbers are rounded once, and what follows the slices stays.
func TestConvert(t *testing.T) { both(t, testConvert[float32], testConvert[float64]) }

func testConvert[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for n := range 68 {
		gap := n % 3
		x, d := special[float64](r, n+gap)[gap:], special[T](r, n+9)
		sum, rounded := append([]T(nil), d...), append([]T(nil), d...)
		wide, added := special[float64](r, n+9), special[float64](r, n+9)
		wideWant, addedWant := append([]float64(nil), wide...), append([]float64(nil), added...)
		sumWant, roundedWant := append([]T(nil), d...), append([]T(nil), d...)
		for i, v := range x {
			sumWant[i] += T(v)
			roundedWant[i] = T(v)
			wideWant[i] = float64(d[i])
			addedWant[i] += float64(d[i])
		}
		AddRounded(sum[:n], x)
		Round(rounded[:n], x)
		Widen(wide[:n], d)
		AddWidened(added[:n], d)
		same(t, "AddRounded", sum, sumWant)
		same(t, "Round", rounded, roundedWant)
		same(t, "Widen", wide, wideWant)
		same(t, "AddWidened", added, addedWant)
	}
}

func TestFinite(t *testing.T) { both(t, testFinite[float32], testFinite[float64]) }

func testFinite[T Float](t *testing.T) {
	largest := T(math.MaxFloat32)
	if !single[T]() {
		most := math.MaxFloat64
		largest = T(most)
	}
	for n := range 20 {
		a := make([]T, n)
		Fill(a, largest)
		if !Finite(a) {
			t.Errorf("%d finite numbers are not", n)
		}
		for i := range a {
			for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				a[i] = T(x)
				if Finite(a) {
					t.Errorf("%v at %d of %d is missed", x, i, n)
				}
				a[i] = -largest
			}
		}
	}
}

// What is asked for ahead is read as it is, from no element to some lines.
func TestPrefetch(t *testing.T) {
	for n := range 70 {
		Prefetch(make([]float32, n))
		Prefetch(make([]float64, n))
	}
}
