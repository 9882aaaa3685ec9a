package kernel

// Fill sets d[i] = s.
func Fill[T Float](d []T, s T) {
	for i := range d {
		d[i] = s
	}
}
