package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// tile is the workspace in which some consecutive lanes are solved and differentiated side by side.
//
// Rows hold [variable][lane][region], so that a variable of all lanes is one long vector, and one of one
// lane alone is as if there were no others. What is filed by region has one row for each (lane, region).
//
// The lanes are of bundles, of which the gradients of what lanes share are sums. Those of a bundle are
// consecutive in the run; in the tile those of all bundles alternate, so that the rows of one are equally far
// apart.
type tile[T kernel.Float] struct {
	m     *Model
	set   *Settings
	plan  plan
	alone bool // no other tile runs beside this one: big loops may be split over goroutines
	team  *team[T]
	idle  *idleTiles[T]

	in           *Inputs
	first, lanes int    // the lanes at work
	bundles      int    // that they are of: lane k is of bundle k mod bundles
	numbers      []int  // of the lanes at work within the run
	masked       []bool // by lane
	start        int64  // absolute step of the window's first state
	base         int64  // start rounded down to a whole block, from which borders are counted

	params, series, noise []T
	seriesRows            []T // of some steps, of which series is one
	seriesOfLane          []T
	seriesFrom            int64
	seriesRead            bool
	drawn                 []T // the noise of a block in one lane
	x, s                  []T // rows of the present segment
	next                  []T // state handed from one segment to the following one
	sumRows, present      []T // rows of sums from the present step on; the state before that
	pastNow               []T // a row of states before the window
	step, adjoint         *runner[T]
	running               *runner[T]   // whose strips are at work
	records, recordsBack  []*runner[T] // and of what taps read
	tapped, observed      []T          // what taps make of some steps; what they read of one, if a program's
	block, transposed     []T          // that of some steps; what they read, by region
	sources               []sourceRun[T]
	sums                  []sumRun[T]
	weights               []coupled[T]
	partial               []float64 // running sums of averaged records, [record][lane][region]
	observers             []*observerRun[T]
	root                  *tile[T] // the tile whose parameters this one uses: itself, but for an observer's
	loaded                bool     // what the lanes share has been loaded

	back reverseRun[T]
}

// sourceRun is a source's signal. past is node-major: region j's value at column
// pastColumns + (t − segment base) of row (lane, j). ring holds the last block time-major.
type sourceRun[T kernel.Float] struct {
	forward, adjoint *runner[T]
	past             []T
	stride, columns  int
	ring             []T // [Block][lane][region], twice if the source echoes
	grad             []T // adjoint of the signal at the present step
}

// sumRun is a weighted sum: node-major adjoints of the segment and what comes after it, the last
// block of them time-major, and what is known ahead of the present block.
type sumRun[T kernel.Float] struct {
	own   []T // [lane][target] the sum, unless it is taped: that of the present step, or of all
	ahead []T // [lane][target][Block] the sum over delays that are not short

	adjoint   []T // [lane][target][stride], column t − segment base
	stride    int
	ring      []T       // [Block][lane][target], twice if short delays read it
	backAhead []T       // [lane][source][Block] the transposed sum over delays that are not short
	back      []T       // [Block][lane][source] the transposed sum
	at        []offsets // of all lanes, or [lane]

	sent, taken []T // [lane][region][Block] of source and adjoint, for weight gradients without delay
}

// offsets are those of a lane.
func (r *sumRun[T]) offsets(lane int) *offsets { return &r.at[min(lane, len(r.at)-1)] }

func newTile[T kernel.Float](m *Model, p plan) *tile[T] {
	n := p.lanes
	l := &tile[T]{m: m, plan: p, masked: make([]bool, n),
		params: make([]T, n*m.paramWidth), noise: make([]T, Block*n*m.noiseWidth),
		step: newRunner[T](m.Step), adjoint: newRunner[T](m.Adjoint),
		partial: make([]float64, n*m.recordWidth)}
	l.seriesRows = make([]T, l.seriesSteps()*n*m.seriesWidth)
	l.next, l.pastNow = make([]T, n*m.width), make([]T, n*m.width)
	if n > 1 {
		l.drawn = make([]T, Block*m.widestNoise())
	}
	if !p.resident {
		l.x, l.s = make([]T, n*(p.segment+1)*m.width), make([]T, n*p.segment*m.sumWidth)
	}
	for _, list := range [][]Record{m.Records, m.Read} {
		for i := range list {
			l.records = append(l.records, newRunner[T](list[i].Forward))
			l.recordsBack = append(l.recordsBack, newRunner[T](list[i].Adjoint))
		}
	}
	for i := range m.Sources {
		l.sources = append(l.sources, newSourceRun[T](&m.Sources[i], p))
	}
	for i := range m.Sums {
		l.sums = append(l.sums, l.newSumRun(&m.Sums[i]))
	}
	l.root = l
	for i := range m.Observers {
		l.observers = append(l.observers, newObserverRun(l, i))
	}
	l.weights = make([]coupled[T], len(m.Couplings))
	return l
}

func newSourceRun[T kernel.Float](s *Source, p plan) sourceRun[T] {
	n := p.lanes * s.N
	r := sourceRun[T]{forward: newRunner[T](s.Forward), adjoint: newRunner[T](s.Adjoint), ring: newRing[T](n, s.echoes), grad: make([]T, n)}
	if s.delayed {
		r.columns = s.pastColumns()
		r.stride = r.columns + p.segment
		r.past = make([]T, n*r.stride)
	}
	return r
}

func (l *tile[T]) newSumRun(s *SumVar) sumRun[T] {
	c := &l.m.Couplings[s.Coupling]
	to, from := l.plan.lanes*c.NTo, l.plan.lanes*c.NFrom
	if s.Source < 0 {
		return sumRun[T]{own: make([]T, to)}
	}
	r := sumRun[T]{ring: newRing[T](to, c.echoes())}
	if !s.taped {
		r.own = make([]T, to)
	}
	switch {
	case c.Dense:
		return r
	case c.delayed:
		r.stride = l.sources[s.Source].stride
	}
	if c.ahead() {
		r.ahead, r.backAhead = make([]T, Block*to), make([]T, Block*from)
	}
	if r.at = make([]offsets, 1); c.LaneDelays != nil {
		r.at = make([]offsets, l.plan.lanes)
	}
	return r
}

// newRing has Block rows of n numbers. Where the last steps before any one are read, all rows are there
// twice, so that those steps are neighbours.
func newRing[T kernel.Float](n int, echoes bool) []T {
	if echoes {
		return make([]T, 2*Block*n)
	}
	return make([]T, Block*n)
}

// begin makes room for lanes first … first+lanes−1, of so many bundles, and loads their inputs.
func (l *tile[T]) begin(in *Inputs, first, lanes, bundles int) {
	l.in, l.first, l.bundles, l.seriesRead = in, first, bundles, false
	l.numbers = l.numbers[:0]
	for lane := range lanes {
		l.numbers = append(l.numbers, first+lane%bundles*(lanes/bundles)+lane/bundles)
	}
	l.resize(lanes)
	l.series = l.seriesRows[:lanes*l.m.seriesWidth] // the past is rebuilt before inputs are read
	clear(l.masked)
	l.start = int64(l.carry(in.Carry, 0)[l.m.CarryWidth()-1])
	l.base = l.start / Block * Block
	for i := range l.m.Params {
		p := &l.m.Params[i]
		l.loadLanes(of(l, l.params, p.offset, p.N), &in.Params[i], p.N, 0, p.N)
	}
	for i := range l.m.Couplings {
		l.loadWeights(i, &in.Weights[i])
		l.loadOffsets(i)
	}
	l.loaded = true
	for i := range l.m.Sums {
		if l.m.Sums[i].Source < 0 {
			l.loadConstant(i)
		}
	}
	l.step.begin(l)
	for i := range l.sources {
		l.sources[i].forward.begin(l)
	}
	for _, r := range l.records {
		r.begin(l)
	}
	for _, o := range l.observers {
		o.begin()
	}
}

// resize fits to a number of lanes what is gone through as a whole.
func (l *tile[T]) resize(lanes int) {
	l.lanes, l.masked = lanes, l.masked[:lanes]
	l.next, l.pastNow = l.next[:lanes*l.m.width], l.pastNow[:lanes*l.m.width]
	l.partial = l.partial[:lanes*l.m.recordWidth]
	l.series = l.seriesRows[:lanes*l.m.seriesWidth]
	for i := range l.sources {
		run, n := &l.sources[i], lanes*l.m.Sources[i].N
		run.past, run.grad = run.past[:n*run.stride], run.grad[:n]
	}
	for i := range l.sums {
		run, n := &l.sums[i], lanes*l.m.Couplings[l.m.Sums[i].Coupling].NTo
		if run.own != nil {
			run.own = run.own[:n]
		}
		if run.adjoint != nil {
			run.adjoint = run.adjoint[:n*run.stride]
		}
	}
}

// of is a variable's part of a row: n numbers for each lane.
func of[T, E kernel.Float](l *tile[T], row []E, offset, n int) []E {
	return row[offset*l.lanes:][:n*l.lanes]
}

// state is the part of state variable k.
func (l *tile[T]) state(row []T, k int) []T {
	v := &l.m.States[k]
	return of(l, row, v.offset, v.N)
}

// carry is the part of lane number lane of the tile.
func (l *tile[T]) carry(all []float64, lane int) []float64 {
	w := l.m.CarryWidth()
	return all[l.numbers[lane]*w:][:w]
}

// loadLanes sets dst, [lane][n], to the numbers from … from+n−1 of each lane's value of size numbers.
func (l *tile[T]) loadLanes(dst []T, v *Value, size, from, n int) {
	for lane := range l.lanes {
		into := dst[lane*n:][:n]
		if lane > 0 && !v.PerLane {
			copy(into, dst[:n])
			continue
		}
		kernel.Round(into, v.lane(l.numbers[lane], size)[from:])
	}
}
