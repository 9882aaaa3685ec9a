package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A pass of readBack takes so many outputs and registers of a row: their weights and gradients stay in
// registers.
const readOutputs, readAcross = 3, 4

// readBack is, for l < lanes, i < n and outputs k from 1 to readOutputs,
//
//	y[l apart + i] += Σ_k a[l as + k] w[k ws + i]        dw[k ds + i] += Σ_l a[l as + k] x[l apart + i]
//
// with k and l ascending.
//
// DI, SI, BX and DX are y, x, dw and w at the columns, R13 the columns left; R8 is a. In bytes, R9, R10, R11 and
// R12 are ws, ds, apart and as. AX, CX and R15 are y, x and a at the lane, R14 are the lanes left.
func (d *dtype) readBack() {
	d.function(fmt.Sprint("readBack", d.bits), fmt.Sprintf("func(y, dw, x, w, a *%s, n, outputs, lanes, ws, ds, apart, as int)", d.scalar))
	for _, p := range []struct {
		name string
		to   reg.GPPhysical
	}{{"y", reg.RDI}, {"x", reg.RSI}, {"dw", reg.RBX}, {"w", reg.RDX}, {"a", reg.R8}, {"n", reg.R13}, {"ws", reg.R9}, {"ds", reg.R10}, {"apart", reg.R11}, {"as", reg.R12}} {
		d.Load(d.Param(p.name), p.to)
	}
	for _, r := range []reg.GPPhysical{reg.R9, reg.R10, reg.R11, reg.R12} {
		d.SHLQ(d.log2(), r)
	}
	for outputs := 1; outputs <= readOutputs; outputs++ {
		more := d.label("outputs")
		if outputs < readOutputs {
			d.CMPQ(d.argument("outputs"), operand.U8(outputs))
			d.JNE(operand.LabelRef(more))
		}
		next := d.label("next")
		d.Label(next)
		for across := readAcross; across > 0; across-- {
			narrower := d.label("narrower")
			if across > 1 {
				d.CMPQ(reg.R13, operand.U8((across-1)*d.lanes))
				d.JLE(operand.LabelRef(narrower))
			}
			d.readBackTile(outputs, across)
			d.JG(operand.LabelRef(next))
			d.leave()
			d.Label(narrower)
		}
		d.Label(more)
	}
}

// readBackTile does some columns of all lanes, and goes on to the next ones.
func (d *dtype) readBackTile(outputs, across int) {
	t := &tile{dtype: d, rows: 1, across: across}
	weight := func(k, i int) reg.VecPhysical { return d.vec(k*across + i) }
	grad := func(k, i int) reg.VecPhysical { return d.vec((outputs+k)*across + i) }
	sum := func(i int) reg.VecPhysical { return d.vec(2*outputs*across + i) }
	by, product := d.vec(30), d.vec(31)
	row := func(k int, base, step reg.GPPhysical) reg.GPPhysical {
		if k == 0 {
			return base
		}
		d.LEAQ(lane(k, base, step, nil), reg.RAX)
		return reg.RAX
	}
	t.mask()
	for k := range outputs {
		for i := range across {
			t.fetch(row(k, reg.RDX, reg.R9), i, weight(k, i))
		}
		for i := range across {
			t.fetch(row(k, reg.RBX, reg.R10), i, grad(k, i))
		}
	}
	d.MOVQ(reg.RDI, reg.RAX)
	d.MOVQ(reg.RSI, reg.RCX)
	d.MOVQ(reg.R8, reg.R15)
	d.MOVQ(d.argument("lanes"), reg.R14)
	lanes := d.label("lanes")
	d.Label(lanes)
	for i := range across {
		t.fetch(reg.RAX, i, sum(i))
	}
	for k := range outputs {
		d.broadcast(operand.Mem{Base: reg.R15, Disp: k * d.size}, by)
		for i := range across {
			d.mul(weight(k, i), by, product)
			d.add(product, sum(i), sum(i))
			t.multiply(reg.RCX, i, by, product)
			d.add(product, grad(k, i), grad(k, i))
		}
	}
	d.storeRow(t, reg.RAX, sum)
	d.ADDQ(reg.R11, reg.RAX)
	d.ADDQ(reg.R11, reg.RCX)
	d.ADDQ(reg.R12, reg.R15)
	d.DECQ(reg.R14)
	d.JNZ(operand.LabelRef(lanes))
	for k := range outputs {
		d.storeRow(t, row(k, reg.RBX, reg.R10), func(i int) reg.VecPhysical { return grad(k, i) })
	}
	for _, r := range []reg.GPPhysical{reg.RDI, reg.RSI, reg.RBX, reg.RDX} {
		d.ADDQ(operand.U32(uint32(d.width()*across)), r)
	}
	d.SUBQ(operand.I32(int32(across*d.lanes)), reg.R13)
}

// storeRow stores the registers of a row, of which the last is whole or a part.
func (d *dtype) storeRow(t *tile, row reg.GPPhysical, register func(i int) reg.VecPhysical) {
	for i := range t.across - 1 {
		d.load(register(i), t.results(row, i))
	}
	d.load(register(t.across-1), part, t.results(row, t.across-1))
}
