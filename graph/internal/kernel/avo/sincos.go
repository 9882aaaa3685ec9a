package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// fours is a loop over whole groups of four elements, turned by so many right angles. It ends at
// the first group that f, which makes y and the mask of those it can do of x, cannot do all of; it
// returns the number of elements done.
func (d *dtype) fours(name, signature string, size int, load func(from operand.Mem) reg.VecVirtual,
	f func(x, quarters reg.VecVirtual) (y, able reg.VecVirtual), store func(y reg.VecVirtual, to operand.Mem)) {
	d.function(name, signature)
	to, from, n := d.Load(d.Param("d"), d.GP64()), d.Load(d.Param("a"), d.GP64()), d.Load(d.Param("n"), d.GP64())
	q, err := d.Param("quarters").Resolve()
	if err != nil {
		panic(err)
	}
	quarters, done, all := d.YMM(), d.GP64(), d.GP32()
	d.VPBROADCASTQ(q.Addr, quarters)
	d.XORQ(done, done)
	d.Label("four")
	d.SUBQ(operand.U8(4), n)
	d.JLT(operand.LabelRef("end"))
	at := func(base reg.Register) operand.Mem {
		return operand.Mem{Base: base, Index: done, Scale: uint8(size)}
	}
	y, able := f(load(at(from)), quarters)
	d.VMOVMSKPD(able, all)
	d.CMPL(all, operand.U8(15))
	d.JNE(operand.LabelRef("end"))
	store(y, at(to))
	d.ADDQ(operand.U8(4), done)
	d.JMP(operand.LabelRef("four"))
	d.Label("end")
	d.Store(done, d.ReturnIndex(0))
	d.leave()
}

// trigonometric is kernel.turned64.
func (d *dtype) trigonometric() {
	d.fours("trigonometric64", "func(d, a *float64, n int, quarters uint64) int", 8,
		func(from operand.Mem) reg.VecVirtual {
			x := d.YMM()
			d.VMOVUPD(from, x)
			return x
		}, d.turned,
		func(y reg.VecVirtual, to operand.Mem) { d.VMOVUPD(y, to) })
}

// trigonometricSingle is kernel.turned32.
func (d *dtype) trigonometricSingle() {
	d.fours("trigonometric32", "func(d, a *float32, n int, quarters uint64) int", 4,
		func(from operand.Mem) reg.VecVirtual {
			x := d.YMM()
			d.VCVTPS2PD(from, x)
			return x
		}, d.turnedSingle,
		func(y reg.VecVirtual, to operand.Mem) {
			x := d.XMM()
			d.VCVTPD2PSY(y, x)
			d.VMOVUPS(x, to)
		})
}

// reducible is the mask of elements that the short reduction is for; NaN is not.
func (d *dtype) reducible(x reg.VecVirtual) reg.VecVirtual {
	const atMost = 0x12 // ordered and quiet
	able := d.YMM()
	d.VANDPD(d.long("magnitude", math.MaxInt64), x, able)
	d.VCMPPD(operand.U8(atMost), d.named("reducible"), able, able)
	return able
}

func (d *dtype) turned(x, quarters reg.VecVirtual) (y, able reg.VecVirtual) {
	able = d.reducible(x)
	q, k, t, w, high := d.YMM(), d.YMM(), d.YMM(), d.YMM(), d.YMM()
	d.VMULPD(d.named("twoOverPi"), x, q)
	d.VADDPD(d.named("rounder"), q, q)
	d.VSUBPD(d.named("rounder"), q, k)
	d.VPADDQ(quarters, q, q)
	d.VMULPD(d.named("halfPi1"), k, t)
	d.VSUBPD(t, x, t)
	d.VMULPD(d.named("halfPi2"), k, w)
	d.VSUBPD(w, t, high)
	d.VSUBPD(high, t, t)
	d.VSUBPD(w, t, t)
	d.VMULPD(d.named("halfPi3"), k, w)
	d.VSUBPD(t, w, t)
	r, low := d.YMM(), d.YMM()
	d.VSUBPD(t, high, r)
	d.VSUBPD(r, high, low)
	d.VSUBPD(t, low, low)

	z := d.YMM()
	d.VMULPD(r, r, z)
	y = d.sinNear(r, low, z)
	cos := d.cosNear(r, low, z)
	d.VPSLLQ(operand.U8(63), q, t)
	d.VBLENDVPD(t, cos, y, y)
	d.VPSRLQ(operand.U8(1), q, q)
	d.VPSLLQ(operand.U8(63), q, q)
	d.VXORPD(q, y, y)
	return y, able
}

func (d *dtype) sinNear(r, low, z reg.VecVirtual) reg.VecVirtual {
	v, t := d.YMM(), d.YMM()
	d.VMULPD(r, z, v)
	p := d.polynomial(z, "sin5", "sin7", "sin9", "sin11", "sin13")
	d.VMULPD(v, p, p)
	d.VMULPD(d.filled("half", 0.5), low, t)
	d.VSUBPD(p, t, t)
	d.VMULPD(z, t, t)
	d.VSUBPD(low, t, t)
	d.VMULPD(d.named("sin3"), v, v)
	d.VSUBPD(v, t, t)
	d.VSUBPD(t, r, t)
	return t
}

func (d *dtype) cosNear(r, low, z reg.VecVirtual) reg.VecVirtual {
	h, w, t, one := d.YMM(), d.YMM(), d.YMM(), d.YMM()
	p := d.polynomial(z, "cos4", "cos6", "cos8", "cos10", "cos12", "cos14")
	d.VMULPD(z, p, p)
	d.VMULPD(z, p, p)
	d.VMULPD(r, low, t)
	d.VSUBPD(t, p, p)
	d.VMULPD(d.filled("half", 0.5), z, h)
	d.VMOVUPD(d.filled("one", 1), one)
	d.VSUBPD(h, one, w)
	d.VSUBPD(w, one, t)
	d.VSUBPD(h, t, t)
	d.VADDPD(p, t, t)
	d.VADDPD(t, w, t)
	return t
}

func (d *dtype) turnedSingle(x, quarters reg.VecVirtual) (y, able reg.VecVirtual) {
	able = d.reducible(x)
	half, q, k, r := d.YMM(), d.YMM(), d.YMM(), d.YMM()
	// quarters is 0 or 1: all ones or none
	d.VXORPD(half, half, half)
	d.VPSUBQ(quarters, half, half)
	d.VANDPD(d.filled("half", 0.5), half, half)
	d.VMULPD(d.named("oneOverPi"), x, q)
	d.VADDPD(half, q, q)
	d.VADDPD(d.named("rounder"), q, q)
	d.VSUBPD(d.named("rounder"), q, k)
	d.VSUBPD(half, k, k)
	d.VMULPD(d.named("pi1"), k, r)
	d.VSUBPD(r, x, r)
	d.VMULPD(d.named("pi2"), k, k)
	d.VSUBPD(k, r, r)
	z := d.YMM()
	d.VMULPD(r, r, z)
	y = d.polynomial(z, "half2", "half4", "half6", "half8", "half10")
	d.VMULPD(z, y, y)
	d.VADDPD(d.filled("one", 1), y, y)
	d.VMULPD(r, y, y)
	d.VPSLLQ(operand.U8(63), q, q)
	d.VXORPD(q, y, y)
	return y, able
}
