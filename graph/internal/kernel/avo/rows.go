package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Kernels whose vectors run over the results, which all take their terms in the
// same order.

// sums[i] are results that stay in registers over all terms, products[i] the term
// that is added next.
var (
	sums     = []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3}
	products = []reg.VecPhysical{reg.Y4, reg.Y5, reg.Y6, reg.Y7}
	factor   = reg.Y8
)

func (d *dtype) returnByte() operand.Mem {
	result, err := d.ReturnIndex(0).Resolve()
	if err != nil {
		panic(err)
	}
	return result.Addr
}

// chunks goes over n results at DI, four, two and one registers at a time and the
// rest under a mask. Loop runs over the terms of the results; it lets factor be
// what term, an address, is multiplied with. Base is term's register that moves
// from chunk to chunk.
func (d *dtype) chunks(n reg.GPPhysical, loop func(terms func()), term operand.Mem, base reg.GPPhysical) {
	for _, width := range []int{4, 2, 1} {
		again, next := d.label("chunk"), d.label("next")
		elements := width * d.lanes
		d.Label(again)
		d.CMPQ(n, operand.U8(uint8(elements)))
		d.JLT(operand.LabelRef(next))
		for i := range width {
			d.load(d.at(reg.RDI, nil, i*d.lanes), sums[i])
		}
		loop(func() {
			for i := range width {
				m := term
				m.Disp += 32 * i
				d.mul(m, factor, products[i])
			}
			for i := range width {
				d.add(products[i], sums[i], sums[i])
			}
		})
		for i := range width {
			d.load(sums[i], d.at(reg.RDI, nil, i*d.lanes))
		}
		d.ADDQ(operand.U8(uint8(32*width)), reg.RDI)
		d.ADDQ(operand.U8(uint8(32*width)), base)
		d.SUBQ(operand.U8(uint8(elements)), n)
		d.JMP(operand.LabelRef(again))
		d.Label(next)
	}
	d.TESTQ(n, n)
	d.JZ(operand.LabelRef("done"))
	d.MOVQ(n, reg.RAX)
	d.tailMask(reg.RAX, reg.RCX, tail, nil)
	d.loadMasked(d.at(reg.RDI, nil, 0), tail, sums[0])
	loop(func() {
		d.loadMasked(term, tail, products[0])
		d.mul(products[0], factor, products[0])
		d.add(products[0], sums[0], sums[0])
	})
	d.MOVQ(n, reg.RCX)
	d.jump("storeTail<>")
	d.Label("done")
	d.leave()
}
