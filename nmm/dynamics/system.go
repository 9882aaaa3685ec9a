package dynamics

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// System is the flow dx/dt = f(x, p) of one region, or of a network, with the present values of its parameters p.
// It is not safe for concurrent use.
type System struct {
	name  string
	net   *graph.Network
	short map[string]string // addresses by the names that one region's parameters and ports have
	flows map[string]*graph.Flow

	states []string
	vars   []graph.FlowVariable
	silent []int // states that nothing depends on
}

// New makes the system of one region of a model. Its parameters have the model's names and values, and so have its
// ports, which are constant inputs, 0 at first.
func New(m *nmm.Model) (*System, error) {
	if m == nil {
		return nil, fmt.Errorf("dynamics: no model")
	}
	s := &System{name: m.Name(), short: map[string]string{}, flows: map[string]*graph.Flow{}}
	const region = "region"
	parts := []graph.Part{graph.Population(region, []string{m.Name()}, m)}
	for _, p := range m.Parameters() {
		s.short[p.Name] = region + "." + p.Name
	}
	for _, p := range m.Ports() {
		parts = append(parts, &graph.Input{Name: p.Name, To: region + "." + p.Name, Values: mat.NewDense(1, 1, nil)})
		s.short[p.Name] = "input:" + p.Name
	}
	var err error
	if s.net, err = graph.NewNetwork(parts...); err != nil {
		return nil, s.within(err)
	}
	return s, s.list(func(v graph.FlowVariable) string { return strings.TrimPrefix(v.Address, region+".") })
}

// OfNetwork makes the system of a network without delays, with the values that it has now. Its noise is left out.
// Parameters have their addresses.
func OfNetwork(net *graph.Network) (*System, error) {
	if net == nil {
		return nil, fmt.Errorf("dynamics: no network")
	}
	own, err := net.Clone()
	if err != nil {
		return nil, fmt.Errorf("dynamics: %w", err)
	}
	s := &System{name: "network", net: own, flows: map[string]*graph.Flow{}}
	return s, s.list(func(v graph.FlowVariable) string { return v.Address + " of " + v.Region })
}

// list names the states.
func (s *System) list(name func(graph.FlowVariable) string) error {
	f, err := s.flow("")
	if err != nil {
		return err
	}
	s.vars = f.Variables()
	for _, v := range s.vars {
		s.states = append(s.states, name(v))
	}
	s.findSilent(f)
	return nil
}

// within says which system an error is about.
func (s *System) within(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("dynamics: %s: %w", s.name, err)
}

// errorf is an error about the system.
func (s *System) errorf(format string, args ...any) error {
	return s.within(fmt.Errorf(format, args...))
}

// Name is the model's name, or "network".
func (s *System) Name() string { return s.name }

// States lists the names of the states, in the order of all numbers that are states.
func (s *System) States() []string { return slices.Clone(s.states) }

// Units lists the units of the states.
func (s *System) Units() []string {
	list := make([]string, len(s.vars))
	for i, v := range s.vars {
		list[i] = v.Unit
	}
	return list
}

// Start is the state that a run starts from: the middle of the ranges of initial values, unless a network has others.
func (s *System) Start() []float64 {
	x := make([]float64, len(s.vars))
	for i, v := range s.vars {
		x[i] = v.Start
	}
	return x
}

// Set gives a parameter or a constant input a value: a number in its unit or an nmm.Quantity, for a network whatever
// graph.Network.Set takes.
func (s *System) Set(name string, value any) error {
	address, err := s.address(name)
	if err != nil {
		return err
	}
	if q, ok := value.(nmm.Quantity); ok && strings.HasPrefix(address, "input:") {
		if value, err = s.converted(address, q); err != nil {
			return err
		}
	}
	switch v := value.(type) {
	case float64:
		value = s.asInput(address, v)
	case int:
		value = s.asInput(address, float64(v))
	}
	if err := s.net.Set(address, value); err != nil {
		return s.within(err)
	}
	return s.renew(address)
}

// renew gives the compiled flows the present value of a parameter, or forgets them if it is not one number.
func (s *System) renew(address string) error {
	v, err := s.net.Get(address)
	if err != nil {
		return s.within(err)
	}
	for name, f := range s.flows {
		if len(v) != 1 || f.Set(address, v[0]) != nil {
			delete(s.flows, name)
		}
	}
	return nil
}

func (s *System) converted(address string, q nmm.Quantity) (float64, error) {
	unit, err := s.net.Unit(address)
	if err != nil {
		return 0, s.within(err)
	}
	v, err := nmm.Convert(q.Value, q.Unit, unit)
	return v, s.within(err)
}

// asInput makes a series of one row of a number for an input.
func (s *System) asInput(address string, v float64) any {
	if strings.HasPrefix(address, "input:") {
		return mat.NewDense(1, 1, []float64{v})
	}
	return v
}

// checkRange wants the ends of a parameter's range to be values that it may have.
func (s *System) checkRange(name string, from, to float64) error {
	present, err := s.Get(name)
	if err != nil {
		return err
	}
	return errors.Join(s.Set(name, from), s.Set(name, to), s.Set(name, present))
}

// Get returns the value of a parameter or a constant input.
func (s *System) Get(name string) (float64, error) {
	address, err := s.address(name)
	if err != nil {
		return 0, err
	}
	v, err := s.net.Get(address)
	if err != nil {
		return 0, s.within(err)
	}
	for _, x := range v {
		if x != v[0] {
			return 0, s.errorf("%s differs from region to region, %v and %v: there is not one value to begin with", name, v[0], x)
		}
	}
	if len(v) == 0 {
		return 0, nil
	}
	return v[0], nil
}

// address finds a parameter.
func (s *System) address(name string) (string, error) {
	if s.short == nil {
		return name, nil
	}
	if a, ok := s.short[name]; ok {
		return a, nil
	}
	return "", s.errorf("unknown parameter %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(s.short)), ", "))
}

// unit is the unit of a parameter.
func (s *System) unit(name string) (string, error) {
	address, err := s.address(name)
	if err != nil {
		return "", err
	}
	u, err := s.net.Unit(address)
	return u, s.within(err)
}

// flow is the compiled flow as a function of a parameter, if it has a name.
func (s *System) flow(parameter string) (*graph.Flow, error) {
	if f, ok := s.flows[parameter]; ok {
		return f, nil
	}
	var list []string
	if parameter != "" {
		address, err := s.address(parameter)
		if err != nil {
			return nil, err
		}
		list = []string{address}
	}
	f, err := s.net.Flow(list...)
	if err != nil {
		return nil, s.within(err)
	}
	s.flows[parameter] = f
	return f, nil
}

// Derivative returns dx/dt at x. It panics unless x has one number per state.
func (s *System) Derivative(x []float64) ([]float64, error) {
	f, err := s.flow("")
	if err != nil {
		return nil, err
	}
	dx := make([]float64, len(x))
	f.Derivative(dx, x)
	return dx, nil
}

// Jacobian returns ∂(dx_i/dt)/∂x_j at x, row i, column j. It panics unless x has one number per state.
func (s *System) Jacobian(x []float64) (*mat.Dense, error) {
	f, err := s.flow("")
	if err != nil {
		return nil, err
	}
	j := mat.NewDense(len(x), len(x), nil)
	f.Jacobian(make([]float64, len(x)), j, x)
	return j, nil
}

// state finds a state by name.
func (s *System) state(name string) (int, error) {
	if i := slices.Index(s.states, name); i >= 0 {
		return i, nil
	}
	return 0, s.errorf("unknown state %q; there are %s", name, strings.Join(s.states, ", "))
}

// checkState wants one finite number per state; nil is the start.
func (s *System) checkState(x []float64) ([]float64, error) {
	if x == nil {
		return s.Start(), nil
	}
	if len(x) != len(s.states) {
		return nil, s.errorf("expected %d numbers, one for each of %s, found %d", len(s.states), strings.Join(s.states, ", "), len(x))
	}
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, s.errorf("state %s is %v, not a finite number", s.states[i], v)
		}
	}
	return slices.Clone(x), nil
}

// scales are sizes of the states: the width of their ranges.
func (s *System) scales() []float64 {
	list := make([]float64, len(s.vars))
	for i, v := range s.vars {
		if list[i] = v.Hi - v.Lo; list[i] == 0 {
			list[i] = 1
		}
	}
	return list
}

// beyond is how many widths of its range away from it a state means nothing.
const beyond = 50

// reachable says whether a state is one of the model: within its bounds, and not too far from the range of initial values, if it
// has one.
func (s *System) reachable(x []float64) bool {
	for i, v := range s.vars {
		width := v.Hi - v.Lo
		slack := 1e-9 * width // a point on a bound may be beyond it by rounding
		if x[i] < v.Min-slack || x[i] > v.Max+slack || width > 0 && (x[i] < v.Lo-beyond*width || x[i] > v.Hi+beyond*width) {
			return false
		}
	}
	return true
}

// clip applies the bounds.
func (s *System) clip(x []float64) {
	for i, v := range s.vars {
		x[i] = max(v.Min, min(v.Max, x[i]))
	}
}
