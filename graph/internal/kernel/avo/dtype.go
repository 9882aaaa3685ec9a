package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// dtype is a file of functions for one type of element and the instructions that
// work on it.
type dtype struct {
	*build.Context
	bits, size, lanes int    // of an element; elements in a register
	scalar            string // Go's name

	add, sub, mul, div, min, max, load, broadcast, moveScalar func(...operand.Op)
	blend                                                     func(mask, yes, no, to operand.Op)
	compare                                                   func(relation, right, left, to operand.Op)
	loadMasked                                                func(from, mask, to operand.Op)

	sqrt      func(from, to operand.Op)
	clearSign func(ones operand.Op) // of registers of ones

	mask      operand.Mem
	constants map[string]operand.Mem
	next      int // number of the next label
}

func newDtype(bits int) *dtype {
	c := build.NewContext()
	c.ConstraintExpr("!purego")
	d := &dtype{Context: c, bits: bits, size: bits / 8, lanes: 256 / bits, scalar: fmt.Sprint("float", bits)}
	if bits == 32 {
		d.add, d.sub, d.mul, d.div, d.load, d.moveScalar = c.VADDPS, c.VSUBPS, c.VMULPS, c.VDIVPS, c.VMOVUPS, c.VMOVSS
		d.min, d.max = c.VMINPS, c.VMAXPS
		d.broadcast = c.VBROADCASTSS
		d.blend, d.loadMasked = c.VBLENDVPS, c.VMASKMOVPS
		d.compare = func(relation, right, left, to operand.Op) { c.VCMPPS(relation, right, left, to) }
	} else {
		d.add, d.sub, d.mul, d.div, d.load, d.moveScalar = c.VADDPD, c.VSUBPD, c.VMULPD, c.VDIVPD, c.VMOVUPD, c.VMOVSD
		d.min, d.max = c.VMINPD, c.VMAXPD
		d.broadcast = c.VBROADCASTSD
		d.blend, d.loadMasked = c.VBLENDVPD, c.VMASKMOVPD
		d.compare = func(relation, right, left, to operand.Op) { c.VCMPPD(relation, right, left, to) }
	}
	if bits == 32 {
		d.sqrt, d.clearSign = func(from, to operand.Op) { c.VSQRTPS(from, to) }, func(x operand.Op) { c.VPSRLD(operand.U8(1), x, x) }
	} else {
		d.sqrt, d.clearSign = func(from, to operand.Op) { c.VSQRTPD(from, to) }, func(x operand.Op) { c.VPSRLQ(operand.U8(1), x, x) }
	}
	d.constants = map[string]operand.Mem{}
	d.mask = d.masks()
	return d
}

// label is a new label for the functions of this file.
func (d *dtype) label(name string) string {
	d.next++
	return fmt.Sprint(name, d.next)
}

// at addresses element index+offset of the slice that starts at base.
func (d *dtype) at(base, index reg.Register, offset int) operand.Mem {
	m := operand.Mem{Base: base, Disp: offset * d.size}
	if index != nil {
		m.Index, m.Scale = index, uint8(d.size)
	}
	return m
}

// log2 is what shifts a number of elements to their size in bytes.
func (d *dtype) log2() operand.Constant { return operand.U8(map[int]uint8{4: 2, 8: 3}[d.size]) }

// tailMask puts into mask ones for the first n elements, n in 1 … 8; into high
// those of elements 4 … 7 where a register holds four. It destroys n.
func (d *dtype) tailMask(n, table reg.GPPhysical, mask, high reg.VecPhysical) {
	d.LEAQ(d.mask, table)
	d.NEGQ(n)
	d.load(d.at(table, n, 8), mask)
	if d.lanes == 4 && high != nil {
		d.load(d.at(table, n, 12), high)
	}
}

// storeTail is the end of a function that has the last, incomplete vector in Y0:
// CX elements go to DI, fewer than a register holds.
func (d *dtype) storeTail() {
	d.Function("storeTail<>")
	d.Attributes(4) // NOSPLIT
	d.SignatureExpr("func()")
	d.storeRest(reg.RCX)
	d.leave()
}

// storeRest stores the first count elements of Y0 to DI, fewer than a register holds.
func (d *dtype) storeRest(count reg.GPPhysical) {
	for n := d.lanes / 2; n > 0; n /= 2 {
		next := d.label("next")
		d.TESTQ(operand.U32(uint32(n)), count)
		d.JZ(operand.LabelRef(next))
		to := d.at(reg.RDI, nil, 0)
		switch n * d.size {
		case 16:
			d.VMOVUPS(reg.X0, to)
			d.VEXTRACTF128(operand.U8(1), reg.Y0, reg.X0)
		case 8:
			d.VMOVLPS(reg.X0, to)
			d.VMOVHLPS(reg.X0, reg.X0, reg.X0)
		case 4:
			d.VMOVSS(reg.X0, to)
		}
		if n > 1 {
			d.ADDQ(operand.U8(uint8(n*d.size)), reg.RDI)
		}
		d.Label(next)
	}
}

func (d *dtype) leave() {
	d.VZEROUPPER()
	d.RET()
}

// jump ends a function in another one, with the same arguments.
func (d *dtype) jump(name string) {
	d.Instruction(&ir.Instruction{Opcode: "JMP", Operands: []operand.Op{operand.LabelRef("·" + name + "(SB)")}, IsTerminal: true})
}
