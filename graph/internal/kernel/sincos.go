package kernel

import "math"

// This file is Go and the source of the assembly, like exp.go.

const (
	// rounder added to |y| < 2^51 puts the whole number next to y into the lowest bits.
	rounder = 0x1.8p52

	// reducible is the largest argument that is reduced with parts of π/2 or π of 33 and 32
	// bits, whose products with the quotient are exact. No float64 below it is so close to a
	// multiple of π/2 that the last part's rounding counts.
	reducible = 1 << 18

	twoOverPi = 0x1.45f306dc9c883p-1
	halfPi1   = 0x1.921fb544p+0 // π/2 = halfPi1 + halfPi2 + halfPi3
	halfPi2   = 0x1.0b4611a6p-34
	halfPi3   = 0x1.3198a2e037073p-69

	oneOverPi = 0x1.45f306dc9c883p-2
	pi1       = 0x1.921fb544p+1 // π = pi1 + pi2, enough for float32
	pi2       = 0x1.0b4611a626331p-33

	// sin x ≈ x (1 + half2 x² + …) for |x| ≤ π/2, to 2^-35.3 relative, minimax: for float32
	// results.
	half2  = -0x1.5555554769643p-3
	half4  = 0x1.11110c4a00330p-7
	half6  = -0x1.a017d99ffc31ap-13
	half8  = 0x1.7170801aab3bdp-19
	half10 = -0x1.9a6886d808641p-26
)

// quartered is r + low = x - q π/2 with |r| ≤ π/4 for |x| ≤ reducible, as in W. J. Cody and W. Waite,
// Software Manual for the Elementary Functions (1980), with the remainder in two words.
func quartered(x float64) (r, low float64, q uint64) {
	t := float64(x*twoOverPi) + rounder
	k := t - rounder
	u := x - float64(k*halfPi1)
	w := float64(k * halfPi2)
	high := u - w
	rest := float64(k*halfPi3) - ((u - high) - w)
	r = high - rest
	return r, (high - r) - rest, math.Float64bits(t)
}

// sinPlain is sin x for |x| ≤ reducible; it tells whether that is so.
func sinPlain(x float64) (y float64, ok bool) {
	r, low, q := quartered(x)
	return sinTurned(r, low, q), math.Abs(x) <= reducible
}

// cosPlain is cos x likewise.
func cosPlain(x float64) (y float64, ok bool) {
	r, low, q := quartered(x)
	return sinTurned(r, low, q+1), math.Abs(x) <= reducible
}

// sinTurned is the sine of q right angles and r + low, |r| ≤ π/4.
func sinTurned(r, low float64, q uint64) float64 {
	odd := 0 - q&1 // all bits or none
	y := math.Float64bits(sinNear(r, low))&^odd | math.Float64bits(cosNear(r, low))&odd
	return math.Float64frombits(y ^ q>>1<<63)
}

// sinNear is sin(r + low) for |r| ≤ π/4, with the signs of zeros.
func sinNear(r, low float64) float64 {
	z := float64(r * r)
	v := float64(z * r)
	p := sin5 + float64(z*(sin7+float64(z*(sin9+float64(z*(sin11+float64(z*sin13)))))))
	return r - ((float64(z*(float64(0.5*low)-float64(v*p))) - low) - float64(v*sin3))
}

// cosNear is cos(r + low) for |r| ≤ π/4.
func cosNear(r, low float64) float64 {
	z := float64(r * r)
	p := cos4 + float64(z*(cos6+float64(z*(cos8+float64(z*(cos10+float64(z*(cos12+float64(z*cos14)))))))))
	h := float64(0.5 * z)
	w := 1 - h
	return w + (((1 - w) - h) + (float64(z*float64(z*p)) - float64(r*low)))
}

// sinPlainSingle is sin x to the precision of float32.
func sinPlainSingle(x float64) (y float64, ok bool) {
	return halfTurned(x, 0), math.Abs(x) <= reducible
}

// cosPlainSingle is cos x likewise.
func cosPlainSingle(x float64) (y float64, ok bool) {
	return halfTurned(x, 0.5), math.Abs(x) <= reducible
}

// halfTurned is sin(x + half π): x less the nearest multiple of π, or odd multiple of π/2, has a sine
// that one polynomial gives with 35 bits.
func halfTurned(x, half float64) float64 {
	t := (float64(x*oneOverPi) + half) + rounder
	k := (t - rounder) - half
	r := (x - float64(k*pi1)) - float64(k*pi2)
	z := float64(r * r)
	p := half2 + float64(z*(half4+float64(z*(half6+float64(z*(half8+float64(z*half10)))))))
	y := float64(r * (1 + float64(z*p)))
	return math.Float64frombits(math.Float64bits(y) ^ math.Float64bits(t)<<63)
}
