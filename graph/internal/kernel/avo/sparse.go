package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// sparseRows is y[i] += Σ_e w[e] x[other[e]] with e ascending from row[i] below
// row[i+1] and i < n. It returns false as soon as an edge is outside 0 … limit−1, or a
// row ends before it starts or behind last.
func (d *dtype) sparseRows() {
	d.function(fmt.Sprint("sparseRows", d.bits),
		fmt.Sprintf("func(y *%[1]s, n int, row *int32, w *%[1]s, other *int32, x *%[1]s, limit, last int) bool", d.scalar))
	d.Load(d.Param("y"), reg.RDI)
	d.Load(d.Param("n"), reg.R13)
	d.Load(d.Param("row"), reg.R8)
	d.Load(d.Param("w"), reg.RDX)
	d.Load(d.Param("other"), reg.RBX)
	d.Load(d.Param("x"), reg.RSI)
	d.Load(d.Param("limit"), reg.R12)
	d.Load(d.Param("last"), reg.R11)
	d.MOVLQSX(operand.Mem{Base: reg.R8}, reg.RAX)
	d.Label("row")
	d.MOVLQSX(operand.Mem{Base: reg.R8, Disp: 4}, reg.RCX)
	d.CMPQ(reg.RCX, reg.R11)
	d.JGT(operand.LabelRef("outside"))
	d.CMPQ(reg.RAX, reg.RCX)
	d.JGT(operand.LabelRef("outside"))
	d.moveScalar(operand.Mem{Base: reg.RDI}, reg.X0)
	d.SUBQ(operand.U8(4), reg.RCX)
	d.CMPQ(reg.RAX, reg.RCX)
	d.JGT(operand.LabelRef("rest"))
	d.Label("four")
	for e := range 4 {
		d.sparseEdge(e)
	}
	d.ADDQ(operand.U8(4), reg.RAX)
	d.CMPQ(reg.RAX, reg.RCX)
	d.JLE(operand.LabelRef("four"))
	d.Label("rest")
	d.ADDQ(operand.U8(4), reg.RCX)
	d.CMPQ(reg.RAX, reg.RCX)
	d.JGE(operand.LabelRef("done"))
	d.Label("single")
	d.sparseEdge(0)
	d.INCQ(reg.RAX)
	d.CMPQ(reg.RAX, reg.RCX)
	d.JLT(operand.LabelRef("single"))
	d.Label("done")
	d.moveScalar(reg.X0, operand.Mem{Base: reg.RDI})
	d.ADDQ(operand.U8(uint8(d.size)), reg.RDI)
	d.ADDQ(operand.U8(4), reg.R8)
	d.DECQ(reg.R13)
	d.JNZ(operand.LabelRef("row"))
	d.MOVB(operand.U8(1), d.returnByte())
	d.leave()
	d.Label("outside")
	d.MOVB(operand.U8(0), d.returnByte())
	d.leave()
}

// sparseEdge adds edge AX + e.
func (d *dtype) sparseEdge(e int) {
	d.MOVLQSX(operand.Mem{Base: reg.RBX, Index: reg.RAX, Scale: 4, Disp: 4 * e}, reg.R9)
	d.CMPQ(reg.R9, reg.R12)
	d.JAE(operand.LabelRef("outside"))
	d.moveScalar(d.at(reg.RSI, reg.R9, 0), reg.X1)
	if d.bits == 32 {
		d.VMULSS(d.at(reg.RDX, reg.RAX, e), reg.X1, reg.X1)
		d.VADDSS(reg.X1, reg.X0, reg.X0)
	} else {
		d.VMULSD(d.at(reg.RDX, reg.RAX, e), reg.X1, reg.X1)
		d.VADDSD(reg.X1, reg.X0, reg.X0)
	}
}
