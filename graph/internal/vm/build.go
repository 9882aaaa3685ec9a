package vm

import (
	"math"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// builder makes values: it merges equal ones and applies the rules of arithmetic
// that change no bit of a finite result (0·x = 0 is the exception at infinities).
type builder struct {
	created int
	known   map[key]*value
}

func newBuilder() *builder { return &builder{known: map[key]*value{}} }

// intern returns the existing value that computes the same as v, or v itself.
// Data, functions without a fixed name and foreign ops are never merged.
func (b *builder) intern(v *value) *value {
	unique := v.op == opData || v.op == opForeign
	var k key
	if !unique {
		k = keyOf(v)
		if old, ok := b.known[k]; ok {
			return old
		}
	}
	if !unique {
		b.known[k] = v
	}
	return b.append(v)
}

// append adds a new value without looking for an equal one.
func (b *builder) append(v *value) *value {
	v.id = b.created
	b.created++
	switch v.op {
	case opInput, opAccum: // the caller says
	default:
		v.invariant = true
		for _, a := range v.args {
			v.invariant = v.invariant && a.invariant
		}
	}
	return v
}

func (b *builder) constant(x float64) *value {
	return b.intern(&value{op: opConst, num: x})
}

// broadcast is the scalar s as every element of the shape. Elementwise rules see
// through it, so that it is rarely executed.
func (b *builder) broadcast(s *value, to shape) *value {
	if to.scalar() || !s.shape.scalar() {
		return s
	}
	return b.intern(&value{op: opBroadcast, args: []*value{s}, shape: to})
}

func (b *builder) neg(x *value) *value {
	switch {
	case x.op == opConst:
		return b.constant(-x.num)
	case x.op == opNeg:
		return x.args[0]
	case x.op == opBroadcast:
		return b.broadcast(b.neg(x.args[0]), x.shape)
	case x.op == opSub:
		return b.binary(opSub, x.args[1], x.args[0])
	}
	return b.intern(&value{op: opNeg, args: []*value{x}, shape: x.shape})
}

// binary applies + - × ÷ or a power, elementwise; a scalar operand goes with
// every element of the other.
func (b *builder) binary(op opcode, x, y *value) *value {
	x, y, out := b.unbroadcast(x, y)
	return b.broadcast(b.arithmetic(op, x, y), out)
}

// unbroadcast replaces broadcast operands by their scalars and returns the shape
// of the result.
func (b *builder) unbroadcast(x, y *value) (p, q *value, out shape) {
	out = x.shape
	if out.scalar() {
		out = y.shape
	}
	if x.op == opBroadcast {
		x = x.args[0]
	}
	if y.op == opBroadcast {
		y = y.args[0]
	}
	return x, y, out
}

func (b *builder) arithmetic(op opcode, x, y *value) *value {
	if x.op == opConst && y.op == opConst {
		return b.constant(fold(op, x.num, y.num))
	}
	out := x.shape
	if out.scalar() {
		out = y.shape
	}
	if v := b.simplify(op, x, y, out); v != nil {
		return v
	}
	if (op == opAdd || op == opMul) && x.id > y.id {
		x, y = y, x // commutative: one order, so that equal ones meet
	}
	if op == opMul && x == y {
		return b.unary(opSquare, x)
	}
	return b.intern(&value{op: op, args: []*value{x, y}, shape: out})
}

// unary applies one of the functions with an opcode, elementwise.
func (b *builder) unary(op opcode, x *value) *value {
	switch {
	case op == opNeg:
		return b.neg(x)
	case x.op == opConst:
		return b.constant(unaryFunctions[op](x.num))
	case x.op == opBroadcast:
		return b.broadcast(b.unary(op, x.args[0]), x.shape)
	case x.op == opNeg && (op == opSquare || op == opAbs):
		x = x.args[0]
	}
	return b.intern(&value{op: op, args: []*value{x}, shape: x.shape})
}

// function applies a named scalar function, elementwise. Two functions with the
// same tag are taken for the same one.
func (b *builder) function(name string, tag int, f *kernel.Function, x *value) *value {
	switch x.op {
	case opConst:
		return b.constant(f.Of(x.num))
	case opBroadcast:
		return b.broadcast(b.function(name, tag, f, x.args[0]), x.shape)
	}
	return b.intern(&value{op: opFunc, name: name, input: tag, fn: f, args: []*value{x}, shape: x.shape})
}

// pairFunction is a function of two numbers.
type pairFunction = func(x, y float64) float64

// pairs applies a function of two numbers, elementwise; tag is as in function.
func (b *builder) pairs(name string, tag int, f pairFunction, x, y *value) *value {
	x, y, out := b.unbroadcast(x, y)
	if x.op == opConst && y.op == opConst {
		return b.broadcast(b.constant(f(x.num, y.num)), out)
	}
	inner := x.shape
	if inner.scalar() {
		inner = y.shape
	}
	return b.broadcast(b.intern(&value{op: opPair, name: name, input: tag, pair: f, args: []*value{x, y}, shape: inner}), out)
}

// sum is Σ over all elements of a vector.
func (b *builder) sum(x *value) *value {
	switch {
	case x.shape.scalar():
		return x
	case x.op == opBroadcast:
		return b.binary(opMul, b.constant(float64(x.shape.size())), x.args[0])
	case x.op == opNeg:
		return b.neg(b.sum(x.args[0]))
	}
	return b.intern(&value{op: opSum, args: []*value{x}})
}

// choose is p where l < r (or l <= r), else q, elementwise.
func (b *builder) choose(op opcode, args []*value) *value {
	var out shape
	plain := make([]*value, len(args))
	for i, a := range args {
		if !a.shape.scalar() {
			out = a.shape
		}
		if plain[i] = a; a.op == opBroadcast {
			plain[i] = a.args[0]
		}
	}
	l, r, p, q := plain[0], plain[1], plain[2], plain[3]
	switch {
	case p == q:
		return b.broadcast(p, out)
	case l.op == opConst && r.op == opConst:
		if l.num < r.num || (op == opSelectLE && l.num == r.num) {
			return b.broadcast(p, out)
		}
		return b.broadcast(q, out)
	case op == opSelectLT && (l.is(math.Inf(1)) || r.is(math.Inf(-1))):
		return b.broadcast(q, out) // no bound
	case op == opSelectLT && l == q && r == p && r.shape.scalar():
		return b.broadcast(b.arithmetic(opAtLeast, l, r), out)
	case op == opSelectLT && l == p && r == q && l.shape.scalar():
		return b.broadcast(b.arithmetic(opAtMost, r, l), out)
	}
	var s shape
	for _, a := range plain {
		if !a.shape.scalar() {
			s = a.shape
		}
	}
	return b.broadcast(b.intern(&value{op: op, args: plain, shape: s}), out)
}
