package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// recorder writes the lanes' outputs while they are solved.
type recorder[T kernel.Float] struct {
	l       *tile[T]
	in, out []float64   // carries, of all lanes of the run
	at      int         // of the carry within those: 0 but for an observer's
	records [][]float64 // of all lanes of the run
	perLane int         // samples in each lane of records
	sampled int         // index of the window's first sample in the whole run
	own     bool        // some record is a program's
	value   []T
	errs    []*DivergedError // by lane: the first value of an observable that is not finite
	first   *DivergedError   // one of them
}

func (l *tile[T]) newRecorder(in, out []float64, at int, records [][]float64) *recorder[T] {
	m := l.m
	r := &recorder[T]{l: l, in: in, out: out, at: at, records: records, value: make([]T, l.lanes*m.recordWidth), errs: make([]*DivergedError, l.lanes)}
	r.sampled, r.perLane = l.set.Samples()
	for i := range m.Records {
		r.own = r.own || m.Records[i].Forward != nil
	}
	for lane := range l.lanes {
		carryIn, carryOut := r.carries(lane)
		for i := range m.Records {
			v := &m.Records[i]
			copy(of(l, l.partial, v.offset, v.N)[lane*v.N:][:v.N], carryIn[m.width+m.historyWidth+v.offset:])
		}
		r.keepHistory(carryIn, carryOut)
		last := m.CarryWidth() - 1
		carryOut[last] = carryIn[last] + float64(l.set.Steps)
	}
	if l.set.Offset == 0 {
		clear(l.partial) // what another run's last mean lacks is nothing to a new run
	}
	return r
}

// carries are a lane's, before and after the window.
func (r *recorder[T]) carries(lane int) (in, out []float64) {
	return r.l.root.carry(r.in, lane)[r.at:], r.l.root.carry(r.out, lane)[r.at:]
}

// ofLane cuts lane number's part out of every record.
func ofLane(records [][]float64, number, lanes int) [][]float64 {
	parts := make([][]float64, len(records))
	for i, all := range records {
		if n := len(all) / lanes; all != nil {
			parts[i] = all[number*n : (number+1)*n]
		}
	}
	return parts
}

// keepHistory copies the part of the old history that is still within reach after the window.
func (r *recorder[T]) keepHistory(carryIn, carryOut []float64) {
	for k, depth := range r.l.m.history {
		n := r.l.m.States[k].N
		at := r.l.m.HistoryOffset(k)
		if old := depth - r.l.set.Steps; old > 0 {
			copy(carryOut[at:at+old*n], carryIn[at+r.l.set.Steps*n:at+depth*n])
		}
	}
}

// block sees the states before steps t0 … t1−1 and after the last of them, which are apart from each
// other in a slice. In errors, the state after step t0 has the given number.
func (r *recorder[T]) block(states []T, apart int, t0, t1, number int64) {
	r.history(states, apart, t0, t1)
	every := r.l.set.Every
	done := int(t0-r.l.start) + r.l.set.Offset - r.l.set.Warmup // recorded steps before t0
	left := every - 1 - max(done, 0)%every                      // steps after t0 without a sample
	if !r.l.set.Average {
		r.samples(states, apart, max(-done, 0)+left, int(t1-t0), done, number)
		if !r.own {
			return
		}
	}
	for t := t0 + int64(max(-done, 0)); t < t1; t++ {
		if after := states[int(t+1-t0)*apart:]; left == 0 {
			r.sample(after, (done+int(t-t0)+1)/every-1-r.sampled, number+t-t0)
			left = every
		} else if r.l.set.Average {
			r.mean(after, number+t-t0)
		}
		left--
	}
}

// samples writes the records that need no program after steps first, and every so many, below steps of a block,
// before which done steps have been recorded.
func (r *recorder[T]) samples(states []T, apart, first, steps, done int, number int64) {
	every := r.l.set.Every
	count := (steps - first + every - 1) / every
	if count <= 0 {
		return
	}
	sample := (done+first+1)/every - 1 - r.sampled
	for i := range r.l.m.Records {
		switch v := &r.l.m.Records[i]; {
		case v.isState():
			r.copies(i, states[(first+1)*apart:], every*apart, count, sample)
		case v.Taps != nil:
			r.taps(i, states[(first+1)*apart:], every*apart, count, sample, number+int64(first))
		}
	}
}

// copies writes samples of a state: of count states that are apart in a slice.
func (r *recorder[T]) copies(i int, states []T, apart, count, sample int) {
	l, v := r.l, &r.l.m.Records[i]
	rows := kernel.Matrix[T]{Data: states[l.lanes*l.m.States[v.State].offset:], Stride: apart}
	for lane := range l.lanes {
		kernel.WidenRows(r.into(i, lane, sample)[:count*v.N], rows.From(lane*v.N), v.N)
	}
}

// taps writes samples of what taps read. The first state has the given number.
func (r *recorder[T]) taps(i int, states []T, apart, count, sample int, number int64) {
	l, v := r.l, &r.l.m.Records[i]
	for n := 0; count > 0; count -= n {
		n = l.tapSteps(v, count)
		order := l.tapOrder(v, n)
		value := l.tap(v, states, apart, n, order)
		if !kernel.Finite(value) {
			r.divergedTaps(v, value, n, order, number)
		}
		for lane := range l.lanes {
			into := r.into(i, lane, sample)[:n*v.N]
			for k := range v.N {
				from := k*l.lanes*n + lane*order.lane
				for at := k; at < len(into); at += v.N {
					into[at] = float64(value[from])
					from += order.state
				}
			}
		}
		states, sample, number = states[min(n*apart, len(states)):], sample+n, number+int64(n*l.set.Every)
	}
}

// into is where a lane's samples of record i are, from the given one on.
func (r *recorder[T]) into(i, lane, sample int) []float64 {
	return r.records[i][(r.l.root.numbers[lane]*r.perLane+sample)*r.l.m.Records[i].N:]
}

// divergedTaps notes what is not finite of taps' outputs of n states.
func (r *recorder[T]) divergedTaps(v *Record, outputs []T, n int, order tapOrder, number int64) {
	value := make([]T, v.N)
	for row := range n * r.l.lanes {
		lane, state := row/n, row%n
		for k := range value {
			value[k] = outputs[k*n*r.l.lanes+lane*order.lane+state*order.state]
		}
		r.diverged(v, value, lane, number+int64(state*r.l.set.Every))
	}
}

// mean adds a state's observables to the running sums.
func (r *recorder[T]) mean(state []T, number int64) {
	for i := range r.l.m.Records {
		v := &r.l.m.Records[i]
		kernel.AddWidened(of(r.l, r.l.partial, v.offset, v.N), r.observable(i, state, number))
	}
}

// sample writes the means that a state completes, or those of its observables that are computed.
func (r *recorder[T]) sample(state []T, sample int, number int64) {
	l := r.l
	if l.set.Average {
		r.mean(state, number)
	}
	for i := range l.m.Records {
		v := &l.m.Records[i]
		if v.Forward == nil && !l.set.Average {
			continue
		}
		n := v.N
		if l.set.Average {
			partial := of(l, l.partial, v.offset, n)
			for lane := range l.lanes {
				kernel.DivVS(r.into(i, lane, sample)[:n], partial[lane*n:], float64(l.set.Every))
			}
			clear(partial)
			continue
		}
		value := r.observable(i, state, number)
		for lane := range l.lanes {
			kernel.Widen(r.into(i, lane, sample)[:n], value[lane*n:])
		}
	}
}

// observable is record i of a state, which is noted if it is computed and not finite.
func (r *recorder[T]) observable(i int, state []T, number int64) []T {
	v := &r.l.m.Records[i]
	value := r.l.record(i, state, of(r.l, r.value, v.offset, v.N))
	for lane := 0; lane < r.l.lanes && !v.isState() && !kernel.Finite(value); lane++ {
		r.diverged(v, value[lane*v.N:][:v.N], lane, number)
	}
	return value
}

// record is record i of a state, in the memory given if it is computed.
func (l *tile[T]) record(i int, state, value []T) []T {
	v := &l.m.Records[i]
	switch {
	case v.isState():
		return l.state(state, v.State)
	case v.Taps != nil:
		l.tapState(v, state, value)
		return value
	}
	run := l.records[i]
	run.bind(l, rows[T]{state: state})
	run.frame.BindOutput(0, value)
	run.run(l)
	return value
}

// diverged notes a lane's observable if it is not finite and none was before that step.
func (r *recorder[T]) diverged(v *Record, values []T, lane int, step int64) {
	if before := r.errs[lane]; before != nil && before.Step <= step || kernel.Finite(values) {
		return
	}
	r.errs[lane] = r.l.divergedAt(v.Address, v.Labels, values, lane)
	r.errs[lane].Step = step
	r.first = r.errs[lane]
}

// history writes the states at steps t0 … t1−1 into the outgoing history, as far as it reaches.
func (r *recorder[T]) history(states []T, apart int, t0, t1 int64) {
	end := r.l.start + int64(r.l.set.Steps)
	for k, depth := range r.l.m.history {
		n, at := r.l.m.States[k].N, r.l.m.HistoryOffset(k)
		for t := max(t0, end-int64(depth)); t < t1; t++ {
			r.toCarry(r.l.state(states[int(t-t0)*apart:], k), at+(depth-int(end-t))*n, n)
		}
	}
}

// toCarry writes n numbers of each lane's outgoing carry.
func (r *recorder[T]) toCarry(x []T, at, n int) {
	for lane := range r.l.lanes {
		_, carry := r.carries(lane)
		kernel.Widen(carry[at:at+n], x[lane*n:])
	}
}

func (r *recorder[T]) finish(state []T) {
	m := r.l.m
	for k := range m.States {
		v := &m.States[k]
		r.toCarry(r.l.state(state, k), v.offset, v.N)
	}
	for lane := range r.l.lanes {
		_, carry := r.carries(lane)
		for i := range m.Records {
			v := &m.Records[i]
			copy(carry[m.width+m.historyWidth+v.offset:][:v.N], of(r.l, r.l.partial, v.offset, v.N)[lane*v.N:])
		}
	}
}
