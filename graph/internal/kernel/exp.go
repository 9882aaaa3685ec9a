package kernel

import "math"

// Exponentials without a table: x = k ln 2 + r with |r| ≤ ln(2)/2, e^x = 2^k e^r.
// The remainder is kept in two parts, as in W. J. Cody and W. Waite, Software
// Manual for the Elementary Functions (1980), and the large one is added last.
//
// This file and the others that avo/main.go names are Go and the source of the
// assembly (avo/compile.go): straight lines without loops, where both sides of a
// condition are computed. Products in sums are converted, so that no compiler fuses
// them. Polynomials without a formula are minimax, found with Remez's algorithm in 300
// bits; their errors are those before rounding.

const (
	ln2   = math.Ln2
	log2e = math.Log2E

	// ln 2 is ln2Head + ln2Tail; k ln2Head is exact for |k| < 2^11.
	ln2Head = 0x1.62e42fefa38p-1
	ln2Tail = ln2 - ln2Head

	// unit keeps e^x and e^x - 1 in the range of normal numbers up to furthest,
	// where x e^-x and e^-x have become 0 and e^x/x infinite.
	unit     = 0x1p-64
	furthest = 753

	negligible = 0x1p-54 // 1 + x/2 rounds to 1
)

// nearest returns k = round(x / ln 2), as a number and, plus bias, in the lowest 12
// bits of an integer, |k + bias| < 2^11.
func nearest(x, bias float64) (k float64, n uint64) {
	shifter := 0x1.8p52 + bias // the sum's last bit is worth 1
	t := float64(x*log2e) + shifter
	return t - shifter, math.Float64bits(t)
}

// power is 2^(n - 1023) for the lowest 12 bits of n in 1 … 2046.
func power(n uint64) float64 { return math.Float64frombits(n << 52) }

// bounded limits x to low … high; NaN stays NaN, here and below.
func bounded(x, low, high float64) float64 { return notAbove(notBelow(x, low), high) }

func notBelow(x, low float64) float64 {
	if x < low {
		x = low
	}
	return x
}

func notAbove(x, high float64) float64 {
	if x > high {
		x = high
	}
	return x
}

// curve is (e^r - 1 - r)/r² for |r| ≤ ln(2)/2, to 2^-59.
func curve(r, r2 float64) float64 {
	r4 := r2 * r2
	a := 0.5 + float64(r*0x1.5555555555557p-3) + float64(r2*(0x1.5555555555558p-5+float64(r*0x1.11111111100cep-7)))
	b := 0x1.6c16c16c151e6p-10 + float64(r*0x1.a01a01abef67cp-13) + float64(r2*(0x1.a01a01ad03084p-16+float64(r*0x1.71de021a25262p-19)))
	c := 0x1.27e4ccb9e491bp-22 + float64(r*0x1.af4e1a27544f1p-26) + float64(r2*0x1.1f8b6e68ba218p-29)
	return a + float64(r4*(b+float64(r4*c)))
}

// reduced returns e^r - 1 for r = x + tail - k ln 2 as head + rest, where the head
// is exact and the rest smaller than a fifth of it.
func reduced(x, tail, k float64) (head, rest float64) {
	head = x - float64(k*ln2Head)
	low := float64(k*ln2Tail) - tail
	r := head - low
	r2 := r * r
	return head, float64(r2*curve(r, r2)) - low
}

// expSum is e^(x + tail), where the tail is small. Its power of 2 has two factors,
// since it may be no normal number while the result, or the other factor of a
// subnormal result, is one.
func expSum(x, tail float64) float64 {
	x = bounded(x, -1000, 1000)
	k, n := nearest(x, 2046)
	head, rest := reduced(x, tail, k)
	n &= 0xfff
	half := n >> 1
	return float64(float64((1+(head+rest))*power(half)) * power(n-half))
}

func exp(x float64) float64 { return expSum(x, 0) }

// growth is unit e^x in two parts: s and s (head + rest).
func growth(x float64) (s, head, rest float64) {
	k, n := nearest(x, 1023-64)
	head, rest = reduced(x, 0, k)
	return power(n), head, rest
}

// scaledExpm1 is unit (e^x - 1) for x ≤ furthest. The sum of s - unit and s head is
// kept with its rounding error, since e^r - 1 may cancel half of 2^k - 1.
func scaledExpm1(x float64) float64 {
	s, head, rest := growth(bounded(x, -40, furthest))
	a, b := s-unit, float64(s*head)
	y := a + b
	return y + ((b - (y - a)) + float64(s*rest))
}

func expm1(x float64) float64 {
	y := scaledExpm1(x) * (1 / unit)
	if math.Abs(x) < negligible {
		y = x
	}
	return y
}

// sigmoid is 1/(1 + e^-x). Where 2^k + 1 is rounded, as for k = 53, what it has lost
// counts.
func sigmoid(x float64) float64 {
	s, head, rest := growth(bounded(-x, -40, furthest))
	a := s + unit
	lost := unit - (a - s)
	return unit / (a + (float64(s*(head+rest)) + lost))
}

// tanh is 1 - 2/(e^2|x| + 1) with the sign of x and, where that cancels, Lambert's
// continued fraction x/(1 + x²/(3 + x²/(5 + …))) up to 15. Both are a sum with one
// quotient.
func tanh(x float64) float64 {
	a := math.Abs(x)
	s, head, rest := growth(notAbove(2*a, 44))
	y, p, q := 1.0, -2*unit, (s+unit)+float64(s*(head+rest))
	if a < 0.625 {
		z := float64(x * x)
		z2 := float64(z * z)
		y = a
		p = -a * z * ((675675 + float64(z*45045)) + float64(z2*(594+z)))
		q = (2027025 + float64(z*945945)) + float64(z2*((51975+float64(z*630))+z2))
	}
	return math.Copysign(y+p/q, x)
}

// exprel is (e^x - 1)/x.
func exprel(x float64) float64 {
	y := scaledExpm1(x) / (notAbove(x, furthest) * unit)
	if math.Abs(x) < negligible {
		y = 1
	}
	return y
}

// linoid is x/(1 - e^-x).
func linoid(x float64) float64 {
	y := notBelow(x, -furthest) * unit / -scaledExpm1(-x)
	if math.Abs(x) < negligible {
		y = 1
	}
	return y
}
