package engine

import (
	"math"
	"slices"
)

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

// scrubPast and scrubRings put zeros in the place of what masked lanes leave where all lanes are summed:
// it need not be finite.
func (l *tile[T]) scrubPast() {
	for lane, masked := range l.masked {
		for i := 0; i < len(l.sources) && masked; i++ {
			run := &l.sources[i]
			n := l.m.Sources[i].N * run.stride
			clear(run.past[lane*n:][:n])
		}
	}
}

func (l *tile[T]) scrubRings(t0, t1 int64) {
	if !slices.Contains(l.masked, true) {
		return
	}
	for t := t0; t < t1; t++ {
		for i := range l.sources {
			n := l.m.Sources[i].N
			l.scrub(l.slot(l.sources[i].ring, t, l.lanes*n), n)
		}
		for k := range l.sums {
			if run, n := &l.sums[k], l.m.Couplings[l.m.Sums[k].Coupling].NTo; run.ring != nil {
				l.scrub(l.slot(run.ring, t, l.lanes*n), n)
			}
		}
	}
}

func (l *tile[T]) scrub(row []T, n int) {
	for lane, masked := range l.masked {
		if masked {
			clear(row[lane*n:][:n])
		}
	}
}
