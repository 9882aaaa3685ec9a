package kernel

// ReadBack is the adjoint of a few weighted sums of rows. With a[l][k] that of sum k of row l, for as many
// lanes l, it adds
//
//	y[l][i] += Σ_k a[l][k] w[k][i]        dw[k][i] += Σ_l a[l][k] x[l][i]
//
// to the adjoints of the rows and of the weights, k and l ascending: it is AddMatMul and RankK, which have
// little to do for each element that they read and write.
func ReadBack[T Float](y, dw, x, w, a Matrix[T], outputs, width, lanes int) {
	if !simd || !avx512 || y.Stride != x.Stride {
		AddMatMul(y, w, a, width, outputs, lanes)
		RankK(dw, a, x, outputs, width, lanes)
		return
	}
	y.cut(lanes, width)
	x.cut(lanes, width)
	a.cut(lanes, outputs)
	w.cut(outputs, width)
	dw.cut(outputs, width)
	if lanes == 0 || width == 0 {
		return
	}
	for k := 0; k < outputs; k += readOutputs {
		readBackVector(y, Matrix[T]{dw.Data[k*dw.Stride:], dw.Stride}, x, Matrix[T]{w.Data[k*w.Stride:], w.Stride}, a.From(k), min(outputs-k, readOutputs), width, lanes)
	}
}

// readOutputs is how many sums the assembly takes at once.
const readOutputs = 3
