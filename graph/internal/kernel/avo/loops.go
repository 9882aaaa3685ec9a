package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"log"
	"slices"
	"strconv"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// forms are the chains that get a loop here: those of up to two operations, all
// choices, and the longer ones that the models in the repository are made of.
func forms(file string) ([]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return nil, err
	}
	var all []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "formNames" {
			return true
		}
		for _, e := range spec.Values[0].(*ast.CompositeLit).Elts {
			chain, err := strconv.Unquote(e.(*ast.BasicLit).Value)
			if err != nil {
				log.Fatal(err)
			}
			if operations(chain) <= 2 || slices.Contains(long, chain) {
				all = append(all, chain)
			}
		}
		return false
	})
	return all, nil
}

func operations(chain string) int {
	return len(strings.Trim(strings.NewReplacer("v", "", "s", "").Replace(chain), " "))
}

var words = map[rune]string{'v': "V", 's': "S", '+': "Add", '-': "Sub", '*': "Mul", '/': "Div", '~': "SubFrom",
	'\\': "DivInto", 'q': "Square", 'n': "Neg", '<': "Less", '≤': "LessEqual", '^': "AtLeast", '_': "AtMost"}

// identifier is the loop's name: that of "vs*v+" is loop32VSMulVAdd.
func (d *dtype) identifier(chain string) string {
	name := fmt.Sprint("loop", d.bits)
	for _, c := range chain {
		name += words[c]
	}
	return name + "<>"
}

// What a loop finds in kernel.step: the addresses of the destination's and the
// operands' slices, whether the destination has room for whole registers, and the
// next step.
const (
	addresses = 8
	roomy     = 48
	stepSize  = 56
)

// The registers that all loops of a sequence share.
var (
	code  = reg.R9  // the present step
	pairs = reg.R10 // elements in whole pairs of registers
	whole = reg.R12 // elements in whole registers
	rest  = reg.R11 // elements after them
	tail  = reg.Y15 // ones for these

	whole512 = reg.R13 // elements in whole registers of AVX-512, 0 where those of AVX2 are quicker

	index    = reg.RAX
	to       = reg.RDI
	pointers = []reg.Register{reg.RSI, reg.RBX, reg.RDX, reg.R8} // of vector operands
)

// scalarOperand is the register of operand k, signs one of sign bits.
func (d *dtype) scalarOperand(k int) reg.VecPhysical { return d.vec(8 + k) }
func (d *dtype) signs() reg.VecPhysical              { return d.vec(12) }

// sequence is the function that runs steps, one after the other, on n elements. Every
// loop jumps to that of the next step; the last step's is leave.
func (d *dtype) sequence(all []string) {
	d.function(fmt.Sprint("sequence", d.bits), "func(code *uintptr, n, whole512 int)")
	d.Load(d.Param("code"), code)
	d.Load(d.Param("n"), rest)
	d.Load(d.Param("whole512"), whole512)
	d.MOVQ(rest, whole)
	d.ANDQ(operand.I8(-d.lanes), whole)
	d.MOVQ(rest, pairs)
	d.ANDQ(operand.I8(-2*d.lanes), pairs)
	d.SUBQ(whole, rest)
	d.MOVQ(rest, reg.RCX)
	d.tailMask(reg.RCX, reg.RDX, tail, nil)
	d.dispatch()

	d.Function(fmt.Sprintf("leave%d<>", d.bits))
	d.Attributes(attr.NOSPLIT)
	d.SignatureExpr("func()")
	d.leave()

	d.entries(all)
	d.finishStep()
}

// dispatch jumps to the loop of the present step.
func (d *dtype) dispatch() {
	d.Instruction(&ir.Instruction{Opcode: "JMP", Operands: []operand.Op{operand.Mem{Base: code}}, IsTerminal: true})
}

// nextStep jumps to the loop of the next step.
func (d *dtype) nextStep() {
	d.ADDQ(operand.U8(stepSize), code)
	d.dispatch()
}

// entries is the function that returns the table of the loops' addresses, leave's
// first.
func (d *dtype) entries(all []string) {
	table := d.StaticGlobal(fmt.Sprint("table", d.bits))
	d.DataAttributes(attr.NOPTR)
	d.AppendDatum(address{name: fmt.Sprintf("leave%d<>", d.bits)})
	for _, chain := range all {
		d.AppendDatum(address{name: d.identifier(chain)})
	}
	d.function(fmt.Sprint("entries", d.bits), "func() *uintptr")
	d.LEAQ(table, reg.RAX)
	d.Store(reg.RAX, d.ReturnIndex(0))
	d.RET()
}

// address is that of a function of this file, as a constant.
type address struct {
	operand.Constant
	name string
}

func (a address) Asm() string { return "$·" + a.name + "(SB)" }
func (a address) Bytes() int  { return 8 }

// finishStep stores the incomplete register Y0, which holds the last elements of a
// step, and goes on with the next. A destination of the program's own has room for all
// of it: that is quicker to store, and to load again.
func (d *dtype) finishStep() {
	d.Function("finishStep<>")
	d.Attributes(attr.NOSPLIT)
	d.SignatureExpr("func()")
	d.CMPB(operand.Mem{Base: code, Disp: roomy}, operand.Imm(0))
	d.JE(operand.LabelRef("exact"))
	d.load(reg.Y0, d.at(to, index, 0))
	d.nextStep()
	d.Label("exact")
	d.LEAQ(d.at(to, index, 0), to)
	d.storeRest(rest)
	d.nextStep()
}

// loop runs a chain: two registers at a time, or one of AVX-512, then one, then the rest
// under a mask. AVX-512 has masks too, but what is stored under one is slow to load again.
func (d *dtype) loop(chain string) {
	d.Function(d.identifier(chain))
	d.Attributes(attr.NOSPLIT)
	d.SignatureExpr("func()")
	d.MOVQ(operand.Mem{Base: code, Disp: addresses}, to)
	d.MOVQ(operand.Mem{Base: to}, to)
	operands := strings.Map(operandsOnly, chain)
	for k := range operands {
		d.MOVQ(operand.Mem{Base: code, Disp: addresses + 8*(1+k)}, pointers[k])
		d.MOVQ(operand.Mem{Base: pointers[k]}, pointers[k])
	}
	d.numbers(chain)
	d.XORQ(index, index)
	d.TESTQ(whole512, whole512)
	d.JNZ(operand.LabelRef("wide"))
	d.pairs(chain)
	d.Label("one")
	d.CMPQ(index, whole)
	d.JGE(operand.LabelRef("few"))
	d.load(d.evaluate(chain, 0, false), d.at(to, index, 0))
	d.ADDQ(operand.U8(uint8(d.lanes)), index)
	d.Label("few")
	d.TESTQ(rest, rest)
	d.JZ(operand.LabelRef("next"))
	if r := d.evaluate(chain, 0, true); r != reg.Y0 {
		d.VMOVAPS(r, reg.Y0)
	}
	d.jump("finishStep<>")
	d.Label("next")
	d.nextStep()
	d.Label("wide")
	d.wide().singles(chain)
	d.JMP(operand.LabelRef("one"))
}

func operandsOnly(c rune) rune {
	if c == 'v' || c == 's' {
		return c
	}
	return -1
}

// numbers sets the registers that hold the same in all elements.
func (d *dtype) numbers(chain string) {
	for k, c := range strings.Map(operandsOnly, chain) {
		if c == 's' {
			d.broadcast(operand.Mem{Base: pointers[k]}, d.scalarOperand(k))
		}
	}
	if !strings.ContainsRune(chain, 'n') {
		return
	}
	signs := d.signs()
	if d.isWide() {
		d.VPTERNLOGD(operand.U8(0xff), signs, signs, signs)
	} else {
		d.VPCMPEQD(signs, signs, signs)
	}
	if d.bits == 32 {
		d.VPSLLD(operand.U8(31), signs, signs)
	} else {
		d.VPSLLQ(operand.U8(63), signs, signs)
	}
}

// pairs runs a chain for whole pairs of registers.
func (d *dtype) pairs(chain string) {
	d.CMPQ(index, pairs)
	d.JGE(operand.LabelRef("one"))
	d.Label("two")
	d.load(d.evaluate(chain, 0, false), d.at(to, index, 0))
	d.load(d.evaluate(chain, d.lanes, false), d.at(to, index, d.lanes))
	d.ADDQ(operand.U8(uint8(2*d.lanes)), index)
	d.CMPQ(index, pairs)
	d.JLT(operand.LabelRef("two"))
}

// singles runs a chain for whole registers of AVX-512, of which there is one at least.
func (d *dtype) singles(chain string) {
	d.numbers(chain)
	d.Label("more")
	d.load(d.evaluate(chain, 0, false), d.at(to, index, 0))
	d.ADDQ(operand.U8(uint8(d.lanes)), index)
	d.CMPQ(index, whole512)
	d.JLT(operand.LabelRef("more"))
}

// evaluate computes the chain for the elements from that offset behind AX on.
func (d *dtype) evaluate(chain string, offset int, masked bool) reg.VecPhysical {
	free := 0
	take := func() reg.VecPhysical {
		free++
		return d.vec(free - 1)
	}
	var stack []operand.Op
	pop := func() operand.Op {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return x
	}
	loaded := func(x operand.Op) reg.VecPhysical {
		if r, ok := x.(reg.VecPhysical); ok {
			return r
		}
		r := take()
		d.load(x, r)
		return r
	}
	k := 0
	for _, c := range chain {
		switch c {
		case 's':
			stack = append(stack, d.scalarOperand(k))
			k++
			continue
		case 'v':
			var x operand.Op = d.at(pointers[k], index, offset)
			if masked {
				r := take()
				d.loadMasked(x, tail, r)
				x = r
			}
			stack = append(stack, x)
			k++
			continue
		case '<', '≤':
			relation := map[rune]operand.U8{'<': 0x11, '≤': 0x12}[c]
			var m reg.Register = reg.K1
			if !d.isWide() {
				m = take()
			}
			d.compare(relation, stack[1], loaded(stack[0]), m)
			r := d.vec(7)
			d.blend(m, stack[2], loaded(stack[3]), r)
			return r
		case 'q':
			x := loaded(pop())
			r := take()
			d.mul(x, x, r)
			stack = append(stack, r)
			continue
		case 'n':
			x := pop()
			r := take()
			d.xor(x, d.signs(), r)
			stack = append(stack, r)
			continue
		}
		y, x := pop(), pop()
		if c == '^' || c == '_' { // y > x ? y : x, and x where that is not a number
			r := take()
			map[rune]func(...operand.Op){'^': d.max, '_': d.min}[c](x, loaded(y), r)
			stack = append(stack, r)
			continue
		}
		if c == '~' || c == '\\' {
			x, y = y, x
		}
		if _, memory := x.(operand.Mem); memory && (c == '+' || c == '*') {
			x, y = y, x
		}
		l := loaded(x)
		r := take()
		map[rune]func(...operand.Op){'+': d.add, '-': d.sub, '~': d.sub, '*': d.mul, '/': d.div, '\\': d.div}[c](y, l, r)
		stack = append(stack, r)
	}
	return pop().(reg.VecPhysical)
}

// declare lists the loops in Go.
func declare(all []string) {
	var out bytes.Buffer
	out.WriteString("// Code generated by command: go generate. DO NOT EDIT.\n\n//go:build amd64 && !purego\n\npackage kernel\n\n")
	out.WriteString("// vectorChains are the chains with a loop in assembly, in the order of their entries.\n")
	out.WriteString("var vectorChains = [...]string{\n")
	for _, f := range all {
		fmt.Fprintf(&out, "%q,\n", f)
	}
	out.WriteString("}\n")
	text, err := format.Source(out.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	save("loops_amd64.go", text)
}
