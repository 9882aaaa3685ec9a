package kernel

// Finite reports whether no number is infinite or NaN.
func Finite[T Float](a []T) bool {
	var s0, s1, s2, s3 T // of zeros, or NaN
	for ; len(a) >= 4; a = a[4:] {
		b := (*[4]T)(a)
		s0 += b[0] - b[0]
		s1 += b[1] - b[1]
		s2 += b[2] - b[2]
		s3 += b[3] - b[3]
	}
	for _, x := range a {
		s0 += x - x
	}
	return (s0+s1)+(s2+s3) == 0
}
