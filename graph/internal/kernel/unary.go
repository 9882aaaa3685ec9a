package kernel

import "math"

// Cube sets d[i] = a[i]³.
func Cube[T Float](d, a []T) {
	a = a[:len(d)]
	if simd {
		cubeVector(d, a)
		return
	}
	for i := range d {
		d[i] = T(a[i]*a[i]) * a[i]
	}
}

// Sqrt sets d[i] = √a[i].
func Sqrt[T Float](d, a []T) {
	a = a[:len(d)]
	if simd {
		sqrtVector(d, a)
		return
	}
	for i := range d {
		d[i] = T(math.Sqrt(float64(a[i])))
	}
}

// Abs sets d[i] = |a[i]|.
func Abs[T Float](d, a []T) {
	a = a[:len(d)]
	if simd {
		absVector(d, a)
		return
	}
	for i := range d {
		d[i] = T(math.Abs(float64(a[i])))
	}
}
