package vm

// instruction is one loop call on registers.
type instruction struct {
	op    opcode
	dst   int
	args  [4]int // operand registers, as many as the value has operands
	value *value // what it computes; nil for a copy
}

// register is a slice of floats of one frame: a vector for each lane, or a scalar
// or a matrix for all.
type register struct {
	room
	matrix bool
	data   []float64 // the content of a constant
}

// room is what two values need to have in common to be kept in one register after
// another.
type room struct {
	size  int
	laned bool
}

func (s shape) room() room { return room{s.size(), len(s) == 1} }

// allocation hands out registers.
type allocation struct {
	regs    []register
	home    map[*value]int  // where a value lives
	free    map[room][]int  // registers of the body that may be written again
	pinned  map[*value]bool // values of the body whose register is not their own
	lastUse map[*value]int
}

// program schedules the values, assigns registers and emits the code. Inputs have
// the first registers, outputs the next.
func (t *target) program() *Program {
	t.update()
	t.fuse()
	t.schedule()
	p := &Program{in: t.in, out: t.out, result: make([]int, len(t.out))}
	r := &allocation{home: map[*value]int{}, free: map[room][]int{}, pinned: map[*value]bool{}, lastUse: map[*value]int{}}
	for i, x := range t.in {
		s, _ := x.shape()
		if x.Scalar && t.laned != nil && t.laned[i] {
			s = perLane
		}
		r.add(s, nil)
	}
	for i := range t.out {
		r.add(t.wanted(i), nil)
	}
	for _, a := range t.accums {
		p.accums = append(p.accums, r.keep(a))
	}
	p.prologue = r.emit(t.prologue)
	p.body = append(t.emitBody(r), t.copies(r)...)
	p.epilogue = r.emit(t.epilogue)
	for i, v := range t.roots {
		if t.out[i].Mode == Accumulate {
			p.result[i] = r.operand(v)
		}
	}
	p.regs = r.regs
	return p
}

// wanted is the shape of an output.
func (t *target) wanted(i int) shape {
	if t.out[i].Scalar && t.laned == nil {
		return nil
	}
	return shape{t.out[i].Len}
}

func (r *allocation) add(s shape, data []float64) int {
	r.regs = append(r.regs, register{room: s.room(), matrix: len(s) > 1, data: data})
	return len(r.regs) - 1
}

// keep gives a value a new register.
func (r *allocation) keep(v *value) int {
	r.home[v] = r.add(v.shape, nil)
	return r.home[v]
}

// operand is the register of a value that is computed, or of a leaf.
func (r *allocation) operand(v *value) int {
	if h, ok := r.home[v]; ok {
		return h
	}
	switch v.op {
	case opInput:
		r.home[v] = v.input
	case opConst:
		r.home[v] = r.add(nil, []float64{v.num})
	case opData:
		r.home[v] = r.add(v.shape, v.data)
	default:
		panic("vm: " + v.op.String() + " is read before it is computed")
	}
	return r.home[v]
}

// emit turns values into instructions, each with a register of its own.
func (r *allocation) emit(values []*value) []instruction {
	code := make([]instruction, 0, len(values))
	for _, v := range values {
		in := r.instruction(v)
		in.dst = r.keep(v)
		code = append(code, in)
	}
	return code
}

// instruction is v with its operands, without a destination.
func (r *allocation) instruction(v *value) instruction {
	in := instruction{op: v.op, value: v}
	for i, a := range v.args {
		in.args[i] = r.operand(a)
	}
	return in
}

// emitBody emits the body, reusing the registers of values that are no longer
// needed, so that few stay in use and these in the nearest cache.
func (t *target) emitBody(r *allocation) []instruction {
	t.pin(r)
	for i, v := range t.body {
		for _, a := range v.args {
			r.lastUse[a] = i
		}
	}
	code := make([]instruction, 0, len(t.body))
	for i, v := range t.body {
		in := r.instruction(v)
		if v.op.elementwise() { // may write over an operand
			r.release(v, i)
			in.dst = r.destination(v)
		} else {
			in.dst = r.destination(v)
			r.release(v, i)
		}
		code = append(code, in)
	}
	return code
}

// pin lets values be computed where they are wanted: in an accumulator or output.
func (t *target) pin(r *allocation) {
	for i, v := range t.updates {
		r.home[v], r.pinned[v] = r.home[t.accums[i]], true
	}
	for i, v := range t.roots {
		if t.out[i].Mode == PerStep && !v.op.leaf() && !v.invariant && !r.pinned[v] {
			r.home[v], r.pinned[v] = len(t.in)+i, true
		}
	}
}

// destination is the register v is computed into.
func (r *allocation) destination(v *value) int {
	if r.pinned[v] {
		return r.home[v]
	}
	n := v.shape.room()
	if f := r.free[n]; len(f) > 0 {
		r.free[n] = f[:len(f)-1]
		r.home[v] = f[len(f)-1]
		return r.home[v]
	}
	return r.keep(v)
}

// release frees the registers of the operands that instruction i reads last.
func (r *allocation) release(v *value, i int) {
	for k, a := range v.args {
		if a.op.leaf() || a.invariant || r.pinned[a] || r.lastUse[a] != i || contains(v.args[:k], a) {
			continue
		}
		n := a.shape.room()
		r.free[n] = append(r.free[n], r.home[a])
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

// copies serves the outputs that nothing is computed into: inputs, invariants and
// second outputs of one value.
func (t *target) copies(r *allocation) []instruction {
	var code []instruction
	for i, v := range t.roots {
		reg := len(t.in) + i
		if t.out[i].Mode == PerStep && (!r.pinned[v] || r.home[v] != reg) {
			code = append(code, instruction{op: opCopy, dst: reg, args: [4]int{r.operand(v)}})
		}
	}
	return code
}
