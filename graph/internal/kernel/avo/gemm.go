package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tiles are, by the number of lanes, the most registers of neighbouring results
// that a tile has. Sums fill most of the sixteen registers: one lane alone needs
// many, since its additions would otherwise wait for each other.
var tiles = map[int]int{1: 12, 2: 4, 4: 2}

// gemm is, for the given number of lanes,
//
//	c[l cs + i] += Σ_j a[l al + j aj] b[j bs + i]
//
// with i < n and j ascending below terms, which is not 0. The last register of a
// row's last tile begins before the register ahead of it ends, and leaves what it
// shares with that one alone; so n is no less than the elements of a register.
func (d *dtype) gemm(lanes int) {
	d.function(fmt.Sprintf("gemm%dx%d", d.bits, lanes),
		fmt.Sprintf("func(c, b, a *%s, n, terms, cs, bs, al, aj int)", d.scalar))
	t := &tile{dtype: d, rows: lanes}
	t.begin()
	most := tiles[lanes]
	d.Label("next")
	d.LEAQ(operand.Mem{Base: reg.R13, Disp: d.lanes - 1}, reg.R15)
	d.SHRQ(operand.U8(map[int]uint8{8: 3, 4: 2}[d.lanes]), reg.R15)
	if lanes == 1 { // two tiles that are left are alike
		d.CMPQ(reg.R15, operand.U8(2*most))
		d.JGE(operand.LabelRef("full"))
		d.CMPQ(reg.R15, operand.U8(most))
		d.JLE(operand.LabelRef("part"))
		d.INCQ(reg.R15)
		d.SHRQ(operand.U8(1), reg.R15)
		d.JMP(operand.LabelRef("part"))
	} else {
		d.CMPQ(reg.R15, operand.U8(most))
		d.JLE(operand.LabelRef("part"))
	}
	d.Label("full")
	d.MOVQ(operand.U32(uint32(most)), reg.R15)
	d.Label("part")
	for width := most; width > 0; width-- {
		other := d.label("narrower")
		if width > 1 {
			d.CMPQ(reg.R15, operand.U8(width))
			d.JNE(operand.LabelRef(other))
		}
		t.width = width
		t.run()
		d.Label(other)
	}
	d.Label("done")
	d.leave()
}

// tile computes the sums of some lanes, for some registers of neighbouring results.
//
// DI and SI are c and b at the tile, AX is b at the term, DX a at the term, R13 the
// results left, R15 the distance of the last register from the first. BX, R8, R9
// and R11 are bs, aj, al and cs in bytes, R10 and R12 thrice al and cs.
type tile struct {
	*dtype
	rows, width int // lanes, registers of each
}

func (t *tile) begin() {
	t.Load(t.Param("c"), reg.RDI)
	t.Load(t.Param("b"), reg.RSI)
	t.Load(t.Param("n"), reg.R13)
	t.Load(t.Param("cs"), reg.R11)
	t.Load(t.Param("bs"), reg.RBX)
	t.Load(t.Param("al"), reg.R9)
	t.Load(t.Param("aj"), reg.R8)
	for _, r := range []reg.GPPhysical{reg.R11, reg.RBX, reg.R9, reg.R8} {
		t.SHLQ(t.log2(), r)
	}
	if t.rows == 4 {
		t.LEAQ(operand.Mem{Base: reg.R9, Index: reg.R9, Scale: 2}, reg.R10)
		t.LEAQ(operand.Mem{Base: reg.R11, Index: reg.R11, Scale: 2}, reg.R12)
	}
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

func vec(i int) reg.VecPhysical {
	return []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7,
		reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15}[i]
}

func (t *tile) sum(l, i int) reg.VecPhysical { return vec(l*t.width + i) }

// results is the address of register i of the tile in a row of c or b; the last one
// is not always as far from the first as its number says.
func (t *tile) results(row reg.GPPhysical, i int) operand.Mem {
	if i == t.width-1 {
		return operand.Mem{Base: row, Index: reg.R15, Scale: 1}
	}
	return operand.Mem{Base: row, Disp: 32 * i}
}

// run computes a tile and goes on.
func (t *tile) run() {
	loop, full := t.label("terms"), t.label("begin")
	t.MOVQ(operand.U32(uint32(32*(t.width-1))), reg.R15)
	t.CMPQ(reg.R13, operand.U8(t.width*t.lanes))
	t.JGE(operand.LabelRef(full))
	t.MOVQ(reg.R13, reg.R15)
	t.SHLQ(t.log2(), reg.R15)
	t.SUBQ(operand.U8(32), reg.R15)
	t.Label(full)
	t.each(func(l int, row reg.GPPhysical) {
		for i := range t.width {
			t.load(t.results(row, i), t.sum(l, i))
		}
	})
	t.MOVQ(reg.RSI, reg.RAX)
	t.Load(t.Param("a"), reg.RDX)
	t.Load(t.Param("terms"), reg.RCX)
	t.Label(loop)
	t.term()
	t.ADDQ(reg.RBX, reg.RAX)
	t.ADDQ(reg.R8, reg.RDX)
	t.DECQ(reg.RCX)
	t.JNZ(operand.LabelRef(loop))
	t.store()
	t.ADDQ(operand.U32(uint32(32*t.width)), reg.RDI)
	t.ADDQ(operand.U32(uint32(32*t.width)), reg.RSI)
	t.SUBQ(operand.U8(t.width*t.lanes), reg.R13)
	t.JG(operand.LabelRef("next"))
	t.JMP(operand.LabelRef("done"))
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

// term adds one term to all sums.
func (t *tile) term() {
	n := t.rows * t.width
	common, free := make([]operand.Op, t.width), n
	for i := range common {
		common[i] = t.results(reg.RAX, i)
		if t.rows > 1 && n+t.width+2 <= 15 {
			t.load(common[i], vec(free))
			common[i] = vec(free)
			free++
		}
	}
	for l := range t.rows {
		by := vec(15)
		t.broadcast(lane(l, reg.RDX, reg.R9, reg.R10), by)
		for i := range common {
			product := vec(free + (l*t.width+i)%(15-free))
			t.mul(common[i], by, product)
			t.add(product, t.sum(l, i), t.sum(l, i))
		}
	}
}

// store writes the sums but what the last register shares with the one ahead of it.
func (t *tile) store() {
	mask, before := vec(15), vec(14)
	t.LEAQ(t.mask, reg.RCX)
	t.MOVQ(reg.R13, reg.RAX)
	t.SUBQ(operand.U8((t.width-1)*t.lanes), reg.RAX) // elements of the last register that are new
	whole := t.label("whole")
	t.CMPQ(reg.RAX, operand.U8(t.lanes))
	t.JLE(operand.LabelRef(whole))
	t.MOVQ(operand.U32(uint32(t.lanes)), reg.RAX)
	t.Label(whole)
	t.load(t.at(reg.RCX, reg.RAX, 8-t.lanes), mask)
	t.each(func(l int, row reg.GPPhysical) {
		for i := range t.width - 1 {
			t.load(t.sum(l, i), t.results(row, i))
		}
		end := t.results(row, t.width-1)
		t.load(end, before)
		t.blend(mask, before, t.sum(l, t.width-1), before)
		t.load(before, end)
	})
}
