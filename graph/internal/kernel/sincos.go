package kernel

import "math"

// Sin sets d[i] = sin a[i], within 0.8 units in the last place everywhere.
func Sin[T Float](d, a []T) { trigonometric(d, a, 0) }

// Cos sets d[i] = cos a[i], within 0.8 units in the last place everywhere.
func Cos[T Float](d, a []T) { trigonometric(d, a, 1) }

// trigonometric is the sine of a[i] plus so many right angles, 0 or 1. The assembly works on whole
// groups of four elements and stops at one of which an element needs the longer reduction.
func trigonometric[T Float](d, a []T, quarters uint64) {
	a = a[:len(d)]
	for len(d) >= 4 {
		if simd {
			done := trigonometricVector(d, a, quarters)
			if d, a = d[done:], a[done:]; len(d) < 4 {
				break
			}
		}
		turn(d[:4], a, quarters)
		d, a = d[4:], a[4:]
	}
	if simd && len(d) > 0 {
		var four [4]T
		copy(four[:], a)
		if trigonometricVector(four[:], four[:], quarters) == 4 {
			copy(d, four[:])
			return
		}
	}
	turn(d, a, quarters)
}

func turn[T Float](d, a []T, quarters uint64) {
	for i := range d {
		d[i] = turned(a[i], quarters)
	}
}

func turned[T Float](x T, quarters uint64) T {
	if x, ok := any(x).(float32); ok {
		return T(turned32(float64(x), quarters))
	}
	return T(turned64(float64(x), quarters))
}

// turned64 follows Cody and Waite, Software Manual for the Elementary Functions (1980), with the
// remainder in two words.
func turned64(x float64, quarters uint64) float64 {
	t := float64(x*twoOverPi) + rounder
	k := t - rounder
	u := x - float64(k*halfPi1)
	w := float64(k * halfPi2)
	high := u - w
	rest := float64(k*halfPi3) - ((u - high) - w)
	r := high - rest
	low := (high - r) - rest
	q := math.Float64bits(t)
	if !(math.Abs(x) <= reducible) {
		r, low, q = remainder(x)
	}
	q += quarters
	y := sinNear(r, low)
	if q&1 != 0 {
		y = cosNear(r, low)
	}
	return math.Float64frombits(math.Float64bits(y) ^ q>>1<<63)
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

// turned32 is for arguments that are float32: x less the nearest multiple of π, odd halves of it for
// the cosine, has a sine that one polynomial gives with 35 bits.
func turned32(x float64, quarters uint64) float32 {
	if !(math.Abs(x) <= reducible) {
		return float32(turned64(x, quarters))
	}
	half := float64(0.5 * float64(quarters))
	t := (float64(x*oneOverPi) + half) + rounder
	k := (t - rounder) - half
	r := (x - float64(k*pi1)) - float64(k*pi2)
	z := float64(r * r)
	p := half2 + float64(z*(half4+float64(z*(half6+float64(z*(half8+float64(z*half10)))))))
	y := float64(r * (1 + float64(z*p)))
	return float32(math.Float64frombits(math.Float64bits(y) ^ math.Float64bits(t)<<63))
}
