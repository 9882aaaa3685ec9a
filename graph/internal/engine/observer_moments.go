package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// carryWidth is what an observer passes on: what its model does, the running sum of its input, its moments.
func (o *Observer) carryWidth() int { return o.momentsAt() + o.momentsWidth() }

// momentsAt is where the moments are in it.
func (o *Observer) momentsAt() int { return o.Model.CarryWidth() + o.N }

func (o *Observer) momentsWidth() int {
	if !o.Moments {
		return 0
	}
	return momentsWidth(o.Model.Records[0].N)
}

// momentsWork bounds what a lane takes to add samples up and to go back.
func (o *Observer) momentsWork() int {
	if !o.Moments {
		return 0
	}
	n := o.Model.Records[0].N
	return 2*n*n + (momentBlock+4)*n
}

// beginMoments starts, or goes on, adding samples up.
func (o *observerRun[T]) beginMoments() {
	if !o.Moments {
		return
	}
	if o.moments == nil {
		o.moments = newMoments(o.Model.Records[0].N, o.l.plan.lanes)
	}
	o.moments.lanes = o.l.lanes
	if o.l.set.Offset == 0 {
		o.moments.clear()
		return
	}
	before, _ := o.set.Samples()
	for lane := range o.l.lanes {
		o.moments.enter(lane, o.l.carry(o.l.in.Carry, lane)[o.at+o.momentsAt():], before)
	}
}

// sampled says whether the state after so many observer steps of the window is a sample.
func (o *observerRun[T]) sampled(steps int) bool {
	done := steps + o.set.Offset - o.set.Warmup
	return done > 0 && done%o.Every == 0
}

// addMoment adds a sample. In errors, the state has the given number.
func (o *observerRun[T]) addMoment(state []T, number int64) {
	value, n := o.rec.observable(0, state, number), o.Model.Records[0].N
	for lane := range o.l.lanes {
		kernel.Widen(o.moments.next(lane), value[lane*n:][:n])
	}
	o.moments.taken()
}

// finishMoments writes what there is at the end of the window, and returns the means.
func (o *observerRun[T]) finishMoments() []float64 {
	if !o.Moments {
		return nil
	}
	o.moments.flush()
	n, means := o.moments.n, o.moments.means()
	for lane := range o.l.lanes {
		_, carry := o.rec.carries(lane)
		o.moments.leave(lane, carry[o.momentsAt():])
		if number := o.l.numbers[lane]; o.l.set.Last {
			copy(o.rec.records[0][number*n:][:n], means[lane*n:])
			o.moments.covariance(lane, o.rec.records[1][number*n*n:][:n*n])
		}
	}
	return means
}

// beginMomentsBack gathers the adjoints of the moments, of which the means are given.
func (o *observerRun[T]) beginMomentsBack(cot *cotangent[T], mean []float64) {
	if !o.Moments {
		return
	}
	n := o.Model.Records[0].N
	if o.momentsBack == nil {
		o.momentsBack = newMomentsBack(n, o.l.plan.lanes)
	}
	first, count := o.set.Samples()
	back := o.momentsBack
	back.clear(mean, first+count)
	for lane := range o.l.lanes {
		if cot.carry != nil {
			back.addCarry(lane, cot.carryOf(lane)[o.momentsAt():])
		}
		if number := o.l.numbers[lane]; o.l.set.Last && cot.records[0] != nil {
			back.addMean(lane, cot.records[0][number*n:][:n])
			back.addCovariance(lane, cot.records[1][number*n*n:][:n*n])
		}
	}
}

// addMomentsBack adds what the moments say about a state, if it is a sample.
func (o *observerRun[T]) addMomentsBack(state, into []T) {
	if o.total == 0 || !o.sampled(o.total) { // the first state is the last window's
		return
	}
	sub, v := o.sub, &o.Model.Records[0]
	o.sample = cleared(o.sample, o.l.lanes*v.N)
	value, row := sub.record(0, state, o.sample), o.cot.row
	for lane := range o.l.lanes {
		kernel.Widen(o.momentsBack.deviation, value[lane*v.N:])
		kernel.Round(row[lane*v.N:][:v.N], o.momentsBack.of(lane, o.momentsBack.deviation))
	}
	sub.recordBack(0, state, row, into)
}

// momentsBegun writes the gradient of the moments before the window.
func (o *observerRun[T]) momentsBegun() {
	if !o.Moments || o.l.set.Offset == 0 {
		return // a new run starts without them
	}
	before, _ := o.set.Samples()
	for lane := range o.l.lanes {
		carry := o.l.carry(o.l.in.Carry, lane)[o.at+o.momentsAt():]
		o.momentsBack.begun(lane, carry, before, o.l.carryGradient(lane)[o.at+o.momentsAt():])
	}
}
