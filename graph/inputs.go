package graph

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph/internal/engine"
)

// checkValues checks Run.Values as far as can be told without the step.
func (n *Network) checkValues(run *Run) error {
	for _, address := range slices.Sorted(maps.Keys(run.Values)) {
		if err := n.checkAddress(address); err != nil {
			return within(err, "Run.Values")
		}
		over := run.Values[address]
		if absent(over) {
			return fmt.Errorf("graph: Run.Values[%q] is nil", address)
		}
		data, _, cols := flatten(over)
		for i, x := range data {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("graph: Run.Values[%q]: value %d of lane %d, %v, is not a finite number", address, i%cols+1, i/cols, x)
			}
		}
	}
	return nil
}

// checkAddress refuses what is neither an address nor the delays of a coupling.
func (n *Network) checkAddress(address string) error {
	var delays []string
	for _, c := range n.couplings {
		if c.delaysAddress() == address {
			return nil
		}
		delays = append(delays, c.delaysAddress())
	}
	if strings.HasSuffix(address, "/delays") {
		return fmt.Errorf("graph: unknown address %q%s", address, nearest(address, delays))
	}
	_, err := n.lookup(address)
	return err
}

// checkEdges refuses weights where the network has no edge: they would be left out.
func (v *value) checkEdges(given engine.Value, c *engine.Coupling) error {
	if len(c.Index) == c.Weights {
		return nil
	}
	edge := make([]bool, c.Weights)
	for _, e := range c.Index {
		edge[e] = true
	}
	for k, w := range given.Data {
		if e := k % c.Weights; w != 0 && !edge[e] {
			to, from := v.edge(e)
			return fmt.Errorf("graph: %s: entry to %s from %s is %v, but there is no edge, because the network's weights have a 0 there and do not learn", v.Address, v.Labels[to], v.Source[from], w)
		}
	}
	return nil
}

// present gathers the network's current values as inputs of a run; Run.Values override them.
func (c *compiled) present(n *Network, run *Run) (*engine.Inputs, error) {
	in := &engine.Inputs{Lanes: run.Lanes, Seeds: run.Seeds}
	for _, p := range c.model.Params {
		v, err := n.engineValue(p.Address, p.N, run)
		if err != nil {
			return nil, err
		}
		in.Params = append(in.Params, v)
	}
	for i, p := range c.plans {
		v, err := n.engineValue(p.Weights, c.model.Couplings[i].Weights, run)
		if err != nil {
			return nil, err
		}
		if _, over := run.Values[p.Weights]; over {
			if err := n.value(p.Weights).checkEdges(v, &c.model.Couplings[i]); err != nil {
				return nil, err
			}
		}
		in.Weights = append(in.Weights, v)
	}
	for _, p := range c.projections {
		v, err := n.engineValue(p.Address, len(p.Data), run)
		if err != nil {
			return nil, err
		}
		in.Weights = append(in.Weights, v)
	}
	in.Weights = append(in.Weights, make([]engine.Value, len(c.read))...) // nodes give them
	warmup, recorded := run.steps()
	for _, s := range c.model.Series {
		if s.Rows < warmup+recorded {
			return nil, fmt.Errorf("graph: %s has %d rows, the run has %d steps", s.Address, s.Rows, warmup+recorded)
		}
		v, err := n.engineValue(s.Address, s.N*s.Rows, run)
		if err != nil {
			return nil, err
		}
		in.Series = append(in.Series, v)
	}
	var err error
	in.Carry, err = c.initial(n, run)
	return in, err
}

// engineValue returns the value at an address as size numbers, or lanes times as many.
func (n *Network) engineValue(address string, size int, run *Run) (engine.Value, error) {
	v := n.value(address)
	if over, ok := run.Values[address]; ok {
		return laneValue(address, over, size, run.Lanes)
	}
	data := append([]float64(nil), v.Data...)
	switch {
	case len(data) == size:
	case len(data) == 1:
		data = repeat(data[0], size)
	case data == nil && v.Kind == inputKind && run.graph:
		data = make([]float64, size)
	case data == nil && v.Kind == inputKind:
		return engine.Value{}, fmt.Errorf("graph: %s has no values: set it, or give it in Run.Values or as a node", address)
	default:
		return engine.Value{}, fmt.Errorf("graph: %s has %d values, expected %d", address, len(data), size)
	}
	return engine.Value{Data: data}, nil
}

// laneValue reads one row per lane.
func laneValue(address string, over mat.Matrix, size, lanes int) (engine.Value, error) {
	data, rows, cols := flatten(over)
	if rows != lanes || (cols != size && cols != 1) {
		return engine.Value{}, fmt.Errorf("graph: Run.Values[%q]: expected %d rows, one per lane, of %d values; found %d × %d", address, lanes, size, rows, cols)
	}
	if cols != size {
		data = repeatEach(data, size)
	}
	return engine.Value{Data: data, PerLane: true}, nil
}

// initial makes the carry of a run's start: initial states, histories, nothing recorded, step 0.
func (c *compiled) initial(n *Network, run *Run) ([]float64, error) {
	m := c.model
	carry := make([]float64, run.Lanes*m.CarryWidth())
	c.constantPast = make([]bool, len(m.States))
	for k, state := range m.States[:n.stateCount()] { // behind them are observables, which have no past
		v, err := n.engineValue("init:"+state.Address, state.N, run)
		if err != nil {
			return nil, err
		}
		past, err := n.pastValue(state, m.Histories()[k], run)
		if err != nil {
			return nil, err
		}
		c.constantPast[k] = past.Data == nil
		c.fill(carry, &slot{value: n.value("init:" + state.Address), index: k, size: state.N}, v, run.Lanes)
		if past.Data != nil {
			c.fill(carry, &slot{value: n.value("history:" + state.Address), index: k, size: state.N * m.Histories()[k]}, past, run.Lanes)
		}
	}
	for i := range m.Observers {
		states := m.Observers[i].Model.States
		for k, state := range states[:len(states)-c.observers[i].step.driven] {
			v, err := n.engineValue("init:"+state.Address, state.N, run)
			if err != nil {
				return nil, err
			}
			c.fill(carry, &slot{value: n.value("init:" + state.Address), index: k, size: state.N, observer: i + 1}, v, run.Lanes)
		}
	}
	return carry, nil
}

// fill writes the value of an initial state or of a history into a carry, within the state's bounds.
func (c *compiled) fill(carry []float64, s *slot, v engine.Value, lanes int) {
	width := c.model.CarryWidth()
	lo, hi := c.bounds(s)
	c.place(s, lanes, func(l, at, k, n int) {
		into := carry[l*width+at:][:n]
		for i, x := range v.Data[laneIndex(v.PerLane, l, s.size)+k:][:n] {
			into[i] = max(lo, min(hi, x))
		}
	})
}

// pastValue returns the depth latest rows of a history, nothing if it is unset.
func (n *Network) pastValue(s engine.StateVar, depth int, run *Run) (engine.Value, error) {
	address := "history:" + s.Address
	if over, ok := run.Values[address]; ok && depth > 0 {
		return laneValue(address, over, depth*s.N, run.Lanes)
	}
	v := n.value(address)
	if v.Data == nil || depth == 0 {
		return engine.Value{}, nil
	}
	if v.Rows < depth {
		return engine.Value{}, fmt.Errorf("graph: %s has %d rows, the longest delay needs %d", address, v.Rows, depth)
	}
	return engine.Value{Data: v.Data[(v.Rows-depth)*s.N:]}, nil
}
