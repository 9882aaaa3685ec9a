package kernel

// Transpose writes the rows of src as columns of dst, dst[j][i] = src[i][j], i < rows,
// j < cols. They must not overlap.
func Transpose[T Float](dst, src Matrix[T], rows, cols int) {
	to, from := dst.cut(cols, rows), src.cut(rows, cols)
	if len(to) == 0 {
		return
	}
	if simd && rows >= wide[T]() && cols >= wide[T]() {
		for i := 0; ; i = min(i+wide[T](), rows-wide[T]()) { // the last rows may be done twice
			transposeVector(to[i:], dst.Stride, from[i*src.Stride:], src.Stride, cols)
			if i+wide[T]() == rows {
				return
			}
		}
	}
	for i := range rows {
		at := i
		for _, x := range from[i*src.Stride:][:cols] {
			to[at] = x
			at += dst.Stride
		}
	}
}
