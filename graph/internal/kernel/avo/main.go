// Command avo writes the AVX2 and AVX-512 assembly of package kernel and its Go
// declarations into the package's folder. It is a module of its own, so that programs
// that use the kernels do not depend on the assembler.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

const folder = ".." // package kernel

func main() {
	log.SetFlags(0)
	all, err := forms(filepath.Join(folder, "loops_generated.go"))
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range []*dtype{newDtype(32), newDtype(64)} {
		d.sequence(all)
		for _, f := range all {
			d.loop(f)
		}
		d.write(fmt.Sprintf("loops%d_amd64.s", d.bits), fmt.Sprintf("loops%d_amd64.go", d.bits))
	}
	declare(all)
	for _, d := range []*dtype{newDtype(32), newDtype(64)} {
		d.storeTail()
		for _, lanes := range []int{1, 2, 4} {
			d.gemm(lanes)
			d.wide().gemm(lanes)
		}
		d.sum()
		d.matVec()
		for rows := 1; rows*16/d.lanes <= 8; rows *= 2 {
			d.delayedRows(rows, 16/d.lanes)
		}
		d.wide().delayedBlock()
		d.wide().readBack()
		d.sparseRows()
		d.delayedDots()
		d.delayedDots16()
		d.write(fmt.Sprintf("sums%d_amd64.s", d.bits), fmt.Sprintf("sums%d_amd64.go", d.bits))
	}
	for _, d := range []*dtype{newDtype(32), newDtype(64)} {
		d.storeTail()
		d.algebraic()
		d.wide().flushWide()
		d.write(fmt.Sprintf("unary%d_amd64.s", d.bits), fmt.Sprintf("unary%d_amd64.go", d.bits))
	}
	for _, d := range []*dtype{newDtype(32), newDtype(64)} {
		d.transpose()
		if d.bits == 32 {
			d.conversions()
			d.prefetch()
		}
		d.write(fmt.Sprintf("moves%d_amd64.s", d.bits), fmt.Sprintf("moves%d_amd64.go", d.bits))
	}
	for _, d := range []*dtype{newDtype(32), newDtype(64)} {
		d.normals()
		d.wide().normals()
		d.write(fmt.Sprintf("normal%d_amd64.s", d.bits), fmt.Sprintf("normal%d_amd64.go", d.bits))
	}
	functions := parse("exp.go", "slopes.go", "log.go", "pow.go", "single.go", "narrow.go", "sincos.go", "constants.go")
	for _, d := range []*dtype{newDtype(32), newDtype(64)} {
		d.storeTail()
		d.elementary(functions)
		d.partial(functions, "pow", "a", "b")
		d.partial(functions, "sin", "a")
		d.partial(functions, "cos", "a")
		d.write(fmt.Sprintf("functions%d_amd64.s", d.bits), fmt.Sprintf("functions%d_amd64.go", d.bits))
	}
	declareElementary()
	cpu := newDtype(32)
	cpu.features()
	cpu.write("cpu_amd64.s", "cpu_amd64.go")
}

// write prints the functions made so far and, where they have signatures of Go's
// own types, their declarations.
func (d *dtype) write(asm, stubs string) {
	file, err := d.Result()
	if err != nil {
		log.Fatal(err)
	}
	if err := pass.Compile.Execute(file); err != nil {
		log.Fatal(err)
	}
	config := printer.Config{Argv: []string{"go", "generate"}, Pkg: "kernel"}
	print(asm, printer.NewGoAsm(config), file)
	if stubs != "" {
		file.Sections = slices.DeleteFunc(file.Sections, local)
		print(stubs, printer.NewStubs(config), file)
	}
}

func print(name string, p printer.Printer, file *ir.File) {
	text, err := p.Print(file)
	if err != nil {
		log.Fatal(err)
	}
	save(name, signature.ReplaceAll(text, nil))
}

// signature is the comment before a function; that of a loop would be wrong, since
// the assembler does not know the type of the operands.
var signature = regexp.MustCompile(`(?m)^// (func|Requires:).*\n`)

// local reports whether a section is a function that Go does not see.
func local(s ir.Section) bool {
	f, ok := s.(*ir.Function)
	return ok && strings.HasSuffix(f.Name, "<>")
}

func save(name string, text []byte) {
	if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
		log.Fatal(err)
	}
}

// function starts a function that does not let its pointers escape.
func (d *dtype) function(name, signature string) {
	d.Function(name)
	d.Attributes(attr.NOSPLIT)
	d.Pragma("noescape")
	d.SignatureExpr(signature)
}

// masks is a row of ones as long as eight elements, followed by zeros.
func (d *dtype) masks() operand.Mem {
	m := d.StaticGlobal("masks")
	d.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 16 {
		switch {
		case d.bits == 32 && i < 8:
			d.AddDatum(i*4, operand.U32(1<<32-1))
		case d.bits == 32:
			d.AddDatum(i*4, operand.U32(0))
		case i < 8:
			d.AddDatum(i*8, operand.U64(1<<64-1))
		default:
			d.AddDatum(i*8, operand.U64(0))
		}
	}
	return m
}
