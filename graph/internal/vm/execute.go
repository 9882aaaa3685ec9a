package vm

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// run executes a stretch of code.
func (f *Frame[T]) run(code []instruction) {
	regs := f.regs
	for i := range code {
		in := &code[i]
		d, a := regs[in.dst], regs[in.a]
		switch in.op {
		case opAdd:
			f.add(in, d, a)
		case opSub:
			f.sub(in, d, a)
		case opMul:
			f.mul(in, d, a)
		case opDiv:
			f.div(in, d, a)
		case opNeg:
			kernel.Neg(d, a)
		case opSquare:
			kernel.Square(d, a)
		case opCube:
			kernel.Cube(d, a)
		case opSqrt:
			kernel.Sqrt(d, a)
		case opAbs:
			kernel.Abs(d, a)
		case opExp:
			kernel.Exp(d, a)
		case opTanh:
			kernel.Tanh(d, a)
		case opSigmoid:
			kernel.Sigmoid(d, a)
		case opPow:
			kernel.Pow(d, a, regs[in.b])
		case opFunc:
			kernel.Map(d, a, in.value.fn)
		case opSelectLT:
			kernel.SelectLT(d, a, regs[in.b], regs[in.c], regs[in.d])
		case opSelectLE:
			kernel.SelectLE(d, a, regs[in.b], regs[in.c], regs[in.d])
		case opSum:
			d[0] = kernel.Sum(a)
		case opMatVec:
			s := in.value.args[0].shape
			kernel.MatVec(d, a, regs[in.b], s[0], s[1])
		case opMatVecT:
			s := in.value.args[0].shape
			clear(d)
			kernel.MatVecTAdd(d, a, regs[in.b], s[0], s[1])
		case opBroadcast:
			kernel.Fill(d, a[0])
		case opCopy:
			copy(d, a)
		case opForeign:
			f.foreign(in)
		default:
			panic("vm: no kernel for " + in.op.String())
		}
	}
}

func (f *Frame[T]) add(in *instruction, d, a []T) {
	switch b := f.regs[in.b]; in.form {
	case vv:
		kernel.AddVV(d, a, b)
	case vs:
		kernel.AddVS(d, a, b[0])
	case sv:
		kernel.AddVS(d, b, a[0])
	}
}

func (f *Frame[T]) sub(in *instruction, d, a []T) {
	switch b := f.regs[in.b]; in.form {
	case vv:
		kernel.SubVV(d, a, b)
	case vs:
		kernel.SubVS(d, a, b[0])
	case sv:
		kernel.SubSV(d, a[0], b)
	}
}

func (f *Frame[T]) mul(in *instruction, d, a []T) {
	switch b := f.regs[in.b]; in.form {
	case vv:
		kernel.MulVV(d, a, b)
	case vs:
		kernel.MulVS(d, a, b[0])
	case sv:
		kernel.MulVS(d, b, a[0])
	}
}

func (f *Frame[T]) div(in *instruction, d, a []T) {
	switch b := f.regs[in.b]; in.form {
	case vv:
		kernel.DivVV(d, a, b)
	case vs:
		kernel.DivVS(d, a, b[0])
	case sv:
		kernel.DivSV(d, a[0], b)
	}
}

// foreign runs an op's own Do on float64 copies of its operands.
func (f *Frame[T]) foreign(in *instruction) {
	args := make([]G.Value, len(in.value.args))
	for i, reg := range in.operands() {
		src := f.regs[reg]
		d := make([]float64, len(src))
		for j, x := range src {
			d[j] = float64(x)
		}
		args[i] = boxed(d, in.value.shapes[i])
	}
	out, err := in.value.foreign.Do(args...)
	if err != nil {
		panic(fmt.Sprintf("vm: %s: %v", in.value.name, err))
	}
	d := f.regs[in.dst]
	for j, x := range unboxed(out)[:len(d)] {
		d[j] = T(x)
	}
}
