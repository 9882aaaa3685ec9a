package engine

import (
	"math"
	"slices"
	"testing"
)

// The vectors are those of Random123's kat_vectors, lines "philox4x32 10".
func TestPhiloxKnownAnswers(t *testing.T) {
	for _, c := range []struct{ in, want [6]uint32 }{
		{[6]uint32{}, [6]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{
			[6]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
			[6]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
		},
		{
			[6]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0},
			[6]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
		},
	} {
		var got [6]uint32
		got[0], got[1], got[2], got[3] = philox(c.in[0], c.in[1], c.in[2], c.in[3], c.in[4], c.in[5])
		if got != c.want {
			t.Errorf("philox(%x) = %x, expected %x", c.in, got[:4], c.want[:4])
		}
	}
}

// axes are the ways in which one of two series of normals can differ from the other: a series is 4 × n
// numbers, one per region and step.
var axes = map[string]func(dst []float64, n int){
	"step":   func(dst []float64, n int) { draw(dst, n, 1, 4, 9) },
	"stream": func(dst []float64, n int) { draw(dst, n, 1, 0, 10) },
	"seed":   func(dst []float64, n int) { draw(dst, n, 2, 0, 9) },
	"seed, high word": func(dst []float64, n int) {
		draw(dst, n, 1|1<<32, 0, 9)
	},
	"step, high word": func(dst []float64, n int) { draw(dst, n, 1, 1<<32, 9) },
}

// draw fills dst with n regions of consecutive steps.
func draw(dst []float64, n int, seed uint64, step int64, stream uint32) {
	for ; len(dst) > 0; step++ {
		Normals(dst[:n], seed, step, stream)
		dst = dst[n:]
	}
}

const drawn = 250_000

func TestNormalsMoments(t *testing.T) {
	x := make([]float64, 4*drawn)
	draw(x, drawn, 1, 0, 9)
	var m [5]float64
	for _, v := range x {
		for k, p := 1, v; k < 5; k, p = k+1, p*v {
			m[k] += p / float64(len(x))
		}
	}
	// Five standard errors of the mean of x^k, √(Var x^k / 10⁶): Var = 1, 2, 15, 96.
	want, variance := [5]float64{0, 0, 1, 0, 3}, [5]float64{0, 1, 2, 15, 96}
	for k := 1; k < 5; k++ {
		if tol := 5 * math.Sqrt(variance[k]/float64(len(x))); math.Abs(m[k]-want[k]) > tol {
			t.Errorf("moment %d is %v, expected %v ± %.2g", k, m[k], want[k], tol)
		}
	}
	// The tails: P(|x| > 3) = 0.0027, five standard errors.
	beyond := 0
	for _, v := range x {
		if math.Abs(v) > 3 {
			beyond++
		}
	}
	if share := float64(beyond) / float64(len(x)); math.Abs(share-0.0027) > 5*math.Sqrt(0.0027/float64(len(x))) {
		t.Errorf("share beyond three is %v", share)
	}
}

func TestNormalsAreIndependent(t *testing.T) {
	base, other := make([]float64, 4*drawn), make([]float64, 4*drawn)
	draw(base, drawn, 1, 0, 9)
	for name, fill := range axes {
		fill(other, drawn)
		checkUncorrelated(t, name, base, other)
	}
	for _, shift := range []int{1, 2, 3, 4, drawn} { // neighbouring regions, and the same region a step later
		checkUncorrelated(t, "region", base[:len(base)-shift], base[shift:])
	}
}

// checkUncorrelated looks at values and at squares: 5/√N is five standard errors of either.
func checkUncorrelated(t *testing.T, what string, a, b []float64) {
	t.Helper()
	var xy, sq float64
	for i := range a {
		xy += a[i] * b[i]
		sq += (a[i]*a[i] - 1) * (b[i]*b[i] - 1) / 2
	}
	n := float64(len(a))
	if tol := 5 / math.Sqrt(n); math.Abs(xy/n) > tol || math.Abs(sq/n) > tol {
		t.Errorf("%s: correlation %.2g of values, %.2g of squares, expected 0 ± %.2g", what, xy/n, sq/n, tol)
	}
}

// A sample depends on seed, step, stream and region, not on how many regions are drawn with it.
func TestNormalsArePure(t *testing.T) {
	long := make([]float64, 11)
	Normals(long, 5, 1<<40, 3)
	for n := 0; n <= len(long); n++ {
		short := make([]float64, n)
		for range 2 {
			Normals(short, 5, 1<<40, 3)
			if !slices.Equal(short, long[:n]) {
				t.Errorf("%d regions: %v, expected %v", n, short, long[:n])
			}
		}
	}
	single := make([]float32, len(long))
	Normals(single, 5, 1<<40, 3)
	for i, v := range single {
		if v != float32(long[i]) {
			t.Errorf("float32: %v, expected %v rounded", v, long[i])
		}
	}
}

// No counter gives an infinite sample: the largest comes of the smallest uniform number, 2⁻³³.
func TestBoxMullerExtremes(t *testing.T) {
	largest := math.Sqrt(2 * 33 * math.Ln2)
	for _, a := range []uint32{0, 1, 1 << 31, math.MaxUint32} {
		for _, b := range []uint32{0, 1 << 30, 1 << 31, math.MaxUint32} {
			x, y := boxMuller[float64](a, b)
			if r := math.Hypot(x, y); !(r <= largest*(1+1e-15)) || r == 0 {
				t.Errorf("boxMuller(%d, %d) = %v, %v", a, b, x, y)
			}
		}
	}
}

func TestStreamsDiffer(t *testing.T) {
	seen := map[uint32]string{}
	for _, address := range []string{"noise:cortex.x", "noise:cortex.y", "noise:thalamus.x", ""} {
		s := Stream(address)
		if other, ok := seen[s]; ok || s != Stream(address) {
			t.Errorf("%q has the stream of %q", address, other)
		}
		seen[s] = address
	}
}
