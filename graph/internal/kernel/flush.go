package kernel

// Flush sets d[i] = a[i], and 0 where that is less than 2⁻¹⁰⁰ in float32, or 2⁻⁹⁰⁰ in
// float64. An adjoint that decays over a long run ends at the smallest subnormal
// number and stays there, because 0.9 times that rounds to it; and arithmetic with
// subnormals takes up to a hundred cycles longer, by processor. What is flushed is far
// enough above them that products of it are none either.
func Flush[T Float](d, a []T) {
	a = a[:len(d)]
	if simd {
		flushVector(d, a)
		return
	}
	limit := T(flushed32)
	if !single[T]() {
		least := flushed64
		limit = T(least)
	}
	for i, x := range a {
		if x < limit && x > -limit {
			x = 0
		}
		d[i] = x
	}
}
