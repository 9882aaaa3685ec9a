package engine

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// check looks for values that are not finite after steps t0 … t1−1. Lanes with such values are masked
// if the settings say so; else the error is that of the earliest step, and there of the lowest lane. It
// is one too if no lane is left.
func (l *tile[T]) check(sp span, t0, t1 int64, rec *recorder[T]) error {
	if l.sound(sp, t1, rec) {
		return nil
	}
	var found []*DivergedError
	for lane := range l.lanes {
		if l.masked[lane] {
			continue
		}
		if d := l.divergedLane(sp, lane, t0, t1, rec); d != nil {
			l.masked[lane] = true
			found = append(found, d)
		}
	}
	if len(found) == 0 || l.set.MaskLane && slices.Contains(l.masked, false) {
		return nil
	}
	return slices.MinFunc(found, func(a, b *DivergedError) int { return cmp.Compare(a.Step, b.Step) })
}

// sound says whether all is finite up to step t1: what is not stays so.
func (l *tile[T]) sound(sp span, t1 int64, rec *recorder[T]) bool {
	ok := kernel.Finite(l.row(sp, t1)) && (rec == nil || rec.first == nil)
	for _, o := range l.observers {
		ok = ok && kernel.Finite(o.state(o.count)) && (rec == nil || o.rec.first == nil)
	}
	return ok
}

// divergedLane is what is not finite first in a lane, nil if all is.
func (l *tile[T]) divergedLane(sp span, lane int, t0, t1 int64, rec *recorder[T]) *DivergedError {
	if l.firstOf(l.row(sp, t1), lane) != nil {
		t := t0 + 1
		for l.firstOf(l.row(sp, t), lane) == nil {
			t++
		}
		d := l.firstOf(l.row(sp, t), lane)
		d.Step = t
		return d
	}
	if rec != nil && rec.errs[lane] != nil {
		return rec.errs[lane]
	}
	for _, o := range l.observers {
		if d := o.divergedLane(lane, t1, rec != nil); d != nil {
			return d
		}
	}
	return nil
}

// firstOf names a lane's first value of a row of states that is not finite, without the step.
func (l *tile[T]) firstOf(row []T, lane int) *DivergedError {
	for k := range l.m.States {
		v := &l.m.States[k]
		if values := l.state(row, k)[lane*v.N:][:v.N]; !kernel.Finite(values) {
			return l.divergedAt(v.Address, v.Labels, values, lane)
		}
	}
	return nil
}

// divergedAt names the first of a variable's values that is not finite; there is one.
func (l *tile[T]) divergedAt(variable string, labels []string, values []T, lane int) *DivergedError {
	j := 0
	for kernel.Finite(values[j : j+1]) {
		j++
	}
	return &DivergedError{Lane: l.root.numbers[lane], Variable: variable, Region: labels[j], Value: float64(values[j])}
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
