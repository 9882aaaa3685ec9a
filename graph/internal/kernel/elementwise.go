package kernel

// Binary elementwise kernels d = a ∘ b. The suffix tells what the operands are:
// VV two vectors, VS vector and scalar, SV scalar and vector.

// AddVV sets d[i] = a[i] + b[i].
func AddVV[T Float](d, a, b []T) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] + b[i]
	}
}

// AddVS sets d[i] = a[i] + s.
func AddVS[T Float](d, a []T, s T) {
	a = a[:len(d)]
	for i := range d {
		d[i] = a[i] + s
	}
}

// SubVV sets d[i] = a[i] - b[i].
func SubVV[T Float](d, a, b []T) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] - b[i]
	}
}

// SubVS sets d[i] = a[i] - s.
func SubVS[T Float](d, a []T, s T) {
	a = a[:len(d)]
	for i := range d {
		d[i] = a[i] - s
	}
}

// SubSV sets d[i] = s - b[i].
func SubSV[T Float](d []T, s T, b []T) {
	b = b[:len(d)]
	for i := range d {
		d[i] = s - b[i]
	}
}

// MulVV sets d[i] = a[i] b[i].
func MulVV[T Float](d, a, b []T) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] * b[i]
	}
}

// MulVS sets d[i] = a[i] s.
func MulVS[T Float](d, a []T, s T) {
	a = a[:len(d)]
	for i := range d {
		d[i] = a[i] * s
	}
}

// DivVV sets d[i] = a[i] / b[i].
func DivVV[T Float](d, a, b []T) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] / b[i]
	}
}

// DivVS sets d[i] = a[i] / s.
func DivVS[T Float](d, a []T, s T) {
	a = a[:len(d)]
	for i := range d {
		d[i] = a[i] / s
	}
}

// DivSV sets d[i] = s / b[i].
func DivSV[T Float](d []T, s T, b []T) {
	b = b[:len(d)]
	for i := range d {
		d[i] = s / b[i]
	}
}

// Fill sets d[i] = s.
func Fill[T Float](d []T, s T) {
	for i := range d {
		d[i] = s
	}
}

// SelectLT sets d[i] = p[i] where l[i] < r[i], else q[i].
func SelectLT[T Float](d, l, r, p, q []T) {
	l, r, p, q = l[:len(d)], r[:len(d)], p[:len(d)], q[:len(d)]
	for i := range d {
		v := q[i]
		if l[i] < r[i] {
			v = p[i]
		}
		d[i] = v
	}
}

// SelectLE sets d[i] = p[i] where l[i] <= r[i], else q[i].
func SelectLE[T Float](d, l, r, p, q []T) {
	l, r, p, q = l[:len(d)], r[:len(d)], p[:len(d)], q[:len(d)]
	for i := range d {
		v := q[i]
		if l[i] <= r[i] {
			v = p[i]
		}
		d[i] = v
	}
}
