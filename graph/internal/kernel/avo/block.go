package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// block is delayedRows for all rows, of no more steps than four registers have elements. The rows
// follow each other: the additions of one do not wait for those of the one before.
type block struct {
	*dtype
	across int // registers of a row
}

// lines are of memory, or products; weights are those of four edges, weight is one of them again and again.
var (
	lines                   = []reg.VecPhysical{reg.Z20, reg.Z21, reg.Z22, reg.Z23}
	weights, weight, places = reg.Z31, reg.Z30, reg.Z29
)

// delayedBlock returns false where an offset is outside 0 … limit, or an end of a row before its start
// or behind last, the end of all edges.
//
// DI is the row of c, whose distance is R11; SI is b; R8 is the row, R13 are the rows left, R9 is the
// edge; DX is w and R14 offsets. R12 is the distance of the first step from the last one,
// R10 are the shifts.
func (d *dtype) delayedBlock() {
	name := fmt.Sprint("delayedBlock", d.bits)
	d.function(name, fmt.Sprintf("func(c *%[1]s, cs, n int, row *int32, rows, last int, w *%[1]s, offsets *int32, b *%[1]s, limit int) bool", d.scalar))
	d.offsetsInside()
	d.Load(d.Param("c"), reg.RDI)
	d.Load(d.Param("b"), reg.RSI)
	d.Load(d.Param("cs"), reg.R11)
	d.SHLQ(d.log2(), reg.R11)
	d.Load(d.Param("w"), reg.RDX)
	d.Load(d.Param("offsets"), reg.R14)
	d.Load(d.Param("n"), reg.R12)
	d.DECQ(reg.R12)
	d.LEAQ(d.shifts(), reg.R10)
	for across := 1; across <= 4; across++ {
		b := &block{dtype: d, across: across}
		more := d.label("wider")
		if across < 4 {
			d.CMPQ(reg.R12, operand.U8(across*d.lanes))
			d.JGE(operand.LabelRef(more))
		}
		b.all()
		d.Label(more)
	}
	d.Label("done")
	d.MOVB(operand.U8(1), d.returnByte())
	d.leave()
	d.Label("outside")
	d.MOVB(operand.U8(0), d.returnByte())
	d.leave()
}

// offsetsInside looks at all offsets in advance, sixteen at once.
func (d *dtype) offsetsInside() {
	d.Load(d.Param("row"), reg.R8)
	d.Load(d.Param("rows"), reg.R13)
	d.Load(d.Param("last"), reg.R10)
	d.Load(d.Param("offsets"), reg.R14)
	d.Load(d.Param("limit"), reg.RAX)
	d.MOVLQSX(operand.Mem{Base: reg.R8}, reg.R9)
	limits, sixteen := reg.Z0, operand.U8(16)
	d.VPBROADCASTD(reg.EAX, limits)
	d.LEAQ(operand.Mem{Base: reg.R14, Index: reg.R9, Scale: 4}, reg.R14)
	d.MOVQ(reg.R10, reg.RCX)
	d.SUBQ(reg.R9, reg.RCX)
	d.SUBQ(sixteen, reg.RCX)
	d.JLT(operand.LabelRef("few"))
	d.Label("sixteen")
	d.VPCMPUD(operand.U8(1), operand.Mem{Base: reg.R14}, limits, reg.K1) // limits are less
	d.KORTESTW(reg.K1, reg.K1)
	d.JNZ(operand.LabelRef("outside"))
	d.ADDQ(operand.U8(64), reg.R14)
	d.SUBQ(sixteen, reg.RCX)
	d.JGE(operand.LabelRef("sixteen"))
	d.Label("few")
	d.ADDQ(sixteen, reg.RCX)
	d.JZ(operand.LabelRef("inside"))
	d.ones(reg.K1)
	d.VPCMPUD(operand.U8(1), operand.Mem{Base: reg.R14}, limits, reg.K1, reg.K1)
	d.KORTESTW(reg.K1, reg.K1)
	d.JNZ(operand.LabelRef("outside"))
	d.Label("inside")
}

// all goes over the rows.
func (b *block) all() {
	row, fours, few, single, store, next := b.label("row"), b.label("fours"), b.label("few"), b.label("single"), b.label("store"), b.label("next")
	b.LEAQ(operand.Mem{Base: reg.R12, Disp: 1 - (b.across-1)*b.lanes}, reg.RCX)
	b.ones(part)
	b.SHLQ(b.log2(), reg.R12)
	b.Label(row)
	b.MOVLQSX(operand.Mem{Base: reg.R8, Disp: 4}, reg.RCX)
	b.CMPQ(reg.RCX, b.argument("last"))
	b.JGT(operand.LabelRef("outside"))
	b.SUBQ(reg.R9, reg.RCX)
	b.JLT(operand.LabelRef("outside"))
	b.JZ(operand.LabelRef(next))
	for i := range b.across {
		b.sums(i, func(at operand.Mem) { b.load(at, b.vec(i)) }, func(at operand.Mem) { b.loadPart(at, part, b.vec(i)) })
	}
	b.SUBQ(operand.U8(4), reg.RCX)
	b.JLT(operand.LabelRef(few))
	b.Label(fours)
	b.four()
	b.SUBQ(operand.U8(4), reg.RCX)
	b.JGE(operand.LabelRef(fours))
	b.Label(few)
	b.ADDQ(operand.U8(4), reg.RCX)
	b.JZ(operand.LabelRef(store))
	b.Label(single)
	b.MOVLQSX(operand.Mem{Base: reg.R14, Index: reg.R9, Scale: 4}, reg.RAX)
	b.broadcast(b.at(reg.RDX, reg.R9, 0), weight)
	b.edge(reg.RAX)
	b.INCQ(reg.R9)
	b.DECQ(reg.RCX)
	b.JNZ(operand.LabelRef(single))
	b.Label(store)
	for i := range b.across {
		b.sums(i, func(at operand.Mem) { b.load(b.vec(i), at) }, func(at operand.Mem) { b.load(b.vec(i), part, at) })
	}
	b.Label(next)
	b.ADDQ(operand.U8(4), reg.R8)
	b.ADDQ(reg.R11, reg.RDI)
	b.DECQ(reg.R13)
	b.JNZ(operand.LabelRef(row))
	b.JMP(operand.LabelRef("done"))
}

// sums accesses register i of a row of c, of which the last one may be a part.
func (b *block) sums(i int, whole, last func(at operand.Mem)) {
	at := operand.Mem{Base: reg.RDI, Disp: b.width() * i}
	if i == b.across-1 {
		last(at)
		return
	}
	whole(at)
}

// four adds the next four edges: two loads of offsets and one of weights.
func (b *block) four() {
	b.broadcastFour(b.at(reg.RDX, reg.R9, 0), weights)
	for pair := range 2 {
		first, second := reg.R15, reg.RAX
		b.MOVQ(operand.Mem{Base: reg.R14, Index: reg.R9, Scale: 4, Disp: 8 * pair}, second)
		b.MOVL(second.As32(), first.As32())
		b.SHRQ(operand.U8(32), second)
		for i, source := range []reg.GPPhysical{first, second} {
			b.spread(operand.U8(uint8(0x55*(2*pair+i))), weights, weight)
			b.edge(source)
		}
	}
	b.ADDQ(operand.U8(4), reg.R9)
}

// edge adds an edge whose source, an index, and weight are known.
func (b *block) edge(source reg.GPPhysical) {
	b.LEAQ(b.at(reg.RSI, source, 0), source)
	if b.across == 4 { // with fewer, the shifts take longer than what is read twice
		b.alignedEdge(source)
		return
	}
	for i := range b.across {
		at, product := operand.Mem{Base: source, Disp: b.width() * i}, lines[i]
		if i == b.across-1 {
			b.mulPart(at, weight, part, product)
		} else {
			b.mul(at, weight, product)
		}
		b.add(product, b.vec(i), b.vec(i))
	}
}

// alignedEdge reads whole lines of memory, and shifts them: four registers that are not at the beginning of
// a line lie on five lines, each of which would be read twice, but for the first and the last one. What is
// read beside the source is in a line of memory of which the source has a part, and has no part in the sums.
func (b *block) alignedEdge(source reg.GPPhysical) {
	b.MOVL(source.As32(), reg.EBX)
	b.ANDL(operand.U8(uint8(64-b.size)), reg.EBX)
	if b.bits == 32 {
		b.ADDL(reg.EBX, reg.EBX)
	}
	b.load(operand.Mem{Base: reg.R10, Index: reg.RBX, Scale: 8}, places)
	b.LEAQ(operand.Mem{Base: source, Index: reg.R12, Scale: 1}, reg.RBX)
	b.ANDQ(operand.I8(-64), source)
	b.ANDQ(operand.I8(-64), reg.RBX)
	for i := range b.across {
		b.load(operand.Mem{Base: source, Disp: 64 * i}, lines[i])
	}
	for i := range b.across {
		after := operand.Op(operand.Mem{Base: reg.RBX})
		if i < b.across-1 {
			after = lines[i+1]
		}
		b.shift(after, places, lines[i])
	}
	for i := range b.across {
		b.mul(lines[i], weight, lines[i])
		b.add(lines[i], b.vec(i), b.vec(i))
	}
}

// shifts are the places in two lines of a register that begins at each place of the first one.
func (d *dtype) shifts() operand.Mem {
	m := d.StaticGlobal("shifts")
	d.DataAttributes(attr.RODATA | attr.NOPTR)
	for first := range d.lanes {
		for i := range d.lanes {
			if d.bits == 32 {
				d.AddDatum((first*d.lanes+i)*d.size, operand.U32(uint32(first+i)))
			} else {
				d.AddDatum((first*d.lanes+i)*d.size, operand.U64(uint64(first+i)))
			}
		}
	}
	return m
}

// argument is an argument in memory.
func (d *dtype) argument(name string) operand.Mem {
	p, err := d.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}
