package graph

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// start is the operation that makes the carry of the first step from initial states and histories.
func (c *compiled) start(run *Run, fixed []float64, slots []*slot) (*G.Node, error) {
	o := &op{name: "start", shape: tensor.Shape{run.Lanes, c.model.CarryWidth()}}
	var inputs G.Nodes
	for _, s := range slots {
		inputs = append(inputs, s.node)
		o.wrt = append(o.wrt, true)
	}
	o.do = func(in [][]float64) ([]float64, error) {
		carry := append([]float64(nil), fixed...)
		for i, s := range slots {
			c.fill(carry, s, s.read(in[i], run.Lanes), run.Lanes)
		}
		return carry, nil
	}
	o.symDiff = func(inputs G.Nodes, _, grad *G.Node) (G.Nodes, error) {
		grads := make(G.Nodes, len(slots))
		for i, s := range slots {
			back := &op{name: "start gradient " + s.value.Address, shape: inputs[i].Shape().Clone()}
			back.do = func(in [][]float64) ([]float64, error) { return c.startGradient(s, in[0], in[1], run.Lanes), nil }
			var err error
			if grads[i], err = back.apply(inputs[i], grad); err != nil {
				return nil, err
			}
		}
		return grads, nil
	}
	return o.apply(inputs...)
}

// startGradient gathers what a carry's gradient says about a slot's value x.
func (c *compiled) startGradient(s *slot, x, carry []float64, lanes int) []float64 {
	v, width := s.read(x, lanes), c.model.CarryWidth()
	full := make([]float64, len(v.Data))
	lo, hi := c.bounds(s)
	c.place(s, lanes, func(l, at, k, n int) {
		k += laneIndex(s.lanes, l, s.size)
		grad, into := carry[l*width+at:][:n], full[k:][:n]
		for i, x := range v.Data[k:][:n] {
			if x >= lo && x <= hi {
				into[i] += grad[i]
			}
		}
	})
	into := make([]float64, len(x))
	s.reduce(into, full)
	return into
}

func laneIndex(perLane bool, lane, size int) int {
	if perLane {
		return lane * size
	}
	return 0
}

// place calls do for every pair of places, each for n numbers: in a lane's carry and in the slot's value.
func (c *compiled) place(s *slot, lanes int, do func(lane, at, k, n int)) {
	m, base := c.model, 0
	constantPast := c.constantPast
	if s.observer > 0 {
		base = m.ObserverOffset(s.observer - 1)
		m = m.Observers[s.observer-1].Model
		constantPast = make([]bool, len(m.States))
	}
	n, depth := m.States[s.index].N, m.Histories()[s.index]
	for l := 0; l < lanes; l++ {
		if s.value.Kind == historyKind {
			do(l, m.HistoryOffset(s.index), s.size-depth*n, depth*n) // only the latest rows are read
			continue
		}
		do(l, base+m.StateOffset(s.index), 0, n)
		for d := 0; d < depth && constantPast[s.index]; d++ {
			do(l, m.HistoryOffset(s.index)+d*n, 0, n)
		}
	}
}
