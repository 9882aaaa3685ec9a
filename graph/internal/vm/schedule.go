package vm

// target is the state of the second half of compilation: values become
// instructions in three stretches of code.
type target struct {
	*builder
	in    []Input
	out   []Output
	roots []*value // per output: what it is, PerStep in the body, Accumulate in the epilogue

	accums []*value // opAccum values, by accumulator
	inner  []*value // what each accumulator sums

	prologue, body, epilogue []*value // values to compute, in order
}

func newTarget(b *builder, in []Input, out []Output, roots []*value) *target {
	t := &target{builder: b, in: in, out: out, roots: roots}
	t.peel()
	t.legalise()
	t.schedule()
	return t
}

// schedule sorts everything the roots need into prologue, body and epilogue, each
// in depth-first order from the outputs.
func (t *target) schedule() {
	placed := make([]bool, len(t.values))
	for _, v := range t.inner {
		t.place(v, placed)
	}
	for i, r := range t.roots {
		if t.out[i].Mode == PerStep {
			t.place(r, placed)
		}
	}
	for i, r := range t.roots {
		if t.out[i].Mode == Accumulate {
			t.place(r, placed)
		}
	}
}

func (t *target) place(v *value, placed []bool) {
	if placed[v.id] {
		return
	}
	placed[v.id] = true
	for _, a := range v.args {
		t.place(a, placed)
	}
	switch {
	case v.leaf():
	case v.invariant:
		t.prologue = append(t.prologue, v)
	case v.summed():
		t.epilogue = append(t.epilogue, v)
	default:
		t.body = append(t.body, v)
	}
}

// leaf reports whether v has a register without being computed.
func (v *value) leaf() bool { return v.op <= opAccum }

// summed reports whether v depends on an accumulator, so that it belongs to the
// epilogue. Nothing there is deep.
func (v *value) summed() bool {
	if v.op == opAccum {
		return true
	}
	for _, a := range v.args {
		if a.summed() {
			return true
		}
	}
	return false
}

// legalise makes the broadcasts explicit that the kernels need.
func (t *target) legalise() {
	memo := map[*value]*value{}
	for i, v := range t.inner {
		t.inner[i] = t.legal(v, memo)
	}
	for i, v := range t.roots {
		t.roots[i] = t.legal(v, memo)
	}
}

func (t *target) legal(v *value, memo map[*value]*value) *value {
	if r, ok := memo[v]; ok {
		return r
	}
	r := v
	if !v.leaf() {
		args := make([]*value, len(v.args))
		same := true
		for i, a := range v.args {
			args[i] = t.legal(a, memo)
			if v.op.elementwise() && !v.takesScalar(i) {
				args[i] = t.broadcast(args[i], v.shape)
			}
			same = same && args[i] == a
		}
		if !same {
			c := *v
			c.args = args
			r = t.intern(&c)
		}
	}
	memo[v] = r
	return r
}

// takesScalar reports whether the kernel of v has a form with a scalar as
// operand i beside vectors.
func (v *value) takesScalar(i int) bool { return v.op >= opAdd && v.op <= opDiv }
