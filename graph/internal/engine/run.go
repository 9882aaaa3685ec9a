package engine

// Settings of a run of one window.
type Settings struct {
	Steps    int // steps of this window
	Offset   int // steps of the whole run before this window
	Warmup   int // steps of the whole run before recording starts
	Every    int // steps per record
	Average  bool
	Last     bool  // no window of the run follows
	Horizon  int   // 0: never cut
	Budget   int64 // bytes for tapes, checkpoints and histories of all lanes; 0: unlimited
	Elastic  bool  // a budget that cannot be kept is raised
	MaskLane bool  // go on when a lane diverges
	Tile     int   // lanes of a bundle, at most; 0: as many as suit the model
	Progress func(steps int)
}

// Samples is the number of records that this window completes, and the index of the first of them.
func (s *Settings) Samples() (first, count int) {
	before := max(s.Offset-s.Warmup, 0) / s.Every
	after := max(s.Offset+s.Steps-s.Warmup, 0) / s.Every
	return before, after - before
}

// Value is the value of a parameter, of a coupling's weights or of a series: one lane's worth of
// numbers, or Lanes times as many.
type Value struct {
	Data    []float64
	PerLane bool
}

func (v *Value) lane(l, n int) []float64 {
	if v.PerLane {
		return v.Data[l*n : (l+1)*n]
	}
	return v.Data
}

// Inputs of a run. Carry is [lane][CarryWidth]; its last element is the absolute first step.
type Inputs struct {
	Lanes   int
	Seeds   []uint64
	Carry   []float64
	Params  []Value
	Weights []Value
	Series  []Value
}

// Outputs of a run: Records[r] is [lane][sample][region], Carry as in Inputs.
// Reverse takes gradients in the same form.
type Outputs struct {
	Records  [][]float64
	Observed [][][]float64 // records by observer
	Carry    []float64
}

// Gradients of a run. A nil slice is not wanted. Each has the length of the Value it belongs to.
type Gradients struct {
	Carry   []float64
	Params  [][]float64
	Weights [][]float64
	Series  [][]float64
}
