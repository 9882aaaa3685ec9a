package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose writes as many rows as a register has elements as columns,
//
//	dst[j ds + i] = src[i ss + j],   j < cols
//
// for no less columns than rows. The last square of columns begins before the one
// ahead of it ends, and writes again what it shares with that one.
func (d *dtype) transpose() {
	d.function(fmt.Sprint("transpose", d.bits), fmt.Sprintf("func(dst *%[1]s, ds int, src *%[1]s, ss, cols int)", d.scalar))
	d.Load(d.Param("dst"), reg.RDI)
	d.Load(d.Param("ds"), reg.R11)
	d.Load(d.Param("src"), reg.RSI)
	d.Load(d.Param("ss"), reg.R8)
	d.Load(d.Param("cols"), reg.RCX)
	for _, r := range []struct{ step, thrice reg.GPPhysical }{{reg.R11, reg.R12}, {reg.R8, reg.R9}} {
		d.SHLQ(d.log2(), r.step)
		d.LEAQ(operand.Mem{Base: r.step, Index: r.step, Scale: 2}, r.thrice)
	}
	d.MOVQ(operand.U32(uint32(d.lanes)), reg.R14)
	d.SUBQ(reg.R14, reg.RCX)
	d.Label("square")
	d.LEAQ(operand.Mem{Base: reg.RSI, Index: reg.R8, Scale: 4}, reg.R10)
	d.LEAQ(operand.Mem{Base: reg.RDI, Index: reg.R11, Scale: 4}, reg.R13)
	if d.bits == 32 {
		d.fourColumns(0, reg.RDI)
		d.fourColumns(4, reg.R13)
	} else {
		d.twoColumns()
	}
	d.TESTQ(reg.RCX, reg.RCX)
	d.JZ(operand.LabelRef("done"))
	d.MOVQ(reg.R14, reg.RAX)
	d.CMPQ(reg.RCX, reg.R14)
	d.CMOVQLT(reg.RCX, reg.RAX)
	d.SUBQ(reg.RAX, reg.RCX)
	d.LEAQ(d.at(reg.RSI, reg.RAX, 0), reg.RSI)
	d.IMULQ(reg.R11, reg.RAX)
	d.ADDQ(reg.RAX, reg.RDI)
	d.JMP(operand.LabelRef("square"))
	d.Label("done")
	d.leave()
}

// elements addresses column first of row i, of eight rows.
func (d *dtype) elements(i, first int) operand.Mem {
	m := lane(i%4, []reg.GPPhysical{reg.RSI, reg.R10}[i/4], reg.R8, reg.R9)
	m.Disp = first * d.size
	return m
}

// fourColumns writes columns first … first+3 of eight rows of float32 to rows from to on.
// Y0 to Y3 hold rows i and i+4 of them.
func (d *dtype) fourColumns(first int, to reg.GPPhysical) {
	for i := range 4 {
		d.VMOVUPS(d.elements(i, first), vec(i).AsX())
		d.VINSERTF128(operand.U8(1), d.elements(i+4, first), vec(i), vec(i))
	}
	for h := range 2 {
		d.VUNPCKLPS(vec(2*h+1), vec(2*h), vec(4+2*h))
		d.VUNPCKHPS(vec(2*h+1), vec(2*h), vec(5+2*h))
	}
	for h := range 2 {
		d.VUNPCKLPD(vec(6+h), vec(4+h), vec(2*h))
		d.VUNPCKHPD(vec(6+h), vec(4+h), vec(2*h+1))
	}
	for i := range 4 {
		d.VMOVUPS(vec(i), lane(i, to, reg.R11, reg.R12))
	}
}

// twoColumns writes four columns of four rows of float64. Y0 and Y1 hold the first two
// columns of rows i and i+2, Y2 and Y3 the others.
func (d *dtype) twoColumns() {
	for h := range 2 {
		for i := range 2 {
			v := vec(2*h + i)
			d.VMOVUPD(d.elements(i, 2*h), v.AsX())
			d.VINSERTF128(operand.U8(1), d.elements(i+2, 2*h), v, v)
		}
		d.VUNPCKLPD(vec(2*h+1), vec(2*h), vec(4+2*h))
		d.VUNPCKHPD(vec(2*h+1), vec(2*h), vec(5+2*h))
	}
	for i := range 4 {
		d.VMOVUPD(vec(4+i), lane(i, reg.RDI, reg.R11, reg.R12))
	}
}

// conversions are loops over float32 and float64 numbers. X0 or Y0 holds what is read.
func (d *dtype) conversions() {
	single, double := func(r reg.Register, i int) operand.Mem { return operand.Mem{Base: r, Disp: 4 * i} },
		func(r reg.Register, i int) operand.Mem { return operand.Mem{Base: r, Disp: 8 * i} }
	d.conversion("addRounded32", "func(d *float32, a *float64, n int)", 4, 8, func(i int) {
		d.VCVTPD2PSY(double(reg.RSI, i), reg.X0)
		d.VADDPS(single(reg.RDI, i), reg.X0, reg.X0)
		d.VMOVUPS(reg.X0, single(reg.RDI, i))
	}, func() {
		d.VMOVSD(double(reg.RSI, 0), reg.X0)
		d.VCVTSD2SS(reg.X0, reg.X0, reg.X0)
		d.VADDSS(single(reg.RDI, 0), reg.X0, reg.X0)
		d.VMOVSS(reg.X0, single(reg.RDI, 0))
	})
	d.conversion("round32", "func(d *float32, a *float64, n int)", 4, 8, func(i int) {
		d.VCVTPD2PSY(double(reg.RSI, i), reg.X0)
		d.VMOVUPS(reg.X0, single(reg.RDI, i))
	}, func() {
		d.VMOVSD(double(reg.RSI, 0), reg.X0)
		d.VCVTSD2SS(reg.X0, reg.X0, reg.X0)
		d.VMOVSS(reg.X0, single(reg.RDI, 0))
	})
	d.conversion("widen32", "func(d *float64, a *float32, n int)", 8, 4, func(i int) {
		d.VCVTPS2PD(single(reg.RSI, i), reg.Y0)
		d.VMOVUPD(reg.Y0, double(reg.RDI, i))
	}, func() {
		d.VMOVSS(single(reg.RSI, 0), reg.X0)
		d.VCVTSS2SD(reg.X0, reg.X0, reg.X0)
		d.VMOVSD(reg.X0, double(reg.RDI, 0))
	})
	d.conversion("addWidened32", "func(d *float64, a *float32, n int)", 8, 4, func(i int) {
		d.VCVTPS2PD(single(reg.RSI, i), reg.Y0)
		d.VADDPD(double(reg.RDI, i), reg.Y0, reg.Y0)
		d.VMOVUPD(reg.Y0, double(reg.RDI, i))
	}, func() {
		d.VMOVSS(single(reg.RSI, 0), reg.X0)
		d.VCVTSS2SD(reg.X0, reg.X0, reg.X0)
		d.VADDSD(double(reg.RDI, 0), reg.X0, reg.X0)
		d.VMOVSD(reg.X0, double(reg.RDI, 0))
	})
}

// prefetch asks for so many lines of memory, which are not 0.
func (d *dtype) prefetch() {
	d.function("prefetch", "func(p *byte, lines int)")
	d.Load(d.Param("p"), reg.RSI)
	d.Load(d.Param("lines"), reg.RCX)
	d.Label("more")
	d.PREFETCHT0(operand.Mem{Base: reg.RSI})
	d.ADDQ(operand.U8(64), reg.RSI)
	d.DECQ(reg.RCX)
	d.JNZ(operand.LabelRef("more"))
	d.leave()
}

// conversion goes over n numbers of the given sizes in bytes, eight and then one at a time.
func (d *dtype) conversion(name, signature string, to, from int, four func(first int), one func()) {
	d.function(name, signature)
	d.Load(d.Param("d"), reg.RDI)
	d.Load(d.Param("a"), reg.RSI)
	d.Load(d.Param("n"), reg.RCX)
	advance := func(n int) {
		d.ADDQ(operand.U8(uint8(n*to)), reg.RDI)
		d.ADDQ(operand.U8(uint8(n*from)), reg.RSI)
	}
	d.Label("eight")
	d.SUBQ(operand.U8(8), reg.RCX)
	d.JLT(operand.LabelRef("rest"))
	four(0)
	four(4)
	advance(8)
	d.JMP(operand.LabelRef("eight"))
	d.Label("rest")
	d.ADDQ(operand.U8(8), reg.RCX)
	d.JZ(operand.LabelRef("done"))
	d.Label("one")
	one()
	advance(1)
	d.DECQ(reg.RCX)
	d.JNZ(operand.LabelRef("one"))
	d.Label("done")
	d.leave()
}
