package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Kernels that reduce rows to numbers. The order of every reduction is that of
// kernel.Sum: partial sums over the index mod 8, a row that ends early being
// continued by zeros, and then a tree.

// A partial sum of eight elements is one register of float32 and two of float64.
func (d *dtype) halves() int { return 8 / d.lanes }

var highTail = reg.Y14

// products adds to the partial sums of the rows their products with x, or the rows
// themselves where x is nil. AX is the index, R12 the length less 8, R13 the
// length mod 8, for which the masks are set.
func (d *dtype) products(rows []reg.Register, x reg.Register) {
	full, rest, done := d.label("full"), d.label("rest"), d.label("done")
	for i := range len(rows) * d.halves() {
		d.VXORPS(partial[i], partial[i], partial[i])
	}
	d.XORQ(reg.RAX, reg.RAX)
	d.CMPQ(reg.R12, operand.U8(0))
	d.JLT(operand.LabelRef(rest))
	d.Label(full)
	for h := range d.halves() {
		d.half(rows, x, h, nil)
	}
	d.ADDQ(operand.U8(8), reg.RAX)
	d.CMPQ(reg.RAX, reg.R12)
	d.JLE(operand.LabelRef(full))
	d.Label(rest)
	d.TESTQ(reg.R13, reg.R13)
	d.JZ(operand.LabelRef(done))
	for h := range d.halves() {
		d.half(rows, x, h, []reg.VecPhysical{tail, highTail}[h])
	}
	d.Label(done)
}

var partial = []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7}

func (d *dtype) half(rows []reg.Register, x reg.Register, h int, mask reg.VecPhysical) {
	common, term := reg.Y8, []reg.VecPhysical{reg.Y9, reg.Y10, reg.Y11, reg.Y12}
	fetch := func(m operand.Mem, to reg.VecPhysical) operand.Op {
		if mask == nil {
			return m
		}
		d.loadMasked(m, mask, to)
		return to
	}
	if x != nil {
		m := d.at(x, reg.RAX, h*d.lanes)
		if mask == nil {
			d.load(m, common)
		} else {
			d.loadMasked(m, mask, common)
		}
	}
	for i, r := range rows {
		s := partial[i*d.halves()+h]
		t := fetch(d.at(r, reg.RAX, h*d.lanes), term[i])
		if x != nil {
			d.mul(t, common, term[i])
			t = term[i]
		}
		d.add(t, s, s)
	}
}

// tree reduces the partial sums of one row, or of four, to as many numbers in X0,
// of which two are in X1 where X0 holds only two.
func (d *dtype) tree(rows int) {
	for i := range rows { // s[j] + s[j+4]
		if d.lanes == 8 {
			x := partial[i].AsX()
			d.VEXTRACTF128(operand.U8(1), partial[i], reg.X8)
			d.VADDPS(reg.X8, x, x)
		} else {
			d.VADDPD(partial[2*i+1], partial[2*i], partial[i])
		}
	}
	last := rows - 1
	pair := func(a, b, to int) {
		if d.lanes == 8 {
			d.VHADDPS(partial[b].AsX(), partial[a].AsX(), partial[to].AsX())
			return
		}
		d.VHADDPD(partial[b], partial[a], partial[to])
	}
	pair(0, min(1, last), 0)
	if rows > 1 {
		pair(2, 3, 1)
	}
	if d.lanes == 8 {
		pair(0, 1, 0)
		return
	}
	for i := range (rows + 1) / 2 {
		d.VEXTRACTF128(operand.U8(1), partial[i], reg.X8)
		d.VADDPD(reg.X8, partial[i].AsX(), partial[i].AsX())
	}
}

// lengths prepares R12, R13 and the masks for rows of n elements; n keeps its value.
func (d *dtype) lengths(n reg.GPPhysical) {
	d.LEAQ(operand.Mem{Base: n, Disp: -8}, reg.R12)
	d.MOVQ(n, reg.R13)
	d.ANDQ(operand.U8(7), reg.R13)
	d.MOVQ(reg.R13, reg.RAX)
	d.tailMask(reg.RAX, reg.R8, tail, highTail)
}

// sum is Σ a[i].
func (d *dtype) sum() {
	d.function(fmt.Sprint("sum", d.bits), fmt.Sprintf("func(a *%[1]s, n int) %[1]s", d.scalar))
	d.Load(d.Param("a"), reg.RSI)
	d.Load(d.Param("n"), reg.RCX)
	d.lengths(reg.RCX)
	d.products([]reg.Register{reg.RSI}, nil)
	d.tree(1)
	d.VZEROUPPER()
	d.Store(reg.X0, d.ReturnIndex(0))
	d.RET()
}

var four = []reg.Register{reg.R8, reg.R9, reg.R10, reg.R11}

// matVec is y[i] = Σ_j w[i cols + j] x[j].
func (d *dtype) matVec() {
	d.function(fmt.Sprint("matVec", d.bits), fmt.Sprintf("func(y, w, x *%s, rows, cols int)", d.scalar))
	d.Load(d.Param("y"), reg.RDI)
	d.Load(d.Param("w"), reg.RSI)
	d.Load(d.Param("x"), reg.RDX)
	d.Load(d.Param("rows"), reg.RCX)
	d.Load(d.Param("cols"), reg.RBX)
	d.lengths(reg.RBX)
	d.SHLQ(d.log2(), reg.RBX)
	d.Label("four")
	d.SUBQ(operand.U8(4), reg.RCX)
	d.JLT(operand.LabelRef("single"))
	for _, r := range four {
		d.MOVQ(reg.RSI, r)
		d.ADDQ(reg.RBX, reg.RSI)
	}
	d.products(four, reg.RDX)
	d.tree(4)
	d.store4(false)
	d.ADDQ(operand.U8(uint8(4*d.size)), reg.RDI)
	d.JMP(operand.LabelRef("four"))
	d.Label("single")
	d.ADDQ(operand.U8(4), reg.RCX)
	d.JZ(operand.LabelRef("done"))
	d.Label("row")
	d.products([]reg.Register{reg.RSI}, reg.RDX)
	d.tree(1)
	d.moveScalar(reg.X0, d.at(reg.RDI, nil, 0))
	d.ADDQ(reg.RBX, reg.RSI)
	d.ADDQ(operand.U8(uint8(d.size)), reg.RDI)
	d.DECQ(reg.RCX)
	d.JNZ(operand.LabelRef("row"))
	d.Label("done")
	d.leave()
}

// store4 stores tree's four numbers at DI or adds them to what is there.
func (d *dtype) store4(add bool) {
	for i := range 4 * d.size / 16 {
		to, x := d.at(reg.RDI, nil, i*2), partial[i].AsX()
		if add {
			d.add(to, x, x)
		}
		d.load(x, to)
	}
}

// delayedDots is dw[e] += Σ_k a[k] src[offsets[e]+k]. It returns false as soon as
// an offset is outside 0 … limit.
func (d *dtype) delayedDots() {
	d.function(fmt.Sprint("delayedDots", d.bits),
		fmt.Sprintf("func(dw, a *%[1]s, n int, offsets *int32, edges int, src *%[1]s, limit int) bool", d.scalar))
	d.Load(d.Param("dw"), reg.RDI)
	d.Load(d.Param("a"), reg.RDX)
	d.Load(d.Param("n"), reg.RCX)
	d.lengths(reg.RCX)
	d.Load(d.Param("offsets"), reg.RBX)
	d.Load(d.Param("edges"), reg.RCX)
	d.Load(d.Param("src"), reg.RSI)
	limit, err := d.Param("limit").Resolve()
	if err != nil {
		panic(err)
	}
	source := func(e int, to reg.Register) {
		d.MOVLQSX(operand.Mem{Base: reg.RBX, Disp: 4 * e}, to)
		d.CMPQ(to, limit.Addr)
		d.JHI(operand.LabelRef("outside"))
		d.LEAQ(d.at(reg.RSI, to, 0), to)
	}
	d.Label("four")
	d.SUBQ(operand.U8(4), reg.RCX)
	d.JLT(operand.LabelRef("single"))
	for e, r := range four {
		source(e, r)
	}
	d.products(four, reg.RDX)
	d.tree(4)
	d.store4(true)
	d.ADDQ(operand.U8(uint8(4*d.size)), reg.RDI)
	d.ADDQ(operand.U8(16), reg.RBX)
	d.JMP(operand.LabelRef("four"))
	d.Label("single")
	d.ADDQ(operand.U8(4), reg.RCX)
	d.JZ(operand.LabelRef("done"))
	d.Label("edge")
	source(0, reg.R8)
	d.products([]reg.Register{reg.R8}, reg.RDX)
	d.tree(1)
	if d.bits == 32 {
		d.VADDSS(d.at(reg.RDI, nil, 0), reg.X0, reg.X0)
	} else {
		d.VADDSD(d.at(reg.RDI, nil, 0), reg.X0, reg.X0)
	}
	d.moveScalar(reg.X0, d.at(reg.RDI, nil, 0))
	d.ADDQ(operand.U8(uint8(d.size)), reg.RDI)
	d.ADDQ(operand.U8(4), reg.RBX)
	d.DECQ(reg.RCX)
	d.JNZ(operand.LabelRef("edge"))
	d.Label("done")
	d.MOVB(operand.U8(1), d.returnByte())
	d.leave()
	d.Label("outside")
	d.MOVB(operand.U8(0), d.returnByte())
	d.leave()
}
