package kernel

import (
	"math"
	"math/bits"
)

// twoOverPiBits are 64 zeros and the first 1216 binary digits of 2/π.
var twoOverPiBits = [20]uint64{
	0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041,
	0xfe5163abdebbc561, 0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e,
	0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b,
	0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
	0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab,
}

// remainder reduces any |x| ≥ 1 to r + low = x - q π/2 with |r| ≤ π/4 and q modulo 4, multiplying by the
// digits of 2/π that matter (Payne and Hanek, SIGNUM Newsletter 18 (1983) 19-24,
// doi:10.1145/1057600.1057602). r is NaN if x is not finite.
func remainder(x float64) (r, low float64, q uint64) {
	if x-x != 0 {
		return math.NaN(), 0, 0
	}
	if x < 0 {
		r, low, q = remainder(-x)
		return -r, -low, -q
	}
	fraction, exponent := math.Frexp(x)
	m, e := uint64(fraction*(1<<53)), exponent-53
	// Digits before the one of weight 2^-(e-1) give whole turns.
	at := e - 2 + 64
	word, shift := at/64, uint(at%64)
	digits := func(i int) uint64 {
		return twoOverPiBits[word+i]<<shift | twoOverPiBits[word+i+1]>>(64-shift)
	}
	// m × three words of digits modulo 2^192; the highest two bits count right angles.
	first, low0 := bits.Mul64(m, digits(2))
	second, mid0 := bits.Mul64(m, digits(1))
	mid, carry := bits.Add64(first, mid0, 0)
	high := m*digits(0) + second + carry
	q = high >> 62
	high, mid = high<<2|mid>>62, mid<<2|low0>>62
	sign := 1.0
	if high>>63 != 0 {
		q, sign = q+1, -1
		mid, carry = bits.Sub64(0, mid, 0)
		high, _ = bits.Sub64(0, high, carry)
	}
	r, low = timesHalfPi(high, mid)
	return sign * r, sign * low, q
}

// timesHalfPi is π/2 times the fraction of 128 bits, as a sum of two numbers.
func timesHalfPi(high, mid uint64) (r, low float64) {
	const pi, piLow = 0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54
	n := 0
	if high == 0 {
		high, mid, n = mid, 0, 64
	}
	z := bits.LeadingZeros64(high)
	high, mid = high<<z|mid>>(64-z), mid<<z
	f := math.Ldexp(float64(high>>11), -53-n-z)
	g := math.Ldexp(float64(high<<53|mid>>11), -117-n-z)
	p := float64(f * pi)
	rest := math.FMA(f, pi, -p) + (float64(f*piLow) + float64(g*pi))
	r = p + rest
	return r, (p - r) + rest
}
