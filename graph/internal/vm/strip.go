package vm

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// stripWidth is the number of elements that a strip's program is run on at a time: few
// enough for what it keeps in between to stay in the nearest cache. Strips are whole
// cache lines.
const stripWidth = 2048

// Strip runs the body of a frame's program on a part of its vectors, some elements at
// a time. Strips of one frame may run side by side.
type Strip[T kernel.Float] struct {
	f      *Frame[T]
	groups []*stripGroup[T]
}

// stripGroup is the instructions on vectors of one length. They have nothing to do with
// those of other lengths, when every operation is elementwise.
type stripGroup[T kernel.Float] struct {
	frame *Frame[T] // its registers are parts of those of the strip's frame, or the strip's own
	room  room
	// Registers that are seen whole, because they hold a number for all elements; of which a part is
	// seen; and those in between.
	numbers, parts, own []int
}

// Elementwise reports whether the body has vectors of at least so many elements, and
// nothing but operations that take each element by itself.
func (p *Program) Elementwise(elements int) bool {
	long := false
	for i := range p.body {
		in := &p.body[i]
		switch in.op {
		case opSum, opMatVec, opMatVecT, opForeign, opSpread:
			return false
		}
		long = long || p.regs[in.dst].laned && p.regs[in.dst].size >= elements
	}
	return long
}

// Work is the number of elements that the body computes.
func (p *Program) Work() int {
	n := 0
	for i := range p.body {
		n += p.regs[p.body[i].dst].size
	}
	return n
}

// NewStrip returns a strip of a frame whose program is Elementwise.
func (f *Frame[T]) NewStrip() *Strip[T] {
	s := &Strip[T]{f: f}
	for _, r := range f.rooms() {
		s.groups = append(s.groups, f.newStripGroup(r))
	}
	return s
}

// rooms lists the kinds of vectors that the body computes.
func (f *Frame[T]) rooms() []room {
	var all []room
	seen := map[room]bool{}
	for i := range f.p.body {
		if r := f.p.regs[f.p.body[i].dst].room; r.laned && !seen[r] {
			seen[r] = true
			all = append(all, r)
		}
	}
	return all
}

func (f *Frame[T]) newStripGroup(r room) *stripGroup[T] {
	g := &stripGroup[T]{frame: &Frame[T]{p: f.p, lanes: f.lanes, regs: make([][]T, len(f.regs))}, room: r}
	code := f.bodyOf(func(to room) bool { return to == r })
	between := f.between()
	seen := map[int]bool{}
	use := func(reg int) {
		switch {
		case seen[reg]:
		case !f.p.regs[reg].laned:
			g.numbers = append(g.numbers, reg)
		case between[reg]:
			g.own = append(g.own, reg)
			g.frame.regs[reg] = make([]T, stripWidth)
		default:
			g.parts = append(g.parts, reg)
		}
		seen[reg] = true
	}
	for i := range code {
		use(code[i].dst)
		for _, reg := range code[i].operands() {
			use(reg)
		}
	}
	g.frame.body = g.frame.link(code)
	return g
}

// bodyOf lists the instructions of the body with destinations of some kinds.
func (f *Frame[T]) bodyOf(kind func(room) bool) []instruction {
	var code []instruction
	for i := range f.p.body {
		if in := f.p.body[i]; kind(f.p.regs[in.dst].room) {
			code = append(code, in)
		}
	}
	return code
}

// between says which registers hold what only the body needs.
func (f *Frame[T]) between() map[int]bool {
	own := map[int]bool{}
	for i := range f.p.body {
		own[f.p.body[i].dst] = f.p.body[i].dst >= len(f.p.in)+len(f.p.out)
	}
	for _, a := range f.p.accums {
		own[a] = false
	}
	return own
}

// Begin must precede the strips of a step: it computes the numbers that all elements
// share.
func (s *Strip[T]) Begin() {
	f := s.f
	if f.numbers == nil {
		f.numbers = f.link(f.bodyOf(func(r room) bool { return !r.laned }))
	}
	run(f.numbers)
	f.pending = true
}

// Step runs the body on part number part of parts.
func (s *Strip[T]) Step(part, parts int) {
	for _, g := range s.groups {
		for _, reg := range g.numbers {
			g.frame.regs[reg] = s.f.regs[reg]
		}
		n := g.room.size * s.f.lanes
		border := func(k int) int { return min(padded(k*n/parts), n) }
		for from, to := border(part), border(part+1); from < to; from += stripWidth {
			g.step(s.f, from, min(from+stripWidth, to))
		}
	}
}

func (g *stripGroup[T]) step(f *Frame[T], from, to int) {
	for _, reg := range g.parts {
		g.frame.regs[reg] = f.regs[reg][from:to]
	}
	for _, reg := range g.own {
		g.frame.regs[reg] = g.frame.regs[reg][:to-from]
	}
	run(g.frame.body)
}
