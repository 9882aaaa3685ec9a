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
	case opFunc:
		fn := in.value.fn
		return func(o *kernel.Operands[T]) { kernel.Map(fn, *o.D, *o.A) }
	case opPair:
		of := in.value.pair
		return func(o *kernel.Operands[T]) {
			for i, x := range *o.A {
				(*o.D)[i] = T(of(float64(x), float64((*o.B)[i])))
			}
		}
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
	case opSum:
		return sums[T]
	case opMatVec:
		return func(o *kernel.Operands[T]) {
			for d, x := *o.D, *o.B; len(d) > 0; d, x = d[o.Rows:], x[o.Cols:] {
				kernel.MatVec(d, *o.A, x, o.Rows, o.Cols)
			}
		}
	case opMatVecT:
		return func(o *kernel.Operands[T]) {
			d, w, a := kernel.Matrix[T]{Data: *o.D, Stride: o.Cols}, kernel.Matrix[T]{Data: *o.A, Stride: o.Cols}, kernel.Matrix[T]{Data: *o.B, Stride: o.Rows}
			kernel.MatMul(d, w, a, o.Cols, o.Rows, len(*o.D)/o.Cols)
		}
	case opBroadcast:
		return func(o *kernel.Operands[T]) { kernel.Fill(*o.D, (*o.A)[0]) }
	case opSpread:
		return spread[T]
	case opCopy:
		return func(o *kernel.Operands[T]) { copy(*o.D, *o.A) }
	}
	panic("vm: no kernel for " + op.String())
}

// sums adds up the elements of each lane.
func sums[T kernel.Float](o *kernel.Operands[T]) {
	d, a := *o.D, *o.A
	n := len(a) / len(d)
	for l := range d {
		d[l] = kernel.Sum(a[l*n : (l+1)*n])
	}
}

// spread gives the elements of each lane the lane's number.
func spread[T kernel.Float](o *kernel.Operands[T]) {
	d, a := *o.D, *o.A
	n := len(d) / len(a)
	for l, x := range a {
		kernel.Fill(d[l*n:(l+1)*n], x)
	}
}

// foreign runs an op's own Do on float64 copies of its operands, lane by lane.
func (f *Frame[T]) foreign(in *instruction) kernel.Loop[T] {
	return func(o *kernel.Operands[T]) {
		v := in.value
		args := make([]G.Value, len(v.args))
		for l, n := 0, f.p.regs[in.dst].size; l*n < len(*o.D); l++ {
			for i, reg := range in.operands() {
				args[i] = boxed(widened(f.ofLane(reg, l)), v.shapes[i])
			}
			out, err := v.foreign.Do(args...)
			if err != nil {
				panic(fmt.Sprintf("vm: %s: %v", v.name, err))
			}
			d := (*o.D)[l*n : (l+1)*n]
			for j, x := range unboxed(out)[:n] {
				d[j] = T(x)
			}
		}
	}
}

// ofLane is a lane's part of a register, or what all lanes share.
func (f *Frame[T]) ofLane(reg, lane int) []T {
	if r := &f.p.regs[reg]; r.laned {
		return f.regs[reg][lane*r.size : (lane+1)*r.size]
	}
	return f.regs[reg]
}

func widened[T kernel.Float](src []T) []float64 {
	d := make([]float64, len(src))
	for j, x := range src {
		d[j] = float64(x)
	}
	return d
}
