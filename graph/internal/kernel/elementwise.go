package kernel

// The loops the engine calls by name, outside any program.

var addForm, mulForm, divForm = formIndex["vv+"], formIndex["vs*"], formIndex["vs/"]

// AddVV sets d[i] = a[i] + b[i].
func AddVV[T Float](d, a, b []T) {
	a, b = a[:len(d)], b[:len(d)]
	if simd {
		once(addForm, &Operands[T]{D: &d, A: &a, B: &b})
		return
	}
	for i := range d {
		d[i] = a[i] + b[i]
	}
}

// MulVS sets d[i] = a[i] s.
func MulVS[T Float](d, a []T, s T) {
	a = a[:len(d)]
	if simd {
		b := []T{s}
		once(mulForm, &Operands[T]{D: &d, A: &a, B: &b})
		return
	}
	for i := range d {
		d[i] = a[i] * s
	}
}

// DivVS sets d[i] = a[i] / s.
func DivVS[T Float](d, a []T, s T) {
	a = a[:len(d)]
	if simd {
		b := []T{s}
		once(divForm, &Operands[T]{D: &d, A: &a, B: &b})
		return
	}
	for i := range d {
		d[i] = a[i] / s
	}
}
