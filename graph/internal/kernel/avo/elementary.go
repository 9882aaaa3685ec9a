package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"math"
	"strings"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// elementary are the functions of one number that are compiled from the package's
// Go; there is a second one, with Single after its name, if float32 results need
// less than the float64 function.
var elementary = []string{"exp", "expm1", "log", "log1p", "tanh", "sigmoid", "softplus", "exprel", "exprelSlope", "linoid", "linoidSlope"}

// variant is the function for elements of this type.
func (d *dtype) variant(s *source, name string) string {
	if single := name + "Single"; d.bits == 32 && s.named[single] != nil {
		return single
	}
	return name
}

// elementary writes the functions for four elements at a time, evaluated in
// float64.
func (d *dtype) elementary(s *source) {
	for _, name := range elementary {
		all, results := s.compile(d.variant(s, name), 1)
		d.unary(name, 4, d.widened, func() {
			d.emit(all, results[0], reg.Y0, []reg.VecPhysical{reg.Y0})
			d.narrow()
		}, func(to operand.Mem) { d.storeFour(to) })
	}
}

// widened loads four elements as float64 into Y0.
func (d *dtype) widened(from operand.Mem, mask reg.VecPhysical) { d.loadFour(from, mask, reg.Y0) }

func (d *dtype) loadFour(from operand.Mem, mask, to reg.VecPhysical) {
	switch {
	case d.bits == 32 && mask == nil:
		d.VCVTPS2PD(from, to)
	case d.bits == 32:
		d.loadMasked(from, mask.AsX(), to.AsX())
		d.VCVTPS2PD(to.AsX(), to)
	case mask == nil:
		d.load(from, to)
	default:
		d.loadMasked(from, mask, to)
	}
}

// narrow rounds Y0 to elements.
func (d *dtype) narrow() {
	if d.bits == 32 {
		d.VCVTPD2PSY(reg.Y0, reg.X0)
	}
}

func (d *dtype) storeFour(to operand.Mem) {
	if d.bits == 32 {
		d.VMOVUPS(reg.X0, to)
		return
	}
	d.load(reg.Y0, to)
}

// partial is a function of operands a, or a and b, up to the first four elements one of
// which the Go function with Plain after its name does not compute. It returns how many
// are done.
func (d *dtype) partial(s *source, name string, operands ...string) {
	all, results := s.compile(d.variant(s, name+"Plain"), len(operands))
	d.function(fmt.Sprint(name, d.bits), fmt.Sprintf("func(d, %s *%s, n int) int", strings.Join(operands, ", "), d.scalar))
	d.Load(d.Param("d"), reg.RDI)
	from := []reg.GPPhysical{reg.RSI, reg.RDX}[:len(operands)]
	for i, r := range from {
		d.Load(d.Param(operands[i]), r)
	}
	d.Load(d.Param("n"), reg.RCX)
	d.XORQ(reg.RAX, reg.RAX)
	d.SUBQ(operand.U8(4), reg.RCX)
	d.Label("four")
	d.CMPQ(reg.RAX, reg.RCX)
	d.JGT(operand.LabelRef("done"))
	in := []reg.VecPhysical{reg.Y0, reg.Y1}
	for i, r := range from {
		d.loadFour(d.at(r, reg.RAX, 0), nil, in[i])
	}
	d.emit(all, results[1], reg.Y2, in)
	d.VMOVMSKPD(reg.Y2, reg.R8L)
	d.CMPL(reg.R8L, operand.U8(15))
	d.JNE(operand.LabelRef("done"))
	d.emit(all, results[0], reg.Y0, in)
	d.narrow()
	d.storeFour(d.at(reg.RDI, reg.RAX, 0))
	d.ADDQ(operand.U8(4), reg.RAX)
	d.JMP(operand.LabelRef("four"))
	d.Label("done")
	d.Store(reg.RAX, d.ReturnIndex(0))
	d.leave()
}

// emit computes the nodes that a result depends on, and it, last, in a register.
func (d *dtype) emit(all []*node, result *node, to reg.VecPhysical, in []reg.VecPhysical) {
	needed := map[*node]bool{result: true}
	for i := len(all) - 1; i >= 0; i-- {
		for _, a := range all[i].args {
			if a != nil && needed[all[i]] {
				needed[a] = true
			}
		}
	}
	registers := map[*node]reg.Register{}
	for _, v := range all {
		switch {
		case !needed[v] || v.op == constantOf:
			continue
		case v.op == argument:
			registers[v] = in[v.number]
			continue
		case v == result:
			registers[v] = to
		default:
			registers[v] = d.YMM()
		}
		d.instruction(v, registers)
	}
}

// instruction computes a node. Constants are operands in memory where an
// instruction has room for one.
func (d *dtype) instruction(v *node, registers map[*node]reg.Register) {
	to := registers[v]
	register := func(a *node) operand.Op {
		if a.op == constantOf {
			r := d.YMM()
			d.VMOVUPD(d.number(a.number), r)
			return r
		}
		return registers[a]
	}
	source := func(a *node) operand.Op {
		if a.op == constantOf {
			return d.number(a.number)
		}
		return registers[a]
	}
	x, y, z := v.args[0], v.args[1], v.args[2]
	if y != nil && x.op == constantOf && y.op != constantOf && commutative[v.op] {
		x, y = y, x
	}
	binary := map[operation]func(...operand.Op){
		sum: d.VADDPD, difference: d.VSUBPD, product: d.VMULPD, quotient: d.VDIVPD,
		lower: d.VMINPD, higher: d.VMAXPD, and: d.VANDPD, or: d.VORPD, xor: d.VXORPD,
		sumOfIntegers: d.VPADDQ, differenceOfIntegers: d.VPSUBQ,
	}
	switch v.op {
	case root:
		d.VSQRTPD(source(x), to)
	case andNot:
		if y.op == constantOf {
			d.VANDPD(d.number(^y.number), register(x), to)
		} else {
			d.VANDNPD(source(x), register(y), to)
		}
	case shiftLeft:
		d.VPSLLQ(operand.U8(uint8(v.number)), register(x), to)
	case shiftRight:
		d.VPSRLQ(operand.U8(uint8(v.number)), register(x), to)
	case comparison:
		d.VCMPPD(operand.U8(uint8(v.number)), source(y), register(x), to)
	case choice:
		d.VBLENDVPD(register(x), source(y), register(z), to)
	default:
		f := binary[v.op]
		if f == nil {
			log.Fatalf("no instruction for operation %d", v.op)
		}
		f(source(y), register(x), to)
	}
}

var commutative = map[operation]bool{sum: true, product: true, and: true, or: true, xor: true, sumOfIntegers: true}

// number is eight bytes that fill a register.
func (d *dtype) number(bits uint64) operand.Mem {
	return d.long(fmt.Sprintf("c%016x", bits), bits)
}

// constant is a float64 that fills a register.
func (d *dtype) constant(name string, x float64) operand.Mem {
	return d.long(name, math.Float64bits(x))
}

// declareElementary writes the table that finds a function by its name.
func declareElementary() {
	var b bytes.Buffer
	b.WriteString("// Code generated by command: go generate. DO NOT EDIT.\n\n//go:build amd64 && !purego\n\npackage kernel\n\n")
	b.WriteString("var vectorFunctions = map[string]vectorFunction{\n")
	for _, name := range elementary {
		fmt.Fprintf(&b, "%q: {%s32, %s64},\n", name, name, name)
	}
	b.WriteString("}\n")
	text, err := format.Source(b.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	save("functions_amd64.go", text)
}
