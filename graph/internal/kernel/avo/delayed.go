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
	t.terms = t.edges
	t.begin()
	t.all(most)
	d.MOVB(operand.U8(1), d.returnByte())
	d.leave()
	d.Label("outside")
	d.MOVB(operand.U8(0), d.returnByte())
	d.leave()
}

// at are the numbers of the edges that the rows are at.
var at = []reg.GPPhysical{reg.R8, reg.R9, reg.R10, reg.RBX}

// edges adds the terms of delayedRows. DX is w and R14 offsets.
func (t *tile) edges() {
	common, alone := t.label("common"), t.label("alone")
	t.Load(t.Param("row"), reg.RAX)
	end := func(i int) operand.Mem { return operand.Mem{Base: reg.RAX, Disp: 4 * (i + 1)} }
	for i := range t.rows {
		t.MOVLQSX(operand.Mem{Base: reg.RAX, Disp: 4 * i}, at[i])
		t.MOVLQSX(end(i), reg.RDX)
		t.SUBQ(at[i], reg.RDX)
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
		t.SUBQ(at[i], reg.RCX)
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
	limit, err := t.Param("limit").Resolve()
	if err != nil {
		panic(err)
	}
	t.MOVLQSX(operand.Mem{Base: reg.R14, Index: at[row], Scale: 4}, reg.RAX)
	t.CMPQ(reg.RAX, limit.Addr)
	t.JHI(operand.LabelRef("outside"))
	t.LEAQ(t.dtype.at(reg.RSI, reg.RAX, 0), reg.RAX)
	weight := vec(15)
	t.broadcast(t.dtype.at(reg.RDX, at[row], 0), weight)
	t.INCQ(at[row])
	free := t.rows * t.width
	for i := range t.width {
		product := vec(free + (row*t.width+i)%(15-free))
		t.mul(t.results(reg.RAX, i), weight, product)
		t.add(product, t.sum(row, i), t.sum(row, i))
	}
}

func (d *dtype) returnByte() operand.Mem {
	result, err := d.ReturnIndex(0).Resolve()
	if err != nil {
		panic(err)
	}
	return result.Addr
}
