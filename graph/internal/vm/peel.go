package vm

// peel replaces what an accumulated output sums by accumulators and an expression
// of them that is evaluated once, after the last step.
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
	case opNeg:
		return t.neg(t.peeled(v.args[0]))
	case opMul:
		x, y := v.args[0], v.args[1]
		switch {
		case x.invariant && !y.invariant:
			return t.binary(opMul, x, t.peeled(y))
		case y.invariant && !x.invariant:
			return t.binary(opMul, t.peeled(x), y)
		}
	case opDiv:
		if x, y := v.args[0], v.args[1]; y.invariant && !x.invariant {
			return t.binary(opDiv, t.peeled(x), y)
		}
	case opBroadcast:
		return t.broadcast(t.peeled(v.args[0]), v.shape)
	case opAdd, opSub:
		if v.shape.scalar() {
			return t.binary(v.op, t.peeled(v.args[0]), t.peeled(v.args[1]))
		}
	}
	return t.accumulate(v)
}

// accumulate returns the accumulator of v, a new one if v has none.
func (t *target) accumulate(v *value) *value {
	for i, w := range t.inner {
		if w == v {
			return t.accums[i]
		}
	}
	a := t.intern(&value{op: opAccum, input: len(t.accums), shape: v.shape})
	t.accums = append(t.accums, a)
	t.inner = append(t.inner, v)
	return a
}
