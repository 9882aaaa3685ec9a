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
	'\\': "DivInto", 'q': "Square", 'n': "Neg", '<': "Less", '≤': "AtMost"}

// identifier is the function's name: "vs*v+" is loop32VSMulVAdd.
func (d *dtype) identifier(chain string) string {
	name := fmt.Sprint("loop", d.bits)
	for _, c := range chain {
		name += words[c]
	}
	return name
}

// Where the address of a destination or operand is in kernel.Operands, and the
// addresses of a slice's elements, length and capacity in the slice.
var registers = []int{0, 8, 16, 24, 32}

const length, capacity = 8, 16

var (
	pointers = []reg.Register{reg.RSI, reg.RBX, reg.RDX, reg.R8} // of vector operands
	scalars  = []reg.VecPhysical{reg.Y8, reg.Y9, reg.Y10, reg.Y11}
	signs    = reg.Y12
	tail     = reg.Y15
)

// loop is the function that runs a chain. It jumps to the Go function short32 or
// short64, which panics, when an operand is shorter than the destination.
func (d *dtype) loop(chain string) {
	d.Function(d.identifier(chain))
	d.Attributes(attr.NOSPLIT)
	d.SignatureExpr("func(o *int)")
	d.Load(d.Param("o"), reg.R9)
	d.MOVQ(operand.Mem{Base: reg.R9}, reg.RDI)
	d.MOVQ(operand.Mem{Base: reg.RDI, Disp: length}, reg.RCX)
	d.MOVQ(operand.Mem{Base: reg.RDI}, reg.RDI)
	k := 0
	for _, c := range chain {
		if c == 'v' || c == 's' {
			d.operand(k, c == 's')
			k++
		}
	}
	if strings.ContainsRune(chain, 'n') {
		d.VPCMPEQD(signs, signs, signs)
		if d.bits == 32 {
			d.VPSLLD(operand.U8(31), signs, signs)
		} else {
			d.VPSLLQ(operand.U8(63), signs, signs)
		}
	}
	d.body(chain)
	d.Label("short")
	d.jump(fmt.Sprint("short", d.bits))
}

// operand loads operand k: a vector's address or a broadcast scalar.
func (d *dtype) operand(k int, scalar bool) {
	d.MOVQ(operand.Mem{Base: reg.R9, Disp: registers[1+k]}, reg.R10)
	if scalar {
		d.CMPQ(operand.Mem{Base: reg.R10, Disp: length}, operand.U8(0))
		d.JE(operand.LabelRef("short"))
		d.MOVQ(operand.Mem{Base: reg.R10}, reg.R10)
		d.broadcast(operand.Mem{Base: reg.R10}, scalars[k])
		return
	}
	d.CMPQ(operand.Mem{Base: reg.R10, Disp: capacity}, reg.RCX)
	d.JL(operand.LabelRef("short"))
	d.MOVQ(operand.Mem{Base: reg.R10}, pointers[k])
}

// body loops over full registers and ends with the rest under a mask.
func (d *dtype) body(chain string) {
	d.XORQ(reg.RAX, reg.RAX)
	d.SUBQ(operand.U8(uint8(d.lanes)), reg.RCX)
	d.JL(operand.LabelRef("rest"))
	d.Label("full")
	d.load(d.evaluate(chain, false), d.at(reg.RDI, reg.RAX, 0))
	d.ADDQ(operand.U8(uint8(d.lanes)), reg.RAX)
	d.CMPQ(reg.RAX, reg.RCX)
	d.JLE(operand.LabelRef("full"))
	d.Label("rest")
	d.ADDQ(operand.U8(uint8(d.lanes)), reg.RCX)
	d.SUBQ(reg.RAX, reg.RCX)
	d.JZ(operand.LabelRef("done"))
	d.MOVQ(reg.RCX, reg.R10)
	d.tailMask(reg.R10, reg.R9, tail, nil)
	d.LEAQ(d.at(reg.RDI, reg.RAX, 0), reg.RDI)
	if r := d.evaluate(chain, true); r != reg.Y0 {
		d.VMOVAPS(r, reg.Y0)
	}
	d.jump("storeTail<>")
	d.Label("done")
	d.leave()
}

// evaluate computes the chain for the elements from AX on.
func (d *dtype) evaluate(chain string, masked bool) reg.VecPhysical {
	free := []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7}
	take := func() reg.VecPhysical {
		r := free[0]
		free = free[1:]
		return r
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
			stack = append(stack, scalars[k])
			k++
			continue
		case 'v':
			var x operand.Op = d.at(pointers[k], reg.RAX, 0)
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
			m := take()
			d.compare(relation, stack[1], loaded(stack[0]), m)
			d.blend(m, stack[2], loaded(stack[3]), reg.Y7)
			return reg.Y7
		case 'q':
			x := loaded(pop())
			r := take()
			d.mul(x, x, r)
			stack = append(stack, r)
			continue
		case 'n':
			x := pop()
			r := take()
			d.VXORPS(x, signs, r)
			stack = append(stack, r)
			continue
		}
		y, x := pop(), pop()
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

// declare writes the Go declarations of the loops and the table that finds them.
func declare(all []string) {
	var out bytes.Buffer
	out.WriteString("// Code generated by command: go generate. DO NOT EDIT.\n\n//go:build amd64 && !purego\n\npackage kernel\n\n")
	out.WriteString("// vectorLoops are the loops in assembly; the chains are those of formNames.\n")
	out.WriteString("var vectorLoops = [...]struct {\nchain string\nf32 Loop[float32]\nf64 Loop[float64]\n}{\n")
	d32, d64 := &dtype{bits: 32}, &dtype{bits: 64}
	for _, f := range all {
		fmt.Fprintf(&out, "{%q, %s, %s},\n", f, d32.identifier(f), d64.identifier(f))
	}
	out.WriteString("}\n\n")
	for _, f := range all {
		fmt.Fprintf(&out, "//go:noescape\nfunc %s(o *Operands[float32])\n\n", d32.identifier(f))
		fmt.Fprintf(&out, "//go:noescape\nfunc %s(o *Operands[float64])\n\n", d64.identifier(f))
	}
	text, err := format.Source(out.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	save("loops_amd64.go", text)
}
