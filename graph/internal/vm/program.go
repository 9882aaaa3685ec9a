package vm

import (
	"fmt"
	"strings"
)

// Program is a compiled graph. It is immutable.
type Program struct {
	in                       []Input
	out                      []Output
	regs                     []register
	accums                   []int // registers of the accumulators
	result                   []int // per output: the register Finish reads
	prologue, body, epilogue []instruction
}

// String lists the program: registers r0… are the inputs, then the outputs.
func (p *Program) String() string {
	var s strings.Builder
	for i, x := range p.in {
		kind := "invariant"
		if x.Class == Varying {
			kind = "varying"
		}
		fmt.Fprintf(&s, "in   r%-4d %s, %s, %d\n", i, x.Name, kind, x.Len)
	}
	for i, x := range p.out {
		kind := "per step"
		if x.Mode == Accumulate {
			kind = fmt.Sprintf("accumulated, from r%d", p.result[i])
		}
		fmt.Fprintf(&s, "out  r%-4d %s, %s, %d\n", len(p.in)+i, x.Name, kind, x.Len)
	}
	p.list(&s, "once", p.prologue)
	p.list(&s, "step", p.body)
	p.list(&s, "last", p.epilogue)
	return s.String()
}

func (p *Program) list(s *strings.Builder, stretch string, code []instruction) {
	for _, in := range code {
		name := in.op.String()
		if in.value != nil && in.value.name != "" {
			name += " " + in.value.name
		}
		fmt.Fprintf(s, "%s r%-4d = %s", stretch, in.dst, name)
		for _, a := range in.operands() {
			fmt.Fprintf(s, " %s", p.show(a))
		}
		s.WriteString("\n")
	}
}

// show is a register, or the number that a scalar constant holds.
func (p *Program) show(reg int) string {
	if r := p.regs[reg]; len(r.data) == 1 {
		return fmt.Sprintf("%g", r.data[0])
	}
	return fmt.Sprintf("r%d", reg)
}

// operands are the registers an instruction reads.
func (in *instruction) operands() []int {
	all := [4]int{in.a, in.b, in.c, in.d}
	if in.value == nil {
		if in.op == opAdd {
			return all[:2:2]
		}
		return all[:1:1]
	}
	return all[:len(in.value.args):len(in.value.args)]
}
