package engine

import "slices"

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
	recent   bool // some sum reads the present step or the last few in the ring
	echoes   bool // some edge reads the steps just before the present one
	offset   int  // in a source row
	statesIn []int
}

// isState says whether the signal is a state variable as it is.
func (s *Source) isState() bool { return s.Forward == nil && s.From.Kind == State }

// learns says whether a signal depends on a parameter that learns.
func (s *Source) learns() bool {
	return s.Adjoint != nil && slices.ContainsFunc(s.Adjoint.Out, func(w Wire) bool { return w.Kind == Param })
}

// pastColumns is the number of past steps kept of a delayed source: at least a block.
func (s *Source) pastColumns() int { return max(s.depth, Block) }

// differentiable says whether something before source k may want its adjoint.
func (m *Model) differentiable(k int) bool {
	s := &m.Sources[k]
	return s.Forward != nil || s.isState() || m.Series[s.From.Index].Learned
}

// prepareSources finds out which sources need a past, and how long.
func (m *Model) prepareSources() {
	m.history, m.part = make([]int, len(m.States)), Block
	read := m.Adjoint.reads(Sum, len(m.Sums))
	for i := range m.Sums {
		s := &m.Sums[i]
		c := &m.Couplings[s.Coupling]
		m.constSum = append(m.constSum, s.Source < 0)
		if s.Source < 0 {
			continue
		}
		if s.taped = c.ahead() || read[i]; s.taped {
			s.offset, m.sumWidth = m.sumWidth, m.sumWidth+c.NTo
		}
		s.now = !c.ahead() || c.edges[short] > 0
		src := &m.Sources[s.Source]
		src.delayed = src.delayed || c.delayed
		src.now = src.now || !c.delayed
		src.recent = src.recent || c.echoes() || !c.delayed && !(c.Dense && src.isState())
		src.echoes = src.echoes || c.echoes()
		if c.ahead() {
			m.part = min(m.part, ahead(c.fine))
		}
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
