package engine

import (
	"sync"

	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// Block is the number of steps whose long-delay sums are computed at once.
const Block = 16

// Kind says what a program's input or output is joined to.
type Kind int

const (
	State     Kind = iota // a state variable at the present step
	Param                 // a parameter, constant during a run
	Sum                   // a weighted sum over sources
	Series                // a row of a run-time input
	Noise                 // standard normal samples
	Cotangent             // adjoint of the program's value: of next state k, or of the only output
	Signal                // the only output of a source or record program
	Kept                  // a value of the step that its adjoint reads
)

// Wire joins one program input or output to element Index of a Kind.
type Wire struct {
	Kind  Kind
	Index int
}

// Piece is a program with its wiring.
type Piece struct {
	Program *vm.Program
	In, Out []Wire

	mu    sync.Mutex
	tiles map[string]*vm.Program // for several lanes, by the inputs that are scalars of each lane
}

// tiled returns the program for tiles in which scalar inputs differ from lane to lane where laned says so.
func (p *Piece) tiled(laned func(Wire) bool) *vm.Program {
	mask := make([]bool, len(p.In))
	key := make([]byte, len(p.In))
	for i, w := range p.In {
		if p.Program.ScalarInput(i) && laned(w) {
			mask[i], key[i] = true, 1
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tiles[string(key)] == nil {
		program, err := p.Program.Tile(mask)
		if err != nil {
			panic(err) // it compiled for one lane, and it is tileable
		}
		if p.tiles == nil {
			p.tiles = map[string]*vm.Program{}
		}
		p.tiles[string(key)] = program
	}
	return p.tiles[string(key)]
}

// reads says which elements of a kind matter to the program.
func (p *Piece) reads(kind Kind, elements int) []bool {
	which := make([]bool, elements)
	for i := 0; p != nil && i < len(p.In); i++ {
		if w := p.In[i]; w.Kind == kind && p.Program.Reads(i) {
			which[w.Index] = true
		}
	}
	return which
}

// StateVar is one state variable of one population, N regions long.
type StateVar struct {
	Address string
	Labels  []string
	N       int
	offset  int // in a state row
}

// ParamVar is a parameter of the step, N values long (1 if shared by the regions).
type ParamVar struct {
	Address string
	N       int
	Learned bool
	offset  int
}

// SeriesVar is a run-time input, N values a step. Rows is the length of the whole series.
type SeriesVar struct {
	Address string
	N, Rows int
	Learned bool
	offset  int
}

// NoiseVar is a source of N standard normals a step. With Samples ≥ 0 they are read from that series.
type NoiseVar struct {
	N       int
	Stream  uint32
	Samples int
	offset  int
}

// KeptVar is a value that the step leaves for its adjoint, N numbers a step.
type KeptVar struct {
	N      int
	offset int // in a row of sums, behind those
}

// Source is a signal sent along edges: a state variable, an input, or a program of states of one
// population.
type Source struct {
	From     Wire   // the State or the Series, if Forward is nil; a series has no delays
	Forward  *Piece // In: State, Param; Out: Signal
	Adjoint  *Piece // In: State, Param, Cotangent; Out: State (per step), Param (accumulated)
	N        int
	depth    int // longest delay in steps
	delayed  bool
	now      bool // some coupling reads it without delay
	recent   bool // some coupling reads the present step or the last few
	echoes   bool // some edge reads the steps just before the present one
	offset   int  // in a source row
	statesIn []int
}

// SumVar is S_i = Σ_j W_ij source_j(t − d_ij), or Factor times the row sum of W if Source is −1.
type SumVar struct {
	Coupling, Source int
	Factor           float64
	offset           int
}

// Coupling is a set of weighted edges. Edge e leads from J[e] to I[e] with Delay[e] steps and has the
// weight number Index[e] of the coupling's Weights values. Edges are sorted by (I, J).
type Coupling struct {
	Name           string
	NTo, NFrom     int
	I, J, Delay    []int
	Index          []int
	Weights        int // number of weight values per lane
	Dense, Learned bool
	LaneDelays     [][]int // delays of each lane, in the place of Delay

	delayed bool
	full    bool             // dense, and every entry is an edge
	depth   int              // longest delay
	sets    [classes]edgeSet // of all lanes, without LaneDelays
	edges   [classes]int     // of a lane, at most
	row     []int32          // edges to target i are row[i]..row[i+1]
}

// Record is something written out: a state variable, or a program of states.
type Record struct {
	Address string
	Labels  []string
	State   int    // if Forward is nil
	Forward *Piece // In: State, Param; Out: Signal
	Adjoint *Piece
	N       int
	offset  int // in a row of all records
}

// Model is a compiled network. It is immutable after Prepare and shared by goroutines.
type Model struct {
	States    []StateVar
	Params    []ParamVar
	Series    []SeriesVar
	Noise     []NoiseVar
	Sources   []Source
	Sums      []SumVar
	Kept      []KeptVar
	Couplings []Coupling
	Records   []Record
	Observers []Observer
	Step      *Piece // Out: State, Kept
	Adjoint   *Piece // Out: State, Sum, Series per step; Param, and Sum of row sums, accumulated. nil if nothing learns

	width, sumWidth, seriesWidth, noiseWidth, sourceWidth, recordWidth, paramWidth int
	history                                                                        []int // depth of history kept per state, steps
	historyWidth                                                                   int
	constSum                                                                       []bool
	noiseForward, noiseBack                                                        []bool // noise that a way reads
	parts                                                                          bool   // some sums are computed for parts of blocks
	tileable                                                                       bool   // several lanes may be solved side by side
}

// Prepare lays out rows and sorts the edges. It must be called once, before the model is used.
func (m *Model) Prepare() {
	for i := range m.States {
		m.States[i].offset, m.width = m.width, m.width+m.States[i].N
	}
	for i := range m.Params {
		m.Params[i].offset, m.paramWidth = m.paramWidth, m.paramWidth+m.Params[i].N
	}
	for i := range m.Series {
		m.Series[i].offset, m.seriesWidth = m.seriesWidth, m.seriesWidth+m.Series[i].N
	}
	for i := range m.Noise {
		m.Noise[i].offset, m.noiseWidth = m.noiseWidth, m.noiseWidth+m.Noise[i].N
	}
	for i := range m.Records {
		m.Records[i].offset, m.recordWidth = m.recordWidth, m.recordWidth+m.Records[i].N
	}
	for i := range m.Couplings {
		m.Couplings[i].prepare()
	}
	m.prepareSources()
	for i := range m.Kept {
		m.Kept[i].offset, m.sumWidth = m.sumWidth, m.sumWidth+m.Kept[i].N
	}
	m.noiseForward, m.noiseBack = m.Step.reads(Noise, len(m.Noise)), m.Adjoint.reads(Noise, len(m.Noise))
	m.tileable = m.tiles()
}

// pieces lists all programs, nil for those that there are not.
func (m *Model) pieces() []*Piece {
	list := []*Piece{m.Step, m.Adjoint}
	for i := range m.Sources {
		list = append(list, m.Sources[i].Forward, m.Sources[i].Adjoint)
	}
	for i := range m.Records {
		list = append(list, m.Records[i].Forward, m.Records[i].Adjoint)
	}
	for i := range m.Observers {
		o := &m.Observers[i]
		list = append(append(list, o.Source, o.Backward), o.Model.pieces()...)
	}
	return list
}

// tiles says whether all programs can serve several lanes.
func (m *Model) tiles() bool {
	for _, p := range m.pieces() {
		if p != nil && !p.Program.Tileable() {
			return false
		}
	}
	return true
}

// widestNoise is the most samples that a noise needs in a step.
func (m *Model) widestNoise() int {
	n := 0
	for i := range m.Noise {
		n = max(n, m.Noise[i].N)
	}
	return n
}

// now is the number of products per lane that the sums of one step and their transpose take.
func (c *Coupling) now() int {
	if c.Dense {
		return c.NTo * c.NFrom
	}
	return c.edges[short]
}

// Share moves an observer's parameters to the end of the network's list.
func (m *Model) Share(params *[]ParamVar) {
	shift := func(p *Piece) {
		if p == nil {
			return
		}
		for _, wires := range [][]Wire{p.In, p.Out} {
			for i := range wires {
				if wires[i].Kind == Param {
					wires[i].Index += len(*params)
				}
			}
		}
	}
	shift(m.Step)
	shift(m.Adjoint)
	for i := range m.Records {
		shift(m.Records[i].Forward)
		shift(m.Records[i].Adjoint)
	}
	*params = append(*params, m.Params...)
	m.Params = nil
	for i := range m.Series {
		m.Series[i].Learned = false // its gradient is passed on, not kept
	}
}

// prepareSources finds out which sources need a past, and how long.
func (m *Model) prepareSources() {
	m.history = make([]int, len(m.States))
	for i := range m.Sums {
		s := &m.Sums[i]
		c := &m.Couplings[s.Coupling]
		s.offset, m.sumWidth = m.sumWidth, m.sumWidth+c.NTo
		m.constSum = append(m.constSum, s.Source < 0)
		if s.Source < 0 {
			continue
		}
		src := &m.Sources[s.Source]
		src.delayed = src.delayed || c.delayed
		src.now = src.now || !c.delayed
		src.recent = src.recent || !c.delayed || c.echoes()
		src.echoes = src.echoes || c.echoes()
		m.parts = m.parts || c.edges[middle] > 0
		src.depth = max(src.depth, c.depth)
	}
	for i := range m.Sources {
		s := &m.Sources[i]
		s.offset, m.sourceWidth = m.sourceWidth, m.sourceWidth+s.N
		switch {
		case s.isState():
			s.statesIn = []int{s.From.Index}
		case s.Forward != nil:
			for _, w := range s.Forward.In {
				if w.Kind == State {
					s.statesIn = append(s.statesIn, w.Index)
				}
			}
		}
		for _, k := range s.statesIn {
			m.history[k] = max(m.history[k], s.depth)
		}
	}
	for k, d := range m.history {
		m.historyWidth += d * m.States[k].N
	}
}

// isState says whether the signal is a state variable as it is.
func (s *Source) isState() bool { return s.Forward == nil && s.From.Kind == State }

// differentiable says whether something before source k may want its adjoint.
func (m *Model) differentiable(k int) bool {
	s := &m.Sources[k]
	return s.Forward != nil || s.isState() || m.Series[s.From.Index].Learned
}

// pastColumns is the number of past steps kept of a delayed source: at least a block.
func (s *Source) pastColumns() int { return max(s.depth, Block) }

// Histories returns the number of past steps that are needed of each state variable.
func (m *Model) Histories() []int { return m.history }

// CarryWidth is the number of values per lane that pass from one run to the next: states, histories
// (per state, oldest first, [step][region]), partial means of the records, and the absolute step.
// What observers pass on comes before the step.
func (m *Model) CarryWidth() int { return m.ObserverOffset(len(m.Observers)) + 1 }

// ObserverOffset is where the carry of observer k begins: that of its model, then the running sum of
// its input.
func (m *Model) ObserverOffset(k int) int {
	at := m.width + m.historyWidth + m.recordWidth
	for i := 0; i < k; i++ {
		at += m.Observers[i].Model.CarryWidth() + m.Observers[i].N
	}
	return at
}

// HistoryOffset is where the history of state k begins in a carry.
func (m *Model) HistoryOffset(k int) int {
	at := m.width
	for i := 0; i < k; i++ {
		at += m.history[i] * m.States[i].N
	}
	return at
}

// StateOffset is where state k begins in a carry.
func (m *Model) StateOffset(k int) int { return m.States[k].offset }
