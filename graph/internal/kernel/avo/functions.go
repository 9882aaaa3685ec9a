package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func (d *dtype) unarySignature() string { return fmt.Sprintf("func(d, a []%s)", d.scalar) }

// each is d[i] = f(a[i]) with step elements at a time; f turns the vector in Y0 into its
// value in Y0.
func (d *dtype) each(step int, load func(from operand.Mem, mask reg.VecPhysical), f func(), store func(to operand.Mem)) {
	d.Load(d.Param("d").Base(), reg.RDI)
	d.Load(d.Param("a").Base(), reg.RSI)
	d.Load(d.Param("d").Len(), reg.RCX)
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

// flushWide is flush with AVX-512.
func (d *dtype) flushWide() {
	d.start(fmt.Sprint("flush", d.bits), d.unarySignature())
	x, size, least, kept := reg.Z0, reg.Z1, reg.Z2, reg.K2
	signless := reg.Z3
	d.broadcast(d.named(fmt.Sprint("flushed", d.bits)), least)
	d.VPTERNLOGD(operand.U8(0xff), signless, signless, signless)
	d.clearSign(signless)
	flush := func() {
		d.VPANDD(x, signless, size)
		d.compare(operand.U8(5), least, size, kept)
		d.loadPart(x, kept, x)
	}
	d.Load(d.Param("d").Base(), reg.RDI)
	d.Load(d.Param("a").Base(), reg.RSI)
	d.Load(d.Param("d").Len(), reg.RCX)
	d.XORQ(reg.RDX, reg.RDX)
	d.SUBQ(operand.U8(uint8(d.lanes)), reg.RCX)
	d.JLT(operand.LabelRef("rest"))
	d.Label("full")
	d.load(d.at(reg.RSI, reg.RDX, 0), x)
	flush()
	d.load(x, d.at(reg.RDI, reg.RDX, 0))
	d.ADDQ(operand.U8(uint8(d.lanes)), reg.RDX)
	d.CMPQ(reg.RDX, reg.RCX)
	d.JLE(operand.LabelRef("full"))
	d.Label("rest")
	d.ADDQ(operand.U8(uint8(d.lanes)), reg.RCX)
	d.SUBQ(reg.RDX, reg.RCX)
	d.JZ(operand.LabelRef("done"))
	d.ones(part)
	d.loadPart(d.at(reg.RSI, reg.RDX, 0), part, x)
	flush()
	d.load(x, part, d.at(reg.RDI, reg.RDX, 0))
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
		{"flush", func() { // keeps what is not less, NaN too
			d.VPCMPEQD(reg.Y1, reg.Y1, reg.Y1)
			d.clearSign(reg.Y1)
			d.VANDPS(reg.Y0, reg.Y1, reg.Y1)
			d.compare(operand.U8(5), d.named(fmt.Sprint("flushed", d.bits)), reg.Y1, reg.Y1)
			d.VANDPS(reg.Y0, reg.Y1, reg.Y0)
		}},
	} {
		d.function(fmt.Sprint(f.name, d.bits), d.unarySignature())
		if f.name == "flush" {
			d.preferWide(fmt.Sprint(f.name, d.bits))
		}
		d.each(d.lanes, load, f.f, store)
	}
}
