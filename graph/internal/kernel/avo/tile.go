package main

import (
	"math/bits"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tile computes the sums of some rows, for some registers of neighbouring results,
// which stay in registers over all terms.
//
// DI is the results at the tile, SI what the terms are made of at the tile, R13 the
// results left. In bytes, R11 and R12 are once and thrice the distance of the rows of
// results. AX and CX are free between tiles, all other registers are those of terms.
//
// With AVX-512, the last register of a row is whole or a part, under the mask K1.
// With AVX2, it begins before the one ahead of it ends where it would reach too far,
// and leaves what it shares with that one alone; so a row has no less results than a
// register has elements. R15 is then its distance from the first, in bytes.
type tile struct {
	*dtype
	rows, across int // rows, registers of each
	terms        func()
	fresh        operand.Op // whether the sums start at 0; nil if they never do
}

// begin loads what all functions have: the results c, what terms are made of, b, the
// results of a row, n, and the distance of rows, cs.
func (t *tile) begin() {
	t.Load(t.Param("c"), reg.RDI)
	t.Load(t.Param("b"), reg.RSI)
	t.Load(t.Param("n"), reg.R13)
	t.Load(t.Param("cs"), reg.R11)
	t.SHLQ(t.log2(), reg.R11)
	if t.rows == 4 {
		t.LEAQ(operand.Mem{Base: reg.R11, Index: reg.R11, Scale: 2}, reg.R12)
	}
}

// all goes over the results in tiles of at most so many registers.
func (t *tile) all(most int) {
	t.Label("next")
	t.LEAQ(operand.Mem{Base: reg.R13, Disp: t.lanes - 1}, reg.R15)
	t.SHRQ(operand.U8(uint8(bits.Len(uint(t.lanes))-1)), reg.R15)
	t.CMPQ(reg.R15, operand.U8(most))
	t.JLE(operand.LabelRef("part"))
	if t.rows == 1 { // two tiles that are left are alike, so that neither waits for its additions
		t.CMPQ(reg.R15, operand.U8(2*most))
		t.JGE(operand.LabelRef("full"))
		t.INCQ(reg.R15)
		t.SHRQ(operand.U8(1), reg.R15)
		t.JMP(operand.LabelRef("part"))
		t.Label("full")
	}
	t.MOVQ(operand.U32(uint32(most)), reg.R15)
	t.Label("part")
	for t.across = most; t.across > 0; t.across-- {
		narrower := t.label("narrower")
		if t.across > 1 {
			t.CMPQ(reg.R15, operand.U8(t.across))
			t.JNE(operand.LabelRef(narrower))
		}
		t.run()
		t.Label(narrower)
	}
	t.Label("done")
}

// lane addresses lane l of the array at base, whose lanes are step apart.
func lane(l int, base, step, thrice reg.GPPhysical) operand.Mem {
	m := operand.Mem{Base: base}
	switch l {
	case 1, 2:
		m.Index, m.Scale = step, uint8(l)
	case 3:
		m.Index, m.Scale = thrice, 1
	}
	return m
}

func (t *tile) sum(l, i int) reg.VecPhysical { return t.vec(l*t.across + i) }

func (t *tile) last(i int) bool { return i == t.across-1 }

// results is the address of register i of the tile in a row of c or b; with AVX2, the
// last one is not always as far from the first as its number says.
func (t *tile) results(row reg.GPPhysical, i int) operand.Mem {
	if t.last(i) && !t.isWide() {
		return operand.Mem{Base: row, Index: reg.R15, Scale: 1}
	}
	return operand.Mem{Base: row, Disp: t.width() * i}
}

// fetch loads register i of the tile from a row of c or b.
func (t *tile) fetch(row reg.GPPhysical, i int, to reg.VecPhysical) {
	if t.last(i) && t.isWide() {
		t.loadPart(t.results(row, i), part, to)
		return
	}
	t.load(t.results(row, i), to)
}

// multiply multiplies register i of the tile in a row of b.
func (t *tile) multiply(row reg.GPPhysical, i int, by, to reg.VecPhysical) {
	if t.last(i) && t.isWide() {
		t.mulPart(t.results(row, i), by, part, to)
		return
	}
	t.mul(t.results(row, i), by, to)
}

var part = reg.K1 // of the last register

// run computes a tile and goes on.
func (t *tile) run() {
	if t.isWide() {
		t.mask()
	} else {
		t.reach()
	}
	t.start()
	t.terms()
	if t.isWide() {
		t.storePart()
	} else {
		t.store()
	}
	t.ADDQ(operand.U32(uint32(t.width()*t.across)), reg.RDI)
	t.ADDQ(operand.U32(uint32(t.width()*t.across)), reg.RSI)
	t.SUBQ(operand.I32(int32(t.across*t.lanes)), reg.R13)
	t.JG(operand.LabelRef("next"))
	t.JMP(operand.LabelRef("done"))
}

// start sets the sums to what there is, or to 0.
func (t *tile) start() {
	old, started := t.label("old"), t.label("started")
	if t.fresh != nil {
		t.CMPB(t.fresh, operand.U8(0))
		t.JE(operand.LabelRef(old))
		for i := range t.rows * t.across {
			t.xor(t.vec(i), t.vec(i), t.vec(i))
		}
		t.JMP(operand.LabelRef(started))
		t.Label(old)
	}
	t.each(func(l int, row reg.GPPhysical) {
		for i := range t.across {
			t.fetch(row, i, t.sum(l, i))
		}
	})
	t.Label(started)
}

// mask sets K1 to the results that the last register has.
func (t *tile) mask() {
	t.LEAQ(operand.Mem{Base: reg.R13, Disp: -(t.across - 1) * t.lanes}, reg.RCX)
	t.ones(part)
}

// reach sets R15.
func (t *tile) reach() {
	full := t.label("begin")
	t.MOVQ(operand.U32(uint32(t.width()*(t.across-1))), reg.R15)
	t.CMPQ(reg.R13, operand.U8(t.across*t.lanes))
	t.JGE(operand.LabelRef(full))
	t.MOVQ(reg.R13, reg.R15)
	t.SHLQ(t.log2(), reg.R15)
	t.SUBQ(operand.U8(t.width()), reg.R15)
	t.Label(full)
}

// each goes over the tile's rows of c, with AX at each.
func (t *tile) each(do func(l int, row reg.GPPhysical)) {
	for l := range t.rows {
		if l == 0 {
			do(0, reg.RDI)
			continue
		}
		t.LEAQ(lane(l, reg.RDI, reg.R11, reg.R12), reg.RAX)
		do(l, reg.RAX)
	}
}

// storePart writes the sums with AVX-512.
func (t *tile) storePart() {
	t.each(func(l int, row reg.GPPhysical) {
		for i := range t.across - 1 {
			t.load(t.sum(l, i), t.results(row, i))
		}
		t.load(t.sum(l, t.across-1), part, t.results(row, t.across-1))
	})
}

// store writes the sums but what the last register shares with the one ahead of it.
func (t *tile) store() {
	mask, before := t.vec(15), t.vec(14)
	t.LEAQ(t.dtype.mask, reg.RCX)
	t.MOVQ(reg.R13, reg.RAX)
	t.SUBQ(operand.U8((t.across-1)*t.lanes), reg.RAX) // elements of the last register that are new
	whole := t.label("whole")
	t.CMPQ(reg.RAX, operand.U8(t.lanes))
	t.JLE(operand.LabelRef(whole))
	t.MOVQ(operand.U32(uint32(t.lanes)), reg.RAX)
	t.Label(whole)
	t.load(t.at(reg.RCX, reg.RAX, 8-t.lanes), mask)
	t.each(func(l int, row reg.GPPhysical) {
		for i := range t.across - 1 {
			t.load(t.sum(l, i), t.results(row, i))
		}
		end := t.results(row, t.across-1)
		t.load(end, before)
		t.blend(mask, before, t.sum(l, t.across-1), before)
		t.load(before, end)
	})
}
