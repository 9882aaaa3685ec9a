package kernel

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func random(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 0.5 + r.Float64()
	}
	return x
}

func equal(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i := range want {
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
			t.Fatalf("%s: element %d: got %.17g, want %.17g", what, i, got[i], want[i])
		}
	}
}

// What is too small to matter is zero, and nothing else.
func TestFlush(t *testing.T) {
	flushes(t, math.Ldexp(1, -900), math.Nextafter(math.Ldexp(1, -900), 0), math.SmallestNonzeroFloat64)
	flushes(t, float32(math.Ldexp(1, -100)), math.Nextafter32(float32(math.Ldexp(1, -100)), 0), math.SmallestNonzeroFloat32)
}

func flushes[T Float](t *testing.T, least, less, smallest T) {
	t.Helper()
	nan, inf := T(math.NaN()), T(math.Inf(1))
	a := []T{1, least, less, smallest, 0, -less, -least, -1, inf, -inf, nan}
	want := []T{1, least, 0, 0, 0, 0, -least, -1, inf, -inf, nan}
	Flush(a, a)
	for i, x := range a {
		if math.Float64bits(float64(x)) != math.Float64bits(float64(want[i])) {
			t.Errorf("element %d is %v, expected %v", i, x, want[i])
		}
	}
}

// evaluate interprets a chain for one element.
func evaluate(chain string, operands []float64) float64 {
	if l, r, p, q := operands[0], 0.0, 0.0, 0.0; strings.ContainsAny(chain, "<≤") {
		r, p, q = operands[1], operands[2], operands[3]
		if l < r || l == r && strings.Contains(chain, "≤") {
			return p
		}
		return q
	}
	var stack []float64
	pop := func() float64 {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return x
	}
	for _, c := range chain {
		switch c {
		case 'v', 's':
			stack, operands = append(stack, operands[0]), operands[1:]
			continue
		case 'q':
			x := pop()
			stack = append(stack, x*x)
			continue
		case 'n':
			stack = append(stack, -pop())
			continue
		}
		y, x := pop(), pop()
		stack = append(stack, map[rune]float64{'+': x + y, '-': x - y, '*': x * y, '/': x / y, '~': y - x, '\\': y / x, '^': math.Max(x, y), '_': math.Min(x, y)}[c])
	}
	return pop()
}

// Every loop computes its chain, in place or not.
func TestArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for form, chain := range formNames {
		const n = 5
		regs := [5][]float64{random(r, n), random(r, n), random(r, n), random(r, n), random(r, n)}
		regs[2][0] = regs[1][0] // a choice on the border
		kinds := ""
		for _, c := range chain {
			if c == 'v' || c == 's' {
				kinds += string(c)
			}
		}
		want := make([]float64, n)
		for i := range want {
			operands := make([]float64, len(kinds))
			for k, kind := range kinds {
				if operands[k] = regs[1+k][i]; kind == 's' {
					operands[k] = regs[1+k][0]
				}
			}
			want[i] = evaluate(chain, operands)
		}
		o := &Operands[float64]{D: &regs[0], A: &regs[1], B: &regs[2], C: &regs[3], E: &regs[4]}
		Arithmetic[float64](form)(o)
		for i := range want { // arm64 and others may fuse multiply and add
			if math.Abs(regs[0][i]-want[i]) > 1e-15*(1+math.Abs(want[i])) {
				t.Fatalf("%s: got %v, want %v", chain, regs[0], want)
			}
		}
		if kinds[0] == 'v' {
			before := append([]float64(nil), regs[0]...)
			o.D = o.A
			Arithmetic[float64](form)(o)
			equal(t, chain+" in place", regs[1], before)
		}
	}
}

// ordered is Σ a[i] b[i] in the order that Sum documents.
func ordered[T Float](a, b []T) T {
	var s [8]T
	for i, v := range a {
		s[i%8] += T(v * b[i])
	}
	var t [4]T
	for j := range t {
		t[j] = s[j] + s[j+4]
	}
	return (t[0] + t[1]) + (t[2] + t[3])
}

func TestSum(t *testing.T) {
	for n := range 12 {
		a, sum := make([]float64, n), 0.0
		for i := range a { // small integers: any order is exact
			a[i] = float64(i + 1)
			sum += a[i]
		}
		if Sum(a) != sum {
			t.Errorf("length %d: got %g, want %g", n, Sum(a), sum)
		}
	}
}

func TestByName(t *testing.T) {
	a, b, d := []float64{1, 2, 3}, []float64{10, 20, 40}, make([]float64, 3)
	AddVV(d, a, b)
	equal(t, "AddVV", d, []float64{11, 22, 43})
	MulVS(d, a, 3)
	equal(t, "MulVS", d, []float64{3, 6, 9})
	DivVS(d, b, 4)
	equal(t, "DivVS", d, []float64{2.5, 5, 10})
	Axpy(d, 2, a)
	equal(t, "Axpy", d, []float64{4.5, 9, 16})
	AddRounded(d, []float64{1, 2, 3})
	equal(t, "AddRounded", d, []float64{5.5, 11, 19})
	Fill(d, 7)
	equal(t, "Fill", d, []float64{7, 7, 7})
}

// special are n numbers, one in four of which is out of the ordinary.
func special[T Float](r *rand.Rand, n int) []T {
	odd := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1e-45, -5e-324, 1e-310, 1, -1,
		math.MaxFloat32, -math.MaxFloat64, 0x1p-126, 3e-39}
	x := make([]T, n)
	for i := range x {
		if x[i] = T(r.NormFloat64()); r.IntN(4) == 0 {
			x[i] = T(odd[r.IntN(len(odd))])
		}
	}
	return x
}

// ordinary are n numbers without infinities, so that a long sum says something.
func ordinary[T Float](r *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(r.NormFloat64() * math.Exp(4*r.NormFloat64()))
	}
	return x
}

// same compares bits; every NaN equals every other, since which one an operation on
// two of them returns depends on the order in which a compiler takes them.
func same[T Float](t *testing.T, what string, got, want []T) {
	t.Helper()
	for i := range want {
		g, w := float64(got[i]), float64(want[i])
		if math.Float64bits(g) != math.Float64bits(w) && !(g != g && w != w) {
			t.Fatalf("%s: element %d of %d: got %g, want %g", what, i, len(want), g, w)
		}
	}
}

func both(t *testing.T, f32, f64 func(t *testing.T)) {
	t.Run("float32", f32)
	t.Run("float64", f64)
}
