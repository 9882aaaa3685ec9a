package kernel

// Sequence is a stretch of arithmetic in assembly on vectors of one length. It costs
// less than the same loops called one by one: they jump from one to the next and share
// counters and masks. The zero Sequence is empty.
type Sequence[T Float] struct {
	steps []step[T]
}

// step is an instruction as the assembly reads it.
type step[T Float] struct {
	entry         uintptr // of the loop
	D, A, B, C, E *[]T
	roomy         bool // elements after the destination's may be overwritten
}

// Add appends the loop of a form, which must be Vectorised. When it is run, vector operands must
// be as long as the destinations of all. A destination is roomy if a whole number of cache lines
// is its own, whatever its length.
func (s *Sequence[T]) Add(form int, o *Operands[T], roomy bool) {
	if s.steps == nil {
		s.steps = []step[T]{{entry: entry[T](0)}}
	}
	end := s.steps[len(s.steps)-1]
	s.steps[len(s.steps)-1] = newStep(form, o)
	s.steps[len(s.steps)-1].roomy = roomy
	s.steps = append(s.steps, end)
}

func newStep[T Float](form int, o *Operands[T]) step[T] {
	return step[T]{entry: entry[T](vectorEntry[form]), D: o.D, A: o.A, B: o.B, C: o.C, E: o.E}
}

// Run runs the loops in order. It panics with a runtime error when an operand is nil.
func (s *Sequence[T]) Run() {
	runSequence(&s.steps[0], len(*s.steps[0].D))
}

// once runs one loop.
func once[T Float](form int, o *Operands[T]) {
	code := [2]step[T]{newStep(form, o), {entry: entry[T](0)}}
	runSequence(&code[0], len(*o.D))
}

// check panics when an operand is shorter than the destination.
func check[T Float](form int, o *Operands[T]) {
	operands, n := [...]*[]T{o.A, o.B, o.C, o.E}, len(*o.D)
	k := 0
	for _, c := range FormName(form) {
		switch c {
		case 'v':
			_ = (*operands[k])[:n]
			k++
		case 's':
			_ = (*operands[k])[0]
			k++
		}
	}
}
