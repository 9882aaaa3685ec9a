package vm

// instruction is one kernel call on registers.
type instruction struct {
	op         opcode
	form       form
	dst        int
	a, b, c, d int // operand registers, as many as the op has
	value      *value
}

// form tells which operands are scalars beside a vector result.
type form uint8

const (
	vv form = iota
	vs
	sv
)

// register is a slice of floats of one frame.
type register struct {
	size int
	data []float64 // initial content of a constant
}

// allocation hands out registers.
type allocation struct {
	regs []register
	home map[*value]int // where a value lives
	free map[int][]int  // temporaries by size
}

func (r *allocation) add(size int, data []float64) int {
	r.regs = append(r.regs, register{size: size, data: data})
	return len(r.regs) - 1
}

// program assigns registers and emits the code. Inputs have the first registers,
// outputs the next.
func (t *target) program() *Program {
	p := &Program{in: t.in, out: t.out}
	r := &allocation{home: map[*value]int{}, free: map[int][]int{}}
	t.fixed(r, p)
	p.prologue = t.emit(r, t.prologue, r.keep)
	claimed := t.claim(r)
	p.body = t.emitBody(r, claimed)
	t.copies(r, p, claimed)
	p.epilogue = t.emit(r, t.epilogue, r.keep)
	for i, v := range t.roots {
		if t.out[i].Mode == Accumulate {
			p.result[i] = t.operand(r, v)
		}
	}
	p.regs = r.regs
	return p
}

// fixed gives inputs, outputs and accumulators their registers.
func (t *target) fixed(r *allocation, p *Program) {
	for _, x := range t.in {
		r.add(x.Len, nil)
	}
	for _, x := range t.out {
		r.add(x.Len, nil)
	}
	p.result = make([]int, len(t.out))
	for i, a := range t.accums {
		r.home[a] = r.add(a.shape.size(), nil)
		p.accums = append(p.accums, r.home[a])
		_ = i
	}
}

// operand is the register of a value that is computed, or of a leaf.
func (t *target) operand(r *allocation, v *value) int {
	if h, ok := r.home[v]; ok {
		return h
	}
	switch v.op {
	case opInput:
		r.home[v] = v.input
	case opConst:
		r.home[v] = r.add(1, []float64{v.num})
	case opData:
		r.home[v] = r.add(len(v.data), v.data)
	default:
		panic("vm: " + v.op.String() + " is read before it is computed")
	}
	return r.home[v]
}

// keep gives a value a register of its own.
func (r *allocation) keep(v *value) int { return r.add(v.shape.size(), nil) }

// emit turns values into instructions, each result in the register dst names.
func (t *target) emit(r *allocation, values []*value, dst func(*value) int) []instruction {
	code := make([]instruction, 0, len(values))
	for _, v := range values {
		in := t.instruction(r, v)
		in.dst = dst(v)
		r.home[v] = in.dst
		code = append(code, in)
	}
	return code
}

// instruction is v with its operands, without a destination.
func (t *target) instruction(r *allocation, v *value) instruction {
	in := instruction{op: v.op, value: v}
	slots := [4]*int{&in.a, &in.b, &in.c, &in.d}
	for i, a := range v.args {
		*slots[i] = t.operand(r, a)
	}
	if v.op.elementwise() && !v.shape.scalar() && len(v.args) == 2 {
		switch {
		case v.args[0].shape.scalar():
			in.form = sv
		case v.args[1].shape.scalar():
			in.form = vs
		}
	}
	return in
}

// claim lets values of the body be computed right where an output wants them.
func (t *target) claim(r *allocation) map[*value]int {
	claimed := map[*value]int{}
	for i, v := range t.roots {
		if t.out[i].Mode != PerStep || v.leaf() || v.invariant {
			continue
		}
		if _, taken := claimed[v]; !taken {
			claimed[v] = len(t.in) + i
		}
	}
	return claimed
}

// copies adds to the body the outputs that nothing is computed into.
func (t *target) copies(r *allocation, p *Program, claimed map[*value]int) {
	for i, v := range t.roots {
		reg := len(t.in) + i
		if t.out[i].Mode != PerStep || claimed[v] == reg && !v.leaf() && !v.invariant {
			continue
		}
		p.body = append(p.body, instruction{op: opCopy, dst: reg, a: t.operand(r, v)})
	}
}

// emitBody emits the body and its accumulations, reusing the registers of values
// that are no longer needed.
func (t *target) emitBody(r *allocation, claimed map[*value]int) []instruction {
	last := t.lastUses()
	var code []instruction
	for i, v := range t.body {
		in := t.instruction(r, v)
		reuse := v.op.elementwise()
		if reuse {
			t.release(r, v, i, last, claimed)
		}
		in.dst = t.destination(r, v, claimed)
		if !reuse {
			t.release(r, v, i, last, claimed)
		}
		r.home[v] = in.dst
		code = append(code, in)
		code = t.accumulations(r, code, v)
		if last[v] == i {
			r.release(v, claimed) // only an accumulator or output reads it
		}
	}
	return t.steadyAccumulations(r, code)
}

// lastUses is, per value of the body, the index of its last reader there, or its
// own when there is none.
func (t *target) lastUses() map[*value]int {
	last := map[*value]int{}
	for i, v := range t.body {
		last[v] = i
		for _, a := range v.args {
			if !a.leaf() && !a.invariant {
				last[a] = i
			}
		}
	}
	for i, v := range t.roots { // copied at the end of the body
		if t.out[i].Mode == PerStep {
			last[v] = len(t.body)
		}
	}
	return last
}

func (t *target) release(r *allocation, v *value, i int, last map[*value]int, claimed map[*value]int) {
	for k, a := range v.args {
		if a.leaf() || a.invariant || last[a] != i || contains(v.args[:k], a) {
			continue
		}
		r.release(a, claimed)
	}
}

func contains(vs []*value, v *value) bool {
	for _, w := range vs {
		if w == v {
			return true
		}
	}
	return false
}

func (r *allocation) release(v *value, claimed map[*value]int) {
	if _, ok := claimed[v]; ok {
		return
	}
	n := v.shape.size()
	r.free[n] = append(r.free[n], r.home[v])
}

func (t *target) destination(r *allocation, v *value, claimed map[*value]int) int {
	if reg, ok := claimed[v]; ok {
		return reg
	}
	n := v.shape.size()
	if f := r.free[n]; len(f) > 0 {
		r.free[n] = f[:len(f)-1]
		return f[len(f)-1]
	}
	return r.keep(v)
}

// accumulations adds v to the accumulator that sums it, right after it is computed.
func (t *target) accumulations(r *allocation, code []instruction, v *value) []instruction {
	for i, w := range t.inner {
		if w == v {
			acc := r.home[t.accums[i]]
			code = append(code, instruction{op: opAdd, dst: acc, a: acc, b: r.home[v]})
		}
	}
	return code
}

// steadyAccumulations adds up inputs and invariants, which the body does not compute.
func (t *target) steadyAccumulations(r *allocation, code []instruction) []instruction {
	for i, v := range t.inner {
		if v.leaf() || v.invariant {
			acc := r.home[t.accums[i]]
			code = append(code, instruction{op: opAdd, dst: acc, a: acc, b: t.operand(r, v)})
		}
	}
	return code
}
