package kernel

// Sin sets d[i] = sin a[i], within 0.8 units in the last place everywhere.
func Sin[T Float](d, a []T) { trigonometric(d, a, 0) }

// Cos sets d[i] = cos a[i], within 0.8 units in the last place everywhere.
func Cos[T Float](d, a []T) { trigonometric(d, a, 1) }

// trigonometric is the sine of a[i] plus so many right angles, 0 or 1. The assembly stops at the first
// register of elements one of which needs the longer reduction.
func trigonometric[T Float](d, a []T, quarters uint64) {
	a = a[:len(d)]
	for i := 0; i < len(d); {
		if simd {
			i += trigonometricVector(d[i:], a[i:], quarters)
		}
		for end := min(i+4, len(d)); i < end; i++ {
			d[i] = turned(a[i], quarters)
		}
	}
}

func turned[T Float](x T, quarters uint64) T {
	if single[T]() {
		return T(turned32(float64(x), quarters))
	}
	return T(turned64(float64(x), quarters))
}

// turned64 is the sine of x plus so many right angles.
func turned64(x float64, quarters uint64) float64 {
	y, ok := sinPlain(x)
	if quarters == 1 {
		y, ok = cosPlain(x)
	}
	if ok {
		return y
	}
	r, low, q := remainder(x)
	return sinTurned(r, low, q+quarters)
}

// turned32 is turned64 for x and a result of float32.
func turned32(x float64, quarters uint64) float32 {
	y, ok := sinPlainSingle(x)
	if quarters == 1 {
		y, ok = cosPlainSingle(x)
	}
	if ok {
		return float32(y)
	}
	return float32(turned64(x, quarters))
}
