package kernel

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
