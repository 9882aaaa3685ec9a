package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A philox holds four of kernel.counters' blocks, one in the lower half of every 64-bit element; what
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
	atKeyLow
	atKeyHigh
)

// normals is kernel.normals: groups of eight blocks.
func (d *dtype) normals() {
	d.function(fmt.Sprint("normals", d.bits), fmt.Sprintf("func(dst *%s, groups int, counters *uint64)", d.scalar))
	dst, groups, counters := d.Load(d.Param("dst"), d.GP64()), d.Load(d.Param("groups"), d.GP64()), d.Load(d.Param("counters"), d.GP64())
	d.TESTQ(groups, groups)
	d.JZ(operand.LabelRef("done"))
	d.Label("group")
	a, b := d.blocks(counters, 0), d.blocks(counters, 32)
	d.rounds(counters, a, b)
	if d.bits == 32 {
		d.samples32(dst, a, b)
	} else {
		d.samples64(dst, a, 0)
		d.samples64(dst, b, 2)
	}
	d.ADDQ(operand.U32(uint32(32*d.size)), dst)
	d.DECQ(groups)
	d.JNZ(operand.LabelRef("group"))
	d.Label("done")
	d.leave()
}

// blocks loads four counters and leaves those of the next group.
func (d *dtype) blocks(counters reg.Register, half int) *philox {
	field := func(at int) operand.Mem { return operand.Mem{Base: counters, Disp: at} }
	all := func(at int) reg.VecVirtual {
		r := d.YMM()
		d.VPBROADCASTQ(field(at), r)
		return r
	}
	p := &philox{[4]reg.VecVirtual{d.YMM(), all(atStream), d.YMM(), d.YMM()}}
	d.VMOVDQU(field(atIndex+half), p.c[0])
	d.VMOVDQU(field(atStep+half), p.c[2])
	d.VPSRLQ(operand.U8(32), p.c[2], p.c[3])
	index, step, beyond := all(atIndexBy), all(atStepBy), d.YMM()
	d.VPADDQ(p.c[0], index, index)
	d.VPADDQ(p.c[2], step, step)
	d.VPCMPGTQ(all(atLast), index, beyond)
	d.VPSUBQ(beyond, step, step)
	d.VPAND(all(atPerStep), beyond, beyond)
	d.VPSUBQ(beyond, index, index)
	d.VMOVDQU(index, field(atIndex+half))
	d.VMOVDQU(step, field(atStep+half))
	return p
}

// rounds are the ten of both.
func (d *dtype) rounds(counters reg.Register, both ...*philox) {
	k0, k1 := d.YMM(), d.YMM()
	d.VPBROADCASTD(operand.Mem{Base: counters, Disp: atKeyLow}, k0)
	d.VPBROADCASTD(operand.Mem{Base: counters, Disp: atKeyHigh}, k1)
	word := func(name string) operand.Mem { return d.words(name, uint32(integer(name))) }
	for round := range 10 {
		if round > 0 {
			d.VPADDD(word("philoxW0"), k0, k0)
			d.VPADDD(word("philoxW1"), k1, k1)
		}
		for _, p := range both {
			low0, low1 := d.YMM(), d.YMM()
			d.VPMULUDQ(word("philoxM0"), p.c[0], low0)
			d.VPMULUDQ(word("philoxM1"), p.c[2], low1)
			d.VPXOR(k0, p.c[1], p.c[1])
			d.VPXOR(k1, p.c[3], p.c[3])
			high0, high1 := d.YMM(), d.YMM()
			d.VPSRLQ(operand.U8(32), low1, high1)
			d.VPSRLQ(operand.U8(32), low0, high0)
			d.VPXOR(high1, p.c[1], high1)
			d.VPXOR(high0, p.c[3], high0)
			p.c = [4]reg.VecVirtual{high1, low1, high0, low0}
		}
	}
}

// samples32 stores the samples of eight blocks.
func (d *dtype) samples32(dst reg.Register, a, b *philox) {
	for i := range a.c {
		d.VPSLLQ(operand.U8(32), b.c[i], b.c[i])
		d.VPBLENDD(operand.U8(0xAA), b.c[i], a.c[i], a.c[i])
	}
	var low, high [2]reg.VecVirtual
	for i := range 2 {
		x, y := d.pair(a.c[2*i], a.c[2*i+1])
		low[i], high[i] = d.YMM(), d.YMM()
		d.VUNPCKLPS(y, x, low[i])
		d.VUNPCKHPS(y, x, high[i])
	}
	for i, v := range [][2]reg.VecVirtual{low, high} {
		t := d.YMM()
		d.VUNPCKLPD(v[1], v[0], t)
		d.VMOVUPS(t, d.at(dst, nil, 16*i))
		d.VUNPCKHPD(v[1], v[0], t)
		d.VMOVUPS(t, d.at(dst, nil, 16*i+8))
	}
}

// samples64 stores the samples of four blocks, those from the given one on in kernel.lanes.
func (d *dtype) samples64(dst reg.Register, p *philox, first int) {
	for i := range 2 {
		x, y := d.pair(p.c[2*i], p.c[2*i+1])
		low, high := d.YMM(), d.YMM() // blocks first and first+1, first+4 and first+5
		d.VUNPCKLPD(y, x, low)
		d.VUNPCKHPD(y, x, high)
		at := 4*first + 2*i
		d.VMOVUPD(low.AsX(), d.at(dst, nil, at))
		d.VEXTRACTF128(operand.U8(1), low, d.at(dst, nil, at+4))
		d.VMOVUPD(high.AsX(), d.at(dst, nil, at+16))
		d.VEXTRACTF128(operand.U8(1), high, d.at(dst, nil, at+20))
	}
}

// pair is kernel.boxMuller.
func (d *dtype) pair(a, b reg.VecVirtual) (x, y reg.VecVirtual) {
	radius := d.radius32
	sinCos := d.sinCos32
	if d.bits == 64 {
		radius, sinCos = d.radius64, d.sinCos64
	}
	r := radius(a)
	sin, cos := sinCos(b)
	d.mul(r, sin, sin)
	d.mul(r, cos, cos)
	return cos, sin
}

// polynomial is c[0] + x (c[1] + x (…)), of kernel's constants.
func (d *dtype) polynomial(x reg.VecVirtual, names ...string) reg.VecVirtual {
	p := d.YMM()
	last := len(names) - 1
	d.mul(d.named(names[last]), x, p)
	for i := last - 1; ; i-- {
		d.add(d.named(names[i]), p, p)
		if i == 0 {
			return p
		}
		d.mul(x, p, p)
	}
}

// radius64 is √(-2 ln u).
func (d *dtype) radius64(a reg.VecVirtual) reg.VecVirtual {
	e, f, s, z := d.YMM(), d.YMM(), d.YMM(), d.YMM()
	d.VPBLENDD(operand.U8(0xAA), d.filled("integer", 1<<52), a, f)
	d.VSUBPD(d.filled("lessHalf", 1<<52-0.5), f, f)
	d.VPSUBQ(d.long("sqrtHalfLow", integer("sqrtHalfLow")), f, f)
	d.VPSRLQ(operand.U8(52), f, e)
	d.VPOR(d.filled("integer", 1<<52), e, e)
	d.VSUBPD(d.filled("exponent", 1<<52+96), e, e)
	d.VPAND(d.long("mantissa", 1<<52-1), f, f)
	d.VPADDQ(d.long("sqrtHalfBits", integer("sqrtHalfBits")), f, f)
	d.VSUBPD(d.filled("one", 1), f, f)
	d.VADDPD(d.filled("two", 2), f, s)
	d.VDIVPD(s, f, s)
	d.VMULPD(s, s, z)
	l := d.polynomial(z, "log2", "log4", "log6", "log8", "log10", "log12", "log14")
	d.VMULPD(z, l, l)
	d.VSUBPD(l, f, l)
	d.VMULPD(s, l, l)
	d.VSUBPD(l, f, l)
	d.VMULPD(d.filled("ln2", math.Ln2), e, e)
	return d.root(l, e)
}

// root is √(-2 (e + l)).
func (d *dtype) root(l, e reg.VecVirtual) reg.VecVirtual {
	d.add(e, l, l)
	d.mul(d.filled("minusTwo", -2), l, l)
	d.sqrt(l, l)
	return l
}

// radius32 is the same in float32.
func (d *dtype) radius32(a reg.VecVirtual) reg.VecVirtual {
	upper, e, f, t := d.YMM(), d.YMM(), d.YMM(), d.YMM()
	d.VPSLLD(operand.U8(1), a, upper)
	d.VPAND(a, upper, upper)
	d.VPSRAD(operand.U8(31), upper, upper)
	d.VPXOR(upper, a, a)
	d.VPSRLD(operand.U8(16), a, t)
	d.VCVTDQ2PS(t, t)
	d.VMULPS(d.filled("halfWord", 1<<16), t, t)
	d.VPAND(d.words("low", 1<<16-1), a, f)
	d.VCVTDQ2PS(f, f)
	d.VADDPS(d.filled("half", 0.5), f, f)
	d.VADDPS(f, t, t)
	d.VPSUBD(d.words("threeQuarters", uint32(integer("threeQuarters"))), t, f)
	d.VPSRAD(operand.U8(23), f, e)
	d.VPSUBD(d.words("exponent", 32), e, e)
	d.VPANDN(e, upper, e)
	d.VCVTDQ2PS(e, e)
	d.VPAND(d.words("mantissa", 1<<23-1), f, f)
	d.VPADDD(d.words("threeQuarters", uint32(integer("threeQuarters"))), f, f)
	d.VSUBPS(d.filled("one", 1), f, f)
	d.VMULPS(d.filled("complement", -0x1p-32), t, t)
	d.VBLENDVPS(upper, t, f, f)
	l := d.polynomial(f, "single3Log", "single4Log", "single5Log", "single6Log", "single7Log", "single8Log", "single9Log", "single10Log")
	d.VMULPS(f, l, l)
	d.VSUBPS(d.filled("half", 0.5), l, l)
	d.VMULPS(f, f, t)
	d.VMULPS(t, l, l)
	d.VADDPS(f, l, l)
	d.VMULPS(d.filled("ln2", math.Ln2), e, e)
	return d.root(l, e)
}

// sinCos64 are those of b + ½ 2^32nds of a turn.
func (d *dtype) sinCos64(b reg.VecVirtual) (sin, cos reg.VecVirtual) {
	r, odd := d.YMM(), d.YMM()
	// 4 (angle + ½) + 2³¹ is what is left of b without right angles
	d.VPSLLD(operand.U8(2), b, r)
	d.VPXOR(d.words("halfAngle", 1<<31|2), r, r)
	d.VPBLENDD(operand.U8(0xAA), d.filled("integer", 1<<52), r, r)
	d.VSUBPD(d.filled("zeroAngle", 1<<52+1<<31), r, r)
	d.VMULPD(d.filled("perTurn", number("perTurn")/4), r, r)
	s, c := d.near(r,
		[]string{"sin3", "sin5", "sin7", "sin9", "sin11", "sin13"},
		[]string{"cos4", "cos6", "cos8", "cos10", "cos12", "cos14"})
	d.VPADDD(d.words("eighth", uint32(integer("eighth"))), b, b)
	d.VPSLLQ(operand.U8(33), b, odd)
	d.VPSLLQ(operand.U8(32), b, b)
	return d.quadrant(s, c, b, odd, d.filled("sign", math.Copysign(0, -1)))
}

// sinCos32 is the same in float32.
func (d *dtype) sinCos32(b reg.VecVirtual) (sin, cos reg.VecVirtual) {
	r, odd := d.YMM(), d.YMM()
	d.VPSLLD(operand.U8(2), b, r)
	d.VPSRAD(operand.U8(1), r, r)
	d.VPOR(d.words("unit", 1), r, r)
	d.VCVTDQ2PS(r, r)
	d.VMULPS(d.filled("perTurn", number("perTurn")/2), r, r)
	s, c := d.near(r, []string{"single3Sin", "single5Sin", "single7Sin"}, []string{"single4Cos", "single6Cos", "single8Cos"})
	d.VPADDD(d.words("eighth", uint32(integer("eighth"))), b, b)
	d.VPSLLD(operand.U8(1), b, odd)
	return d.quadrant(s, c, b, odd, d.filled("sign", math.Copysign(0, -1)))
}

// near are sine and cosine of an angle within a quarter of π.
func (d *dtype) near(r reg.VecVirtual, sines, cosines []string) (sin, cos reg.VecVirtual) {
	z, t := d.YMM(), d.YMM()
	d.mul(r, r, z)
	sin, cos = d.polynomial(z, sines...), d.polynomial(z, cosines...)
	d.mul(r, z, t)
	d.mul(t, sin, sin)
	d.add(r, sin, sin)
	d.mul(z, cos, cos)
	d.sub(d.filled("half", 0.5), cos, cos)
	d.mul(z, cos, cos)
	d.add(d.filled("one", 1), cos, cos)
	return sin, cos
}

// quadrant turns sine and cosine by right angles: the highest bits of turn and odd are those of
// their number. It destroys both.
func (d *dtype) quadrant(s, c, turn, odd reg.VecVirtual, sign operand.Mem) (sin, cos reg.VecVirtual) {
	sin, cos = d.YMM(), d.YMM()
	d.blend(odd, c, s, sin)
	d.blend(odd, s, c, cos)
	d.VPXOR(turn, odd, odd)
	d.VPAND(sign, turn, turn)
	d.VPAND(sign, odd, odd)
	d.VPXOR(turn, sin, sin)
	d.VPXOR(odd, cos, cos)
	return sin, cos
}
