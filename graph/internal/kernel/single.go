package kernel

import "math"

// Functions of float32 arguments, evaluated in float64 with polynomials just long
// enough for float32 results: all are within 0.53 units in the last place. No
// argument or intermediate result leaves the range of normal float64 numbers.

// growthSingle is e^x as 2^k and e^r - 1, for |x| < 700.
func growthSingle(x float64) (s, q float64) {
	k, n := nearest(x, 1023)
	r := x - float64(k*ln2)
	r2 := r * r
	a := 0x1.0000000b9922ep-1 + float64(r*0x1.5555557443dfcp-3)
	b := 0x1.5554e8d62c6d7p-5 + float64(r*0x1.1110ab42f5a84p-7) + float64(r2*(0x1.6d4365d0cd1cdp-10+float64(r*0x1.a17e550a9915bp-13)))
	return power(n), r + float64(r2*(a+float64(r2*b)))
}

func expSingle(x float64) float64 {
	s, q := growthSingle(bounded(x, -200, 200))
	return s + float64(s*q)
}

func expm1Single(x float64) float64 {
	s, q := growthSingle(bounded(x, -200, 200))
	y := (s - 1) + float64(s*q)
	if x == 0 {
		y = x
	}
	return y
}

func exprelSingle(x float64) float64 {
	y := expm1Single(x) / notAbove(x, 200)
	if x == 0 {
		y = 1
	}
	return y
}

func linoidSingle(x float64) float64 {
	y := notBelow(x, -200) / -expm1Single(-x)
	if x == 0 {
		y = 1
	}
	return y
}

// logSumSingle is k ln 2 + ln(1 + f).
func logSumSingle(k, f float64) float64 {
	s := f / (2 + f)
	z := s * s
	p := 0x1.5555552eaa9e4p-1 + float64(z*0x1.999a32e90acdcp-2) + float64(float64(z*z)*(0x1.24483ccd16303p-2+float64(z*0x1.e0edb06a2b9e6p-3)))
	return float64(k*ln2) + float64(s*(2+float64(z*p)))
}

// log1pSingle takes x itself where 1 + x would have lost too much of it.
func log1pSingle(x float64) float64 {
	sum := 1 + x
	k, f := splitNormal(sum, 0x1p52+1023)
	f -= 1
	if math.Abs(x) < 0.25 {
		f = x
	}
	y := logValue(sum, logSumSingle(k, f))
	if x == 0 {
		y = x
	}
	return y
}

func softplusSingle(x float64) float64 {
	y := logSumSingle(splitSum(expSingle(-math.Abs(x))))
	if x > 0 {
		y += x
	}
	return y
}

// powPlainSingle is powPlain.
func powPlainSingle(x, y float64) (z float64, ok bool) {
	k, m := splitNormal(x, 0x1p52+1023)
	return expSingle(y * logSumSingle(k, m-1)), plain(x, y)
}
