package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The vectors are those of Random123's kat_vectors, lines "philox4x32 10".
func TestPhiloxKnownAnswers(t *testing.T) {
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{want: [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{
			[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, [2]uint32{0xffffffff, 0xffffffff},
			[4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
		},
		{
			[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
		},
	} {
		keys := roundKeys(uint64(c.key[0]) | uint64(c.key[1])<<32)
		if got := philox(c.counter, &keys); got != c.want {
			t.Errorf("philox(%x, %x) = %x, expected %x", c.counter, c.key, got, c.want)
		}
	}
}

// Samples are the transform of Philox words at the counters that are documented, in both forms of
// the kernel, whatever the number of regions and steps.
func TestNormalsDefinition(t *testing.T) {
	testDefinition[float32](t)
	testDefinition[float64](t)
}

func testDefinition[T Float](t *testing.T) {
	const seed, stream = 0x0123456789abcdef, 0xfedcba98
	keys := roundKeys(seed)
	for _, first := range []int64{0, 7, 1<<32 - 2, 1<<40 + 1} {
		for n := range 68 {
			for _, steps := range []int{0, 1, 2, 3, 16} {
				dst := make([]T, n*steps+1)
				dst[n*steps] = 77
				Normals(dst[:n*steps], n, steps, seed, first, stream)
				for k, got := range dst[:n*steps] {
					s, i := uint64(first)+uint64(k/n), k%n
					w := philox([4]uint32{uint32(i / 4), stream, uint32(s), uint32(s >> 32)}, &keys)
					x, y := boxMuller[T](w[i%4&2], w[i%4&2+1])
					if want := []T{x, y}[i%2]; got != want {
						t.Fatalf("%T: %d regions, %d steps from %d: step %d, region %d: got %g, want %g", got, n, steps, first, s, i, got, want)
					}
				}
				if dst[n*steps] != 77 {
					t.Fatalf("%d regions, %d steps: wrote beyond the end", n, steps)
				}
			}
		}
	}
}

// words are those at which something changes in the transform, their neighbours, and others.
func words() []uint32 {
	var all []uint32
	for _, w := range []uint32{0, 1 << 29, 1 << 30, 3 << 29, 1 << 31, 5 << 29, 3 << 30, 7 << 29, 3037000500, 1 << 16, 1 << 24} {
		for d := range uint32(200) {
			all = append(all, w+d, w-d)
		}
	}
	r := rand.New(rand.NewPCG(19, 20))
	for range 100_000 {
		all = append(all, r.Uint32(), r.Uint32()>>r.IntN(32), ^(r.Uint32() >> r.IntN(32)))
	}
	return all
}

// The transform is that of the formula, in the tails and next to the origin too: to within 2^-51 of
// the radius, and the error of math's functions is up to 2^-52 of it.
func TestBoxMuller(t *testing.T) {
	const unit = 1.0 / (1 << 32)
	w := words()
	angles := slices.Clone(w)
	rand.New(rand.NewPCG(21, 22)).Shuffle(len(w), func(i, j int) { angles[i], angles[j] = angles[j], angles[i] })
	var worst, single, small, relative float64
	for i, a := range w {
		radius := math.Sqrt(-2 * math.Log((float64(a)+0.5)*unit))
		v := (float64(angles[i]) + 0.5) * unit
		quarters := math.Round(4 * v)
		sin, cos := math.Sincos(2 * math.Pi * (v - quarters/4)) // an exact difference
		for range int(quarters) {
			sin, cos = cos, -sin
		}
		x, y := boxMuller64(a, angles[i])
		worst = max(worst, math.Abs(x-radius*cos)/radius, math.Abs(y-radius*sin)/radius)
		p, q := boxMuller32(a, angles[i])
		single = max(single, math.Abs(float64(p)-x)/radius, math.Abs(float64(q)-y)/radius)
		if small = math.Hypot(float64(p), float64(q)); math.Abs(small/radius-1) > relative {
			relative = math.Abs(small/radius - 1)
		}
	}
	t.Logf("float64 2^%.1f, float32 2^%.1f, its radius 2^%.1f", math.Log2(worst), math.Log2(single), math.Log2(relative))
	if worst > 0x1p-51+0x1p-52 || single > 0x1p-22 {
		t.Errorf("float64 %g, float32 %g of the radius off", worst, single)
	}
}

const drawn = 250_000

// axes are the ways in which one of two series of normals can differ from the other: a series is 4 × n
// numbers, one per region and step.
func axes[T Float]() map[string]func(dst []T, n int) {
	return map[string]func(dst []T, n int){
		"step":            func(dst []T, n int) { draw(dst, n, 1, 4, 9) },
		"stream":          func(dst []T, n int) { draw(dst, n, 1, 0, 10) },
		"seed":            func(dst []T, n int) { draw(dst, n, 2, 0, 9) },
		"seed, high word": func(dst []T, n int) { draw(dst, n, 1|1<<32, 0, 9) },
		"step, high word": func(dst []T, n int) { draw(dst, n, 1, 1<<32, 9) },
	}
}

// draw fills dst with n regions of consecutive steps.
func draw[T Float](dst []T, n int, seed uint64, step int64, stream uint32) {
	Normals(dst, n, len(dst)/n, seed, step, stream)
}

func TestNormalsDistribution(t *testing.T) {
	testDistribution[float32](t)
	testDistribution[float64](t)
}

func testDistribution[T Float](t *testing.T) {
	x := make([]T, 4*drawn)
	draw(x, drawn, 1, 0, 9)
	n := float64(len(x))
	var m [5]float64
	beyond := map[float64]float64{1: 0, 2: 0, 3: 0, 4: 0}
	for _, v := range x {
		for k, p := 1, float64(v); k < 5; k, p = k+1, p*float64(v) {
			m[k] += p / n
		}
		for z := range beyond {
			if math.Abs(float64(v)) > z {
				beyond[z]++
			}
		}
	}
	// Five standard errors of the mean of x^k, √(Var x^k / 10⁶): Var = 1, 2, 15, 96.
	want, variance := [5]float64{0, 0, 1, 0, 3}, [5]float64{0, 1, 2, 15, 96}
	for k := 1; k < 5; k++ {
		if tol := 5 * math.Sqrt(variance[k]/n); math.Abs(m[k]-want[k]) > tol {
			t.Errorf("%T: moment %d is %v, expected %v ± %.2g", x[0], k, m[k], want[k], tol)
		}
	}
	for z, count := range beyond { // five standard errors of a binomial variable
		if mean := n * math.Erfc(z/math.Sqrt2); math.Abs(count-mean) > 5*math.Sqrt(mean) {
			t.Errorf("%T: %g samples beyond %g, expected %.0f", x[0], count, z, mean)
		}
	}
	// Kolmogorov and Smirnov: √n D > 1.95 has probability 0.001.
	slices.Sort(x)
	d := 0.0
	for i, v := range x {
		p := math.Erfc(-float64(v)/math.Sqrt2) / 2
		d = max(d, math.Abs(p-float64(i)/n), math.Abs(p-float64(i+1)/n))
	}
	if d*math.Sqrt(n) > 1.95 {
		t.Errorf("%T: the distribution function is %g off", x[0], d)
	}
}

func TestNormalsAreIndependent(t *testing.T) {
	testIndependent[float32](t)
	testIndependent[float64](t)
}

func testIndependent[T Float](t *testing.T) {
	base, other := make([]T, 4*drawn), make([]T, 4*drawn)
	draw(base, drawn, 1, 0, 9)
	for name, fill := range axes[T]() {
		fill(other, drawn)
		checkUncorrelated(t, name, base, other)
	}
	for _, shift := range []int{1, 2, 3, 4, 32, drawn} { // neighbouring regions, and the same region a step later
		checkUncorrelated(t, "region", base[:len(base)-shift], base[shift:])
	}
	draw(base, 1, 1, 0, 9) // one region, a million steps
	for shift := range 20 {
		checkUncorrelated(t, "time", base[:len(base)-shift-1], base[shift+1:])
	}
}

// checkUncorrelated looks at values and at squares: 5/√N is five standard errors of either.
func checkUncorrelated[T Float](t *testing.T, what string, a, b []T) {
	t.Helper()
	var xy, sq float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		xy += x * y
		sq += (x*x - 1) * (y*y - 1) / 2
	}
	n := float64(len(a))
	if tol := 5 / math.Sqrt(n); math.Abs(xy/n) > tol || math.Abs(sq/n) > tol {
		t.Errorf("%T %s: correlation %.2g of values, %.2g of squares, expected 0 ± %.2g", a[0], what, xy/n, sq/n, tol)
	}
}
