package kernel

// Sum is Σ a[i]: eight partial sums s over i mod 8, each from zero and in ascending
// order, and then, with t[j] = s[j] + s[j+4],
//
//	(t[0] + t[1]) + (t[2] + t[3])
//
// MatVec and DelayedDots add their products in the same order.
func Sum[T Float](a []T) T {
	if simd {
		return sumVector(a)
	}
	var s [8]T
	for len(a) >= 8 {
		b := (*[8]T)(a)
		for j := range s {
			s[j] += b[j]
		}
		a = a[8:]
	}
	for j, v := range a {
		s[j] += v
	}
	return tree(&s)
}

// dot is Σ a[i] b[i] of two slices of the same length, in the order of Sum.
func dot[T Float](a, b []T) T {
	var s0, s1, s2, s3, s4, s5, s6, s7 T
	for len(a) >= 8 && len(b) >= 8 {
		p, q := (*[8]T)(a), (*[8]T)(b)
		s0 += T(p[0] * q[0])
		s1 += T(p[1] * q[1])
		s2 += T(p[2] * q[2])
		s3 += T(p[3] * q[3])
		s4 += T(p[4] * q[4])
		s5 += T(p[5] * q[5])
		s6 += T(p[6] * q[6])
		s7 += T(p[7] * q[7])
		a, b = a[8:], b[8:]
	}
	if len(a) == 0 { // the array of partial sums is a detour through memory
		return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7))
	}
	s := [8]T{s0, s1, s2, s3, s4, s5, s6, s7}
	b = b[:len(a)]
	for j, v := range a {
		s[j] += T(v * b[j])
	}
	return tree(&s)
}

// tree adds the partial sums of Sum.
func tree[T Float](s *[8]T) T {
	return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]))
}

// Axpy adds s x to y: y[i] += s x[i].
func Axpy[T Float](y []T, s T, x []T) {
	x = x[:len(y)]
	if simd && len(y) >= least[T]() {
		axpyVector(y, s, x)
		return
	}
	for i := range y {
		y[i] += T(s * x[i])
	}
}
