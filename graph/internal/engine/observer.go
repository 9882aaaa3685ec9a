package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// Observer is a model that runs behind the network, one step for every Ratio steps of the network,
// on the mean of a network variable over those steps, or on its last value. Its Model has one series,
// that input; its programs take their parameters from the network's list. A Model without a Step, whose one
// state is the input of the last step, copies.
//
// The end of the warm-up is the end of a step. What is left of it, at the start of the run, is not seen.
type Observer struct {
	Model   *Model
	Ratio   int
	Average bool
	Every   int  // observer steps per sample
	Moments bool // in the place of samples, their mean and covariance, [lane][n] and [lane][n][n], at the end of the run

	State            int    // the observed state variable, if Source is nil
	Source, Backward *Piece // as in Record
	N                int
}

// Copies says whether the observer records what it sees.
func (o *Observer) Copies() bool { return o.Model.Step == nil }

// Early is how many network steps before its end the time of a sample is: that of a mean is its middle.
func (o *Observer) Early() float64 {
	if o.Copies() && o.Average {
		return float64(o.Ratio) / 2
	}
	return 0
}

// rows bounds the observer's steps within a segment of the network, and the state before them.
func (o *Observer) rows(segment int) int { return segment/o.Ratio + 2 }

// unseen is the number of steps at the start of the run that the observer does not see.
func (o *Observer) unseen(s *Settings) int { return s.Warmup % o.Ratio }

// steps is the number of observer steps in the first steps of the whole run.
func (o *Observer) steps(s *Settings, steps int) int { return max(steps-o.unseen(s), 0) / o.Ratio }

// Settings of the observer's own run within a window of the network's.
func (o *Observer) Settings(s Settings) Settings {
	first := o.steps(&s, s.Offset)
	return Settings{Steps: o.steps(&s, s.Offset+s.Steps) - first, Offset: first, Warmup: s.Warmup / o.Ratio, Every: o.Every, Last: s.Last}
}

// observerRun is an observer at work in a tile. sub has the programs and the records.
type observerRun[T kernel.Float] struct {
	*Observer
	l                  *tile[T]
	sub                *tile[T]
	set                Settings
	at                 int // of its carry within that of a lane
	source, sourceBack *runner[T]

	begins int64 // the first step of the network that it sees
	due    int64 // on the way back, the step that its next one back is after

	rows      []T // per observer step of the segment: state before it, input; then the last state
	count     int // observer steps of the segment so far
	total     int // observer steps of the window so far
	sum, ones []T // of the input since the last observer step
	value     []T
	next      []T
	rec       *recorder[T]
	cot       *cotangent[T]
	gradInput []T // adjoint of the running sum
	recorded  []T // what the records say about the present state
	started   bool

	moments     *moments
	momentsBack *momentsBack
	sample      []T
}

func newObserverRun[T kernel.Float](l *tile[T], k int) *observerRun[T] {
	o := &l.m.Observers[k]
	n, width := l.plan.lanes*o.N, l.plan.lanes*o.Model.width
	r := &observerRun[T]{Observer: o, l: l, at: l.m.ObserverOffset(k),
		source: newRunner[T](o.Source), sourceBack: newRunner[T](o.Backward),
		sum: make([]T, n), ones: make([]T, Block), value: make([]T, n), gradInput: make([]T, n), next: make([]T, width), recorded: make([]T, width)}
	r.sub = newTile[T](o.Model, plan{lanes: l.plan.lanes, bundles: l.plan.bundles, resident: true, segment: 1})
	r.sub.root = l
	kernel.Fill(r.ones, 1)
	if !l.plan.resident {
		r.rows = make([]T, r.rowsWidth())
	}
	return r
}

// width is what a checkpoint keeps of the observer in a lane.
func (o *observerRun[T]) width() int { return o.Model.width + o.N }

// rowsWidth is the length of the rows in a tile of as many lanes as there may be.
func (o *observerRun[T]) rowsWidth() int {
	return o.l.plan.lanes * o.Observer.rows(o.l.plan.segment) * o.width()
}

// state and input are rows of observer step k of the segment.
func (o *observerRun[T]) state(k int) []T {
	return o.rows[k*o.l.lanes*o.width():][:o.l.lanes*o.Model.width]
}

func (o *observerRun[T]) input(k int) []T {
	return o.rows[o.l.lanes*(k*o.width()+o.Model.width):][:o.l.lanes*o.N]
}

// begin runs the prologues on the lanes' parameters.
func (o *observerRun[T]) begin() {
	n := o.l.lanes
	o.set = o.Settings(*o.l.set)
	o.sub.set = &o.set
	o.begins = o.l.start + int64(o.unseen(o.l.set)-o.l.set.Offset)
	o.sub.in, o.sub.masked = o.l.in, o.l.masked
	o.sub.resize(n)
	o.sum, o.value, o.gradInput = o.sum[:n*o.N], o.value[:n*o.N], o.gradInput[:n*o.N]
	o.next, o.recorded = o.next[:n*o.Model.width], o.recorded[:n*o.Model.width]
	o.source.begin(o.l)
	o.sub.step.begin(o.sub)
	for _, r := range o.sub.records {
		r.begin(o.sub)
	}
}

// observe prepares the observers' records of a first solve.
func (l *tile[T]) observe(out *Outputs) {
	for k, o := range l.observers {
		o.rec = o.sub.newRecorder(l.in.Carry, out.Carry, o.at, out.Observed[k])
		o.beginMoments()
	}
}

// enter reads the carry. The running sum of another run's end means nothing to a new one.
func (o *observerRun[T]) enter() {
	o.count, o.total = 0, 0
	now := o.state(0)
	for k := range o.Model.States {
		v := &o.Model.States[k]
		o.l.fromCarry(o.sub.state(now, k), o.at+v.offset, v.N)
	}
	o.l.fromCarry(o.sum, o.at+o.Model.CarryWidth(), o.N)
	if o.l.set.Offset == 0 {
		clear(o.sum)
	}
}

// leave keeps the state that the next segment starts from, proceed starts it.
func (o *observerRun[T]) leave()   { copy(o.next, o.state(o.count)) }
func (o *observerRun[T]) proceed() { o.restart(o.next) }

func (o *observerRun[T]) restart(state []T) {
	o.count = 0
	copy(o.state(0), state)
}

// see lets the observer see the network's states after steps t0 … t1−1, at most a block: nothing depends on
// it before.
func (o *observerRun[T]) see(sp span, t0, t1 int64, record bool) {
	ratio := int64(o.Ratio)
	for t := max(t0, o.begins); t < t1; {
		end := t + ratio - (t-o.begins)%ratio
		upTo := min(end, t1)
		if o.Average {
			o.add(sp, t, upTo)
		}
		if t = upTo; t == end {
			o.step(o.l.row(sp, t), t, record)
		}
	}
}

// add adds the states after steps t0 … t1−1 to the running sum, one by one: their product with ones.
func (o *observerRun[T]) add(sp span, t0, t1 int64) {
	if o.Source != nil {
		for t := t0; t < t1; t++ {
			kernel.AddVV(o.sum, o.sum, o.observed(o.l.row(sp, t+1)))
		}
		return
	}
	l := o.l
	states := kernel.Matrix[T]{Data: l.x[(int(t0-sp.base)+1)*l.lanes*l.m.width:], Stride: l.lanes * l.m.width}
	states = states.From(l.lanes * l.m.States[o.State].offset)
	steps := int(t1 - t0)
	kernel.AddMatMul(kernel.Matrix[T]{Data: o.sum}, states, kernel.Matrix[T]{Data: o.ones[:steps]}, len(o.sum), steps, 1)
}

// step makes a step up to network step number, whose state is given.
func (o *observerRun[T]) step(state []T, number int64, record bool) {
	input := o.input(o.count)
	if o.Average {
		kernel.DivVS(input, o.sum, T(o.Ratio))
		clear(o.sum)
	} else {
		copy(input, o.observed(state))
	}
	o.solve(o.state(o.count), input, o.state(o.count+1))
	o.count++
	if record {
		o.record(number)
	}
}

// record sees the state after a step, which errors give the number of one of the network's.
func (o *observerRun[T]) record(number int64) {
	o.total++
	if o.Moments {
		if o.sampled(o.total) {
			o.addMoment(o.state(o.count), number)
		}
		return
	}
	apart := o.l.lanes * o.width()
	o.rec.block(o.rows[(o.count-1)*apart:], apart, int64(o.total)-1, int64(o.total), number)
}

// solve makes a step of the model.
func (o *observerRun[T]) solve(before, input, after []T) {
	if o.Copies() {
		copy(after, input)
		return
	}
	o.sub.step.bind(o.sub, rows[T]{state: before, series: input})
	o.sub.step.bindStates(after)
	o.sub.step.run(o.sub)
}

// divergedLane is what is not finite first in a lane up to the network's step t, in what was recorded
// too; nil if all is.
func (o *observerRun[T]) divergedLane(lane int, t int64, recorded bool) *DivergedError {
	k := o.count
	if o.sub.firstOf(o.state(k), lane) == nil {
		if recorded {
			return o.rec.errs[lane]
		}
		return nil
	}
	for k > 0 && o.sub.firstOf(o.state(k-1), lane) != nil {
		k--
	}
	last := t - (t-o.begins)%int64(o.Ratio) // the network's step of the present state
	d := o.sub.firstOf(o.state(k), lane)
	d.Step = last - int64((o.count-k)*o.Ratio)
	return d
}

// stepsBefore is the number of observer steps before network step t.
func (o *observerRun[T]) stepsBefore(t int64) int { return int(max(t-o.begins, 0)) / o.Ratio }

func (o *observerRun[T]) observed(state []T) []T {
	if o.Source == nil {
		return o.l.state(state, o.State)
	}
	o.source.bind(o.l, rows[T]{state: state})
	o.source.frame.BindOutput(0, o.value)
	o.source.run(o.l)
	return o.value
}

// finish writes the outgoing carry, and returns the means of the moments.
func (o *observerRun[T]) finish() []float64 {
	o.rec.finish(o.state(o.count))
	o.rec.toCarry(o.sum, o.Model.CarryWidth(), o.N)
	return o.finishMoments()
}

func (o *observerRun[T]) save(point *checkpoint[T]) {
	mine := o.saved(point)
	copy(mine, o.state(0))
	copy(mine[len(o.state(0)):], o.sum)
}

func (o *observerRun[T]) restore(point *checkpoint[T]) {
	mine := o.saved(point)
	o.restart(mine[:len(o.next)])
	copy(o.sum, mine[len(o.next):])
}

// saved is the observer's part of a checkpoint.
func (o *observerRun[T]) saved(point *checkpoint[T]) []T {
	at := 0
	for _, other := range o.l.observers {
		if other == o {
			break
		}
		at += o.l.lanes * other.width()
	}
	return point.observed[at:][:o.l.lanes*o.width()]
}
