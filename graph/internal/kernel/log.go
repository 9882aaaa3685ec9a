package kernel

import "math"

// Logarithms without a table: x = 2^k m with m between √½ and √2, and with
// f = m - 1 and s = f/(2 + f)
//
//	ln m = 2 artanh s = f - (f²/2 - s (f²/2 + R(s²))),
//
// where R is small: the arrangement of fdlibm's e_log.c (Sun Microsystems, 1993),
// which adds the exact f last.

const (
	sqrtHalf     = 0x3fe6a09e667f3bcd // bits of √½
	mantissaBits = 1<<52 - 1
)

// split writes a positive number as 2^k m, √½ ≤ m < √2.
func split(x float64) (k, m float64) {
	bias := 0x1p52 + 1023.0
	if x < 0x1p-1022 {
		x *= 0x1p54
		bias += 54
	}
	return splitNormal(x, bias)
}

func splitNormal(x, bias float64) (k, m float64) {
	n := math.Float64bits(x) + (0x3ff<<52 - sqrtHalf)
	k = math.Float64frombits(n>>52|0x433<<52) - bias // 0x433: the exponent of 2^52
	m = math.Float64frombits(n&mantissaBits + sqrtHalf)
	return k, m
}

// logSum is k ln 2 + ln(1 + f) + tail.
func logSum(k, f, tail float64) float64 {
	s := f / (2 + f)
	z := s * s
	z2 := z * z
	z4 := z2 * z2
	a := 0x1.5555555555561p-1 + float64(z*0x1.999999998eeb7p-2) + float64(z2*(0x1.24924935a8c5ep-2+float64(z*0x1.c71c5b56cafe8p-3)))
	b := 0x1.74647398182f9p-3 + float64(z*0x1.39cd8ca80f97bp-3) + float64(z2*0x1.2d6128974bb76p-3)
	half := float64(f * f * 0.5)
	low := float64(s*(half+float64(z*(a+float64(z4*b))))) + (float64(k*ln2Tail) + tail)
	return float64(k*ln2Head) - ((half - low) - f)
}

func log(x float64) float64 {
	k, m := split(x)
	return logValue(x, logSum(k, m-1, 0))
}

// logValue is y, the logarithm of a positive finite x, and what the logarithm of
// any other number is.
func logValue(x, y float64) float64 {
	if x > math.MaxFloat64 {
		y = x
	}
	if x < 0 {
		y = math.NaN()
	}
	if x == 0 {
		y = math.Inf(-1)
	}
	if x != x {
		y = x
	}
	return y
}

// log1p adds to ln(1 + x) what the sum 1 + x has lost, divided by it.
func log1p(x float64) float64 {
	sum := 1 + x
	b := sum - 1
	lost := (1 - (sum - b)) + (x - b)
	k, m := split(sum)
	y := logValue(sum, logSum(k, m-1, lost/sum))
	if math.Abs(x) < negligible {
		y = x
	}
	return y
}

// softplus is ln(1 + e^x).
func softplus(x float64) float64 {
	k, f := splitSum(exp(-math.Abs(x)))
	y := logSum(k, f, 0)
	if x > 0 {
		y += x
	}
	return y
}

// splitSum writes 1 + z, z in 0 … 1, as 2^k (1 + f).
func splitSum(z float64) (k, f float64) {
	k, f = 0, z
	if z > math.Sqrt2-1 {
		k, f = 1, (z-1)*0.5
	}
	return k, f
}
