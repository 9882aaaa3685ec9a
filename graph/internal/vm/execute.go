package vm

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// loop is the kernel that runs an instruction.
func (f *Frame[T]) loop(in *instruction) kernel.Loop[T] {
	switch in.op {
	case opFused:
		return kernel.Arithmetic[T](in.value.fusion)
	case opForeign:
		return f.foreign(in)
	case opCube:
		return unary(kernel.Cube[T])
	case opSqrt:
		return unary(kernel.Sqrt[T])
	case opAbs:
		return unary(kernel.Abs[T])
	case opExp:
		return unary(kernel.Exp[T])
	case opTanh:
		return unary(kernel.Tanh[T])
	case opSigmoid:
		return unary(kernel.Sigmoid[T])
	}
	return structural[T](in.op)
}

func unary[T kernel.Float](k func(d, a []T)) kernel.Loop[T] {
	return func(o *kernel.Operands[T]) { k(*o.D, *o.A) }
}

// structural are the kernels with other operands than vectors alone.
func structural[T kernel.Float](op opcode) kernel.Loop[T] {
	switch op {
	case opPow:
		return func(o *kernel.Operands[T]) { kernel.Pow(*o.D, *o.A, *o.B) }
	case opFunc:
		return func(o *kernel.Operands[T]) { kernel.Map(*o.D, *o.A, o.F) }
	case opSum:
		return func(o *kernel.Operands[T]) { (*o.D)[0] = kernel.Sum(*o.A) }
	case opMatVec:
		return func(o *kernel.Operands[T]) { kernel.MatVec(*o.D, *o.A, *o.B, o.Rows, o.Cols) }
	case opMatVecT:
		return func(o *kernel.Operands[T]) {
			d, w, a := kernel.Matrix[T]{Data: *o.D}, kernel.Matrix[T]{Data: *o.A, Stride: o.Cols}, kernel.Matrix[T]{Data: *o.B}
			kernel.MatMul(d, w, a, o.Cols, o.Rows, 1)
		}
	case opBroadcast:
		return func(o *kernel.Operands[T]) { kernel.Fill(*o.D, (*o.A)[0]) }
	case opCopy:
		return func(o *kernel.Operands[T]) { copy(*o.D, *o.A) }
	}
	panic("vm: no kernel for " + op.String())
}

// foreign runs an op's own Do on float64 copies of its operands.
func (f *Frame[T]) foreign(in *instruction) kernel.Loop[T] {
	return func(o *kernel.Operands[T]) {
		v := in.value
		args := make([]G.Value, len(v.args))
		for i, reg := range in.operands() {
			args[i] = boxed(widened(f.regs[reg]), v.shapes[i])
		}
		out, err := v.foreign.Do(args...)
		if err != nil {
			panic(fmt.Sprintf("vm: %s: %v", v.name, err))
		}
		d := *o.D
		for j, x := range unboxed(out)[:len(d)] {
			d[j] = T(x)
		}
	}
}

func widened[T kernel.Float](src []T) []float64 {
	d := make([]float64, len(src))
	for j, x := range src {
		d[j] = float64(x)
	}
	return d
}
