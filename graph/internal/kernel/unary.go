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

// Exp sets d[i] = e^a[i].
func Exp[T Float](d, a []T) {
	if d, ok := any(d).([]float32); ok {
		expSingle(d, any(a).([]float32))
		return
	}
	a = a[:len(d)]
	for i := range d {
		d[i] = T(math.Exp(float64(a[i])))
	}
}

// Tanh sets d[i] = tanh a[i].
func Tanh[T Float](d, a []T) {
	if d, ok := any(d).([]float32); ok {
		tanhSingle(d, any(a).([]float32))
		return
	}
	a = a[:len(d)]
	for i := range d {
		d[i] = T(math.Tanh(float64(a[i])))
	}
}

// Sigmoid sets d[i] = 1/(1 + e^-a[i]).
func Sigmoid[T Float](d, a []T) {
	if d, ok := any(d).([]float32); ok {
		sigmoidSingle(d, any(a).([]float32))
		return
	}
	a = a[:len(d)]
	for i := range d {
		d[i] = T(1 / (1 + math.Exp(-float64(a[i]))))
	}
}

// Map sets d[i] = f(a[i]), evaluated in float64.
func Map[T Float](d, a []T, f func(float64) float64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = T(f(float64(a[i])))
	}
}

// Pow sets d[i] = a[i]^b[i].
func Pow[T Float](d, a, b []T) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = T(math.Pow(float64(a[i]), float64(b[i])))
	}
}
