package vm

import (
	"fmt"
	"strings"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// String lists the program: registers r0… are the inputs, then the outputs; "once"
// is the prologue, "step" the body, "last" the epilogue.
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
	for i := range code {
		fmt.Fprintf(s, "%s r%-4d = %s\n", stretch, code[i].dst, p.show(&code[i]))
	}
}

// show is an instruction's right side.
func (p *Program) show(in *instruction) string {
	args := make([]string, 0, 4)
	for _, reg := range in.operands() {
		args = append(args, p.showOperand(reg))
	}
	if in.op == opFused {
		return infix(kernel.FormName(in.value.fusion), args)
	}
	name := in.op.String()
	if in.value != nil && in.value.name != "" {
		name += " " + in.value.name
	}
	return name + " " + strings.Join(args, " ")
}

// showOperand is a register, or the number that a scalar constant holds.
func (p *Program) showOperand(reg int) string {
	if r := p.regs[reg]; len(r.data) == 1 {
		return fmt.Sprintf("%g", r.data[0])
	}
	return fmt.Sprintf("r%d", reg)
}

// infix writes a chain (see kernel.Form) as a formula of its operands.
func infix(chain string, args []string) string {
	var stack []string
	pop := func() string {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return x
	}
	for _, c := range chain {
		switch c {
		case 'v', 's':
			stack, args = append(stack, args[0]), args[1:]
		case 'q':
			stack = append(stack, pop()+"²")
		case 'n':
			stack = append(stack, "-"+pop())
		case '<', '≤':
			stack = []string{fmt.Sprintf("%s %c %s ? %s : %s", stack[0], c, stack[1], stack[2], stack[3])}
		case '^', '_':
			y, x := pop(), pop()
			stack = append(stack, fmt.Sprintf("%s(%s, %s)", map[rune]string{'^': "max", '_': "min"}[c], x, y))
		case '~', '\\':
			y, x := pop(), pop()
			stack = append(stack, fmt.Sprintf("(%s %s %s)", y, map[rune]string{'~': "-", '\\': "/"}[c], x))
		default:
			y, x := pop(), pop()
			stack = append(stack, fmt.Sprintf("(%s %c %s)", x, c, y))
		}
	}
	f := pop()
	if strings.HasPrefix(f, "(") && strings.HasSuffix(f, ")") {
		f = f[1 : len(f)-1]
	}
	return f
}
