package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unary is d[i] = f(a[i]) with step elements at a time; f turns the vector in Y0
// into its value in Y0.
func (d *dtype) unary(name string, step int, load func(from operand.Mem, mask reg.VecPhysical), f func(), store func(to operand.Mem)) {
	d.function(fmt.Sprint(name, d.bits), fmt.Sprintf("func(d, a *%s, n int)", d.scalar))
	d.Load(d.Param("d"), reg.RDI)
	d.Load(d.Param("a"), reg.RSI)
	d.Load(d.Param("n"), reg.RCX)
	d.XORQ(reg.RAX, reg.RAX)
	d.SUBQ(operand.U8(uint8(step)), reg.RCX)
	d.JLT(operand.LabelRef("rest"))
	d.Label("full")
	load(d.at(reg.RSI, reg.RAX, 0), nil)
	f()
	store(d.at(reg.RDI, reg.RAX, 0))
	d.ADDQ(operand.U8(uint8(step)), reg.RAX)
	d.CMPQ(reg.RAX, reg.RCX)
	d.JLE(operand.LabelRef("full"))
	d.Label("rest")
	d.ADDQ(operand.U8(uint8(step)), reg.RCX)
	d.SUBQ(reg.RAX, reg.RCX)
	d.JZ(operand.LabelRef("done"))
	d.MOVQ(reg.RCX, reg.R10)
	d.tailMask(reg.R10, reg.R9, tail, nil)
	d.LEAQ(d.at(reg.RDI, reg.RAX, 0), reg.RDI)
	load(d.at(reg.RSI, reg.RAX, 0), tail)
	f()
	d.jump("storeTail<>")
	d.Label("done")
	d.leave()
}

// algebraic are the functions that one or two instructions compute.
func (d *dtype) algebraic() {
	load := func(from operand.Mem, mask reg.VecPhysical) {
		if mask == nil {
			d.load(from, reg.Y0)
			return
		}
		d.loadMasked(from, mask, reg.Y0)
	}
	store := func(to operand.Mem) { d.load(reg.Y0, to) }
	for _, f := range []struct {
		name string
		f    func()
	}{
		{"cube", func() { d.mul(reg.Y0, reg.Y0, reg.Y1); d.mul(reg.Y0, reg.Y1, reg.Y0) }},
		{"sqrt", func() { d.sqrt(reg.Y0, reg.Y0) }},
		{"abs", func() {
			d.VPCMPEQD(reg.Y1, reg.Y1, reg.Y1)
			d.clearSign(reg.Y1)
			d.VANDPS(reg.Y0, reg.Y1, reg.Y0)
		}},
	} {
		d.unary(f.name, d.lanes, load, f.f, store)
	}
}

// exponentials are those of exp32.go, operation by operation, for four elements at
// a time.
func (d *dtype) exponentials() {
	load := func(from operand.Mem, mask reg.VecPhysical) {
		if mask == nil {
			d.VCVTPS2PD(from, reg.Y0)
			return
		}
		d.loadMasked(from, mask.AsX(), reg.X0)
		d.VCVTPS2PD(reg.X0, reg.Y0)
	}
	store := func(to operand.Mem) { d.VMOVUPS(reg.X0, to) }
	for _, f := range []struct {
		name          string
		before, after func()
	}{
		{"exp", func() {}, func() {
			d.VMULPD(reg.Y2, reg.Y1, reg.Y2)
			d.VADDPD(reg.Y2, reg.Y1, reg.Y0)
		}},
		{"sigmoid", func() { d.VXORPD(d.constant("negative", math.Copysign(0, -1)), reg.Y0, reg.Y0) }, func() {
			d.VMULPD(reg.Y2, reg.Y1, reg.Y2)
			d.VADDPD(reg.Y2, reg.Y1, reg.Y0)
			d.VMOVUPD(d.constant("one", 1), reg.Y1)
			d.VADDPD(reg.Y1, reg.Y0, reg.Y0)
			d.VDIVPD(reg.Y0, reg.Y1, reg.Y0)
		}},
		{"tanh", func() { d.VADDPD(reg.Y0, reg.Y0, reg.Y0) }, func() {
			d.VMULPD(reg.Y2, reg.Y1, reg.Y2)
			d.VSUBPD(d.constant("one", 1), reg.Y1, reg.Y1)
			d.VADDPD(reg.Y1, reg.Y2, reg.Y0)
			d.VADDPD(d.constant("two", 2), reg.Y0, reg.Y1)
			d.VDIVPD(reg.Y1, reg.Y0, reg.Y0)
		}},
	} {
		d.unary(f.name, 4, load, func() {
			f.before()
			d.reduced()
			f.after()
			d.VCVTPD2PSY(reg.Y0, reg.X0)
		}, store)
	}
}

// reduced turns x in Y0 into s = 2^k in Y1 and q = e^r - 1 in Y2, where bounded x is
// k ln 2 + r.
func (d *dtype) reduced() {
	x, s, q, r, r2, low, t := reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6
	const shifter, extent = 0x1.8p52 + 1023, 104
	c := d.constant
	d.VMOVUPD(c("extent", extent), t)
	d.VMINPD(x, t, x) // the second operand, x, where it is NaN
	d.VMOVUPD(c("lowest", -extent), t)
	d.VMAXPD(x, t, x)
	d.VMULPD(c("log2e", math.Log2E), x, t)
	d.VADDPD(c("shifter", shifter), t, t)
	d.VPSLLQ(operand.U8(52), t, s)
	d.VSUBPD(c("shifter", shifter), t, t)
	d.VMULPD(c("ln2", math.Ln2), t, t)
	d.VSUBPD(t, x, r)
	d.VMULPD(r, r, r2)
	// a + r b + r2 (c + r e)
	quartet := func(to reg.VecPhysical, n ...float64) {
		k := func(i int) operand.Mem { return c(fmt.Sprintf("inverse%g", n[i]), 1/n[i]) }
		d.VMULPD(k(3), r, t)
		d.VADDPD(k(2), t, t)
		d.VMULPD(t, r2, t)
		d.VMULPD(k(1), r, to)
		d.VADDPD(k(0), to, to)
		d.VADDPD(t, to, to)
	}
	quartet(low, 2, 6, 24, 120)
	quartet(q, 720, 5040, 40320, 362880)
	d.VMULPD(r2, r2, t)
	d.VMULPD(q, t, q)
	d.VADDPD(q, low, q)
	d.VMULPD(q, r2, q)
	d.VADDPD(q, r, q)
}

// constant is a float64 that fills a register.
func (d *dtype) constant(name string, x float64) operand.Mem {
	if m, ok := d.constants[name]; ok {
		return m
	}
	m := d.StaticGlobal(name)
	d.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 4 {
		d.AddDatum(8*i, operand.U64(math.Float64bits(x)))
	}
	d.constants[name] = m
	return m
}

// addRounded is d[i] += float32(a[i]).
func (d *dtype) addRounded() {
	d.function("addRounded32", "func(d *float32, a *float64, n int)")
	d.Load(d.Param("d"), reg.RDI)
	d.Load(d.Param("a"), reg.RSI)
	d.Load(d.Param("n"), reg.RCX)
	four := func(offset int) {
		at := d.at(reg.RDI, nil, offset)
		d.VCVTPD2PSY(operand.Mem{Base: reg.RSI, Disp: 8 * offset}, reg.X0)
		d.VADDPS(at, reg.X0, reg.X0)
		d.VMOVUPS(reg.X0, at)
	}
	d.Label("eight")
	d.SUBQ(operand.U8(8), reg.RCX)
	d.JLT(operand.LabelRef("rest"))
	four(0)
	four(4)
	d.ADDQ(operand.U8(32), reg.RDI)
	d.ADDQ(operand.U8(64), reg.RSI)
	d.JMP(operand.LabelRef("eight"))
	d.Label("rest")
	d.ADDQ(operand.U8(8), reg.RCX)
	d.JZ(operand.LabelRef("done"))
	d.Label("one")
	d.VMOVSD(operand.Mem{Base: reg.RSI}, reg.X0)
	d.VCVTSD2SS(reg.X0, reg.X0, reg.X0)
	d.VADDSS(operand.Mem{Base: reg.RDI}, reg.X0, reg.X0)
	d.VMOVSS(reg.X0, operand.Mem{Base: reg.RDI})
	d.ADDQ(operand.U8(4), reg.RDI)
	d.ADDQ(operand.U8(8), reg.RSI)
	d.DECQ(reg.RCX)
	d.JNZ(operand.LabelRef("one"))
	d.Label("done")
	d.leave()
}
