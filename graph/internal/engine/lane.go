package engine

import (
	"github.com/euryale-ml/euryale/graph/internal/kernel"
	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// lane is the workspace in which one lane at a time is solved and differentiated.
type lane[T kernel.Float] struct {
	m     *Model
	set   *Settings
	plan  plan
	alone bool // no other lane runs beside this one: big loops may be split over goroutines
	team  *team[T]
	idle  *idleLanes[T]

	start int64 // absolute step of the window's first state
	base  int64 // start rounded down to a whole block, from which borders are counted

	params, series, noise []T
	inSeries              []Value
	carryIn, carryOut     []float64
	number                int
	seed                  uint64
	x, s                  []T // rows of the present segment
	next                  []T // state handed from one segment to the following one
	sumsNow, pastNow      []T // sums of the present step; a row of states before the window
	step, adjoint         *runner[T]
	records, recordsBack  []*runner[T]
	sources               []sourceRun[T]
	sums                  []sumRun[T]
	weights               []coupled[T]
	partial               []float64 // running sums of averaged records
	observers             []*observerRun[T]
	root                  *lane[T] // the lane whose parameters this one uses: itself, but for an observer's

	back reverseRun[T]
}

// sourceRun is a source's signal. past is node-major: region j's value at column
// pastColumns + (t − segment base) of row j. ring holds the last block time-major.
type sourceRun[T kernel.Float] struct {
	forward, adjoint *runner[T]
	past             []T
	stride, columns  int
	ring             []T
	grad             []T // adjoint of the signal at the present step
}

// sumRun is a weighted sum: node-major adjoints of the segment and what comes after it, the last
// block of them time-major, and the long-delay parts of the present block.
type sumRun[T kernel.Float] struct {
	constant []T // row sums of the weights, if that is what the sum is
	block    []T // [Block][target] long-delay part of the sum

	adjoint         []T // [target][stride], column t − segment base
	stride          int
	ring            []T     // [Block][target]
	backBlock       []T     // [Block][source] long-delay part of the transposed sum
	back            []T     // [source] the transposed sum of one step
	longAt, shortAt []int32 // by target: where an edge reads the source's past
	longBack        []int32 // by source: where an edge reads the adjoint
}

// coupled holds a coupling's weights for the lane, and their gradient.
type coupled[T kernel.Float] struct {
	dense, transposed, grad []T
	long, short             edgeWeights[T]
}

// runner is a program frame with its wiring.
type runner[T kernel.Float] struct {
	piece *Piece
	frame *vm.Frame[T]
}

func newRunner[T kernel.Float](p *Piece) *runner[T] {
	if p == nil {
		return nil
	}
	return &runner[T]{piece: p, frame: vm.NewFrame[T](p.Program)}
}

func newLane[T kernel.Float](m *Model, p plan) *lane[T] {
	l := &lane[T]{m: m, plan: p,
		params: make([]T, m.paramWidth), series: make([]T, m.seriesWidth), noise: make([]T, m.noiseWidth),
		step: newRunner[T](m.Step), adjoint: newRunner[T](m.Adjoint),
		partial: make([]float64, m.recordWidth)}
	l.next, l.pastNow = make([]T, m.width), make([]T, m.width)
	if !p.resident {
		l.x, l.s = make([]T, (p.segment+1)*m.width), make([]T, p.segment*m.sumWidth)
	}
	for i := range m.Records {
		l.records = append(l.records, newRunner[T](m.Records[i].Forward))
		l.recordsBack = append(l.recordsBack, newRunner[T](m.Records[i].Adjoint))
	}
	for i := range m.Sources {
		l.sources = append(l.sources, newSourceRun[T](&m.Sources[i], p.segment))
	}
	for i := range m.Sums {
		l.sums = append(l.sums, l.newSumRun(&m.Sums[i]))
	}
	l.root = l
	for i := range m.Observers {
		l.observers = append(l.observers, newObserverRun(l, i))
	}
	for i := range m.Couplings {
		c := &m.Couplings[i]
		w := coupled[T]{}
		if c.Dense {
			w.dense, w.transposed = make([]T, c.NTo*c.NFrom), make([]T, c.NTo*c.NFrom)
			if c.Learned {
				w.grad = make([]T, c.NTo*c.NFrom)
			}
		} else {
			w.long, w.short = newEdgeWeights[T](&c.long, c.Learned), newEdgeWeights[T](&c.short, c.Learned)
		}
		l.weights = append(l.weights, w)
	}
	return l
}

func newSourceRun[T kernel.Float](s *Source, segment int) sourceRun[T] {
	r := sourceRun[T]{forward: newRunner[T](s.Forward), adjoint: newRunner[T](s.Adjoint),
		ring: make([]T, Block*s.N), grad: make([]T, s.N)}
	if s.delayed {
		r.columns = s.pastColumns()
		r.stride = r.columns + segment
		r.past = make([]T, s.N*r.stride)
	}
	return r
}

func (l *lane[T]) newSumRun(s *SumVar) sumRun[T] {
	c := &l.m.Couplings[s.Coupling]
	if s.Source < 0 {
		return sumRun[T]{constant: make([]T, c.NTo)}
	}
	r := sumRun[T]{ring: make([]T, Block*c.NTo)}
	if !c.delayed {
		return r
	}
	src := &l.sources[s.Source]
	r.stride = src.stride
	if c.long.n > 0 {
		r.block, r.backBlock = make([]T, Block*c.NTo), make([]T, Block*c.NFrom)
	}
	read := func(set *edgeSet) []int32 {
		at := make([]int32, set.n)
		for e := range at {
			at[e] = set.other[e]*int32(src.stride) + int32(src.columns) - set.delay[e]
		}
		return at
	}
	r.longAt, r.shortAt = read(&c.long), read(&c.short)
	r.longBack = make([]int32, c.long.n)
	for e := range r.longBack {
		r.longBack[e] = c.long.tOther[e]*int32(r.stride) + c.long.tDelay[e]
	}
	return r
}

// begin loads a lane's inputs.
func (l *lane[T]) begin(in *Inputs, number int) {
	l.number, l.seed, l.inSeries = number, in.Seeds[number], in.Series
	w := l.m.CarryWidth()
	l.carryIn = in.Carry[number*w : (number+1)*w]
	l.start = int64(l.carryIn[w-1])
	l.base = l.start / Block * Block
	for i := range l.m.Params {
		p := &l.m.Params[i]
		convert(l.params[p.offset:p.offset+p.N], in.Params[i].lane(number, p.N))
	}
	for i := range l.m.Couplings {
		l.weights[i].load(&l.m.Couplings[i], in.Weights[i].lane(number, l.m.Couplings[i].Weights))
	}
	for i := range l.m.Sums {
		if l.m.Sums[i].Source < 0 {
			c := l.m.Sums[i].Coupling
			l.weights[c].rowSums(&l.m.Couplings[c], l.sums[i].constant)
			kernel.MulVS(l.sums[i].constant, l.sums[i].constant, T(l.m.Sums[i].Factor))
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

func convert[T kernel.Float](dst []T, src []float64) {
	for i, v := range src[:len(dst)] {
		dst[i] = T(v)
	}
}

func (w *coupled[T]) load(c *Coupling, values []float64) {
	if !c.Dense {
		w.long.load(&c.long, values)
		w.short.load(&c.short, values)
		return
	}
	clear(w.dense)
	for e, index := range c.Index {
		w.dense[c.I[e]*c.NFrom+c.J[e]] = T(values[index])
	}
	for i := 0; i < c.NTo; i++ {
		for j := 0; j < c.NFrom; j++ {
			w.transposed[j*c.NTo+i] = w.dense[i*c.NFrom+j]
		}
	}
	clear(w.grad)
}

// rowSums sets dst[i] to Σ_j W_ij, edges in order of j, those with long delays first.
func (w *coupled[T]) rowSums(c *Coupling, dst []T) {
	for i := range dst {
		dst[i] = 0
		if c.Dense {
			for _, v := range w.dense[i*c.NFrom : (i+1)*c.NFrom] {
				dst[i] += v
			}
			continue
		}
		for _, v := range w.long.w[c.long.row[i]:c.long.row[i+1]] {
			dst[i] += v
		}
		for _, v := range w.short.w[c.short.row[i]:c.short.row[i+1]] {
			dst[i] += v
		}
	}
}

// begin binds what is constant during a run and runs the prologue.
func (r *runner[T]) begin(l *lane[T]) {
	if r == nil {
		return
	}
	for slot, w := range r.piece.In {
		switch {
		case w.Kind == Param:
			p := &l.root.m.Params[w.Index]
			r.frame.Bind(slot, l.root.params[p.offset:p.offset+p.N])
		case w.Kind == Sum && l.m.constSum[w.Index]:
			r.frame.Bind(slot, l.sums[w.Index].constant)
		}
	}
	r.frame.Begin()
}

// rows are the slices that a step's inputs are bound to.
type rows[T kernel.Float] struct {
	state, sum, series, noise, cotangent []T
}

// bind joins the inputs that vary to the given rows.
func (r *runner[T]) bind(m *Model, in rows[T]) {
	for slot, w := range r.piece.In {
		switch w.Kind {
		case State:
			v := &m.States[w.Index]
			r.frame.Bind(slot, in.state[v.offset:v.offset+v.N])
		case Sum:
			if !m.constSum[w.Index] {
				v := &m.Sums[w.Index]
				r.frame.Bind(slot, in.sum[v.offset:v.offset+m.Couplings[v.Coupling].NTo])
			}
		case Series:
			v := &m.Series[w.Index]
			r.frame.Bind(slot, in.series[v.offset:v.offset+v.N])
		case Noise:
			v := &m.Noise[w.Index]
			r.frame.Bind(slot, in.noise[v.offset:v.offset+v.N])
		case Cotangent:
			r.bindCotangent(m, slot, w.Index, in.cotangent)
		}
	}
}

// bindCotangent binds the adjoint of next state k, or of the only output of a smaller program.
func (r *runner[T]) bindCotangent(m *Model, slot, k int, row []T) {
	if r.piece == m.Adjoint {
		v := &m.States[k]
		row = row[v.offset : v.offset+v.N]
	}
	r.frame.Bind(slot, row)
}
