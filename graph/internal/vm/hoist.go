package vm

// hoist collects the invariant factors of a product, so that they are multiplied
// once in the prologue. A division by an invariant becomes a multiplication with
// its reciprocal there: x·(1/y) differs from x/y by at most one unit in the last
// place (and by nothing for powers of two).
func (t *target) hoist() {
	uses := t.uses()
	once := map[*value]bool{} // new values whose original had one reader
	t.rewrite(func(v *value, args []*value) *value {
		var r *value
		switch {
		case v.invariant || v.shape.scalar():
			r = t.with(v, args)
		case v.op == opDiv && args[1].invariant:
			r = t.product(args[0], t.binary(opDiv, t.constant(1), args[1]), once)
		case v.op == opMul && args[1].invariant:
			r = t.product(args[0], args[1], once)
		case v.op == opMul && args[0].invariant:
			r = t.product(args[1], args[0], once)
		case v.op.arithmetic() && len(args) == 2:
			r = t.binary(v.op, args[0], args[1])
		default:
			r = t.with(v, args)
		}
		if uses[v] == 1 {
			once[r] = true
		} else {
			once[r] = false
		}
		return r
	})
}

// product is x·c with an invariant c. When x is itself a product with an
// invariant, the two factors are joined, unless x is needed anyway and joining
// would turn a scalar factor into a vector.
func (t *target) product(x, c *value, once map[*value]bool) *value {
	if x.op != opMul || x.invariant {
		return t.binary(opMul, x, c)
	}
	for i, d := range x.args {
		if d.invariant && (once[x] || d.shape.scalar() && c.shape.scalar()) {
			return t.binary(opMul, x.args[1-i], t.binary(opMul, c, d))
		}
	}
	return t.binary(opMul, x, c)
}
