package main

import (
	"fmt"
	"log"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tiles are, by the number of lanes, the most registers of neighbouring results
// that a tile has. Sums fill most of the registers: one lane alone needs many, since
// its additions would otherwise wait for each other.
var (
	tiles     = map[int]int{1: 12, 2: 4, 4: 2}
	wideTiles = map[int]int{1: 16, 2: 8, 4: 6}
)

// gemm is, for the given number of lanes,
//
//	c[l cs + i] += Σ_j a[l al + j aj] b[j bs + i]
//
// with i < n and j ascending below terms, which is not 0. If fresh, c starts at 0.
func (d *dtype) gemm(lanes int) {
	d.start(fmt.Sprintf("gemm%dx%d", d.bits, lanes),
		fmt.Sprintf("func(c, b, a *%s, n, terms, cs, bs, al, aj int, fresh bool)", d.scalar))
	t := &tile{dtype: d, rows: lanes}
	t.terms = t.gemmTerms
	fresh, err := d.Param("fresh").Resolve()
	if err != nil {
		log.Fatal(err)
	}
	t.fresh = fresh.Addr
	t.begin()
	d.Load(d.Param("bs"), reg.RBX)
	d.Load(d.Param("al"), reg.R9)
	d.Load(d.Param("aj"), reg.R8)
	for _, r := range []reg.GPPhysical{reg.RBX, reg.R9, reg.R8} {
		d.SHLQ(d.log2(), r)
	}
	if lanes == 4 {
		d.LEAQ(operand.Mem{Base: reg.R9, Index: reg.R9, Scale: 2}, reg.R10)
	}
	if d.isWide() {
		t.all(wideTiles[lanes])
	} else {
		t.all(tiles[lanes])
	}
	d.leave()
}

// gemmTerms adds the terms of gemm. AX is b at the term and DX a at the term; BX, R8
// and R9 are bs, aj and al in bytes, R10 is thrice al.
func (t *tile) gemmTerms() {
	loop := t.label("terms")
	t.MOVQ(reg.RSI, reg.RAX)
	t.Load(t.Param("a"), reg.RDX)
	t.Load(t.Param("terms"), reg.RCX)
	t.Label(loop)
	t.term()
	t.ADDQ(reg.RBX, reg.RAX)
	t.ADDQ(reg.R8, reg.RDX)
	t.DECQ(reg.RCX)
	t.JNZ(operand.LabelRef(loop))
}

// term adds one term to all sums.
func (t *tile) term() {
	by := t.registers - 1
	first, free := t.rows*t.across, t.rows*t.across
	loaded := t.rows > 1 && first+t.across < by
	if loaded {
		for i := range t.across {
			t.fetch(reg.RAX, i, t.vec(free))
			free++
		}
	}
	for l := range t.rows {
		t.broadcast(lane(l, reg.RDX, reg.R9, reg.R10), t.vec(by))
		for i := range t.across {
			product := t.vec(free + (l*t.across+i)%(by-free))
			if loaded {
				t.mul(t.vec(first+i), t.vec(by), product)
			} else {
				t.multiply(reg.RAX, i, t.vec(by), product)
			}
			t.add(product, t.sum(l, i), t.sum(l, i))
		}
	}
}
