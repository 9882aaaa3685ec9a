package vm

import (
	"fmt"
	"slices"
)

// Tile returns the program that runs any number of lanes side by side. Each
// vector is then [lane][element]. Scalars that every lane has its own value of are
// vectors with one element per lane: inputs where laned says so, sums over
// elements, accumulators, scalar outputs, and what is computed from these.
//
// A lane's bits are those that p gives it: the arithmetic is decided before lanes
// come in, and every loop treats the elements of a lane as it does those of a lane
// alone.
func (p *Program) Tile(laned []bool) (*Program, error) {
	if !p.Tileable() {
		return nil, fmt.Errorf("vm: a program that computes matrices serves one lane at a time")
	}
	l, roots, err := lower(p.in, p.out)
	if err != nil {
		return nil, err
	}
	t := newTarget(l.builder, p.in, p.out, roots)
	t.tile(laned)
	return t.program(), nil
}

// Tileable reports whether Tile can succeed: whether no matrix differs from lane
// to lane.
func (p *Program) Tileable() bool {
	for i, r := range p.regs {
		if i < len(p.in) && p.in[i].Node.Dims() > 1 && !p.in[i].Scalar || r.matrix && r.data == nil {
			return false
		}
	}
	return true
}

// Reads reports whether the value of an input matters to any output.
func (p *Program) Reads(i int) bool {
	for _, code := range [][]instruction{p.prologue, p.body, p.epilogue} {
		for k := range code {
			if slices.Contains(code[k].operands(), i) {
				return true
			}
		}
	}
	return slices.Contains(p.result, i)
}

// ScalarInput reports whether an input is a scalar.
func (p *Program) ScalarInput(i int) bool { return p.in[i].Scalar }

// tile gives the scalars that differ from lane to lane the shape (1), and repeats
// them where they meet longer vectors. It comes after all decisions about the
// arithmetic.
func (t *target) tile(laned []bool) {
	t.laned = laned
	s := &tiling{target: t, done: map[*value]*value{}}
	for i, a := range t.accums {
		t.accums[i] = s.visit(a)
	}
	for i, v := range t.summed {
		t.summed[i] = s.visit(v)
	}
	for i, v := range t.roots {
		t.roots[i] = s.visit(v)
		if t.out[i].Scalar {
			t.roots[i] = s.widen(t.roots[i], perLane)
		}
	}
}

// perLane is the shape of a scalar that every lane has its own value of.
var perLane = shape{1}

type tiling struct {
	*target
	done map[*value]*value
}

// visit returns the value that takes the place of v.
func (s *tiling) visit(v *value) *value {
	if r, ok := s.done[v]; ok {
		return r
	}
	args := make([]*value, len(v.args))
	for i, a := range v.args {
		args[i] = s.visit(a)
	}
	r := s.tiled(v, args)
	s.done[v] = r
	return r
}

func (s *tiling) tiled(v *value, args []*value) *value {
	to := v.shape
	if to.scalar() && s.differs(v, args) {
		to = perLane
	}
	switch {
	case v.op == opBroadcast:
		return s.widen(args[0], to)
	case v.op.elementwise():
		for i, a := range args {
			if !a.shape.scalar() || v.op.pairs() {
				args[i] = s.widen(a, to)
			}
		}
	}
	if to.equal(v.shape) {
		return s.with(v, args)
	}
	c := *v
	c.args, c.shape = args, to
	return s.intern(&c)
}

// differs reports whether a scalar differs from lane to lane.
func (s *tiling) differs(v *value, args []*value) bool {
	switch v.op {
	case opInput:
		return s.laned[v.input]
	case opAccum, opSum:
		return true
	}
	for _, a := range args {
		if len(a.shape) == 1 {
			return true
		}
	}
	return false
}

// widen repeats a scalar, of all lanes or of each, for every element of the shape.
func (s *tiling) widen(a *value, to shape) *value {
	switch {
	case to.scalar(), a.shape.equal(to):
		return a
	case a.shape.scalar():
		return s.broadcast(a, to)
	}
	return s.intern(&value{op: opSpread, args: []*value{a}, shape: to})
}
