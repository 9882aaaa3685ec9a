package vm

// schedule sorts everything the roots need into prologue, body and epilogue, each
// in depth-first order from the roots.
func (t *target) schedule() {
	placed := map[*value]bool{}
	for _, v := range t.updates {
		t.place(v, placed)
	}
	for i, r := range t.roots {
		if t.out[i].Mode == PerStep {
			t.place(r, placed)
		}
	}
	last := map[*value]bool{}
	for i, r := range t.roots {
		if t.out[i].Mode == Accumulate {
			t.placeLast(r, placed, last)
		}
	}
}

// place puts v behind its operands in the prologue or the body.
func (t *target) place(v *value, placed map[*value]bool) {
	if placed[v] || v.op.leaf() {
		return
	}
	placed[v] = true
	for _, a := range v.args {
		t.place(a, placed)
	}
	if v.invariant {
		t.prologue = append(t.prologue, v)
	} else {
		t.body = append(t.body, v)
	}
}

// placeLast puts v behind its operands in the prologue or the epilogue.
func (t *target) placeLast(v *value, placed, last map[*value]bool) {
	switch {
	case v.invariant:
		t.place(v, placed)
		return
	case last[v] || v.op.leaf():
		return
	}
	last[v] = true
	for _, a := range v.args {
		t.placeLast(a, placed, last)
	}
	t.epilogue = append(t.epilogue, v)
}
