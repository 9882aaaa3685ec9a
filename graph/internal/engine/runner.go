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

	inputs, states, kept, sums []cursor[T] // what is bound anew in every step
	rest                       []cursor[T] // states that are no outputs
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
		case w.Kind == Sum && !l.m.Sums[w.Index].taped:
			r.frame.Bind(slot, l.sums[w.Index].own)
		}
	}
	r.cursors(l)
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
