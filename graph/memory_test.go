package graph

import (
	"runtime"
	"testing"
	"time"
	"unsafe"
)

// A result comes back once nothing refers to it, not while a view of it is held.
func TestResults(t *testing.T) {
	const n = 12345
	held := results(n)
	view := held[n-1:]
	address := unsafe.SliceData(held)
	view[0] = 7
	for range 5 {
		runtime.GC()
		time.Sleep(time.Millisecond) // finalizers run in a goroutine of their own
		if again := results(n); unsafe.SliceData(again) == address {
			t.Fatal("memory of a result was given out again while a view of it is held")
		}
	}
	if view[0] != 7 {
		t.Fatalf("a held result changed to %v", view[0])
	}
	runtime.KeepAlive(held)

	back := false
	for range 100 {
		lost := uintptr(unsafe.Pointer(unsafe.SliceData(results(n))))
		runtime.GC()
		time.Sleep(time.Millisecond)
		back = back || uintptr(unsafe.Pointer(unsafe.SliceData(results(n)))) == lost
	}
	if !back {
		t.Fatal("no result was ever used again")
	}
}
