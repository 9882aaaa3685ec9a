package vm

import "math"

// simplify returns the shorter form of x ∘ y, or nil when there is none.
func (b *builder) simplify(op opcode, x, y *value, out shape) *value {
	switch op {
	case opAdd:
		return b.simplifyAdd(x, y, out)
	case opSub:
		return b.simplifySub(x, y, out)
	case opMul:
		return b.simplifyMul(x, y, out)
	case opDiv:
		return b.simplifyDiv(x, y, out)
	case opPow:
		return b.simplifyPow(x, y, out)
	}
	return nil
}

func (b *builder) simplifyAdd(x, y *value, out shape) *value {
	switch {
	case x.is(0):
		return b.broadcast(y, out)
	case y.is(0):
		return b.broadcast(x, out)
	case y.op == opNeg:
		return b.arithmetic(opSub, x, y.args[0])
	case x.op == opNeg:
		return b.arithmetic(opSub, y, x.args[0])
	}
	return nil
}

func (b *builder) simplifySub(x, y *value, out shape) *value {
	switch {
	case y.is(0):
		return b.broadcast(x, out)
	case x.is(0):
		return b.broadcast(b.neg(y), out)
	case x == y:
		return b.broadcast(b.constant(0), out)
	case y.op == opNeg:
		return b.arithmetic(opAdd, x, y.args[0])
	case x.op == opNeg:
		return b.neg(b.arithmetic(opAdd, x.args[0], y))
	}
	return nil
}

func (b *builder) simplifyMul(x, y *value, out shape) *value {
	switch {
	case x.is(0), y.is(0):
		return b.broadcast(b.constant(0), out)
	case x.is(1):
		return b.broadcast(y, out)
	case y.is(1):
		return b.broadcast(x, out)
	case x.is(-1):
		return b.broadcast(b.neg(y), out)
	case y.is(-1):
		return b.broadcast(b.neg(x), out)
	case x.op == opNeg:
		return b.neg(b.arithmetic(opMul, x.args[0], y))
	case y.op == opNeg:
		return b.neg(b.arithmetic(opMul, x, y.args[0]))
	}
	return nil
}

func (b *builder) simplifyDiv(x, y *value, out shape) *value {
	switch {
	case x.is(0):
		return b.broadcast(b.constant(0), out)
	case y.is(1):
		return b.broadcast(x, out)
	case y.is(-1):
		return b.broadcast(b.neg(x), out)
	case x.op == opNeg:
		return b.neg(b.arithmetic(opDiv, x.args[0], y))
	case y.op == opNeg:
		return b.neg(b.arithmetic(opDiv, x, y.args[0]))
	}
	return nil
}

func (b *builder) simplifyPow(x, y *value, out shape) *value {
	switch {
	case y.is(0):
		return b.broadcast(b.constant(1), out)
	case y.is(1):
		return b.broadcast(x, out)
	case y.is(2):
		return b.broadcast(b.unary(opSquare, x), out)
	case y.is(3):
		return b.broadcast(b.unary(opCube, x), out)
	case y.is(0.5):
		return b.broadcast(b.unary(opSqrt, x), out)
	case y.is(-1):
		return b.arithmetic(opDiv, b.constant(1), x)
	}
	return nil
}

func fold(op opcode, x, y float64) float64 {
	switch op {
	case opAdd:
		return x + y
	case opSub:
		return x - y
	case opMul:
		return x * y
	case opDiv:
		return x / y
	case opAtLeast:
		return max(x, y)
	case opAtMost:
		return min(x, y)
	}
	return math.Pow(x, y)
}
