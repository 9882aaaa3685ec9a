package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// delayedRows is, for the given number of rows,
//
//	c[i cs + k] += Σ_e w[e] b[offsets[e] + k]
//
// with e ascending from row[i] below row[i+1] and k < n. It returns false as soon as
// an offset is outside 0 … limit.
//
// Rows take turns, as the additions of one would wait for each other, until the
// shortest ends.
func (d *dtype) delayedRows(rows, most int) {
	d.function(fmt.Sprintf("delayedRows%dx%d", d.bits, rows),
		fmt.Sprintf("func(c *%[1]s, cs, n int, row *int32, w *%[1]s, offsets *int32, b *%[1]s, limit int) bool", d.scalar))
	t := &tile{dtype: d, rows: rows}
	t.terms = t.edgeTerms
	t.begin()
	t.all(most)
	d.MOVB(operand.U8(1), d.returnByte())
	d.leave()
	d.Label("outside")
	d.MOVB(operand.U8(0), d.returnByte())
	d.leave()
}

// edgeOf are the numbers of the edges that the rows are at.
var edgeOf = []reg.GPPhysical{reg.R8, reg.R9, reg.R10, reg.RBX}

// edgeTerms adds the terms of delayedRows. DX is w and R14 offsets.
func (t *tile) edgeTerms() {
	common, alone := t.label("common"), t.label("alone")
	t.Load(t.Param("row"), reg.RAX)
	end := func(i int) operand.Mem { return operand.Mem{Base: reg.RAX, Disp: 4 * (i + 1)} }
	for i := range t.rows {
		t.MOVLQSX(operand.Mem{Base: reg.RAX, Disp: 4 * i}, edgeOf[i])
		t.MOVLQSX(end(i), reg.RDX)
		t.SUBQ(edgeOf[i], reg.RDX)
		if i == 0 {
			t.MOVQ(reg.RDX, reg.RCX)
			continue
		}
		t.CMPQ(reg.RDX, reg.RCX)
		t.CMOVQLT(reg.RDX, reg.RCX)
	}
	t.Load(t.Param("w"), reg.RDX)
	t.Load(t.Param("offsets"), reg.R14)
	t.TESTQ(reg.RCX, reg.RCX)
	t.JZ(operand.LabelRef(alone))
	t.Label(common)
	for i := range t.rows {
		t.edge(i)
	}
	t.DECQ(reg.RCX)
	t.JNZ(operand.LabelRef(common))
	t.Label(alone)
	if t.rows == 1 {
		return
	}
	for i := range t.rows {
		more, next := t.label("more"), t.label("next")
		t.Load(t.Param("row"), reg.RAX)
		t.MOVLQSX(end(i), reg.RCX)
		t.SUBQ(edgeOf[i], reg.RCX)
		t.JZ(operand.LabelRef(next))
		t.Label(more)
		t.edge(i)
		t.DECQ(reg.RCX)
		t.JNZ(operand.LabelRef(more))
		t.Label(next)
	}
}

// edge adds the next edge of a row.
func (t *tile) edge(row int) {
	t.MOVLQSX(operand.Mem{Base: reg.R14, Index: edgeOf[row], Scale: 4}, reg.RAX)
	t.CMPQ(reg.RAX, t.argument("limit"))
	t.JHI(operand.LabelRef("outside"))
	weight := t.vec(t.registers - 1)
	t.broadcast(t.at(reg.RDX, edgeOf[row], 0), weight)
	t.INCQ(edgeOf[row])
	t.LEAQ(t.at(reg.RSI, reg.RAX, 0), reg.RAX)
	free := t.rows * t.across
	for i := range t.across {
		product := t.vec(free + (row*t.across+i)%(t.registers-2-free))
		t.multiply(reg.RAX, i, weight, product)
		t.add(product, t.sum(row, i), t.sum(row, i))
	}
}

// delayedDots16 is delayedDots over 16 steps for no less edges than a register has
// elements. The last register of edges begins before the one ahead of it ends, and
// leaves what it shares with that one alone.
//
// The partial sums of Sum start with their first products here, not with 0. That
// only shows in the sign of a sum that is 0, which adding 0 at the end corrects.
func (d *dtype) delayedDots16() {
	d.function(fmt.Sprintf("delayedDots16x%d", d.bits),
		fmt.Sprintf("func(dw, a *%[1]s, offsets *int32, edges int, src *%[1]s, limit int) bool", d.scalar))
	d.Load(d.Param("dw"), reg.RDI)
	d.Load(d.Param("a"), reg.RDX)
	d.Load(d.Param("offsets"), reg.RBX)
	d.Load(d.Param("edges"), reg.RCX)
	d.Load(d.Param("src"), reg.RSI)
	d.Load(d.Param("limit"), reg.R8)
	for i := range 16 / d.lanes {
		d.load(d.at(reg.RDX, nil, i*d.lanes), adjoint(i))
	}
	zero, shared := vec(11), vec(10)
	d.VXORPS(zero, zero, zero)
	d.VXORPS(shared, shared, shared)
	d.Label("edges")
	d.CMPQ(reg.RCX, operand.U8(uint8(d.lanes)))
	d.JGE(operand.LabelRef("full"))
	d.LEAQ(d.mask, reg.RAX)
	d.load(d.at(reg.RAX, reg.RCX, 8-d.lanes), shared)
	d.SUBQ(operand.U8(uint8(d.lanes)), reg.RCX)
	d.LEAQ(d.at(reg.RDI, reg.RCX, 0), reg.RDI)
	d.LEAQ(operand.Mem{Base: reg.RBX, Index: reg.RCX, Scale: 4}, reg.RBX)
	d.MOVQ(operand.U32(uint32(d.lanes)), reg.RCX)
	d.Label("full")
	if d.bits == 32 {
		d.eightDots()
	} else {
		d.fourDots()
	}
	d.add(zero, vec(0), vec(0))
	d.load(d.at(reg.RDI, nil, 0), vec(1))
	d.add(vec(1), vec(0), vec(0))
	d.blend(shared, vec(1), vec(0), vec(0))
	d.load(vec(0), d.at(reg.RDI, nil, 0))
	d.ADDQ(operand.U8(32), reg.RDI)
	d.ADDQ(operand.U8(uint8(4*d.lanes)), reg.RBX)
	d.SUBQ(operand.U8(uint8(d.lanes)), reg.RCX)
	d.JG(operand.LabelRef("edges"))
	d.MOVB(operand.U8(1), d.returnByte())
	d.leave()
	d.Label("outside")
	d.MOVB(operand.U8(0), d.returnByte())
	d.leave()
}

func adjoint(i int) reg.VecPhysical { return vec(15 - i) }

// partials sets to to the partial sums of edge e whose index mod 8 is in a register,
// the first or, of float64, the second; AX is the edge's source.
func (d *dtype) partials(h int, to, free reg.VecPhysical) {
	step := 8 / d.lanes
	d.mul(d.at(reg.RSI, reg.RAX, h*d.lanes), adjoint(h), to)
	d.mul(d.at(reg.RSI, reg.RAX, 8+h*d.lanes), adjoint(h+step), free)
	d.add(free, to, to)
}

func (d *dtype) source(e int) {
	d.MOVLQSX(operand.Mem{Base: reg.RBX, Disp: 4 * e}, reg.RAX)
	d.CMPQ(reg.RAX, reg.R8)
	d.JHI(operand.LabelRef("outside"))
}

// eightDots puts into Y0 the dot products of eight edges of float32. Y6, Y7, Y8 and
// Y9 hold t of Sum, of two edges each.
func (d *dtype) eightDots() {
	for e := range 4 {
		low, high, t := vec(2*(e%2)), vec(2*(e%2)+1), vec(6+e)
		for i, to := range []reg.VecPhysical{low, high} {
			d.source(e + 4*i)
			d.partials(0, to, vec(4+i))
		}
		d.VINSERTF128(operand.U8(1), high.AsX(), low, t)
		d.VPERM2F128(operand.U8(0x31), high, low, low)
		d.VADDPS(low, t, t)
	}
	d.VHADDPS(vec(7), vec(6), vec(6))
	d.VHADDPS(vec(9), vec(8), vec(8))
	d.VHADDPS(vec(8), vec(6), vec(0))
}

// fourDots puts into Y0 the dot products of four edges of float64. Y6, Y7, Y8 and
// Y9 hold t of Sum, of one edge each.
func (d *dtype) fourDots() {
	for e := range 4 {
		d.source(e)
		first, second := vec(2*(e%2)), vec(2*(e%2)+1)
		d.partials(0, first, vec(4))
		d.partials(1, second, vec(5))
		d.VADDPD(second, first, vec(6+e))
	}
	d.VHADDPD(vec(7), vec(6), vec(6))
	d.VHADDPD(vec(9), vec(8), vec(8))
	d.VINSERTF128(operand.U8(1), vec(8).AsX(), vec(6), vec(0))
	d.VPERM2F128(operand.U8(0x31), vec(8), vec(6), vec(6))
	d.VADDPD(vec(6), vec(0), vec(0))
}

func (d *dtype) returnByte() operand.Mem {
	result, err := d.ReturnIndex(0).Resolve()
	if err != nil {
		panic(err)
	}
	return result.Addr
}
