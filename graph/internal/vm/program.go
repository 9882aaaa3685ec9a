package vm

// Program is a compiled graph. It is immutable: any number of frames, in any
// number of goroutines, may run it.
type Program struct {
	in                       []Input
	out                      []Output
	regs                     []register
	accums                   []int // registers of the accumulators
	result                   []int // per output: the register Finish reads
	prologue, body, epilogue []instruction
}

// operands are the registers an instruction reads.
func (in *instruction) operands() []int {
	if in.value == nil {
		return in.args[:1]
	}
	return in.args[:len(in.value.args)]
}
