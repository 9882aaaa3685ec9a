//go:build amd64 && !purego

package kernel

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// assembly skips where there is none to compare with.
func assembly(t *testing.T) {
	t.Helper()
	if !simd {
		t.Skip("no AVX2, or EURYALE_KERNELS=portable")
	}
}

// portable runs f without assembly.
func portable(f func()) {
	simd = false
	defer func() { simd = true }()
	f()
}

// everyLevel runs a test on all forms of the kernels that the machine has.
func everyLevel(t *testing.T, test func(*testing.T)) {
	had, had512 := simd, avx512
	defer func() { simd, avx512 = had, had512 }()
	for _, wanted := range []string{"portable", "avx2", "avx512"} {
		simd, avx512 = choose(wanted, had, had512)
		if simd == (wanted != "portable") && avx512 == (wanted == "avx512") {
			t.Run(wanted, test)
		}
	}
}

func TestEnvironment(t *testing.T) {
	switch wanted := os.Getenv("EURYALE_KERNELS"); {
	case wanted == "portable" && simd, wanted == "avx2" && avx512:
		t.Errorf("EURYALE_KERNELS=%s, but simd is %v and avx512 is %v", wanted, simd, avx512)
	case wanted == "" && (simd != hasAVX2() || avx512 != hasAVX512()):
		t.Errorf("not the best kernels: simd is %v and avx512 is %v", simd, avx512)
	}
	for _, c := range []struct {
		wanted                           string
		hasAVX2, hasAVX512, simd, avx512 bool
	}{
		{"", true, true, true, true},
		{"", true, false, true, false},
		{"", false, false, false, false},
		{"portable", true, true, false, false},
		{"avx2", true, true, true, false},
		{"avx2", false, false, false, false},
		{"avx512", true, true, true, true},
		{"avx512", true, false, true, false},
		{"avx512", false, false, false, false},
		{"sse", true, true, true, true},
	} {
		if simd, avx512 := choose(c.wanted, c.hasAVX2, c.hasAVX512); simd != c.simd || avx512 != c.avx512 {
			t.Errorf("%+v: got %v and %v", c, simd, avx512)
		}
	}
}

// guarded are n elements inside a larger slice, at every alignment in turn, and
// that slice, of which a kernel must not change anything else.
func guarded[T Float](fill func(*rand.Rand, int) []T, r *rand.Rand, n, shift int) (inside, all []T) {
	all = fill(r, n+20)
	return all[shift%9+1:][:n:n], all
}

// lengths are every remainder of the loops, with AVX2 and, from eight registers of it up,
// AVX-512.
func lengths[T Float]() []int {
	var all []int
	for n := range 68 {
		all = append(all, n)
	}
	for n := range 67 {
		all = append(all, 16*wide[T]()-1+n)
	}
	return all
}

// everyVectorLevel is everyLevel without portable Go.
func everyVectorLevel(t *testing.T, test func(*testing.T)) {
	everyLevel(t, func(t *testing.T) {
		assembly(t)
		test(t)
	})
}

func TestVectorLoops(t *testing.T) {
	everyVectorLevel(t, func(t *testing.T) { both(t, testLoops[float32], testLoops[float64]) })
}

func testLoops[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, chain := range vectorChains {
		form := formIndex[chain]
		for _, n := range lengths[T]() {
			var regs, all [5][]T
			for k := range regs {
				regs[k], all[k] = guarded(special[T], r, n, n+k)
			}
			for k, c := range strings.Map(operandsOnly, chain) {
				if c == 's' {
					regs[1+k] = special[T](r, 1)
				}
			}
			if n > 0 && len(regs[2]) == n && len(regs[1]) == n {
				regs[2][n-1] = regs[1][n-1] // a choice on the border
			}
			before := append([]T(nil), all[0]...)
			o := &Operands[T]{D: &regs[0], A: &regs[1], B: &regs[2], C: &regs[3], E: &regs[4]}
			portableLoop[T](form)(o)
			want := append([]T(nil), all[0]...)
			copy(all[0], before)
			Arithmetic[T](form)(o)
			same(t, chain, all[0], want)
			if chain[0] == 'v' {
				want = append(want[:0], regs[0]...)
				o.D = o.A
				Arithmetic[T](form)(o)
				same(t, chain+" in place", regs[1], want)
			}
		}
	}
}

func operandsOnly(c rune) rune {
	if c == 'v' || c == 's' {
		return c
	}
	return -1
}

func portableLoop[T Float](form int) Loop[T] {
	if single[T]() {
		return any(arithmetic32[form]).(Loop[T])
	}
	return any(arithmetic64[form]).(Loop[T])
}

// An operand that is shorter than the destination panics, as does a missing scalar.
func TestVectorLoopsShortOperands(t *testing.T) {
	assembly(t)
	for _, chain := range vectorChains {
		kinds := strings.Map(operandsOnly, chain)
		for short := range kinds {
			regs := [5][]float32{make([]float32, 9), make([]float32, 9), make([]float32, 9), make([]float32, 9), make([]float32, 9)}
			if regs[1+short] = make([]float32, 8); kinds[short] == 's' {
				regs[1+short] = nil
			}
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: operand %d too short: no panic", chain, short)
					}
				}()
				Arithmetic[float32](formIndex[chain])(&Operands[float32]{D: &regs[0], A: &regs[1], B: &regs[2], C: &regs[3], E: &regs[4]})
			}()
		}
	}
}

func TestVectorSums(t *testing.T) {
	assembly(t)
	both(t, testSums[float32], testSums[float64])
}

// compare runs f on the same start in all forms and compares all that they changed.
func compare[T Float](t *testing.T, what string, all []T, f func()) {
	t.Helper()
	start := append([]T(nil), all...)
	portable(f)
	want := append([]T(nil), all...)
	copy(all, start)
	f()
	same(t, what, all, want)
	if avx512 {
		avx512 = false
		defer func() { avx512 = true }()
		copy(all, start)
		f()
		same(t, what+" with AVX2", all, want)
	}
}

func testSums[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, fill := range []func(*rand.Rand, int) []T{ordinary[T], special[T]} {
		for n := range 68 {
			a, _ := guarded(fill, r, n, n)
			b, _ := guarded(fill, r, n, n+1)
			y, all := guarded(fill, r, n, n+2)
			result := make([]T, 1)
			compare(t, "Sum", result, func() { result[0] = Sum(a) })
			compare(t, "Axpy", all, func() { Axpy(y, T(1.1), a) })
			compare(t, "AddVV", all, func() { AddVV(y, a, b) })
			compare(t, "MulVS", all, func() { MulVS(y, a, T(1.1)) })
			for name, f := range map[string]func(d, a []T){"Cube": Cube[T], "Sqrt": Sqrt[T], "Abs": Abs[T], "Flush": Flush[T]} {
				compare(t, name, all, func() { f(y, a) })
			}
			for name, f := range Functions {
				compare(t, name, all, func() { Map(f, y, a) })
			}
			compare(t, "Pow", all, func() { Pow(y, a, b) })
			positive := make([]T, n)
			Abs(positive, a)
			compare(t, "Pow of positive numbers", all, func() { Pow(y, positive, b) })
			wide := special[float64](r, n)
			compare(t, "AddRounded", all, func() { AddRounded(y, wide) })
			compare(t, "DivVS", all, func() { DivVS(y, a, T(1.1)) })
			for _, rows := range []int{0, 1, 2, 3, 4, 5, 8, 15} {
				size := fmt.Sprint(rows, " × ", n)
				w, _ := guarded(fill, r, rows*n, n)
				x, _ := guarded(fill, r, n, rows)
				z, allZ := guarded(fill, r, rows, n+1)
				compare(t, "MatVec "+size, allZ, func() { MatVec(z, w, x, rows, n) })
			}
		}
	}
}

// No kernel allocates.
func TestVectorAllocations(t *testing.T) {
	x, w, offsets := make([]float32, 64), make([]float32, 64*64), make([]int32, 8)
	wide := make([]float64, 64)
	o := &Operands[float32]{D: &x, A: &x, B: &x, C: &x, E: &x}
	loop := Arithmetic[float32](formIndex["vv*vs*+"])
	if n := testing.AllocsPerRun(10, func() {
		loop(o)
		Axpy(x, 2, x)
		MatVec(x, w, w[64:], 64, 64)
		m := Matrix[float32]{w, 16}
		MatMul(Matrix[float32]{x, 16}, m, m, 16, 16, 4)
		RankK(m, Matrix[float32]{x, 16}, Matrix[float32]{x, 16}, 16, 16, 4)
		DelayedRows(Matrix[float32]{x, 16}, 16, []int32{0, 3, 5, 7, 8}, x, offsets, w)
		DelayedDots(x[:8], w[:16], offsets, w)
		SparseRows(x[:4], []int32{0, 3, 5, 7, 8}, x, offsets, w)
		AddVV(x, x, x)
		AddRounded(x, wide)
		Sin(x[:61], x)
		Cos(wide[:61], wide)
		Normals(x, 21, 3, 1, 2, 3)
		Normals(wide, 16, 4, 1, 2, 3)
		MulVS(x, x, 0.5)
		DivVS(x, x, 2)
		Map(Functions["sigmoid"], x, x)
		Map(Functions["sin"], x, x)
		Pow(x, x, x)
		x[0] = Sum(x)
	}); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

// A sequence does what its loops do one by one, on every length; a roomy destination is
// written up to a register beyond its end, others no further.
func TestSequence(t *testing.T) {
	everyVectorLevel(t, func(t *testing.T) { both(t, testSequence[float32], testSequence[float64]) })
}

func testSequence[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for _, n := range lengths[T]() {
		var regs, all [8][]T
		for k := range regs {
			regs[k], all[k] = guarded(special[T], r, n, n+k)
		}
		number := special[T](r, 1)
		var s Sequence[T]
		var loops []func()
		for k := range 40 {
			form := formIndex[vectorChains[r.IntN(len(vectorChains))]]
			o := Operands[T]{D: &regs[k%6]}
			for i, slot := range []**[]T{&o.A, &o.B, &o.C, &o.E} {
				*slot = &regs[r.IntN(8)]
				if kinds := strings.Map(operandsOnly, formNames[form]); i < len(kinds) && kinds[i] == 's' {
					*slot = &number
				}
			}
			s.Add(form, &o, k%6 < 2)
			loops = append(loops, func() { portableLoop[T](form)(&o) })
		}
		var before [8][]T
		for k := range all {
			before[k] = append(before[k], all[k]...)
		}
		for _, f := range loops {
			f()
		}
		var want [8][]T
		for k := range all {
			want[k] = append(want[k], all[k]...)
			copy(all[k], before[k])
		}
		s.Run()
		for k := range all {
			if k < 2 {
				same(t, fmt.Sprint("roomy ", n), regs[k], want[k][(n+k)%9+1:][:n])
			} else {
				same(t, fmt.Sprint("exact ", n), all[k], want[k])
			}
		}
	}
}

// The assembly of elementary functions has the bits of the Go it is compiled from,
// for arguments over the whole range of each function and for all that are odd.
func TestVectorElementary(t *testing.T) {
	assembly(t)
	both(t, testElementary[float32], testElementary[float64])
}

func testElementary[T Float](t *testing.T) {
	for _, e := range elementaries {
		x := make([]T, 0, 10000)
		for _, x64 := range append(e.arguments(1000), odd...) {
			x = append(x, T(x64))
		}
		y := make([]T, len(x))
		compare(t, e.name, y, func() { Map(Functions[e.name], y, x) })
	}
}

// An operand without memory is a panic that can be recovered from, not the end of the process.
func TestSequenceOfNothing(t *testing.T) {
	assembly(t)
	d, a := make([]float64, 9), []float64(nil)
	var s Sequence[float64]
	s.Add(formIndex["vv+"], &Operands[float64]{D: &d, A: &d, B: &a}, false)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	s.Run()
}
