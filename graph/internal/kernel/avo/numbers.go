package main

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"log"
	"math"
	"path/filepath"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
)

// numbers are the constants of the kernels' constants.go, so that the two forms of a kernel
// cannot have different ones.
var numbers = func() *types.Scope {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, filepath.Join(folder, "constants.go"), nil, 0)
	if err != nil {
		log.Fatal(err)
	}
	p, err := new(types.Config).Check("kernel", files, []*ast.File{f}, nil)
	if err != nil {
		log.Fatal(err)
	}
	return p.Scope()
}()

func value(name string) constant.Value {
	c, ok := numbers.Lookup(name).(*types.Const)
	if !ok {
		log.Fatalf("constants.go has no constant %s", name)
	}
	return c.Val()
}

// number is a constant of the kernels.
func number(name string) float64 {
	x, _ := constant.Float64Val(constant.ToFloat(value(name)))
	return x
}

// integer is a whole one.
func integer(name string) uint64 {
	x, exact := constant.Uint64Val(constant.ToInt(value(name)))
	if !exact {
		log.Fatalf("%s is no unsigned integer", name)
	}
	return x
}

// named fills a register with a constant of the kernels, of the file's type.
func (d *dtype) named(name string) operand.Mem { return d.filled(name, number(name)) }

// filled fills a register with x; name is short for it.
func (d *dtype) filled(name string, x float64) operand.Mem {
	if d.bits == 32 {
		return d.words(name, math.Float32bits(float32(x)))
	}
	return d.constant(name, x)
}

// words fills a register with a pattern of 32-bit words.
func (d *dtype) words(name string, pattern ...uint32) operand.Mem {
	if m, ok := d.constants[name]; ok {
		return m
	}
	m := d.StaticGlobal(name)
	d.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 8 {
		d.AddDatum(4*i, operand.U32(pattern[i%len(pattern)]))
	}
	d.constants[name] = m
	return m
}

// long fills a register with a 64-bit integer.
func (d *dtype) long(name string, x uint64) operand.Mem {
	return d.words(name, uint32(x), uint32(x>>32))
}
