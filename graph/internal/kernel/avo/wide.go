package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The forms with AVX-512 of functions that are compiled from Go. DI is the destination,
// SI and DX are the operands, at the elements to come; CX elements are left, in the
// loop over whole registers less those of one. The last, incomplete register is under
// the mask K1.

// unaryWide is d[i] = f(a[i]).
func (e *evaluation) unaryWide(name string) {
	e.start(fmt.Sprint(name, e.bits), e.unarySignature())
	e.Load(e.Param("d").Base(), reg.RDI)
	e.Load(e.Param("a").Base(), reg.RSI)
	e.Load(e.Param("d").Len(), reg.RCX)
	in := []reg.VecPhysical{reg.Z0}
	e.eachWide(1, func(mask reg.Register) {
		e.emit(e.results[0], reg.Z0, in)
	})
	e.leave()
}

// partialWide stops where the second result is not true.
func (e *evaluation) partialWide(name, signature string, operands []string) {
	e.start(fmt.Sprint(name, e.bits), signature)
	e.Load(e.Param("d"), reg.RDI)
	for i, o := range operands {
		e.Load(e.Param(o), sources[i])
	}
	e.Load(e.Param("n"), reg.RCX)
	in := []reg.VecPhysical{reg.Z0, reg.Z1}
	e.eachWide(len(operands), func(mask reg.Register) {
		plain := e.K()
		e.emit(e.results[1], plain, in)
		e.KMOVW(plain, reg.R8L)
		e.NOTL(reg.R8L)
		if mask == nil {
			e.TESTL(operand.U32(1<<e.many-1), reg.R8L)
		} else {
			e.KMOVW(mask, reg.EAX)
			e.TESTL(reg.EAX, reg.R8L)
		}
		e.JNZ(operand.LabelRef("done"))
		e.emit(e.results[0], reg.Z0, in)
	})
	e.Load(e.Param("d"), reg.RAX)
	e.SUBQ(reg.RAX, reg.RDI)
	e.SHRQ(e.log2(), reg.RDI)
	e.Store(reg.RDI, e.ReturnIndex(0))
	e.leave()
}

var sources = []reg.GPPhysical{reg.RSI, reg.RDX}

// eachWide computes elements a register at a time; f makes of those in registers 0 and 1
// the results in 0. DI ends behind the last one that is stored.
func (e *evaluation) eachWide(operands int, f func(mask reg.Register)) {
	one := func(mask reg.Register) {
		for i, from := range sources[:operands] {
			e.fetch(e.at(from, nil, 0), mask, e.vec(i))
		}
		f(mask)
		e.narrow()
		e.store(e.at(reg.RDI, nil, 0), mask)
	}
	size := operand.U32(uint32(e.many * e.size))
	e.SUBQ(operand.U8(uint8(e.many)), reg.RCX)
	e.JLT(operand.LabelRef("rest"))
	e.Label("full")
	one(nil)
	e.ADDQ(size, reg.RDI)
	for _, from := range sources[:operands] {
		e.ADDQ(size, from)
	}
	e.SUBQ(operand.U8(uint8(e.many)), reg.RCX)
	e.JGE(operand.LabelRef("full"))
	e.Label("rest")
	e.ADDQ(operand.U8(uint8(e.many)), reg.RCX)
	e.JZ(operand.LabelRef("done"))
	e.ones(part)
	one(part)
	e.LEAQ(operand.Mem{Base: reg.RDI, Index: reg.RCX, Scale: uint8(e.size)}, reg.RDI)
	e.Label("done")
}
