package vm

import (
	"fmt"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// Frame is the memory of one running program. Frames of one program are
// independent; a frame is not safe for concurrent use.
type Frame[T kernel.Float] struct {
	p       *Program
	regs    [][]T
	pending bool // steps were run since the last epilogue
}

// NewFrame allocates a frame. Outputs that are never bound are written to memory
// of the frame's own.
func NewFrame[T kernel.Float](p *Program) *Frame[T] {
	f := &Frame[T]{p: p, regs: make([][]T, len(p.regs))}
	total := 0
	for i, r := range p.regs {
		if i >= len(p.in) {
			total += padded[T](r.size)
		}
	}
	slab := make([]T, total)
	for i, r := range p.regs {
		if i < len(p.in) {
			continue
		}
		f.regs[i], slab = slab[:r.size:r.size], slab[padded[T](r.size):]
		for j, x := range r.data {
			f.regs[i][j] = T(x)
		}
	}
	return f
}

// padded rounds a length up to whole cache lines of 16 elements.
func padded[T kernel.Float](n int) int { return (n + 15) &^ 15 }

// Bind makes data the value of an input, without a copy. It panics when data is
// shorter than the input.
func (f *Frame[T]) Bind(input int, data []T) {
	n := f.p.in[input].Len
	if len(data) < n {
		panic(fmt.Sprintf("vm: input %s: expected %d elements, found %d", f.p.in[input].Name, n, len(data)))
	}
	f.regs[input] = data[:n:n]
}

// BindOutput makes data the destination of a PerStep output, without a copy. It
// must not overlap an input. It panics when data is shorter than the output.
func (f *Frame[T]) BindOutput(output int, data []T) {
	n := f.p.out[output].Len
	if len(data) < n {
		panic(fmt.Sprintf("vm: output %s: expected %d elements, found %d", f.p.out[output].Name, n, len(data)))
	}
	f.regs[len(f.p.in)+output] = data[:n:n]
}

// Begin zeroes the accumulators and runs the prologue on the invariant inputs.
func (f *Frame[T]) Begin() {
	for _, a := range f.p.accums {
		clear(f.regs[a])
	}
	f.run(f.p.prologue)
	f.pending = true
}

// Step runs the body on the inputs as they are bound now.
func (f *Frame[T]) Step() {
	f.run(f.p.body)
	f.pending = true
}

// Finish writes to data what an Accumulate output has summed since Begin. It may
// be called at any time, any number of times.
func (f *Frame[T]) Finish(output int, data []T) {
	if f.pending {
		f.run(f.p.epilogue)
		f.pending = false
	}
	copy(data[:f.p.out[output].Len], f.regs[f.p.result[output]])
}
