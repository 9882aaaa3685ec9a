package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// beginReverse prepares the way back.
func (o *observerRun[T]) beginReverse(k int, cot *Outputs, tape *tileTape[T]) {
	records := make([][]float64, 2)
	if cot.Observed != nil {
		records = cot.Observed[k]
	}
	o.sub.beginReverse()
	o.cot = o.sub.newCotangent(records, cot.Carry, o.at)
	clear(o.gradInput)
	if cot.Carry != nil && o.Average {
		o.cot.fromCarry(o.gradInput, o.Model.CarryWidth(), o.N)
	}
	o.beginMomentsBack(o.cot, tape.means[k])
	o.sourceBack.begin(o.l)
	o.total = o.set.Steps
	o.started = false
}

// segmentBack prepares a segment whose rows are in place.
func (o *observerRun[T]) segmentBack(sp span) {
	steps := o.stepsBefore(sp.to)
	o.count, o.due = steps-o.stepsBefore(sp.from), o.begins+int64(steps*o.Ratio)-1
	if !o.started {
		o.cot.lastState()
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
	if o.Moments {
		o.addMomentsBack(o.state(o.count), b.lambda)
	} else {
		o.cot.addRecords(int64(o.total), o.state(o.count))
	}
	b.lambda = later
}

// back adds what the observer says about the network's state after step t to its adjoint.
func (o *observerRun[T]) back(t int64, after []T) {
	switch {
	case t < o.begins:
		return
	case t == o.due:
		o.due -= int64(o.Ratio)
		o.stepBack()
	case !o.Average:
		return
	}
	into := o.l.back.lambda
	if o.Source != nil {
		o.l.pieceBack(o.sourceBack, after, o.gradInput, into)
		return
	}
	at := o.l.state(into, o.State)
	kernel.AddVV(at, at, o.gradInput)
}

// stepBack is the adjoint of one observer step. It leaves the adjoint of each summand of the input.
func (o *observerRun[T]) stepBack() {
	o.count--
	o.total--
	b := &o.sub.back
	kernel.AddVV(b.lambda, b.lambda, o.recorded)
	if o.Copies() {
		copy(o.gradInput, b.lambda)
		clear(b.lambda)
	} else {
		o.solveBack(o.state(o.count), o.input(o.count))
	}
	if o.Average {
		kernel.DivVS(o.gradInput, o.gradInput, T(o.Ratio))
	}
	o.addRecords()
}

// solveBack is the adjoint of a step of the model.
func (o *observerRun[T]) solveBack(state, input []T) {
	b := &o.sub.back
	o.sub.adjoint.bind(o.sub, rows[T]{state: state, series: input, cotangent: b.lambda})
	clear(b.previous)
	clear(o.gradInput)
	o.sub.adjoint.bindStates(b.previous)
	for slot, w := range o.sub.adjoint.piece.Out {
		if w.Kind == Series {
			o.sub.adjoint.frame.BindOutput(slot, o.gradInput)
		}
	}
	o.sub.adjoint.run(o.sub)
	b.lambda, b.previous = b.previous, b.lambda
	kernel.Flush(b.lambda, b.lambda)
}

// cut forgets what later steps say.
func (o *observerRun[T]) cut() {
	clear(o.sub.back.lambda)
	clear(o.gradInput)
}

// begun writes the gradient of the incoming carry.
func (o *observerRun[T]) begun() {
	kernel.AddVV(o.sub.back.lambda, o.sub.back.lambda, o.recorded)
	o.sub.begun(o.cot)
	for lane := range o.l.lanes {
		copy(o.l.carryGradient(lane)[o.at:], o.sub.carryGradient(lane))
	}
	if o.Average && o.l.set.Offset > 0 {
		o.l.toGradient(o.gradInput, o.at+o.Model.CarryWidth(), o.N)
	}
	o.momentsBegun()
}
