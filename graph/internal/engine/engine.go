package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
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
	idle     *idleLanes[T]
}

// New returns an engine. Engines made from one by With share its workspaces.
func New[T kernel.Float](m *Model, s Settings) *Engine[T] {
	return &Engine[T]{Model: m, Settings: s, idle: &idleLanes[T]{}}
}

// With returns an engine of the same model with other settings.
func (e *Engine[T]) With(s Settings) *Engine[T] {
	return &Engine[T]{Model: e.Model, Settings: s, idle: e.idle}
}

// idleLanes keeps workspaces between runs, so that a run allocates none.
type idleLanes[T kernel.Float] struct {
	mu     sync.Mutex
	lanes  []*lane[T]
	points []*checkpoint[T] // of released tapes
}

// Release gives the memory of a tape back for the next run. The tape must not be used again.
func (e *Engine[T]) Release(t *Tape[T]) {
	s := e.idle
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range t.lanes {
		for _, point := range l.saved {
			s.points = append(s.points, point)
		}
	}
	t.lanes = nil
}

func (s *idleLanes[T]) returnPoint(p *checkpoint[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.points = append(s.points, p)
}

// point returns a released checkpoint of the given sizes, nil if there is none. Others are dropped:
// they belong to a plan that is no longer used.
func (s *idleLanes[T]) point(past, x int) *checkpoint[T] {
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

func (s *idleLanes[T]) put(l *lane[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.lanes) < runtime.GOMAXPROCS(0) {
		s.lanes = append(s.lanes, l)
	}
}

// get returns a workspace that fits the plan, nil if there is none.
func (s *idleLanes[T]) get(p plan) *lane[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := len(s.lanes); n > 0; n = len(s.lanes) {
		l := s.lanes[n-1]
		s.lanes = s.lanes[:n-1]
		if l.plan.segment == p.segment && l.plan.resident == p.resident {
			return l
		}
	}
	return nil
}

// Tape is what Forward leaves for Reverse.
type Tape[T kernel.Float] struct {
	plan   plan
	lanes  []laneTape[T]
	Masked []bool
}

// laneTape holds the checkpoints of a lane, by segment; those of resident segments hold states too.
type laneTape[T kernel.Float] struct {
	saved map[int]*checkpoint[T]
}

// Forward solves. With keep it returns what Reverse needs, otherwise a nil tape.
func (e *Engine[T]) Forward(ctx context.Context, in *Inputs, out *Outputs, keep bool) (*Tape[T], []bool, error) {
	masked := make([]bool, in.Lanes)
	workers := min(runtime.GOMAXPROCS(0), in.Lanes)
	p, err := e.plan(in.Lanes, workers, keep)
	if err != nil {
		return nil, nil, err
	}
	tape := &Tape[T]{plan: p, Masked: masked}
	if keep {
		tape.lanes = make([]laneTape[T], in.Lanes)
	}
	err = e.each(ctx, in.Lanes, p, func(l *lane[T], number int) error {
		var lt *laneTape[T]
		if keep {
			tape.lanes[number] = laneTape[T]{saved: map[int]*checkpoint[T]{}}
			lt = &tape.lanes[number]
		}
		err := l.solve(ctx, in, out, number, lt)
		if d := (*DivergedError)(nil); e.Settings.MaskLane && errors.As(err, &d) {
			masked[number] = true
			e.mask(in, out, number)
			return nil
		}
		return err
	})
	if err != nil || !keep {
		return nil, masked, err
	}
	return tape, masked, nil
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
	sum := newLaneSum(in, grads)
	tiles := sum.tiles()
	err := e.each(ctx, tiles, tape.plan, func(l *lane[T], tile int) error {
		for number := tile * sum.perTile; number < min((tile+1)*sum.perTile, in.Lanes); number++ {
			masked := tape.Masked[number] || without != nil && without[number]
			if !masked {
				if err := l.reverse(ctx, in, cot, number, &tape.lanes[number]); err != nil {
					return err
				}
			}
			l.deliver(in, grads, sum, number, tile, masked)
		}
		return nil
	})
	if err != nil {
		return err
	}
	sum.finish(grads)
	return nil
}

// each calls do(lane, 0 … n−1), spread over goroutines. Of several errors it returns that of the lowest
// number: numbers are handed out in order, and none after a failure.
func (e *Engine[T]) each(ctx context.Context, n int, p plan, do func(l *lane[T], number int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	var next atomic.Int64
	var failed atomic.Bool
	for w := 0; w < workers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			l := e.lane(p, workers == 1)
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
func recovered[T kernel.Float](l *lane[T], number int, do func(l *lane[T], number int) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("graph: the solver failed: %v", r)
		}
	}()
	return do(l, number)
}

// lane returns a workspace that fits the plan.
func (e *Engine[T]) lane(p plan, alone bool) *lane[T] {
	l := e.idle.get(p)
	if l == nil {
		l = newLane[T](e.Model, p)
	}
	l.plan, l.set, l.idle = p, &e.Settings, e.idle
	l.alone = alone
	return l
}
