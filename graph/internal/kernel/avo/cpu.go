package main

import (
	"github.com/mmcloughlin/avo/reg"
)

// features are stubs for the two instructions that tell what the processor and the
// operating system support.
func (d *dtype) features() {
	d.function("cpuid", "func(leaf, subleaf uint32) (ax, bx, cx uint32)")
	d.Load(d.Param("leaf"), reg.EAX)
	d.Load(d.Param("subleaf"), reg.ECX)
	d.CPUID()
	d.Store(reg.EAX, d.Return("ax"))
	d.Store(reg.EBX, d.Return("bx"))
	d.Store(reg.ECX, d.Return("cx"))
	d.RET()
	d.function("xgetbv", "func() uint32")
	d.XORL(reg.ECX, reg.ECX)
	d.XGETBV()
	d.Store(reg.EAX, d.ReturnIndex(0))
	d.RET()
}
