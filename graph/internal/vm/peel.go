package vm

// peel replaces what an accumulated output sums over the steps by accumulators
// and an expression of them that is evaluated once, after the last step:
//
//	Σ_t Σ_i c d_t(i)  =  c Σ_i (Σ_t d_t(i))
//
// The order of summation is fixed by the program, so the bits are too.
func (t *target) peel() {
	for i, r := range t.roots {
		if t.out[i].Mode == Accumulate {
			t.roots[i] = t.peeled(r)
		}
	}
}

// peeled is Σ_t v in terms of accumulators. Summation over steps goes through
// sums over elements, signs and factors that do not change from step to step.
func (t *target) peeled(v *value) *value {
	switch v.op {
	case opSum:
		return t.sum(t.peeled(v.args[0]))
	case opBroadcast:
		return t.broadcast(t.peeled(v.args[0]), v.shape)
	case opAdd, opSub:
		if v.shape.scalar() {
			return t.binary(v.op, t.peeled(v.args[0]), t.peeled(v.args[1]))
		}
	}
	var f factors
	core := t.strip(v, &f)
	if core == v {
		return t.accumulate(v)
	}
	return t.broadcast(f.apply(t.builder, t.peeled(core)), v.shape)
}

// factors are what was taken off a product: signs, invariant factors, invariant
// divisors.
type factors struct {
	negative  bool
	times, by []*value
}

func (f *factors) apply(b *builder, v *value) *value {
	for _, x := range f.times {
		v = b.binary(opMul, v, x)
	}
	for _, x := range f.by {
		v = b.binary(opDiv, v, x)
	}
	if f.negative {
		v = b.neg(v)
	}
	return v
}

// strip takes the invariant factors off v and returns what remains.
func (t *target) strip(v *value, f *factors) *value {
	if v.invariant {
		return v
	}
	switch v.op {
	case opNeg:
		f.negative = !f.negative
		return t.strip(v.args[0], f)
	case opMul:
		x, y := v.args[0], v.args[1]
		switch {
		case x.invariant:
			f.times = append(f.times, x)
			return t.strip(y, f)
		case y.invariant:
			f.times = append(f.times, y)
			return t.strip(x, f)
		}
		return t.binary(opMul, t.strip(x, f), t.strip(y, f))
	case opDiv:
		if y := v.args[1]; y.invariant {
			f.by = append(f.by, y)
			return t.strip(v.args[0], f)
		}
		return t.binary(opDiv, t.strip(v.args[0], f), v.args[1])
	}
	return v
}

// accumulate returns the accumulator of v, a new one if v has none.
func (t *target) accumulate(v *value) *value {
	for i, w := range t.summed {
		if w == v {
			return t.accums[i]
		}
	}
	a := t.intern(&value{op: opAccum, input: len(t.accums), shape: v.shape})
	t.accums = append(t.accums, a)
	t.summed = append(t.summed, v)
	return a
}
