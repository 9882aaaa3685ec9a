package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The samples of a group with AVX-512: all eight blocks are in one vector.

// oddWords makes the mask of odd words.
func (n *normal) oddWords() {
	bits := n.GP32()
	n.odd = n.K()
	n.MOVL(operand.U32(0xAAAA), bits)
	n.KMOVW(bits, n.odd)
}

// groupWide makes the samples of eight blocks.
func (n *normal) groupWide() { n.samplesWide(n.blocksWide(), 0) }

// groupsWide makes those of two groups, in turns: an operation of one runs while the other waits for one.
func (n *normal) groupsWide() {
	a, b := n.blocksWide(), n.blocksWide()
	n.inTurns(func() { n.samplesWide(a, 0) }, func() { n.samplesWide(b, 32) })
}

// inTurns interleaves the instructions of two functions.
func (d *dtype) inTurns(a, b func()) {
	file, _ := d.Result()
	all := file.Functions()
	f := all[len(all)-1]
	start := len(f.Nodes)
	a()
	middle := len(f.Nodes)
	b()
	first, second := f.Nodes[start:middle], f.Nodes[middle:]
	var mixed []ir.Node
	for i := range max(len(first), len(second)) {
		if i < len(first) {
			mixed = append(mixed, first[i])
		}
		if i < len(second) {
			mixed = append(mixed, second[i])
		}
	}
	f.Nodes = append(f.Nodes[:start], mixed...)
}

// samplesWide stores the samples of eight blocks so many elements further on.
func (n *normal) samplesWide(p *philox, at int) {
	n.roundsWide(p)
	if n.bits == 32 {
		n.samples32Wide(p, at)
	} else {
		n.samples64Wide(p, at)
	}
}

// blocksWide loads eight counters and leaves those of the next group.
func (n *normal) blocksWide() *philox {
	p := &philox{[4]reg.VecVirtual{n.ZMM(), n.ZMM(), n.ZMM(), n.ZMM()}}
	n.VMOVDQU64(n.field(atIndex), p.c[0])
	n.VPBROADCASTQ(n.field(atStream), p.c[1])
	n.VMOVDQU64(n.field(atStep), p.c[2])
	n.VPSRLQ(operand.U8(32), p.c[2], p.c[3])
	index, step, beyond := n.ZMM(), n.ZMM(), n.K()
	n.VPADDQ_BCST(n.field(atIndexBy), p.c[0], index)
	n.VPADDQ_BCST(n.field(atStepBy), p.c[2], step)
	n.VPCMPGTQ_BCST(n.field(atLast), index, beyond)
	n.VPADDQ_BCST(n.long("oneLong", 1), step, beyond, step)
	n.VPSUBQ_BCST(n.field(atPerStep), index, beyond, index)
	n.VMOVDQU64(index, n.field(atIndex))
	n.VMOVDQU64(step, n.field(atStep))
	return p
}

// roundsWide are the ten.
func (n *normal) roundsWide(p *philox) {
	const xors = 0x96 // of three operands
	for round := range 10 {
		low0, low1, high0, high1 := n.ZMM(), n.ZMM(), n.ZMM(), n.ZMM()
		n.VPMULUDQ_BCST(n.words("philoxM0", uint32(integer("philoxM0"))), p.c[0], low0)
		n.VPMULUDQ_BCST(n.words("philoxM1", uint32(integer("philoxM1"))), p.c[2], low1)
		n.VPSRLQ(operand.U8(32), low1, high1)
		n.VPSRLQ(operand.U8(32), low0, high0)
		n.VPTERNLOGD_BCST(operand.U8(xors), n.key(round, 0), p.c[1], high1)
		n.VPTERNLOGD_BCST(operand.U8(xors), n.key(round, 1), p.c[3], high0)
		p.c = [4]reg.VecVirtual{high1, low1, high0, low0}
	}
}

// samples32Wide stores the samples of eight blocks: words 0 and 2 of a block are neighbours, and 1 and 3.
func (n *normal) samples32Wide(p *philox, at int) {
	for i := range 2 {
		n.VPSLLQ(operand.U8(32), p.c[2+i], p.c[2+i])
		n.VPBLENDMD(p.c[2+i], p.c[i], n.odd, p.c[i])
	}
	x, y := n.pair(p.c[0], p.c[1])
	low, high := n.ZMM(), n.ZMM() // blocks 0 to 3 and 4 to 7, see kernel.lanes
	n.VUNPCKLPS(y, x, low)
	n.VUNPCKHPS(y, x, high)
	n.VMOVUPS(low, n.at(n.dst, nil, at))
	n.VMOVUPS(high, n.at(n.dst, nil, at+16))
}

// samples64Wide is the same of elements twice as wide.
func (n *normal) samples64Wide(p *philox, at int) {
	var low, high [2]reg.VecVirtual // the halves of blocks 0 to 3 and 4 to 7
	half := func(i int) func() {
		return func() {
			x, y := n.pair(p.c[2*i], p.c[2*i+1])
			low[i], high[i] = n.ZMM(), n.ZMM()
			n.VUNPCKLPD(y, x, low[i])
			n.VUNPCKHPD(y, x, high[i])
		}
	}
	n.inTurns(half(0), half(1))
	for i, pair := range []operand.Mem{n.pairs("lower", 0), n.pairs("upper", 4)} {
		for k, v := range [][2]reg.VecVirtual{low, high} {
			t := n.ZMM()
			n.VMOVDQU64(pair, t)
			n.VPERMI2PD(v[1], v[0], t)
			n.VMOVUPD(t, n.at(n.dst, nil, at+16*k+8*i))
		}
	}
}

// pairs are the indices of two blocks, from the given element on, in two vectors of their halves.
func (n *normal) pairs(name string, first uint64) operand.Mem {
	if m, ok := n.constants[name+"Pairs"]; ok {
		return m
	}
	m := n.StaticGlobal(name + "Pairs")
	n.constants[name+"Pairs"] = m
	n.DataAttributes(attr.RODATA | attr.NOPTR)
	for i, element := range []uint64{0, 1, 8, 9, 2, 3, 10, 11} {
		n.AddDatum(8*i, operand.U64(element+first))
	}
	return m
}
