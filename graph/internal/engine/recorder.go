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
	value   []T
	errs    []*DivergedError // by lane: the first value of an observable that is not finite
	first   *DivergedError   // one of them
}

func (l *tile[T]) newRecorder(in, out []float64, at int, records [][]float64) *recorder[T] {
	m := l.m
	r := &recorder[T]{l: l, in: in, out: out, at: at, records: records, value: make([]T, l.lanes*m.recordWidth), errs: make([]*DivergedError, l.lanes)}
	r.sampled, r.perLane = l.set.Samples()
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

// step sees the states before and after step t; in errors, the state after it is that of the given step.
func (r *recorder[T]) step(t, inErrors int64, before, after []T) {
	r.history(int(t-r.l.start), before)
	done := int(t-r.l.start) + r.l.set.Offset + 1 - r.l.set.Warmup // recorded steps so far
	if done <= 0 {
		return
	}
	sampled := done%r.l.set.Every == 0
	if !sampled && !r.l.set.Average {
		return
	}
	for i := range r.l.m.Records {
		r.record(i, inErrors, done, sampled, after)
	}
}

func (r *recorder[T]) record(i int, inErrors int64, done int, sampled bool, state []T) {
	v, l := &r.l.m.Records[i], r.l
	value := l.recorded(i, state, of(l, r.value, v.offset, v.N))
	if v.Forward != nil && !finite(value) {
		r.diverged(v, value, inErrors)
	}
	partial := of(l, l.partial, v.offset, v.N)
	if l.set.Average {
		for j, x := range value {
			partial[j] += float64(x)
		}
	}
	if !sampled {
		return
	}
	sample := done/l.set.Every - 1 - r.sampled
	for lane := range l.lanes {
		row := r.records[i][((l.root.first+lane)*r.perLane+sample)*v.N:][:v.N]
		value, partial := value[lane*v.N:][:v.N], partial[lane*v.N:][:v.N]
		for j := range row {
			if row[j] = float64(value[j]); l.set.Average {
				row[j] = partial[j] / float64(l.set.Every)
				partial[j] = 0
			}
		}
	}
}

// diverged notes the lanes in which an observable is not finite, unless they had one before.
func (r *recorder[T]) diverged(v *Record, value []T, step int64) {
	for lane := range r.l.lanes {
		if values := value[lane*v.N:][:v.N]; r.errs[lane] == nil && !finite(values) {
			r.errs[lane] = r.l.divergedAt(v.Address, v.Labels, values, lane)
			r.errs[lane].Step = step
			r.first = r.errs[lane]
		}
	}
}

// recorded returns the value of record i, in dst if it has to be computed.
func (l *tile[T]) recorded(i int, state, dst []T) []T {
	v := &l.m.Records[i]
	if v.Forward == nil {
		return l.state(state, v.State)
	}
	run := l.records[i]
	run.bind(l, rows[T]{state: state})
	run.frame.BindOutput(0, dst)
	run.frame.Step()
	return dst
}

// history writes state number step of the window into the outgoing history, if it reaches that far.
func (r *recorder[T]) history(step int, state []T) {
	for k, depth := range r.l.m.history {
		row := step - r.l.set.Steps + depth
		if row < 0 {
			continue
		}
		v := &r.l.m.States[k]
		r.toCarry(r.l.state(state, k), r.l.m.HistoryOffset(k)+row*v.N, v.N)
	}
}

// toCarry writes n numbers of each lane's outgoing carry.
func (r *recorder[T]) toCarry(x []T, at, n int) {
	for lane := range r.l.lanes {
		_, carry := r.carries(lane)
		for j, v := range x[lane*n:][:n] {
			carry[at+j] = float64(v)
		}
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
