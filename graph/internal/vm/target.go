package vm

// target is the state of the second half of compilation, which turns values into
// instructions.
type target struct {
	*builder
	in    []Input
	out   []Output
	roots []*value // per output: what Step writes, or what Finish delivers

	accums  []*value // the accumulators, as values of the epilogue
	summed  []*value // what each accumulator sums
	updates []*value // per accumulator: its new content, a root of the body

	laned []bool // of a tile: inputs that are scalars of each lane

	prologue, body, epilogue []*value // what is computed, in order
}

// newTarget runs the passes that decide about the arithmetic.
func newTarget(b *builder, in []Input, out []Output, roots []*value) *target {
	t := &target{builder: b, in: in, out: out, roots: roots}
	t.peel()
	t.hoist()
	t.rewrite(t.vectorised)
	return t
}

// rewrite replaces every value the roots depend on by f of it, operands first. f
// gets the old value and its new operands.
func (t *target) rewrite(f func(v *value, args []*value) *value) {
	memo := map[*value]*value{}
	var visit func(v *value) *value
	visit = func(v *value) *value {
		if r, ok := memo[v]; ok {
			return r
		}
		r := v
		if !v.op.leaf() {
			args := make([]*value, len(v.args))
			for i, a := range v.args {
				args[i] = visit(a)
			}
			r = f(v, args)
		}
		memo[v] = r
		return r
	}
	for _, list := range [][]*value{t.summed, t.updates, t.roots} {
		for i, v := range list {
			list[i] = visit(v)
		}
	}
}

// with is v with other operands.
func (t *target) with(v *value, args []*value) *value {
	same := true
	for i, a := range args {
		same = same && a == v.args[i]
	}
	if same {
		return v
	}
	c := *v
	c.args = args
	return t.intern(&c)
}

// vectorised makes the broadcasts explicit that the loops of powers and other functions of two numbers need.
func (t *target) vectorised(v *value, args []*value) *value {
	if v.op.pairs() {
		for i, a := range args {
			args[i] = t.broadcast(a, v.shape)
		}
	}
	return t.with(v, args)
}

// update makes the roots of the body that add to the accumulators.
func (t *target) update() {
	for i, v := range t.summed {
		u := &value{op: opAdd, args: []*value{v, t.accums[i]}, shape: t.accums[i].shape}
		t.updates = append(t.updates, t.append(u))
	}
	t.summed = nil
}

// uses counts the readers of every value that the roots depend on; a root has one
// more.
func (t *target) uses() map[*value]int {
	n := map[*value]int{}
	var visit func(v *value)
	visit = func(v *value) {
		n[v]++
		if n[v] > 1 {
			return
		}
		for _, a := range v.args {
			visit(a)
		}
	}
	for _, list := range [][]*value{t.summed, t.updates, t.roots} {
		for _, v := range list {
			visit(v)
		}
	}
	return n
}
