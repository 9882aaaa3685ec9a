package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// Settings of a run of one window.
type Settings struct {
	Steps    int // steps of this window
	Offset   int // steps of the whole run before this window
	Warmup   int // steps of the whole run before recording starts
	Every    int // steps per record
	Average  bool
	Horizon  int   // 0: never cut
	Budget   int64 // bytes for tapes, checkpoints and histories of all lanes; 0: unlimited
	MaskLane bool  // go on when a lane diverges
	Tile     int   // lanes solved side by side, at most; 0: as many as suit the model
	Progress func(steps int)
}

// Samples is the number of records that this window completes, and the index of the first of them.
func (s *Settings) Samples() (first, count int) {
	before := max(s.Offset-s.Warmup, 0) / s.Every
	after := max(s.Offset+s.Steps-s.Warmup, 0) / s.Every
	return before, after - before
}

// Value is the value of a parameter, of a coupling's weights or of a series: one lane's worth of
// numbers, or Lanes times as many.
type Value struct {
	Data    []float64
	PerLane bool
}

func (v *Value) lane(l, n int) []float64 {
	if v.PerLane {
		return v.Data[l*n : (l+1)*n]
	}
	return v.Data
}

// Inputs of a run. Carry is [lane][CarryWidth]; its last element is the absolute first step.
type Inputs struct {
	Lanes   int
	Seeds   []uint64
	Carry   []float64
	Params  []Value
	Weights []Value
	Series  []Value
}

// Outputs of a run: Records[r] is [lane][sample][region], Carry as in Inputs.
// Reverse takes gradients in the same form.
type Outputs struct {
	Records  [][]float64
	Observed [][][]float64 // records by observer
	Carry    []float64
}

// Gradients of a run. A nil slice is not wanted. Each has the length of the Value it belongs to.
type Gradients struct {
	Carry   []float64
	Params  [][]float64
	Weights [][]float64
	Series  [][]float64
}

// DivergedError says where a run became NaN or infinite.
type DivergedError struct {
	Step     int64
	Lane     int
	Variable string
	Region   string
	Value    float64
}

func (e *DivergedError) Error() string {
	return fmt.Sprintf("graph: %s of %s became %v at step %d of lane %d: reduce Run.Dt, check parameters and coupling gain, or set NonFinite to MaskLane",
		e.Variable, e.Region, e.Value, e.Step, e.Lane)
}

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

// idleTiles keeps workspaces between runs, so that a run allocates none.
type idleTiles[T kernel.Float] struct {
	mu     sync.Mutex
	tiles  []*tile[T]
	points []*checkpoint[T] // of released tapes
	sums   []float64        // memory of sums over lanes
}

// Release gives the memory of a tape back for the next run. The tape must not be used again.
func (e *Engine[T]) Release(t *Tape[T]) {
	s := e.idle
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range t.tiles {
		for _, point := range l.saved {
			s.points = append(s.points, point)
		}
	}
	t.tiles = nil
}

// takeSums returns memory that returnSums got, nil if somebody else has it.
func (s *idleTiles[T]) takeSums() (memory []float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	memory, s.sums = s.sums, nil
	return memory
}

func (s *idleTiles[T]) returnSums(memory []float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums = memory
}

func (s *idleTiles[T]) returnPoint(p *checkpoint[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.points = append(s.points, p)
}

// point returns a released checkpoint of the given sizes, nil if there is none. Others are dropped:
// they belong to a plan that is no longer used.
func (s *idleTiles[T]) point(past, x int) *checkpoint[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := len(s.points); n > 0; n = len(s.points) {
		p := s.points[n-1]
		s.points = s.points[:n-1]
		if len(p.past) == past && len(p.x) == x {
			return p
		}
	}
	return nil
}

func (s *idleTiles[T]) put(l *tile[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tiles) < runtime.GOMAXPROCS(0) {
		s.tiles = append(s.tiles, l)
	}
}

// get returns a workspace that fits the plan, nil if there is none.
func (s *idleTiles[T]) get(p plan) *tile[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := len(s.tiles); n > 0; n = len(s.tiles) {
		l := s.tiles[n-1]
		s.tiles = s.tiles[:n-1]
		if l.plan.lanes == p.lanes && l.plan.segment == p.segment && l.plan.resident == p.resident {
			return l
		}
	}
	return nil
}

// Tape is what Forward leaves for Reverse.
type Tape[T kernel.Float] struct {
	plan   plan
	tiles  []tileTape[T]
	Masked []bool
}

// tileTape holds the checkpoints of a tile, by segment; those of resident segments hold states too.
type tileTape[T kernel.Float] struct {
	saved map[int]*checkpoint[T]
}

// Forward solves. With keep it returns what Reverse needs, otherwise a nil tape.
func (e *Engine[T]) Forward(ctx context.Context, in *Inputs, out *Outputs, keep bool) (*Tape[T], []bool, error) {
	masked := make([]bool, in.Lanes)
	side := e.tileLanes(in.Lanes)
	if !e.Model.together(in) {
		side = 1
	}
	p, err := e.plan(side, in.Lanes, runtime.GOMAXPROCS(0), keep)
	if err != nil {
		return nil, nil, err
	}
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
		l.begin(in, number*side, min(side, in.Lanes-number*side))
		err := l.solve(ctx, in, out, tt)
		if d := (*DivergedError)(nil); e.Settings.MaskLane && errors.As(err, &d) {
			err = nil
		}
		for lane, diverged := range l.masked {
			if masked[l.first+lane] = diverged; diverged {
				e.mask(in, out, l.first+lane)
			}
		}
		return err
	})
	if err != nil || !keep {
		return nil, masked, err
	}
	return tape, masked, nil
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

// Bytes is the memory that the tape and its plan take, Factor the steps solved per step of the run.
func (t *Tape[T]) Bytes() int64    { return t.plan.bytes }
func (t *Tape[T]) Factor() float64 { return t.plan.factor }

// mask writes NaN into everything a diverged lane gives out.
func (e *Engine[T]) mask(in *Inputs, out *Outputs, number int) {
	for _, lane := range ofLane(out.Records, number, in.Lanes) {
		fill(lane, math.NaN())
	}
	for k := range out.Observed {
		for _, lane := range ofLane(out.Observed[k], number, in.Lanes) {
			fill(lane, math.NaN())
		}
	}
	w := e.Model.CarryWidth()
	carry := out.Carry[number*w : (number+1)*w]
	fill(carry[:w-1], math.NaN())
	carry[w-1] = in.Carry[(number+1)*w-1] + float64(e.Settings.Steps)
}

func fill(x []float64, v float64) {
	for i := range x {
		x[i] = v
	}
}

// Reverse adds nothing: it overwrites grads with the gradient of Σ outputs·cotangents.
// Values shared by the lanes get the sum over lanes, by a fixed tree. Lanes that the tape masks count
// nothing, nor do those of without, which may be nil.
func (e *Engine[T]) Reverse(ctx context.Context, in *Inputs, tape *Tape[T], cot *Outputs, grads *Gradients, without []bool) error {
	sum := newLaneSum(in, grads, len(tape.tiles), e.idle.takeSums())
	defer e.idle.returnSums(sum.memory)
	side := tape.plan.lanes
	err := e.each(ctx, sum.groups(), tape.plan, func(l *tile[T], group int) error {
		for number := group * sum.perGroup; number < min((group+1)*sum.perGroup, sum.tiles); number++ {
			l.begin(in, number*side, min(side, in.Lanes-number*side))
			for lane := range l.masked {
				l.masked[lane] = tape.Masked[l.first+lane] || without != nil && without[l.first+lane]
			}
			if slices.Contains(l.masked, false) {
				if err := l.reverse(ctx, cot, &tape.tiles[number]); err != nil {
					return err
				}
				l.deliver(grads, sum.shared[group])
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

// each calls do(tile, 0 … n−1), spread over goroutines. Of several errors it returns that of the lowest
// number: numbers are handed out in order, and none after a failure.
func (e *Engine[T]) each(ctx context.Context, n int, p plan, do func(l *tile[T], number int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	var next atomic.Int64
	var failed atomic.Bool
	for w := 0; w < workers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
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
		}()
	}
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

// tile returns a workspace that fits the plan.
func (e *Engine[T]) tile(p plan, alone bool) *tile[T] {
	l := e.idle.get(p)
	if l == nil {
		l = newTile[T](e.Model, p)
	}
	l.plan, l.set, l.idle = p, &e.Settings, e.idle
	l.alone, l.loaded = alone, false
	return l
}
