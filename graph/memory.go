package graph

import (
	"runtime"
	"sync"
	"unsafe"
)

// worthReusing is the length from which results are numbers in memory that is used again: below it Go
// hands memory out of its own caches.
const worthReusing = 4096

// unused holds, by length, results that nothing refers to any more. A sync.Pool forgets what two
// garbage collections have not seen taken.
var unused sync.Map // of int to *sync.Pool

// results returns n numbers for a result, of any value.
//
// Every run of a rollout gives out a new result, often of megabytes, as the earlier one may still be
// held. Fresh memory costs as much as the solve of a small network: the system clears each page when it
// is first touched. So a finalizer brings a result back here once no view of it is left.
func results(n int) []float64 {
	if n < worthReusing {
		return make([]float64, n)
	}
	pool, _ := unused.LoadOrStore(n, &sync.Pool{})
	first, ok := pool.(*sync.Pool).Get().(*float64)
	if !ok {
		first = unsafe.SliceData(make([]float64, n))
	}
	runtime.SetFinalizer(first, func(first *float64) { pool.(*sync.Pool).Put(first) })
	return unsafe.Slice(first, n)
}
