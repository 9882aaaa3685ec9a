package main

import (
	"fmt"
	"log"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// evaluation is a compiled function on elements that are as wide as its numbers, or
// float32 where these are float64, with AVX2 or AVX-512 (see wide).
type evaluation struct {
	*dtype
	*compiled
	many         int // numbers in a register
	instructions map[operation]instruction
}

// instruction has a second form for AVX-512, whose last operand, Go's first, is one number
// in memory.
type instruction struct{ whole, repeated func(...operand.Op) }

func (d *dtype) evaluation(c *compiled) *evaluation {
	e := &evaluation{dtype: d, compiled: c, many: 8 * d.width() / c.width}
	if c.width == 32 {
		e.instructions = map[operation]instruction{
			constantOf: {d.VMOVUPS, d.VBROADCASTSS},
			root:       {d.VSQRTPS, d.VSQRTPS_BCST},
			sum:        {d.VADDPS, d.VADDPS_BCST}, difference: {d.VSUBPS, d.VSUBPS_BCST},
			product: {d.VMULPS, d.VMULPS_BCST}, quotient: {d.VDIVPS, d.VDIVPS_BCST},
			lower: {d.VMINPS, d.VMINPS_BCST}, higher: {d.VMAXPS, d.VMAXPS_BCST},
			sumOfIntegers: {d.VPADDD, d.VPADDD_BCST}, differenceOfIntegers: {d.VPSUBD, d.VPSUBD_BCST},
			shiftLeft: {whole: d.VPSLLD}, shiftRight: {whole: d.VPSRLD},
			comparison: {lastFirst(d.VCMPPS), lastFirst(d.VCMPPS_BCST)}, choice: {d.VBLENDMPS, d.VBLENDMPS_BCST},
			and: {d.VPANDD, d.VPANDD_BCST}, or: {d.VPORD, d.VPORD_BCST}, xor: {d.VPXORD, d.VPXORD_BCST}, andNot: {whole: d.VPANDND},
		}
	} else {
		e.instructions = map[operation]instruction{
			constantOf: {d.VMOVUPD, d.VBROADCASTSD},
			root:       {d.VSQRTPD, d.VSQRTPD_BCST},
			sum:        {d.VADDPD, d.VADDPD_BCST}, difference: {d.VSUBPD, d.VSUBPD_BCST},
			product: {d.VMULPD, d.VMULPD_BCST}, quotient: {d.VDIVPD, d.VDIVPD_BCST},
			lower: {d.VMINPD, d.VMINPD_BCST}, higher: {d.VMAXPD, d.VMAXPD_BCST},
			sumOfIntegers: {d.VPADDQ, d.VPADDQ_BCST}, differenceOfIntegers: {d.VPSUBQ, d.VPSUBQ_BCST},
			shiftLeft: {whole: d.VPSLLQ}, shiftRight: {whole: d.VPSRLQ},
			comparison: {lastFirst(d.VCMPPD), lastFirst(d.VCMPPD_BCST)}, choice: {d.VBLENDMPD, d.VBLENDMPD_BCST},
			and: {d.VPANDQ, d.VPANDQ_BCST}, or: {d.VPORQ, d.VPORQ_BCST}, xor: {d.VPXORQ, d.VPXORQ_BCST}, andNot: {whole: d.VPANDNQ},
		}
	}
	if !d.isWide() {
		e.narrowInstructions()
	}
	return e
}

// narrowInstructions are those of AVX2 that have other names there.
func (e *evaluation) narrowInstructions() {
	for op, f := range map[operation]func(...operand.Op){and: e.VANDPD, or: e.VORPD, xor: e.VXORPD, andNot: e.VANDNPD} {
		e.instructions[op] = instruction{whole: f}
	}
	blend := e.VBLENDVPD
	if e.compiled.width == 32 {
		blend = e.VBLENDVPS
	}
	e.instructions[choice] = instruction{whole: func(o ...operand.Op) { blend(o[2], o[0], o[1], o[3]) }}
}

func lastFirst(f func(...operand.Op)) func(...operand.Op) {
	return func(o ...operand.Op) { f(o[3], o[0], o[1], o[2]) }
}

// emit computes the nodes that a result depends on, and it, last, in a register.
func (e *evaluation) emit(result *node, to reg.Register, in []reg.VecPhysical) {
	needed := map[*node]bool{result: true}
	for i := len(e.all) - 1; i >= 0; i-- {
		for _, a := range e.all[i].args {
			if a != nil && needed[e.all[i]] {
				needed[a] = true
			}
		}
	}
	registers := map[*node]reg.Register{}
	for _, v := range e.all {
		switch {
		case !needed[v] || v.op == constantOf:
			continue
		case v.op == argument:
			registers[v] = in[v.number]
			continue
		case v == result:
			registers[v] = to
		case e.isWide() && v.truth():
			registers[v] = e.K()
		default:
			registers[v] = e.register()
		}
		e.instruction(v, registers)
	}
}

func (e *evaluation) register() reg.Register {
	if e.isWide() {
		return e.ZMM()
	}
	return e.YMM()
}

// truth reports whether a node is true or false, which AVX-512 has other registers for.
func (v *node) truth() bool {
	return v.op == comparison || (v.op == and || v.op == or) && v.args[0].truth() && v.args[1].truth()
}

// instruction computes a node. Constants are operands in memory where an instruction
// has room for one.
func (e *evaluation) instruction(v *node, registers map[*node]reg.Register) {
	to := registers[v]
	register := func(a *node) operand.Op {
		if a.op == constantOf {
			r := e.register()
			e.apply(constantOf, a, nil, r)
			return r
		}
		return registers[a]
	}
	x, y, z := v.args[0], v.args[1], v.args[2]
	if y != nil && x.op == constantOf && y.op != constantOf && commutative[v.op] {
		x, y = y, x
	}
	switch {
	case v.op == root:
		e.apply(root, x, registers, to)
	case v.op == shiftLeft || v.op == shiftRight:
		e.instructions[v.op].whole(operand.U8(uint8(v.number)), register(x), to)
	case v.op == andNot && y.op == constantOf:
		e.apply(and, &node{op: constantOf, number: ^y.number}, registers, register(x), to)
	case v.op == andNot:
		e.instructions[andNot].whole(register(x), register(y), to)
	case v.op == comparison:
		e.apply(comparison, y, registers, register(x), to, operand.U8(uint8(v.number)))
	case v.op == choice:
		e.apply(choice, y, registers, register(z), registers[x], to)
	case e.isWide() && v.truth() && v.op == and:
		e.KANDW(registers[y], registers[x], to)
	case e.isWide() && v.truth():
		e.KORW(registers[y], registers[x], to)
	default:
		e.apply(v.op, y, registers, register(x), to)
	}
}

var commutative = map[operation]bool{sum: true, product: true, and: true, or: true, xor: true, sumOfIntegers: true}

// apply is an operation whose second operand, or only one, is a, a constant in memory or
// in a register; the other operands follow.
func (e *evaluation) apply(op operation, a *node, registers map[*node]reg.Register, others ...operand.Op) {
	f, last := e.instructions[op], operand.Op(registers[a])
	if a.op == constantOf {
		last = e.number(a.number)
		if e.isWide() {
			f.whole = f.repeated
		}
	}
	if f.whole == nil {
		log.Fatalf("no instruction for operation %d", op)
	}
	f.whole(append([]operand.Op{last}, others...)...)
}

// number is one that fills a register.
func (e *evaluation) number(bits uint64) operand.Mem {
	if e.compiled.width == 32 {
		return e.words(fmt.Sprintf("c%08x", uint32(bits)), uint32(bits))
	}
	return e.long(fmt.Sprintf("c%016x", bits), bits)
}

// fetch loads numbers from elements, all or those of a mask.
func (e *evaluation) fetch(from operand.Mem, mask, to reg.Register) {
	widen := e.bits < e.compiled.width
	switch {
	case widen && mask == nil:
		e.VCVTPS2PD(from, to)
	case widen && e.isWide():
		e.VCVTPS2PD_Z(from, mask, to)
	case widen:
		x := to.(reg.VecPhysical).AsX()
		e.loadMasked(from, mask.(reg.VecPhysical).AsX(), x)
		e.VCVTPS2PD(x, to)
	case mask == nil:
		e.load(from, to)
	case e.isWide():
		e.loadPart(from, mask, to)
	default:
		e.loadMasked(from, mask, to)
	}
}

// narrow rounds the result, in register 0, to elements.
func (e *evaluation) narrow() {
	switch {
	case e.bits == e.compiled.width:
	case e.isWide():
		e.VCVTPD2PS(reg.Z0, reg.Y0)
	default:
		e.VCVTPD2PSY(reg.Y0, reg.X0)
	}
}

// store stores them, with AVX-512 all or those of a mask.
func (e *evaluation) store(to operand.Mem, mask reg.Register) {
	r := e.vec(0)
	switch widened := e.bits < e.compiled.width; {
	case mask != nil:
		e.load(r, mask, to)
	case widened && e.isWide():
		e.load(reg.Y0, to)
	case widened:
		e.load(reg.X0, to)
	default:
		e.load(r, to)
	}
}
