package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A philox holds kernel.counters' blocks, one in the lower half of every 64-bit element; what
// is in the upper halves does not count.
type philox struct{ c [4]reg.VecVirtual }

// Offsets of kernel.counters' fields.
const (
	atIndex   = 0
	atStep    = 64
	atPerStep = 128 + 8*iota - 16
	atLast
	atIndexBy
	atStepBy
	atStream
	atKeys
)

// normal is the kernel in its AVX2 or its AVX-512 form: in the names of an evaluation's
// instructions, which know both.
type normal struct {
	*evaluation
	counters, dst reg.Register
	odd           reg.Register // AVX-512: a mask of odd words
}

func (n *normal) field(at int) operand.Mem { return operand.Mem{Base: n.counters, Disp: at} }

// do is an instruction whose first operand may be a constant.
func (n *normal) do(op operation, x operand.Op, others ...operand.Op) {
	f := n.instructions[op].whole
	if _, constant := x.(operand.Mem); constant && n.isWide() {
		f = n.instructions[op].repeated
	}
	f(append([]operand.Op{x}, others...)...)
}

func (n *normal) some(count int) []reg.VecVirtual {
	var all []reg.VecVirtual
	for range count {
		all = append(all, n.register().(reg.VecVirtual))
	}
	return all
}

// normals is kernel.normals: groups of eight blocks.
func (d *dtype) normals() {
	d.start(fmt.Sprint("normals", d.bits), fmt.Sprintf("func(dst *%s, groups int, counters *uint64)", d.scalar))
	n := &normal{evaluation: d.evaluation(&compiled{width: d.bits})}
	var groups reg.Register
	n.dst, groups, n.counters = d.Load(d.Param("dst"), d.GP64()), d.Load(d.Param("groups"), d.GP64()), d.Load(d.Param("counters"), d.GP64())
	if d.isWide() {
		n.oddWords()
		if d.bits == 32 { // float64 has two halves of a group for that
			n.loop(groups, 2, n.groupsWide)
		}
		n.loop(groups, 1, n.groupWide)
	} else {
		n.loop(groups, 1, n.group)
	}
	d.leave()
}

// loop runs body as long as there are so many groups.
func (n *normal) loop(groups reg.Register, count int, body func()) {
	next, fewer := n.label("group"), n.label("fewer")
	n.Label(next)
	n.CMPQ(groups, operand.U8(uint8(count)))
	n.JLT(operand.LabelRef(fewer))
	body()
	n.ADDQ(operand.U32(uint32(count*32*n.size)), n.dst)
	n.SUBQ(operand.U8(uint8(count)), groups)
	n.JMP(operand.LabelRef(next))
	n.Label(fewer)
}

// group makes the samples of eight blocks in two vectors of four.
func (n *normal) group() {
	a, b := n.blocks(0), n.blocks(32)
	n.rounds(a, b)
	if n.bits == 32 {
		n.samples32(a, b)
	} else {
		n.samples64(a, 0)
		n.samples64(b, 2)
	}
}

// blocks loads four counters and leaves those of the next group.
func (n *normal) blocks(half int) *philox {
	all := func(at int) reg.VecVirtual {
		r := n.YMM()
		n.VPBROADCASTQ(n.field(at), r)
		return r
	}
	p := &philox{[4]reg.VecVirtual{n.YMM(), all(atStream), n.YMM(), n.YMM()}}
	n.VMOVDQU(n.field(atIndex+half), p.c[0])
	n.VMOVDQU(n.field(atStep+half), p.c[2])
	n.VPSRLQ(operand.U8(32), p.c[2], p.c[3])
	index, step, beyond := all(atIndexBy), all(atStepBy), n.YMM()
	n.VPADDQ(p.c[0], index, index)
	n.VPADDQ(p.c[2], step, step)
	n.VPCMPGTQ(all(atLast), index, beyond)
	n.VPSUBQ(beyond, step, step)
	n.VPAND(all(atPerStep), beyond, beyond)
	n.VPSUBQ(beyond, index, index)
	n.VMOVDQU(index, n.field(atIndex+half))
	n.VMOVDQU(step, n.field(atStep+half))
	return p
}

// rounds are the ten of both.
func (n *normal) rounds(both ...*philox) {
	word := func(name string) operand.Mem { return n.words(name, uint32(integer(name))) }
	for round := range 10 {
		k0, k1 := n.YMM(), n.YMM()
		n.VPBROADCASTD(n.key(round, 0), k0)
		n.VPBROADCASTD(n.key(round, 1), k1)
		for _, p := range both {
			low0, low1 := n.YMM(), n.YMM()
			n.VPMULUDQ(word("philoxM0"), p.c[0], low0)
			n.VPMULUDQ(word("philoxM1"), p.c[2], low1)
			n.VPXOR(k0, p.c[1], p.c[1])
			n.VPXOR(k1, p.c[3], p.c[3])
			high0, high1 := n.YMM(), n.YMM()
			n.VPSRLQ(operand.U8(32), low1, high1)
			n.VPSRLQ(operand.U8(32), low0, high0)
			n.VPXOR(high1, p.c[1], high1)
			n.VPXOR(high0, p.c[3], high0)
			p.c = [4]reg.VecVirtual{high1, low1, high0, low0}
		}
	}
}

// key is one of the two of a round.
func (n *normal) key(round, which int) operand.Mem { return n.field(atKeys + 8*round + 4*which) }

// samples32 stores the samples of eight blocks.
func (n *normal) samples32(a, b *philox) {
	for i := range a.c {
		n.VPSLLQ(operand.U8(32), b.c[i], b.c[i])
		n.VPBLENDD(operand.U8(0xAA), b.c[i], a.c[i], a.c[i])
	}
	var low, high [2]reg.VecVirtual
	for i := range 2 {
		x, y := n.pair(a.c[2*i], a.c[2*i+1])
		low[i], high[i] = n.YMM(), n.YMM()
		n.VUNPCKLPS(y, x, low[i])
		n.VUNPCKHPS(y, x, high[i])
	}
	for i, v := range [][2]reg.VecVirtual{low, high} {
		t := n.YMM()
		n.VUNPCKLPD(v[1], v[0], t)
		n.VMOVUPS(t, n.at(n.dst, nil, 16*i))
		n.VUNPCKHPD(v[1], v[0], t)
		n.VMOVUPS(t, n.at(n.dst, nil, 16*i+8))
	}
}

// samples64 stores the samples of four blocks, those from the given one on in kernel.lanes.
func (n *normal) samples64(p *philox, first int) {
	for i := range 2 {
		x, y := n.pair(p.c[2*i], p.c[2*i+1])
		low, high := n.YMM(), n.YMM() // blocks first and first+1, first+4 and first+5
		n.VUNPCKLPD(y, x, low)
		n.VUNPCKHPD(y, x, high)
		at := 4*first + 2*i
		n.VMOVUPD(low.AsX(), n.at(n.dst, nil, at))
		n.VEXTRACTF128(operand.U8(1), low, n.at(n.dst, nil, at+4))
		n.VMOVUPD(high.AsX(), n.at(n.dst, nil, at+16))
		n.VEXTRACTF128(operand.U8(1), high, n.at(n.dst, nil, at+20))
	}
}

// pair is kernel.boxMuller.
func (n *normal) pair(a, b reg.VecVirtual) (x, y reg.VecVirtual) {
	radius, sinCos := n.radius32, n.sinCos32
	if n.bits == 64 {
		radius, sinCos = n.radius64, n.sinCos64
	}
	r := radius(a)
	sin, cos := sinCos(b)
	n.do(product, r, sin, sin)
	n.do(product, r, cos, cos)
	return cos, sin
}

// polynomial is c[0] + x (c[1] + x (…)), of kernel's constants.
func (n *normal) polynomial(x reg.VecVirtual, names ...string) reg.VecVirtual {
	p := n.some(1)[0]
	last := len(names) - 1
	n.do(product, n.named(names[last]), x, p)
	for i := last - 1; ; i-- {
		n.do(sum, n.named(names[i]), p, p)
		if i == 0 {
			return p
		}
		n.do(product, x, p, p)
	}
}

// radius64 is √(-2 ln u).
func (n *normal) radius64(a reg.VecVirtual) reg.VecVirtual {
	v := n.some(4)
	e, f, s, z := v[0], v[1], v[2], v[3]
	n.upperHalves(n.filled("integer", 1<<52), a, f)
	n.do(difference, n.filled("lessHalf", 1<<52-0.5), f, f)
	n.do(differenceOfIntegers, n.long("sqrtHalfLow", integer("sqrtHalfLow")), f, f)
	n.VPSRLQ(operand.U8(52), f, e)
	n.do(or, n.filled("integer", 1<<52), e, e)
	n.do(difference, n.filled("exponent", 1<<52+96), e, e)
	n.do(and, n.long("mantissa", 1<<52-1), f, f)
	n.do(sumOfIntegers, n.long("sqrtHalfBits", integer("sqrtHalfBits")), f, f)
	n.do(difference, n.filled("one", 1), f, f)
	n.do(sum, n.filled("two", 2), f, s)
	n.do(quotient, s, f, s)
	n.do(product, s, s, z)
	l := n.polynomial(z, "log2", "log4", "log6", "log8", "log10", "log12", "log14")
	n.do(product, z, l, l)
	n.do(difference, l, f, l)
	n.do(product, s, l, l)
	n.do(difference, l, f, l)
	n.do(product, n.filled("ln2", math.Ln2), e, e)
	return n.root(l, e)
}

// root is √(-2 (e + l)).
func (n *normal) root(l, e reg.VecVirtual) reg.VecVirtual {
	n.do(sum, e, l, l)
	n.do(product, n.filled("minusTwo", -2), l, l)
	n.sqrt(l, l)
	return l
}

// radius32 is the same in float32.
func (n *normal) radius32(a reg.VecVirtual) reg.VecVirtual {
	v := n.some(4)
	upper, e, f, t := v[0], v[1], v[2], v[3]
	n.VPSLLD(operand.U8(1), a, upper)
	n.do(and, a, upper, upper)
	n.VPSRAD(operand.U8(31), upper, upper)
	n.do(xor, upper, a, a)
	n.VPSRLD(operand.U8(16), a, t)
	n.VCVTDQ2PS(t, t)
	n.do(product, n.filled("halfWord", 1<<16), t, t)
	n.do(and, n.words("low", 1<<16-1), a, f)
	n.VCVTDQ2PS(f, f)
	n.do(sum, n.filled("half", 0.5), f, f)
	n.do(sum, f, t, t)
	n.do(differenceOfIntegers, n.words("threeQuarters", uint32(integer("threeQuarters"))), t, f)
	n.VPSRAD(operand.U8(23), f, e)
	n.do(differenceOfIntegers, n.words("exponent", 32), e, e)
	n.do(andNot, e, upper, e)
	n.VCVTDQ2PS(e, e)
	n.do(and, n.words("mantissa", 1<<23-1), f, f)
	n.do(sumOfIntegers, n.words("threeQuarters", uint32(integer("threeQuarters"))), f, f)
	n.do(difference, n.filled("one", 1), f, f)
	n.do(product, n.filled("complement", -0x1p-32), t, t)
	n.blend(n.signs(upper), t, f, f)
	l := n.polynomial(f, "single3Log", "single4Log", "single5Log", "single6Log", "single7Log", "single8Log", "single9Log", "single10Log")
	n.do(product, f, l, l)
	n.do(difference, n.filled("half", 0.5), l, l)
	n.do(product, f, f, t)
	n.do(product, t, l, l)
	n.do(sum, f, l, l)
	n.do(product, n.filled("ln2", math.Ln2), e, e)
	return n.root(l, e)
}

// sinCos64 are those of b + ½ 2^32nds of a turn.
func (n *normal) sinCos64(b reg.VecVirtual) (sin, cos reg.VecVirtual) {
	v := n.some(2)
	r, odd := v[0], v[1]
	// 4 (angle + ½) + 2³¹ is what is left of b without right angles
	n.VPSLLD(operand.U8(2), b, r)
	n.do(xor, n.words("halfAngle", 1<<31|2), r, r)
	n.upperHalves(n.filled("integer", 1<<52), r, r)
	n.do(difference, n.filled("zeroAngle", 1<<52+1<<31), r, r)
	n.do(product, n.filled("perTurn", number("perTurn")/4), r, r)
	s, c := n.near(r,
		[]string{"sin3", "sin5", "sin7", "sin9", "sin11", "sin13"},
		[]string{"cos4", "cos6", "cos8", "cos10", "cos12", "cos14"})
	n.do(sumOfIntegers, n.words("eighth", uint32(integer("eighth"))), b, b) // what it carries is shifted out
	n.VPSLLQ(operand.U8(33), b, odd)
	n.VPSLLQ(operand.U8(32), b, b)
	return n.quadrant(s, c, b, odd)
}

// sinCos32 is the same in float32.
func (n *normal) sinCos32(b reg.VecVirtual) (sin, cos reg.VecVirtual) {
	v := n.some(2)
	r, odd := v[0], v[1]
	n.VPSLLD(operand.U8(2), b, r)
	n.VPSRAD(operand.U8(1), r, r)
	n.do(or, n.words("unit", 1), r, r)
	n.VCVTDQ2PS(r, r)
	n.do(product, n.filled("perTurn", number("perTurn")/2), r, r)
	s, c := n.near(r, []string{"single3Sin", "single5Sin", "single7Sin"}, []string{"single4Cos", "single6Cos", "single8Cos"})
	n.do(sumOfIntegers, n.words("eighth", uint32(integer("eighth"))), b, b)
	n.VPSLLD(operand.U8(1), b, odd)
	return n.quadrant(s, c, b, odd)
}

// near are sine and cosine of an angle within a quarter of π.
func (n *normal) near(r reg.VecVirtual, sines, cosines []string) (sin, cos reg.VecVirtual) {
	v := n.some(2)
	z, t := v[0], v[1]
	n.do(product, r, r, z)
	sin, cos = n.polynomial(z, sines...), n.polynomial(z, cosines...)
	n.do(product, r, z, t)
	n.do(product, t, sin, sin)
	n.do(sum, r, sin, sin)
	n.do(product, z, cos, cos)
	n.do(difference, n.filled("half", 0.5), cos, cos)
	n.do(product, z, cos, cos)
	n.do(sum, n.filled("one", 1), cos, cos)
	return sin, cos
}

// quadrant turns sine and cosine by right angles: the highest bits of turn and odd are those of
// their number. It destroys both.
func (n *normal) quadrant(s, c, turn, odd reg.VecVirtual) (sin, cos reg.VecVirtual) {
	v, sign := n.some(2), n.filled("sign", math.Copysign(0, -1))
	sin, cos = v[0], v[1]
	swapped := n.signs(odd)
	n.blend(swapped, c, s, sin)
	n.blend(swapped, s, c, cos)
	n.do(xor, turn, odd, odd)
	n.do(and, sign, turn, turn)
	n.do(and, sign, odd, odd)
	n.do(xor, turn, sin, sin)
	n.do(xor, odd, cos, cos)
	return sin, cos
}

// signs are the highest bits of the elements, as a mask of blend.
func (n *normal) signs(v reg.VecVirtual) reg.Register {
	if !n.isWide() {
		return v
	}
	k, sign := n.K(), n.filled("sign", math.Copysign(0, -1))
	if n.bits == 32 {
		n.VPTESTMD_BCST(sign, v, k)
	} else {
		n.VPTESTMQ_BCST(sign, v, k)
	}
	return k
}

// upperHalves are those of a constant, with the lower ones of v.
func (n *normal) upperHalves(constant operand.Mem, v, to reg.VecVirtual) {
	if n.isWide() {
		upper := n.ZMM()
		n.VPBROADCASTQ(constant, upper)
		n.VPBLENDMD(upper, v, n.odd, to)
		return
	}
	n.VPBLENDD(operand.U8(0xAA), constant, v, to)
}
