package kernel

import "math"

// x^y = e^(y ln x). Up to y ln x = 709 the result is right to a unit in the last
// place only if ln x has ten bits more than a float64, so that it is computed in
// two parts. Without a fused multiply-add, products are exact where both factors
// are of 26 bits: T. J. Dekker, Numer. Math. 18 (1971) 224-242,
// doi:10.1007/BF01397083.

// plain is whether x is positive and finite and y finite.
func plain(x, y float64) bool {
	return x > 0 && x <= math.MaxFloat64 && math.Abs(y) <= math.MaxFloat64
}

// leading is x without its last 27 bits.
func leading(x float64) float64 { return math.Float64frombits(math.Float64bits(x) &^ (1<<27 - 1)) }

// powPlain is x^y for plain x and y; it tells whether they are.
func powPlain(x, y float64) (z float64, ok bool) {
	ok = plain(x, y)
	k, m := split(x)
	a, b := logParts(m)
	high := float64(k * ln2Head)
	l := high + a
	low := (a - (l - high)) + (float64(k*ln2Tail) + b)

	y = bounded(y, -0x1p65, 0x1p65) // as |ln x| > 2^-54, where it is not 0, this is beyond all results
	l1, y1 := leading(l), leading(y)
	p := float64(y1 * l1)
	tail := float64(y*((l-l1)+low)) + float64((y-y1)*l1)
	return expSum(p, bounded(tail, -1, 1)), ok
}

// logParts is ln m for √½ ≤ m < √2 as a sum of two numbers, to 2^-65: with
// s = (m - 1)/(m + 1)
//
//	ln m = 2 s (1 + s² (1/3 + s²/5 + …)).
func logParts(m float64) (a, b float64) {
	f, g := m-1, m+1
	g1 := leading(g)
	g2 := m - (g1 - 1)
	inverse := 1 / g
	s := float64(f * inverse)
	s1 := leading(s)
	s2 := float64(((f - float64(s1*g1)) - float64(s1*g2)) * inverse)

	z := s * s
	z1 := leading(z)
	z2 := (float64(s1*s1) - z1) + float64(s2*(s+s1))

	const third = 0x1.5555555555555p-2
	w := float64(z * fifths(z))
	c := third + w
	c1 := leading(c)
	c2 := (w - (c - third)) + (1.0/3 - third) + (c - c1)

	v := float64(z1 * c1)
	lowV := float64(z1*c2) + float64(z2*c)
	v1 := leading(v)
	v2 := (v - v1) + lowV

	t := float64(s1 * v1)
	a = s1 + t
	b = (t - (a - s1)) + (s2 + (float64(s1*v2) + float64(s2*(v1+v2))))
	return float64(2 * a), float64(2 * b)
}

// fifths is 1/5 + z/7 + z²/9 + …, to 2^-54 where z is largest.
func fifths(z float64) float64 {
	z2 := z * z
	a := 0x1.99999999999e9p-3 + float64(z*0x1.249249247c8a8p-3) + float64(z2*(0x1.c71c71fc63534p-4+float64(z*0x1.745cf9eb43199p-4)))
	b := 0x1.3b1c28edd916dp-4 + float64(z*0x1.0fbd92fea2962p-4) + float64(z2*0x1.0c1d3fc0c2a93p-4)
	return a + float64(float64(z2*z2)*b)
}

// powOf is x^y for all numbers, given how to compute plain powers. A negative
// base with an integer exponent is one of them but for the sign.
func powOf(f func(x, y float64) (float64, bool), x, y float64) float64 {
	if z, ok := f(x, y); ok {
		return z
	}
	if z, ok := f(-x, y); ok && y == math.Trunc(y) {
		if math.Mod(y, 2) != 0 {
			return -z
		}
		return z
	}
	return math.Pow(x, y)
}
