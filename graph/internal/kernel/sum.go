package kernel

// Sum is Σ a[i]: four partial sums over i mod 4, added as (0+1) + (2+3), then the
// remaining up to three elements in order.
func Sum[T Float](a []T) T {
	var s0, s1, s2, s3 T
	for len(a) >= 4 {
		b := (*[4]T)(a)
		s0, s1, s2, s3 = s0+b[0], s1+b[1], s2+b[2], s3+b[3]
		a = a[4:]
	}
	s := (s0 + s1) + (s2 + s3)
	for _, v := range a {
		s += v
	}
	return s
}

// Dot is Σ a[i] b[i] over len(a) elements, in the order of Sum.
func Dot[T Float](a, b []T) T {
	b = b[:len(a)]
	var s0, s1, s2, s3 T
	for len(a) >= 4 && len(b) >= 4 {
		p, q := (*[4]T)(a), (*[4]T)(b)
		s0, s1, s2, s3 = s0+p[0]*q[0], s1+p[1]*q[1], s2+p[2]*q[2], s3+p[3]*q[3]
		a, b = a[4:], b[4:]
	}
	s := (s0 + s1) + (s2 + s3)
	b = b[:len(a)]
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

// Axpy adds s x to y: y[i] += s x[i].
func Axpy[T Float](y []T, s T, x []T) {
	x = x[:len(y)]
	for i := range y {
		y[i] += s * x[i]
	}
}
