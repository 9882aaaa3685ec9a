package kernel

import "unsafe"

// Widen sets d[i] = a[i] in float64.
func Widen[T Float](d []float64, a []T) {
	a = a[:len(d)]
	if b, ok := any(a).([]float64); ok {
		copy(d, b)
		return
	}
	if simd {
		widen32(unsafe.SliceData(d), p32(a), len(d))
		return
	}
	for i := range d {
		d[i] = float64(a[i])
	}
}

// WidenRows sets d to the rows of a, one behind the other, in float64.
func WidenRows[T Float](d []float64, a Matrix[T], width int) {
	rows := len(d) / width
	from := a.cut(rows, width)
	if b, ok := any(from).([]float64); ok {
		for i := range rows {
			copy(d[i*width:(i+1)*width], b[i*a.Stride:])
		}
		return
	}
	for i := range rows {
		to := d[i*width : (i+1)*width]
		if simd {
			widen32(&to[0], p32(from[i*a.Stride:]), width)
			continue
		}
		Widen(to, from[i*a.Stride:])
	}
}

// AddWidened sets d[i] += a[i] in float64.
func AddWidened[T Float](d []float64, a []T) {
	a = a[:len(d)]
	if b, ok := any(a).([]float64); ok {
		AddVV(d, d, b)
		return
	}
	if simd {
		addWidened32(unsafe.SliceData(d), p32(a), len(d))
		return
	}
	for i := range d {
		d[i] += float64(a[i])
	}
}

// Round sets d[i] = a[i], rounded to d's type.
func Round[T Float](d []T, a []float64) {
	a = a[:len(d)]
	if b, ok := any(d).([]float64); ok {
		copy(b, a)
		return
	}
	if simd {
		round32(p32(d), unsafe.SliceData(a), len(d))
		return
	}
	for i := range d {
		d[i] = T(a[i])
	}
}

// AddRounded adds float64 numbers, rounded to d's type: d[i] += T(a[i]).
func AddRounded[T Float](d []T, a []float64) {
	a = a[:len(d)]
	if b, ok := any(d).([]float64); ok {
		AddVV(b, b, a)
		return
	}
	if simd {
		addRounded32(p32(d), unsafe.SliceData(a), len(d))
		return
	}
	for i := range d {
		d[i] += T(a[i])
	}
}
