package nmm

import (
	"fmt"
	"maps"
	"math"
	"slices"

	G "gorgonia.org/gorgonia"
)

// Model is the equations of one region with their parameters, states and inputs.
// Its settings (Set, Learn, Preset) are chained and keep the first error, which
// Err returns.
type Model struct {
	name       string
	family     string
	src        *source
	equations  []equation // shared between clones, never changed
	derived    []equation // algebraic lines that diff asks for
	delays     []DelayInfo
	written    []equation // as in the text
	modes      map[string]int
	states     []StateInfo
	parameters []ParameterInfo
	ports      []PortInfo
	references []string
	presets    []preset
	units      map[string]measure
	functions  map[string]function
	tables     []*table
	observable []ObservableInfo
	err        error
}

// Define makes a model from its equations, one per line, "dx/dt = … : unit of x"
// or "y = … : unit of y", and the items that they refer to. The right side of
// dx/dt has the unit of x per ms. An error says what is wrong and where: syntax,
// an unknown name, units that do not fit, a parameter that nothing uses.
func Define(name, equations string, items ...Item) (*Model, error) {
	text, err := parseEquations(name, equations)
	if err != nil {
		return nil, err
	}
	m := &Model{name: name, src: text.src, written: text.list, modes: text.modes, units: map[string]measure{}, functions: map[string]function{}}
	x := &expander{src: text.src, modes: text.modes, bound: map[string]int{}}
	if m.equations, err = x.equations(text.list); err != nil {
		return nil, err
	}
	for _, e := range m.equations {
		if err := m.declareEquation(e); err != nil {
			return nil, err
		}
	}
	for _, item := range items {
		if item.add == nil {
			return nil, fmt.Errorf("nmm: model %s: an item is empty", name)
		}
		if err := item.add(m); err != nil {
			return nil, fmt.Errorf("nmm: model %s: %w", name, err)
		}
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// define is Define for the models of this package, whose texts the tests prove.
func define(name, equations string, items ...Item) *Model {
	m, err := Define(name, equations, items...)
	if err != nil {
		panic(err)
	}
	return m
}

// declareEquation enters the left side of an equation.
func (m *Model) declareEquation(e equation) error {
	if _, ok := m.units[e.name]; ok {
		return m.src.errorAt(e.at, fmt.Sprintf("%q has an equation already", e.name))
	}
	if err := checkName(e.name); err != nil {
		return m.src.errorAt(e.at, fmt.Sprintf("%q on the left of =: %v", e.name, err))
	}
	u, err := parseUnit(e.unit)
	if err != nil {
		return m.src.wrapAt(e.unitAt, "", err)
	}
	m.units[e.name] = u
	if e.state() {
		m.states = append(m.states, StateInfo{Name: e.name, Stepwise: e.next, Unit: u.String(), Min: math.Inf(-1), Max: math.Inf(1)})
	}
	return nil
}

// Equations are the nodes of a model, as Model.Nodes makes them.
type Equations struct {
	Derivatives []*G.Node          // d state/dt in the state's unit per ms, in the order of States; the next value of a stepwise one
	Algebraic   map[string]*G.Node // the other lines, by name
}

// Nodes turns the equations into Gorgonia nodes. symbols gives the node of every
// state, parameter and port, and of nothing else: scalars () or vectors (n) of
// float64, in the declared units. An equation of scalars only gives a scalar. A
// port that is a constant node 0 leaves no trace. What the equations read of the past
// may be given under the names that Delays has; by default it is the present.
func (m *Model) Nodes(symbols map[string]*G.Node) (*Equations, error) {
	graph, err := graphOf(symbols)
	if err == nil {
		err = m.checkSymbols(symbols)
	}
	if err != nil {
		return nil, fmt.Errorf("nmm: model %s: %w", m.name, err)
	}
	b := &builder{src: m.src, graph: graph, functions: m.functions, names: m.names}
	algebraic := map[string]term{}
	b.lookup = func(name string) (term, bool, error) {
		if n, ok := symbols[name]; ok {
			return nodeTerm(n, m.stage(name)), true, nil
		}
		if t, ok := algebraic[name]; ok {
			return t, true, nil
		}
		if d, ok := m.delay(name); ok {
			return b.lookup(d.State)
		}
		e, ok := m.equationOf(name)
		if !ok {
			return term{}, false, nil
		}
		t, err := b.build(e.right) // algebraic, since states are symbols; check has excluded cycles
		algebraic[name] = t
		return t, true, err
	}
	return m.collect(b)
}

// collect builds every line.
func (m *Model) collect(b *builder) (*Equations, error) {
	result := &Equations{Algebraic: map[string]*G.Node{}}
	for _, e := range m.equations {
		if e.state() {
			t, err := b.build(e.right)
			if err != nil {
				return nil, err
			}
			result.Derivatives = append(result.Derivatives, b.node(t))
			continue
		}
		t, _, err := b.lookup(e.name)
		if err != nil {
			return nil, err
		}
		result.Algebraic[e.name] = b.node(t)
	}
	return result, nil
}

// stage tells parameters from states and ports.
func (m *Model) stage(name string) stage {
	if slices.ContainsFunc(m.parameters, func(p ParameterInfo) bool { return p.Name == name }) {
		return invariant
	}
	return varying
}

// symbolNames lists states, parameters and ports.
func (m *Model) symbolNames() []string {
	var list []string
	for _, s := range m.states {
		list = append(list, s.Name)
	}
	for _, p := range m.parameters {
		list = append(list, p.Name)
	}
	for _, p := range m.ports {
		list = append(list, p.Name)
	}
	return list
}

// names lists everything that an expression may refer to.
func (m *Model) names() []string { return slices.Collect(maps.Keys(m.units)) }

// checkSymbols wants a node for every symbol, and no other.
func (m *Model) checkSymbols(symbols map[string]*G.Node) error {
	wanted := m.symbolNames()
	for _, name := range wanted {
		if _, ok := symbols[name]; !ok {
			return fmt.Errorf("expected a node for each of %v, found none for %q", wanted, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(symbols)) {
		if _, past := m.delay(name); !past && !slices.Contains(wanted, name) {
			return fmt.Errorf("a node is given for %q, which is no state, parameter or port; %s", name, nearest(name, wanted))
		}
	}
	return nil
}
