package engine

import (
	"runtime"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// runner is a program frame with its wiring.
type runner[T kernel.Float] struct {
	piece *Piece
	frame *vm.Frame[T]
	of    *vm.Program // the frame's

	strips []*vm.Strip[T] // if goroutines may share the program's vectors, one for each
	work   int            // elements that all instructions together compute
}

// longVector is the number of regions from which on a program may be worth splitting.
const longVector = 4096

func newRunner[T kernel.Float](p *Piece) *runner[T] {
	if p == nil {
		return nil
	}
	return &runner[T]{piece: p}
}

// begin binds what is constant during a run and runs the prologue.
func (r *runner[T]) begin(l *tile[T]) {
	if r == nil {
		return
	}
	if p := r.program(l); r.of != p {
		r.of, r.frame, r.strips = p, vm.NewTile[T](p, l.plan.lanes), nil
	}
	r.strip(l)
	r.frame.Resize(l.lanes)
	for slot, w := range r.piece.In {
		switch {
		case w.Kind == Param:
			p := &l.root.m.Params[w.Index]
			r.frame.Bind(slot, of(l, l.root.params, p.offset, p.N))
		case w.Kind == Sum && l.m.constSum[w.Index]:
			r.frame.Bind(slot, l.sums[w.Index].constant)
		}
	}
	r.frame.Begin()
}

// strip makes the strips that a program on long vectors is spread over goroutines by.
func (r *runner[T]) strip(l *tile[T]) {
	want := 0
	if n := runtime.GOMAXPROCS(0); l.alone && n > 1 && r.of.Elementwise(longVector) {
		want = n
	}
	if len(r.strips) == want {
		return
	}
	r.strips = nil
	for range want {
		r.strips = append(r.strips, r.frame.NewStrip())
	}
	r.work = 2 * r.of.Work() * l.plan.lanes // an instruction is about two operations
}

// run runs the program once on what is bound.
func (r *runner[T]) run(l *tile[T]) {
	if r.strips == nil {
		r.frame.Step()
		return
	}
	r.strips[0].Begin()
	l.running = r
	l.spread(job{task: programTask}, len(r.strips), r.work)
}

// program is the piece's program, in a tile of several lanes that which knows the scalars that are given
// per lane.
func (r *runner[T]) program(l *tile[T]) *vm.Program {
	if l.plan.lanes == 1 {
		return r.piece.Program
	}
	return r.piece.tiled(func(w Wire) bool {
		switch w.Kind {
		case Param:
			return l.root.in.Params[w.Index].PerLane
		case Series: // that of an observer is what each lane does
			return l != l.root || l.in.Series[w.Index].PerLane
		}
		return true
	})
}

// rows are the slices that a step's inputs are bound to, t the step whose noise they are.
type rows[T kernel.Float] struct {
	state, sum, series, cotangent []T
	t                             int64
}

// bind joins the inputs that vary to the given rows.
func (r *runner[T]) bind(l *tile[T], in rows[T]) {
	m := l.m
	for slot, w := range r.piece.In {
		switch w.Kind {
		case State:
			r.frame.Bind(slot, l.state(in.state, w.Index))
		case Sum:
			if !m.constSum[w.Index] {
				v := &m.Sums[w.Index]
				r.frame.Bind(slot, of(l, in.sum, v.offset, m.Couplings[v.Coupling].NTo))
			}
		case Kept:
			v := &m.Kept[w.Index]
			r.frame.Bind(slot, of(l, in.sum, v.offset, v.N))
		case Series:
			v := &m.Series[w.Index]
			r.frame.Bind(slot, of(l, in.series, v.offset, v.N))
		case Noise:
			r.frame.Bind(slot, l.noiseOf(w.Index, in.t))
		case Cotangent: // of next state k, or of the only output of a smaller program
			row := in.cotangent
			if r.piece == m.Adjoint {
				row = l.state(row, w.Index)
			}
			r.frame.Bind(slot, row)
		}
	}
}

// bindStates joins the outputs that are states to a row.
func (r *runner[T]) bindStates(l *tile[T], row []T) {
	for slot, w := range r.piece.Out {
		if w.Kind == State {
			r.frame.BindOutput(slot, l.state(row, w.Index))
		}
	}
}

// bindKept joins the outputs that are kept to a row of sums.
func (r *runner[T]) bindKept(l *tile[T], row []T) {
	for slot, w := range r.piece.Out {
		if w.Kind == Kept {
			v := &l.m.Kept[w.Index]
			r.frame.BindOutput(slot, of(l, row, v.offset, v.N))
		}
	}
}
