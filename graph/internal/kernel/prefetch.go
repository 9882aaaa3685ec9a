package kernel

import "unsafe"

// Prefetch asks for x to be brought into the nearest cache, and does not wait for it. The processor foresees what is
// read upwards; rows that are gone through from the last to the first start with a wait each.
func Prefetch[T Float](x []T) {
	if simd && len(x) > 0 {
		prefetch((*byte)(unsafe.Pointer(unsafe.SliceData(x))), (len(x)*int(unsafe.Sizeof(x[0]))+63)/64)
	}
}
