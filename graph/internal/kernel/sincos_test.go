package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactPi is π by Machin's formula.
func exactPi(prec uint) *big.Float {
	number := func(x int64) *big.Float { return new(big.Float).SetPrec(prec).SetInt64(x) }
	arctanInverse := func(n int64) *big.Float {
		sum, term := number(0), new(big.Float).Quo(number(1), number(n))
		for k := int64(1); term.Sign() != 0 && term.MantExp(nil) > -int(prec); k += 2 {
			part := new(big.Float).Quo(term, number(k))
			if k%4 == 3 {
				part.Neg(part)
			}
			sum.Add(sum, part)
			term.Quo(term, number(n*n))
		}
		return sum
	}
	pi := new(big.Float).Mul(number(4), arctanInverse(5))
	pi.Sub(pi, arctanInverse(239))
	return pi.Mul(pi, number(4))
}

var manyDigits = exactPi(1400)

// exactSine is the sine of x plus so many right angles, in 150 bits behind the leading one of its
// remainder.
func exactSine(x float64, quarters int64) *big.Float {
	prec := uint(300 + max(0, math.Ilogb(x)))
	y := new(big.Float).SetPrec(prec).SetFloat64(x)
	half := new(big.Float).SetPrec(prec).Quo(manyDigits, big.NewFloat(2))
	q := new(big.Float).SetPrec(prec).Quo(y, half)
	q.Add(q, new(big.Float).SetFloat64(math.Copysign(0.5, x)))
	k, _ := q.Int(nil)
	y.Sub(y, new(big.Float).SetPrec(prec).Mul(half, new(big.Float).SetInt(k)))
	y.SetPrec(250)
	square := new(big.Float).Mul(y, y)
	turn := new(big.Int).And(k.Add(k, big.NewInt(quarters)), big.NewInt(3)).Int64()
	sum, term, n := new(big.Float).SetPrec(250), new(big.Float).Copy(y), int64(1)
	if turn%2 == 1 {
		term, n = big.NewFloat(1).SetPrec(250), 0
	}
	for ; term.Sign() != 0 && (sum.Sign() == 0 || term.MantExp(nil) > sum.MantExp(nil)-150); n += 2 {
		sum.Add(sum, term)
		term.Mul(term, square)
		term.Quo(term, big.NewFloat(float64(-(n+1)*(n+2))))
	}
	if turn >= 2 {
		sum.Neg(sum)
	}
	return sum
}

// units is |got - exact| in units of the last place of a number of so many bits that is next to exact,
// the smallest exponent being that given.
func units(got float64, exact *big.Float, bits, smallest int) float64 {
	d := new(big.Float).Sub(new(big.Float).SetPrec(300).SetFloat64(got), exact)
	f, _ := d.SetMantExp(d, bits-max(exact.MantExp(nil), smallest)).Float64()
	return math.Abs(f)
}

// angles are arguments of all sizes and many next to multiples of a right angle.
func angles(count int) []float64 {
	r := rand.New(rand.NewPCG(17, 18))
	x := []float64{5e-324, 1e-310, 1e-300, 1e-30, 1e-8, 0.1, math.Pi / 4, math.Pi / 2, math.Pi, 2 * math.Pi, 1e5, reducible,
		math.Nextafter(reducible, 1e9), 1e9, 1 << 52, 1e22, math.MaxFloat64, 0x1.921fb54442d18p+200,
		6381956970095103 * 0x1p+797} // of all, the one nearest to a multiple of π/2
	for range count {
		x = append(x, r.Float64(), 7*r.Float64(), math.Exp(28*r.Float64()-14), math.Exp(700*r.Float64()))
		near := float64(r.IntN(170_000)) * (math.Pi / 2)
		x = append(x, near, math.Nextafter(near, 1e9), near*(1+1e-12*r.NormFloat64()))
	}
	for _, v := range x {
		x = append(x, -v)
	}
	return x
}

// closest are the numbers below reducible that are closest to a multiple of π/2, for their size.
func closest() []float64 {
	var x []float64
	for k := range 166_886 {
		near := float64(k+1) * (math.Pi / 2)
		for _, v := range []float64{math.Nextafter(near, 0), near, math.Nextafter(near, 1e9)} {
			if r, _, _ := remainder(v); math.Abs(r) < float64(k+1)*0x1p-62 {
				x = append(x, v)
			}
		}
	}
	return x
}

func TestSineCosine(t *testing.T) {
	worst := [2]float64{}
	x := append(angles(2000), closest()...)
	d := make([]float64, len(x))
	for quarters, f := range []func(d, a []float64){Sin[float64], Cos[float64]} {
		copy(d, x)
		f(d, d) // in place
		for i, v := range x {
			u := units(d[i], exactSine(v, int64(quarters)), 53, -1021)
			if worst[quarters] = max(worst[quarters], u); u > 0.8 {
				t.Errorf("function %d of %g is %g: %.2f units off", quarters, v, d[i], u)
			}
		}
	}
	t.Log("float64: units of the last place", worst)
}

func TestSineCosine32(t *testing.T) {
	worst := [2]float64{}
	var x []float32
	for _, v := range angles(2000) {
		if f := float32(v); f-f == 0 {
			x = append(x, f)
		}
	}
	d := make([]float32, len(x))
	for quarters, f := range []func(d, a []float32){Sin[float32], Cos[float32]} {
		f(d, x)
		for i, v := range x {
			if v == 0 {
				continue
			}
			u := units(float64(d[i]), exactSine(float64(v), int64(quarters)), 24, -125)
			if worst[quarters] = max(worst[quarters], u); u > 0.501 {
				t.Errorf("function %d of %g is %g: %.3f units off", quarters, v, d[i], u)
			}
		}
	}
	t.Log("float32: units of the last place", worst)
}

func TestSineCosineSpecial(t *testing.T) {
	testTurnsSpecial[float32](t)
	testTurnsSpecial[float64](t)
}

func testTurnsSpecial[T Float](t *testing.T) {
	zero := T(math.Copysign(0, -1))
	for _, c := range []struct{ x, sin, cos T }{
		{0, 0, 1}, {zero, zero, 1},
		{T(math.Inf(1)), T(math.NaN()), T(math.NaN())}, {T(math.Inf(-1)), T(math.NaN()), T(math.NaN())}, {T(math.NaN()), T(math.NaN()), T(math.NaN())},
	} {
		for n := range 6 { // alone and within a group
			x, d := make([]T, n+1), make([]T, n+1)
			x[n] = c.x
			for i, f := range []func(d, a []T){Sin[T], Cos[T]} {
				f(d, x)
				want := float64([]T{c.sin, c.cos}[i])
				if got := float64(d[n]); math.Float64bits(got) != math.Float64bits(want) && !(got != got && want != want) {
					t.Errorf("function %d of %g is %g, want %g", i, c.x, got, want)
				}
			}
		}
	}
}

// The longer reduction is as good as the usual one where that would do.
func TestRemainder(t *testing.T) {
	for _, x := range angles(300) {
		if math.Abs(x) < 1 {
			continue
		}
		r, low, q := remainder(x)
		for quarters, y := range map[int64]float64{0: sinNear(r, low), 1: cosNear(r, low)} {
			turn := quarters - int64(q)
			if u := units(y, exactSine(x, turn), 53, -1021); u > 0.8 || math.Abs(r) > math.Pi/4 {
				t.Errorf("%g is %g from %d right angles: %.2f units off", x, r, q, u)
			}
		}
	}
}
