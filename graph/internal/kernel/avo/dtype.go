package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// dtype is a file of functions for one type of element and the instructions that
// work on it.
type dtype struct {
	*build.Context
	bits, size       int    // of an element, in bits and bytes
	lanes, registers int    // elements in a register; registers
	scalar           string // Go's name

	add, sub, mul, div, min, max, load, broadcast, moveScalar func(...operand.Op)
	broadcastFour                                             func(from, to operand.Op)          // elements, again and again
	spread                                                    func(which, from, to operand.Op)   // one of four elements
	shift                                                     func(after, places, to operand.Op) // elements of two registers
	loadPart                                                  func(from, mask, to operand.Op)    // and zeros
	mulPart                                                   func(x, y, mask, to operand.Op)    // and zeros
	blend                                                     func(mask, yes, no, to operand.Op)
	compare                                                   func(relation, right, left, to operand.Op)
	loadMasked                                                func(from, mask, to operand.Op)

	sqrt      func(from, to operand.Op)
	clearSign func(ones operand.Op) // of registers of ones
	xor       func(...operand.Op)

	mask      operand.Mem
	constants map[string]operand.Mem
	next      int // number of the next label
}

func newDtype(bits int) *dtype {
	c := build.NewContext()
	c.ConstraintExpr("!purego")
	d := &dtype{Context: c, bits: bits, size: bits / 8, lanes: 256 / bits, registers: 16, scalar: fmt.Sprint("float", bits)}
	if bits == 32 {
		d.add, d.sub, d.mul, d.div, d.load, d.moveScalar = c.VADDPS, c.VSUBPS, c.VMULPS, c.VDIVPS, c.VMOVUPS, c.VMOVSS
		d.min, d.max = c.VMINPS, c.VMAXPS
		d.broadcast = c.VBROADCASTSS
		d.blend, d.loadMasked = c.VBLENDVPS, c.VMASKMOVPS
		d.loadPart, d.mulPart = c.VMOVUPS_Z, c.VMULPS_Z
		d.broadcastFour = func(from, to operand.Op) { c.VBROADCASTF32X4(from, to) }
		d.spread = func(which, from, to operand.Op) { c.VPERMILPS(which, from, to) }
		d.shift = func(after, places, to operand.Op) { c.VPERMT2PS(after, places, to) }
		d.compare = func(relation, right, left, to operand.Op) { c.VCMPPS(relation, right, left, to) }
	} else {
		d.add, d.sub, d.mul, d.div, d.load, d.moveScalar = c.VADDPD, c.VSUBPD, c.VMULPD, c.VDIVPD, c.VMOVUPD, c.VMOVSD
		d.min, d.max = c.VMINPD, c.VMAXPD
		d.broadcast = c.VBROADCASTSD
		d.blend, d.loadMasked = c.VBLENDVPD, c.VMASKMOVPD
		d.loadPart, d.mulPart = c.VMOVUPD_Z, c.VMULPD_Z
		d.broadcastFour = func(from, to operand.Op) { c.VBROADCASTF64X4(from, to) }
		d.spread = func(which, from, to operand.Op) { c.VPERMPD(which, from, to) }
		d.shift = func(after, places, to operand.Op) { c.VPERMT2PD(after, places, to) }
		d.compare = func(relation, right, left, to operand.Op) { c.VCMPPD(relation, right, left, to) }
	}
	if bits == 32 {
		d.sqrt, d.clearSign = func(from, to operand.Op) { c.VSQRTPS(from, to) }, func(x operand.Op) { c.VPSRLD(operand.U8(1), x, x) }
	} else {
		d.sqrt, d.clearSign = func(from, to operand.Op) { c.VSQRTPD(from, to) }, func(x operand.Op) { c.VPSRLQ(operand.U8(1), x, x) }
	}
	d.xor = c.VXORPS
	d.constants = map[string]operand.Mem{}
	d.mask = d.masks()
	return d
}

// wide is the same file with AVX-512 registers, for functions that keep to vec. They
// are not for Go to call: those of AVX2 jump to them (see preferWide).
func (d *dtype) wide() *dtype {
	w := *d
	w.lanes, w.registers = 2*d.lanes, 32
	w.xor = d.VPXORD
	blend := d.VBLENDMPS
	if d.bits == 64 {
		blend = d.VBLENDMPD
	}
	w.blend = func(mask, yes, no, to operand.Op) { blend(yes, no, mask, to) }
	return &w
}

func (d *dtype) isWide() bool { return d.registers == 32 }

// width is of a register in bytes.
func (d *dtype) width() int { return d.lanes * d.size }

// vec is register i.
func (d *dtype) vec(i int) reg.VecPhysical {
	if d.isWide() {
		return wideRegisters[i]
	}
	return vec(i)
}

func vec(i int) reg.VecPhysical { return narrowRegisters[i] }

var (
	narrowRegisters = []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7,
		reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15}
	wideRegisters = []reg.VecPhysical{reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7,
		reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
		reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23,
		reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31}
)

// preferWide is the start of a function of AVX2: it jumps to that of AVX-512 where
// the program has chosen these.
func (d *dtype) preferWide(name string) {
	narrow := d.label("narrow")
	d.CMPB(operand.Mem{Symbol: operand.Symbol{Name: "·avx512"}, Base: reg.StaticBase}, operand.U8(0))
	d.JE(operand.LabelRef(narrow))
	d.jump(name + wideSuffix)
	d.Label(narrow)
}

const wideSuffix = "wide<>"

// start begins a function in its AVX2 or its AVX-512 form.
func (d *dtype) start(name, signature string) {
	if !d.isWide() {
		d.function(name, signature)
		d.preferWide(name)
		return
	}
	d.Function(name + wideSuffix)
	d.Attributes(attr.NOSPLIT)
	d.SignatureExpr(signature)
}

// ones sets a mask to CX ones, which is not 0, or to sixteen, the most elements of a
// register. It destroys AX.
func (d *dtype) ones(mask reg.Register) {
	whole := d.label("whole")
	d.MOVQ(operand.I32(-1), reg.RAX)
	d.CMPQ(reg.RCX, operand.U8(16))
	d.JGE(operand.LabelRef(whole))
	d.SHLQ(reg.CL, reg.RAX)
	d.NOTQ(reg.RAX)
	d.Label(whole)
	d.KMOVW(reg.EAX, mask)
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
