package graph

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// Flow is the right side of a network as a function of its state,
//
//	dx/dt = f(x, p)
//
// without noise and at constant inputs, compiled once and evaluated as often as one likes, with its exact
// Jacobian. It is what package nmm/dynamics analyses. The numbers of x are ordered by population, then by state,
// then by region: see Variables. Bounds of states play no part in it.
//
// A flow has the values that the network had when it was made. It has memory of its own for one evaluation, so
// that each goroutine needs its own.
type Flow struct {
	variables []FlowVariable
	offset    []int // in x, of each state of the network
	length    []int // regions of each state
	slots     []*flowSlot
	links     []*flowLink

	value, slope *flowProgram // f alone, and f with its derivatives
	names        []string     // of the parameters that it has slopes by
}

// FlowVariable is one number of the state of a Flow.
type FlowVariable struct {
	Address, Region, Unit string  // "cortex.r", "V1"
	Start                 float64 // the network's initial value
	Lo, Hi                float64 // range that initial values are drawn from
	Min, Max              float64 // bounds, ±Inf where there is none
}

// flowSlot is a parameter, a gain or an input of the flow.
type flowSlot struct {
	address string
	data    []float64 // as long as the leaf
	active  bool
}

// Flow compiles the right side of the network. Slope gives its derivatives by the parameters: addresses of model
// parameters, gains and inputs.
//
// A network with delays has no flow, because its state is more than x; nor has one with inputs that change with
// time: the error is ErrNoFlow.
func (n *Network) Flow(parameters ...string) (*Flow, error) {
	if err := n.autonomous(); err != nil {
		return nil, err
	}
	f := &Flow{names: slices.Clone(parameters)}
	b, err := n.newFlowGraph(f)
	if err != nil {
		return nil, err
	}
	f.layOut(n)
	if err := f.link(n); err != nil {
		return nil, err
	}
	if err := b.compile(); err != nil {
		return nil, err
	}
	return f, nil
}

// ErrNoFlow is the error of a network whose state is more than x, or whose flow changes with time.
var ErrNoFlow = errors.New("there is no flow dx/dt = f(x)")

// autonomous says what keeps a network from having a flow.
func (n *Network) autonomous() error {
	for _, c := range n.couplings {
		for e, w := range c.weights.Data {
			if w != 0 && (c.steps != nil && c.steps[e] > 0 || c.delay != nil && c.delay[e] > 0 || c.lag != nil && c.lag.Data[min(e, len(c.lag.Data)-1)] > 0) {
				i, j := c.weights.edge(e)
				return fmt.Errorf("graph: coupling %s has a delay, to %s from %s: %w", c.Name, c.to.labels[i], c.from.labels[j], ErrNoFlow)
			}
		}
	}
	for _, p := range n.populations {
		for _, s := range p.states {
			if s.Stepwise {
				return fmt.Errorf("graph: %s.%s moves from step to step, as its equation says: %w", p.name, s.Name, ErrNoFlow)
			}
		}
	}
	for _, address := range n.order {
		if v := n.values[address]; v.Kind == inputKind {
			if _, err := v.constantRow(); err != nil {
				return err
			}
		}
	}
	return nil
}

// constantRow is the row of an input that never changes; an unset input is 0.
func (v *value) constantRow() ([]float64, error) {
	if v.Data == nil {
		return make([]float64, v.Cols), nil
	}
	row := v.Data[:v.Cols]
	for k, x := range v.Data {
		if x != row[k%v.Cols] {
			return nil, fmt.Errorf("graph: %s: the %s differs from row 1: %w", v.Address, v.entry(k), ErrNoFlow)
		}
	}
	return row, nil
}

// layOut says where in x each state is.
func (f *Flow) layOut(n *Network) {
	for _, p := range n.populations {
		for _, s := range p.states {
			f.offset, f.length = append(f.offset, len(f.variables)), append(f.length, p.n())
			start := n.values["init:"+p.name+"."+s.Name].Data
			for r, label := range p.labels {
				f.variables = append(f.variables, FlowVariable{
					Address: p.name + "." + s.Name, Region: label, Unit: s.Unit, Start: start[r],
					Lo: s.Lo, Hi: s.Hi, Min: s.Min, Max: s.Max,
				})
			}
		}
	}
}

// Variables lists what the numbers of x are.
func (f *Flow) Variables() []FlowVariable { return slices.Clone(f.variables) }

// Parameters lists the addresses that Slope knows.
func (f *Flow) Parameters() []string { return slices.Clone(f.names) }

// Set gives a model parameter, a gain or an input a value, for all regions, in this flow and not in the network. Nothing is
// compiled anew.
func (f *Flow) Set(address string, value float64) error {
	i := slices.IndexFunc(f.slots, func(s *flowSlot) bool { return s.address == address })
	if i < 0 {
		return fmt.Errorf("graph: flow: expected the address of a model parameter, a gain or an input of regions, found %q%s", address, nearest(address, f.addresses()))
	}
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return fmt.Errorf("graph: %s: %v is not a finite number", address, value)
	}
	for k := range f.slots[i].data {
		f.slots[i].data[k] = value
	}
	f.value.stale, f.slope.stale = true, true
	return nil
}

// Derivative writes dx/dt at x to dst. It panics unless both have as many numbers as there are variables.
func (f *Flow) Derivative(dst, x []float64) {
	f.check(len(dst), len(x))
	f.evaluate(f.value, x)
	copy(dst, f.value.derivative)
}

// Jacobian writes dx/dt at x to dst and ∂(dx_i/dt)/∂x_j to j, row i, column j. It panics unless their sizes are those
// of the variables.
func (f *Flow) Jacobian(dst []float64, j *mat.Dense, x []float64) {
	rows, cols := j.Dims()
	f.check(len(dst), len(x), rows, cols)
	f.evaluate(f.slope, x)
	copy(dst, f.slope.derivative)
	j.Zero()
	f.slope.local(j)
	for _, l := range f.links {
		l.add(j)
	}
}

// Slope writes ∂(dx_i/dt)/∂p of a parameter to dst: its change in all regions together. It panics, naming the parameters
// that there are, if the flow was not made with it.
func (f *Flow) Slope(dst []float64, address string, x []float64) {
	f.check(len(dst), len(x))
	k := slices.Index(f.names, address)
	if k < 0 {
		panic(fmt.Sprintf("graph: the flow has slopes by %v, not by %s: give it to Network.Flow", f.names, address))
	}
	f.evaluate(f.slope, x)
	for i := range dst {
		dst[i] = 0
	}
	for _, d := range f.slope.slopes {
		if d.kind == byParameter && d.index == k {
			copy(dst[f.offset[d.state]:], d.data)
		}
	}
}

func (f *Flow) check(sizes ...int) {
	for _, n := range sizes {
		if n != len(f.variables) {
			panic(fmt.Sprintf("graph: flow: expected %d numbers, one per variable, found %d", len(f.variables), n))
		}
	}
}

// evaluate runs what is sent along edges and then a program at x.
func (f *Flow) evaluate(p *flowProgram, x []float64) {
	for _, l := range f.links {
		l.send(x)
	}
	p.run(x)
}

// flowProgram is a compiled program of the flow with its memory.
type flowProgram struct {
	flow       *Flow
	frame      *vm.Frame[float64]
	derivative []float64
	slopes     []*flowSlope
	stale      bool // parameters have changed since Begin
}

// flowSlope is the derivative of a state's dx/dt, region by region.
type flowSlope struct {
	state, index int // whose dx/dt, and by which state, link or parameter
	kind         slopeKind
	data         []float64
}

type slopeKind int

const (
	byState slopeKind = iota
	byLink
	byParameter
)

// run binds x and steps.
func (p *flowProgram) run(x []float64) {
	if p.stale {
		p.frame.Begin()
		p.stale = false
	}
	for k, at := range p.flow.offset {
		p.frame.Bind(k, x[at:at+p.flow.length[k]])
	}
	p.frame.Step()
}

// local adds what the regions' own states do to them.
func (p *flowProgram) local(j *mat.Dense) {
	for _, d := range p.slopes {
		if d.kind != byState {
			continue
		}
		row, col := p.flow.offset[d.state], p.flow.offset[d.index]
		for r, v := range d.data {
			j.Set(row+r, col+r, j.At(row+r, col+r)+v)
		}
	}
}
