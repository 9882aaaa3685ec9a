package vm

import (
	"fmt"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// Frame is the memory of one running program. Frames of one program are
// independent; a frame is not safe for concurrent use.
type Frame[T kernel.Float] struct {
	p                        *Program
	lanes                    int
	regs, own                [][]T // as bound; the frame's memory, nil for inputs
	prologue, body, epilogue []call[T]
	numbers                  []call[T] // the part of the body that strips share
	pending                  bool      // something ran since the last epilogue
}

// NewFrame allocates a frame for a lane. Outputs that are never bound are written
// to memory of the frame's own.
func NewFrame[T kernel.Float](p *Program) *Frame[T] { return NewTile[T](p, 1) }

// NewTile allocates a frame for up to so many lanes; of more than one, p must come
// from Tile.
func NewTile[T kernel.Float](p *Program, lanes int) *Frame[T] {
	f := &Frame[T]{p: p, lanes: lanes, regs: make([][]T, len(p.regs)), own: make([][]T, len(p.regs))}
	inputs := len(p.in)
	total := 0
	for _, r := range p.regs[inputs:] {
		total += padded(r.elements(lanes))
	}
	slab := make([]T, total)
	for i, r := range p.regs[inputs:] {
		n := r.elements(lanes)
		f.own[inputs+i], slab = slab[:n:n], slab[padded(n):]
		for reg := f.own[inputs+i]; r.data != nil && len(reg) > 0; reg = reg[r.size:] {
			for j, x := range r.data {
				reg[j] = T(x)
			}
		}
	}
	copy(f.regs, f.own)
	f.prologue, f.body, f.epilogue = f.link(p.prologue), f.link(p.body), f.link(p.epilogue)
	return f
}

// Resize sets the number of lanes, at most that of NewTile. Begin must follow, and
// what was bound has to be bound again.
func (f *Frame[T]) Resize(lanes int) {
	f.lanes = lanes
	for i, own := range f.own {
		if own != nil {
			f.regs[i] = own[:f.p.regs[i].elements(lanes)]
		}
	}
}

// elements is the register's length.
func (r *register) elements(lanes int) int {
	if r.laned {
		return r.size * lanes
	}
	return r.size
}

// padded rounds a length up to whole cache lines.
func padded(n int) int { return (n + 15) &^ 15 }

// Bind makes data the value of an input, without a copy. It panics when data is
// shorter than the input.
func (f *Frame[T]) Bind(input int, data []T) {
	n := f.p.regs[input].elements(f.lanes)
	if len(data) < n {
		panic(fmt.Sprintf("vm: input %s: expected %d elements, found %d", f.p.in[input].Name, n, len(data)))
	}
	f.regs[input] = data[:n:n]
}

// BindOutput makes data the destination of a PerStep output, without a copy. It
// must not overlap an input. It panics when data is shorter than the output.
func (f *Frame[T]) BindOutput(output int, data []T) {
	n := f.p.regs[len(f.p.in)+output].elements(f.lanes)
	if len(data) < n {
		panic(fmt.Sprintf("vm: output %s: expected %d elements, found %d", f.p.out[output].Name, n, len(data)))
	}
	f.regs[len(f.p.in)+output] = data[:n:n]
}

// Input is where the frame keeps what is bound to an input, and the length that this must
// have, for those who bind something else in every step.
func (f *Frame[T]) Input(input int) (slot *[]T, n int) {
	return &f.regs[input], f.p.regs[input].elements(f.lanes)
}

// Output is Input for a PerStep output.
func (f *Frame[T]) Output(output int) (slot *[]T, n int) { return f.Input(len(f.p.in) + output) }

// Begin zeroes the accumulators and runs the prologue on the invariant inputs.
func (f *Frame[T]) Begin() {
	for _, a := range f.p.accums {
		clear(f.regs[a])
	}
	run(f.prologue)
	f.pending = true
}

// Step runs the body on the inputs as they are bound now.
func (f *Frame[T]) Step() {
	run(f.body)
	f.pending = true
}

// Finish writes to data what an Accumulate output has summed since Begin. It may
// be called at any time, any number of times.
func (f *Frame[T]) Finish(output int, data []T) {
	if f.pending {
		run(f.epilogue)
		f.pending = false
	}
	n := f.p.regs[len(f.p.in)+output].elements(f.lanes)
	copy(data[:n], f.regs[f.p.result[output]])
}

// call is an instruction linked to the registers of a frame.
type call[T kernel.Float] struct {
	loop     kernel.Loop[T]
	operands kernel.Operands[T]
}

func run[T kernel.Float](code []call[T]) {
	for i := range code {
		code[i].loop(&code[i].operands)
	}
}

// link points instructions at the frame's registers. They refer to a register by
// its slice header, so Bind and BindOutput need not touch them. Arithmetic in
// assembly is run in sequences.
func (f *Frame[T]) link(code []instruction) []call[T] {
	var calls []call[T]
	for len(code) > 0 {
		n := f.sequence(code)
		if n > 0 {
			calls = append(calls, f.linkSequence(code[:n]))
		} else {
			n = 1
			calls = append(calls, call[T]{f.loop(&code[0]), f.operands(&code[0])})
		}
		code = code[n:]
	}
	return calls
}

// sequence counts the instructions that code starts with and that can be run in one
// go: arithmetic on vectors of one length, in assembly.
func (f *Frame[T]) sequence(code []instruction) int {
	for n := range code {
		in := &code[n]
		if in.op != opFused || !kernel.Vectorised(in.value.fusion) || f.p.regs[in.dst].room != f.p.regs[code[0].dst].room {
			return n
		}
	}
	return len(code)
}

// linkSequence links instructions that sequence has counted.
func (f *Frame[T]) linkSequence(code []instruction) call[T] {
	var s kernel.Sequence[T]
	for i := range code {
		o := f.operands(&code[i])
		s.Add(code[i].value.fusion, &o, code[i].dst >= len(f.p.in)+len(f.p.out))
	}
	return call[T]{loop: func(*kernel.Operands[T]) { s.Run() }}
}

// operands are the registers and constants of an instruction.
func (f *Frame[T]) operands(in *instruction) kernel.Operands[T] {
	o := kernel.Operands[T]{D: &f.regs[in.dst]}
	slots := [4]**[]T{&o.A, &o.B, &o.C, &o.E}
	for k, reg := range in.operands() {
		*slots[k] = &f.regs[reg]
	}
	if v := in.value; v != nil && len(v.args) > 0 && len(v.args[0].shape) == 2 {
		o.Rows, o.Cols = v.args[0].shape[0], v.args[0].shape[1]
	}
	return o
}
