package engine

// Block is the largest number of steps whose sums are computed at once.
const Block = 32

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

// SumVar is S_i = Σ_j W_ij source_j(t − d_ij), or Factor times the row sum of W if Source is −1.
type SumVar struct {
	Coupling, Source int
	Factor           float64
	offset           int  // in a row of sums, if it is taped
	taped            bool // it is known ahead of its step, or the adjoint reads it
	now              bool // some part of it is known in its step only
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
	coarse  int              // first class ahead that has edges, short if there is none
	fine    int              // last one
	sets    [classes]edgeSet // of all lanes, without LaneDelays
	edges   [classes]int     // of a lane, at most
	row     []int32          // edges to target i are row[i]..row[i+1]
}

// Record is something written out: a state variable, a program of states, or what taps read.
type Record struct {
	Address string
	Labels  []string
	State   int    // if Forward and Taps are nil
	Forward *Piece // In: State, Param; Out: Signal
	Adjoint *Piece
	Taps    []Tap // their sum is the record, if there are any
	N       int
	offset  int // in a row of all records
}

// Tap is element Read of Model.Read times the weights of a coupling that no sum uses, of the network's if the
// record is an observer's: a dense one without delays. A Read below 0 stands for a single number 1, and
// then the weights are the same in all lanes.
type Tap struct{ Read, Coupling int }

// isState says whether a record is a state variable as it is.
func (r *Record) isState() bool { return r.Forward == nil && r.Taps == nil }

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
	Read      []Record // by taps
	Observers []Observer
	Step      *Piece // Out: State, Kept
	Adjoint   *Piece // Out: State, Sum, Series per step; Param, and Sum of row sums, accumulated. nil if nothing learns

	width, sumWidth, seriesWidth, noiseWidth, sourceWidth, recordWidth, paramWidth int
	history                                                                        []int // depth of history kept per state, steps
	historyWidth                                                                   int
	constSum                                                                       []bool
	noiseForward, noiseBack                                                        []bool // noise that a way reads
	part                                                                           int    // steps that are computed without new sums ahead
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
	for i := range m.Read {
		list = append(list, m.Read[i].Forward, m.Read[i].Adjoint)
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
	for _, list := range [][]Record{m.Records, m.Read} {
		for i := range list {
			shift(list[i].Forward)
			shift(list[i].Adjoint)
		}
	}
	*params = append(*params, m.Params...)
	m.Params = nil
	for i := range m.Series {
		m.Series[i].Learned = false // its gradient is passed on, not kept
	}
}
