package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// Observer is a model that runs behind the network, one step for every Ratio steps of the network,
// on the mean of a network variable over those steps, or on its last value. Its Model has one series,
// that input; its programs take their parameters from the network's list.
type Observer struct {
	Model   *Model
	Ratio   int
	Average bool
	Every   int // observer steps per sample

	State            int    // the observed state variable, if Source is nil
	Source, Backward *Piece // as in Record
	N                int
}

// rows bounds the observer's steps within a segment of the network, and the state before them.
func (o *Observer) rows(segment int) int { return segment/o.Ratio + 2 }

// Settings of the observer's own run within a window of the network's.
func (o *Observer) Settings(s Settings) Settings {
	first := s.Offset / o.Ratio
	return Settings{
		Steps: (s.Offset+s.Steps)/o.Ratio - first, Offset: first, Warmup: s.Warmup / o.Ratio, Every: o.Every,
	}
}

// observerRun is an observer at work in a lane. sub has the programs and the records.
type observerRun[T kernel.Float] struct {
	*Observer
	l                  *lane[T]
	sub                *lane[T]
	set                Settings
	at                 int // of its carry within the lane's
	source, sourceBack *runner[T]

	rows      []T // per observer step of the segment: state before it, input; then the last state
	count     int // observer steps of the segment so far
	total     int // observer steps of the window so far
	sum       []T // of the input since the last observer step
	value     []T
	next      []T
	rec       *recorder[T]
	cot       *cotangent[T]
	carryCot  []float64
	gradInput []T // adjoint of the running sum
	recorded  []T // what the records say about the present state
	started   bool
}

func newObserverRun[T kernel.Float](l *lane[T], k int) *observerRun[T] {
	o := &l.m.Observers[k]
	r := &observerRun[T]{Observer: o, l: l, at: l.m.ObserverOffset(k),
		source: newRunner[T](o.Source), sourceBack: newRunner[T](o.Backward),
		sum: make([]T, o.N), value: make([]T, o.N), gradInput: make([]T, o.N), next: make([]T, o.Model.width), recorded: make([]T, o.Model.width)}
	r.sub = newLane[T](o.Model, plan{resident: true, segment: 1})
	r.sub.root = l
	if !l.plan.resident {
		r.rows = make([]T, r.rowsWidth())
	}
	return r
}

// width is what a checkpoint keeps of the observer.
func (o *observerRun[T]) width() int { return o.Model.width + o.N }

func (o *observerRun[T]) rowsWidth() int { return o.Observer.rows(o.l.plan.segment) * o.width() }

// state and input are rows of observer step k of the segment.
func (o *observerRun[T]) state(k int) []T {
	return o.rows[k*o.width():][:o.Model.width]
}

func (o *observerRun[T]) input(k int) []T {
	return o.rows[k*o.width()+o.Model.width:][:o.N]
}

// begin runs the prologues on the lane's parameters.
func (o *observerRun[T]) begin() {
	o.set = o.Settings(*o.l.set)
	o.sub.set = &o.set
	o.source.begin(o.l)
	o.sub.step.begin(o.sub)
	for _, r := range o.sub.records {
		r.begin(o.sub)
	}
}

// observe prepares the observers' records of a first solve.
func (l *lane[T]) observe(out *Outputs, number, lanes int) {
	for k, o := range l.observers {
		w := o.Model.CarryWidth()
		o.rec = o.sub.newRecorder(l.carryIn[o.at:o.at+w], l.carryOut[o.at:o.at+w], ofLane(out.Observed[k], number, lanes))
	}
}

// enter reads the carry. The running sum of another run's end means nothing to a new one.
func (o *observerRun[T]) enter() {
	w := o.Model.CarryWidth()
	o.count, o.total = 0, 0
	convert(o.state(0), o.l.carryIn[o.at:])
	convert(o.sum, o.l.carryIn[o.at+w:])
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

// step sees the network's state after step t.
func (o *observerRun[T]) step(t int64, after []T, record bool) {
	value := o.observed(after)
	if o.Average {
		kernel.AddVV(o.sum, o.sum, value)
	}
	if !o.due(t) {
		return
	}
	input := o.input(o.count)
	if o.Average {
		kernel.DivVS(input, o.sum, T(o.Ratio))
		clear(o.sum)
	} else {
		copy(input, value)
	}
	before, next := o.state(o.count), o.state(o.count+1)
	o.sub.step.bind(o.Model, rows[T]{state: before, series: input})
	for slot, w := range o.sub.step.piece.Out {
		v := &o.Model.States[w.Index]
		o.sub.step.frame.BindOutput(slot, next[v.offset:v.offset+v.N])
	}
	o.sub.step.frame.Step()
	o.count++
	if record {
		o.record(t, before, next)
	}
}

// record writes down the state after network step t.
func (o *observerRun[T]) record(t int64, before, after []T) {
	known := o.rec.err
	o.rec.step(int64(o.total), before, after)
	o.total++
	if d := o.rec.err; d != known {
		d.Step, d.Lane = t+1, o.l.number // not the observer's own
	}
}

// check looks for values that are not finite up to the network's step t, in what was recorded too.
func (o *observerRun[T]) check(t int64, recorded bool) error {
	k := o.count
	if finite(o.state(k)) {
		if recorded && o.rec.err != nil {
			return o.rec.err
		}
		return nil
	}
	for k > 0 && !finite(o.state(k-1)) {
		k--
	}
	last := t - int64((int(t-o.l.start)+o.l.set.Offset)%o.Ratio) // the network's step of the present state
	return diverged(o.Model, o.state(k), last-int64((o.count-k)*o.Ratio), o.l.number)
}

// due says whether the observer steps after network step t.
func (o *observerRun[T]) due(t int64) bool {
	return (int(t-o.l.start)+o.l.set.Offset+1)%o.Ratio == 0
}

func (o *observerRun[T]) observed(state []T) []T {
	if o.Source == nil {
		v := &o.l.m.States[o.State]
		return state[v.offset : v.offset+v.N]
	}
	o.source.bind(o.l.m, rows[T]{state: state})
	o.source.frame.BindOutput(0, o.value)
	o.source.frame.Step()
	return o.value
}

// finish writes the outgoing carry.
func (o *observerRun[T]) finish() {
	o.rec.finish(o.state(o.count))
	carry := o.l.carryOut[o.at+o.Model.CarryWidth():]
	for j, x := range o.sum {
		carry[j] = float64(x)
	}
}

func (o *observerRun[T]) save(point *checkpoint[T]) {
	mine := o.saved(point)
	copy(mine, o.state(0))
	copy(mine[o.Model.width:], o.sum)
}

func (o *observerRun[T]) restore(point *checkpoint[T]) {
	mine := o.saved(point)
	o.restart(mine[:o.Model.width])
	copy(o.sum, mine[o.Model.width:])
}

// saved is the observer's part of a checkpoint.
func (o *observerRun[T]) saved(point *checkpoint[T]) []T {
	at := 0
	for _, other := range o.l.observers {
		if other == o {
			break
		}
		at += other.width()
	}
	return point.observed[at : at+o.width()]
}

// beginReverse prepares the way back.
func (o *observerRun[T]) beginReverse(k int, cot *Outputs, number, lanes int) {
	var records [][]float64
	if cot.Observed != nil {
		records = ofLane(cot.Observed[k], number, lanes)
	} else {
		records = make([][]float64, len(o.Model.Records))
	}
	w := o.Model.CarryWidth()
	o.carryCot = nil
	clear(o.gradInput)
	var carry []float64
	if all := o.l.m.CarryWidth(); cot.Carry != nil {
		o.carryCot = cot.Carry[number*all+o.at : number*all+o.at+w+o.N]
		carry = o.carryCot[:w]
		if o.Average {
			convert(o.gradInput, o.carryCot[w:])
		}
	}
	o.sub.beginReverse()
	o.cot = o.sub.newCotangent(records, carry)
	o.sourceBack.begin(o.l)
	o.total = o.set.Steps
	o.started = false
}

// segmentBack prepares a segment whose rows are in place.
func (o *observerRun[T]) segmentBack(sp span) {
	before := func(t int64) int { return (int(t-o.l.start) + o.l.set.Offset) / o.Ratio }
	o.count = before(sp.to) - before(sp.from)
	if !o.started {
		if o.cot.carry != nil {
			convert(o.sub.back.lambda, o.cot.carry[:o.Model.width])
		} else {
			clear(o.sub.back.lambda)
		}
		o.addRecords()
		o.started = true
	}
}

// addRecords puts the records' share apart from what later steps say: a horizon cuts only that.
func (o *observerRun[T]) addRecords() {
	b := &o.sub.back
	later := b.lambda
	b.lambda = o.recorded
	clear(b.lambda)
	o.cot.addRecords(int64(o.total), o.state(o.count))
	b.lambda = later
}

// back adds what the observer says about the network's state after step t to its adjoint.
func (o *observerRun[T]) back(t int64, after []T) {
	if o.due(t) {
		o.stepBack()
	} else if !o.Average {
		return
	}
	into := o.l.back.lambda
	if o.Source != nil {
		o.l.pieceBack(o.sourceBack, after, o.gradInput, into)
		return
	}
	v := &o.l.m.States[o.State]
	at := into[v.offset : v.offset+v.N]
	kernel.AddVV(at, at, o.gradInput)
}

// stepBack is the adjoint of one observer step. It leaves the adjoint of each summand of the input.
func (o *observerRun[T]) stepBack() {
	o.count--
	o.total--
	b := &o.sub.back
	state := o.state(o.count)
	kernel.AddVV(b.lambda, b.lambda, o.recorded)
	o.sub.adjoint.bind(o.Model, rows[T]{state: state, series: o.input(o.count), cotangent: b.lambda})
	clear(b.previous)
	clear(o.gradInput)
	for slot, w := range o.sub.adjoint.piece.Out {
		switch w.Kind {
		case State:
			v := &o.Model.States[w.Index]
			o.sub.adjoint.frame.BindOutput(slot, b.previous[v.offset:v.offset+v.N])
		case Series:
			o.sub.adjoint.frame.BindOutput(slot, o.gradInput)
		}
	}
	o.sub.adjoint.frame.Step()
	if o.Average {
		kernel.DivVS(o.gradInput, o.gradInput, T(o.Ratio))
	}
	b.lambda, b.previous = b.previous, b.lambda
	o.addRecords()
}

// cut forgets what later steps say.
func (o *observerRun[T]) cut() {
	clear(o.sub.back.lambda)
	clear(o.gradInput)
}

// first writes the gradient of the incoming carry.
func (o *observerRun[T]) first(carry []float64) {
	kernel.AddVV(o.sub.back.lambda, o.sub.back.lambda, o.recorded)
	o.sub.first(o.cot)
	w := o.Model.CarryWidth()
	copy(carry[o.at:o.at+w], o.sub.back.carry)
	into := carry[o.at+w : o.at+w+o.N]
	clear(into)
	if o.Average && o.l.set.Offset > 0 {
		for j, g := range o.gradInput {
			into[j] = float64(g)
		}
	}
}
