package kernel

import "math"

// Functions of float32 arguments in float32 arithmetic, which has twice the lanes of
// single.go's float64: those that keep their precision in it and that models spend
// their time in.

const (
	// ln 2 is ln2HeadNarrow + ln2TailNarrow; k ln2HeadNarrow is exact for |k| < 2^9.
	ln2HeadNarrow = 0x1.62e4p-1
	ln2TailNarrow = ln2 - ln2HeadNarrow

	unitNarrow = 0x1p-64 // see unit
)

// nearestNarrow returns k = round(x / ln 2), as a number and, plus bias, in the lowest
// 9 bits of an integer.
func nearestNarrow(x, bias float32) (k float32, n uint32) {
	shifter := 0x1.8p23 + bias
	t := float32(x*log2e) + shifter
	return t - shifter, math.Float32bits(t)
}

// powerNarrow is 2^(n - 127) for the lowest 9 bits of n in 1 … 254.
func powerNarrow(n uint32) float32 { return math.Float32frombits(n << 23) }

// notBelowNarrow is notBelow.
func notBelowNarrow(x, low float32) float32 {
	if x < low {
		x = low
	}
	return x
}

// notAboveNarrow is notAbove.
func notAboveNarrow(x, high float32) float32 {
	if x > high {
		x = high
	}
	return x
}

// reducedNarrow is reduced: e^r - 1 for r = x - k ln 2 as head + rest, to 2^-28 before
// rounding.
func reducedNarrow(x, k float32) (head, rest float32) {
	head = x - float32(k*ln2HeadNarrow)
	low := float32(k * ln2TailNarrow)
	r := head - low
	r2 := r * r
	a := 0x1.fffffcp-2 + float32(r*0x1.555492p-3)
	b := 0x1.5558f2p-5 + float32(r*0x1.1239e2p-7) + float32(r2*0x1.6a244ap-10)
	return head, float32(r2*(a+float32(r2*b))) - low
}

// expNarrow has two factors for the power of 2, like expSum.
func expNarrow(x float32) float32 {
	x = notAboveNarrow(notBelowNarrow(x, -104), 89)
	k, n := nearestNarrow(x, 254)
	head, rest := reducedNarrow(x, k)
	n &= 0x1ff
	half := n >> 1
	return float32(float32((1+(head+rest))*powerNarrow(half)) * powerNarrow(n-half))
}

// sigmoidNarrow is 1/(1 + e^-x), like sigmoid.
func sigmoidNarrow(x float32) float32 {
	x = notAboveNarrow(notBelowNarrow(-x, -20), 104)
	k, n := nearestNarrow(x, 127-64)
	head, rest := reducedNarrow(x, k)
	s := powerNarrow(n)
	a := s + unitNarrow
	lost := unitNarrow - (a - s)
	return unitNarrow / (a + (float32(s*(head+rest)) + lost))
}

// tanhNarrow is 1 - 2/(e^2|x| + 1) with the sign of x and, where that cancels, a
// polynomial, to 2^-27.
func tanhNarrow(x float32) float32 {
	sign := math.Float32bits(x) & (1 << 31)
	a := math.Float32frombits(math.Float32bits(x) &^ (1 << 31))
	double := notAboveNarrow(2*a, 20)
	k, n := nearestNarrow(double, 127)
	head, rest := reducedNarrow(double, k)
	s := powerNarrow(n)
	y := 1 - 2/((s+1)+float32(s*(head+rest)))
	if a < 0.75 {
		z := float32(a * a)
		p := -0x1.55554ap-2 + float32(z*0x1.110db8p-3)
		q := -0x1.b97d3cp-5 + float32(z*0x1.5f7854p-6)
		p += float32(float32(z*z) * (q + float32(float32(z*z)*(-0x1.f5d346p-8+float32(z*0x1.c75366p-10)))))
		y = a + float32(float32(a*z)*p)
	}
	return math.Float32frombits(math.Float32bits(y) | sign)
}

const (
	sqrtHalfNarrow     = 0x3f3504f3 // bits of √½
	mantissaBitsNarrow = 1<<23 - 1
)

// logNarrow is k ln 2 + f - (f²/2 - f³ p(f)), p to 2^-27 of ln(1 + f).
func logNarrow(x float32) float32 {
	scaled, bias := x, float32(0x1p23+127)
	if x < 0x1p-126 {
		scaled = x * 0x1p25
		bias = 0x1p23 + 127 + 25
	}
	n := math.Float32bits(scaled) + (0x3f800000 - sqrtHalfNarrow)
	k := math.Float32frombits(n>>23|0x4b000000) - bias // 0x4b0: of 2^23
	f := math.Float32frombits(n&mantissaBitsNarrow+sqrtHalfNarrow) - 1
	f2 := f * f
	a := 0x1.555554p-2 - float32(f*0x1.000228p-2)
	b := 0x1.99a008p-3 - float32(f*0x1.547244p-3)
	c := 0x1.22da14p-3 - float32(f*0x1.0d8544p-3)
	d := 0x1.055ba4p-3 - float32(f*0x1.38b6p-4)
	p := a + float32(f2*(b+float32(f2*(c+float32(f2*d)))))
	low := float32(float32(f*f2)*p) + float32(k*ln2TailNarrow)
	y := float32(k*ln2HeadNarrow) - ((float32(0.5*f2) - low) - f)
	if x > math.MaxFloat32 {
		y = x
	}
	if x < 0 {
		y = float32(math.NaN())
	}
	if x == 0 {
		y = float32(math.Inf(-1))
	}
	if x != x {
		y = x
	}
	return y
}
