package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// recorder writes a lane's outputs while it is solved.
type recorder[T kernel.Float] struct {
	l       *lane[T]
	records [][]float64 // the lane's samples
	carry   []float64   // the lane's outgoing carry
	first   int         // index of the window's first sample in the whole run
	value   []T
	err     *DivergedError // the first value of an observable that is not finite
}

func (l *lane[T]) newRecorder(carryIn, carryOut []float64, records [][]float64) *recorder[T] {
	m := l.m
	r := &recorder[T]{l: l, records: records, carry: carryOut, value: make([]T, m.recordWidth)}
	r.first, _ = l.set.Samples()
	copy(l.partial, carryIn[m.width+m.historyWidth:])
	if l.set.Offset == 0 {
		clear(l.partial) // what another run's last mean lacks is nothing to a new run
	}
	r.keepHistory(carryIn)
	last := len(carryIn) - 1
	r.carry[last] = carryIn[last] + float64(l.set.Steps)
	return r
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
func (r *recorder[T]) keepHistory(carryIn []float64) {
	for k, depth := range r.l.m.history {
		n := r.l.m.States[k].N
		at := r.l.m.HistoryOffset(k)
		if old := depth - r.l.set.Steps; old > 0 {
			copy(r.carry[at:at+old*n], carryIn[at+r.l.set.Steps*n:at+depth*n])
		}
	}
}

// step sees the states before and after step t.
func (r *recorder[T]) step(t int64, before, after []T) {
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
		r.record(i, t, done, sampled, after)
	}
}

func (r *recorder[T]) record(i int, t int64, done int, sampled bool, state []T) {
	v := &r.l.m.Records[i]
	value := r.l.recorded(i, state, r.value[v.offset:v.offset+v.N])
	if v.Forward != nil && r.err == nil && !finite(value) {
		r.err = divergedAt(v.Address, v.Labels, value, t+1, r.l.number)
	}
	partial := r.l.partial[v.offset : v.offset+v.N]
	if r.l.set.Average {
		for j, x := range value {
			partial[j] += float64(x)
		}
	}
	if !sampled {
		return
	}
	sample := done/r.l.set.Every - 1 - r.first
	row := r.records[i][sample*v.N:][:v.N]
	if r.l.set.Average {
		for j := range row {
			row[j] = partial[j] / float64(r.l.set.Every)
			partial[j] = 0
		}
		return
	}
	for j, x := range value {
		row[j] = float64(x)
	}
}

// recorded returns the value of record i, in dst if it has to be computed.
func (l *lane[T]) recorded(i int, state, dst []T) []T {
	v := &l.m.Records[i]
	if v.Forward == nil {
		s := &l.m.States[v.State]
		return state[s.offset : s.offset+s.N]
	}
	run := l.records[i]
	run.bind(l.m, rows[T]{state: state})
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
		at := r.l.m.HistoryOffset(k) + row*v.N
		for j, x := range state[v.offset : v.offset+v.N] {
			r.carry[at+j] = float64(x)
		}
	}
}

func (r *recorder[T]) finish(state []T) {
	m := r.l.m
	for j, x := range state {
		r.carry[j] = float64(x)
	}
	copy(r.carry[m.width+m.historyWidth:], r.l.partial)
}
