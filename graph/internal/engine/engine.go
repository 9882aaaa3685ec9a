package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// Engine runs a Model for a number of steps in arithmetic of type T. It is safe for concurrent use.
type Engine[T kernel.Float] struct {
	Model    *Model
	Settings Settings
	idle     *idleTiles[T]
}

// New returns an engine. Engines made from one by With share its workspaces.
func New[T kernel.Float](m *Model, s Settings) *Engine[T] {
	return &Engine[T]{Model: m, Settings: s, idle: &idleTiles[T]{}}
}

// With returns an engine of the same model with other settings.
func (e *Engine[T]) With(s Settings) *Engine[T] {
	return &Engine[T]{Model: e.Model, Settings: s, idle: e.idle}
}

// Forward solves. With keep it returns what Reverse needs, otherwise a nil tape.
func (e *Engine[T]) Forward(ctx context.Context, in *Inputs, out *Outputs, keep bool) (*Tape[T], []bool, error) {
	masked := make([]bool, in.Lanes)
	bundle := e.bundleLanes(in.Lanes)
	if !e.Model.together(in) {
		bundle = 1
	}
	p, err := e.layout(in.Lanes, bundle, runtime.GOMAXPROCS(0), keep)
	if err != nil {
		return nil, nil, err
	}
	side := p.lanes
	tape := &Tape[T]{plan: p, Masked: masked}
	if keep {
		tape.tiles = make([]tileTape[T], segments(in.Lanes, side))
	}
	err = e.each(ctx, segments(in.Lanes, side), p, func(l *tile[T], number int) error {
		var tt *tileTape[T]
		if keep {
			tt = &tape.tiles[number]
			tt.saved = map[int]*checkpoint[T]{}
		}
		l.begin(in, number*side, min(side, in.Lanes-number*side), p.bundles)
		err := l.solve(ctx, in, out, tt)
		if d := (*DivergedError)(nil); errors.As(err, &d) {
			if !e.Settings.MaskLane {
				return l.firstDiverged(ctx, in, out, d)
			}
			err = nil
		}
		for lane, diverged := range l.masked {
			if masked[l.numbers[lane]] = diverged; diverged {
				e.mask(in, out, l.numbers[lane])
			}
		}
		return err
	})
	if err != nil || !keep {
		return nil, masked, err
	}
	return tape, masked, nil
}

// firstDiverged is the error of the first bundle of the tile that has one: what d says of all of them depends on
// how many there are.
func (l *tile[T]) firstDiverged(ctx context.Context, in *Inputs, out *Outputs, d *DivergedError) error {
	first, n, bundles := l.first, l.lanes/l.bundles, l.bundles
	for k := 0; k < bundles && bundles > 1; k++ {
		l.begin(in, first+k*n, n, 1)
		if err := l.solve(ctx, in, out, &tileTape[T]{saved: map[int]*checkpoint[T]{}}); err != nil {
			return err
		}
	}
	return d
}

// together says whether all lanes are at the same step, as they have to be in a tile.
func (m *Model) together(in *Inputs) bool {
	w := m.CarryWidth()
	for l := 1; l < in.Lanes; l++ {
		if in.Carry[(l+1)*w-1] != in.Carry[w-1] {
			return false
		}
	}
	return true
}

// Reverse adds nothing: it overwrites grads with the gradient of Σ outputs·cotangents.
// Values shared by the lanes get the sum over lanes, by a fixed tree. Lanes that the tape masks count
// nothing, nor do those of without, which may be nil.
func (e *Engine[T]) Reverse(ctx context.Context, in *Inputs, tape *Tape[T], cot *Outputs, grads *Gradients, without []bool) error {
	side, bundles := tape.plan.lanes, tape.plan.bundles
	sum := newLaneSum(in, grads, len(tape.tiles)*bundles, e.idle.takeSums())
	defer e.idle.returnSums(sum.memory)
	some := max(sum.perGroup/bundles, 1) // tiles that add to the same sums
	turns := segments(len(tape.tiles), some)
	err := e.each(ctx, turns, tape.plan, func(l *tile[T], turn int) error {
		turn = turns - 1 - turn // what was solved last may still be in a cache
		for number := turn * some; number < min((turn+1)*some, len(tape.tiles)); number++ {
			l.begin(in, number*side, min(side, in.Lanes-number*side), bundles)
			for lane, of := range l.numbers {
				l.masked[lane] = tape.Masked[of] || without != nil && without[of]
			}
			if slices.Contains(l.masked, false) {
				l.back.before = grads.Carry != nil
				if err := l.reverse(ctx, cot, &tape.tiles[number]); err != nil {
					return err
				}
				l.deliver(grads, sum.shared[number*bundles/sum.perGroup:])
			} else {
				l.deliverNothing(grads)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	sum.finish(grads)
	return nil
}

// each calls do(tile, 0 … n−1), spread over goroutines, of which this one is one: Gorgonia's has a thread for
// itself, and handing over to another takes time. Of several errors it returns that of the lowest number: numbers
// are handed out in order, and none after a failure.
func (e *Engine[T]) each(ctx context.Context, n int, p plan, do func(l *tile[T], number int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	var next atomic.Int64
	var failed atomic.Bool
	work := func() {
		l := e.tile(p, workers == 1)
		for number := int(next.Add(1)) - 1; number < n && !failed.Load(); number = int(next.Add(1)) - 1 {
			if errs[number] = recovered(l, number, do); errs[number] != nil {
				failed.Store(true)
			}
		}
		l.disband()
		if !failed.Load() { // a panic may have left it in disorder
			e.idle.put(l)
		}
	}
	for range workers - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// recovered calls do, and turns a panic into an error: nobody could catch it in a goroutine.
func recovered[T kernel.Float](l *tile[T], number int, do func(l *tile[T], number int) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("graph: the solver failed: %v", r)
		}
	}()
	return do(l, number)
}
