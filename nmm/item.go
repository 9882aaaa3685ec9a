package nmm

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync/atomic"
)

// Item is a part of a model's definition beside its equations: a parameter, a
// state's range, a port, a reference.
type Item struct {
	add func(*Model) error
}

// ParameterInfo is a parameter of a model and its setting.
type ParameterInfo struct {
	Name, Unit, Meaning string
	Default             float64
	Values              []float64 // in Unit; length 1 if shared, else one per region
	Domain              Transform // the values it may have
	Learned             bool
	Transform           Transform // how it is learned, if it is
	Scope               Scope
}

// StateInfo is a state variable.
type StateInfo struct {
	Name, Unit, Meaning string
	Lo, Hi              float64 // range that initial values are drawn from
	Stepwise            bool    // its equation x(t + dt) = … gives the value after a step, not its rate
	Min, Max            float64 // bounds; ±Inf for none
	Bounding            Bounding
}

// PortInfo is an input for couplings and stimuli.
type PortInfo struct{ Name, Unit string }

// ObservableInfo is an algebraic line, which may be recorded like a state.
type ObservableInfo struct {
	Name, Unit string
	Driven     bool // it depends on a port: only a step of a network has its value
}

// preset is a named set of parameter values.
type preset struct {
	name   string
	values map[string]float64
}

// named is an item about a name, or about all modes of a name like "a[k]".
func named(name string, add func(m *Model, name string) error) Item {
	return Item{func(m *Model) error {
		return m.each(name, func(one string) error { return add(m, one) })
	}}
}

// Parameter declares a parameter with its default in unit. The name "a[k]", with
// an index of the equations, declares one per mode: a_1, a_2, …
func Parameter(name string, def float64, unit string, domain Transform, meaning string) Item {
	return named(name, func(m *Model, name string) error {
		if err := domain.err(); err != nil {
			return fmt.Errorf("parameter %q: %w", name, err)
		}
		if !domain.Contains(def) {
			return fmt.Errorf("parameter %q: default %g is outside its domain: expected %s", name, def, domain.domain())
		}
		m.parameters = append(m.parameters, ParameterInfo{Name: name, Unit: unit, Meaning: meaning,
			Default: def, Values: []float64{def}, Domain: domain})
		return m.declare(name, unit, "parameter")
	})
}

// State says the range that a state's initial value is drawn from, in the state's
// unit, and what it is. A state without this item starts at 0. The name may be
// that of all modes, "xi[k]".
func State(name string, lo, hi float64, meaning string) Item {
	return named(name, func(m *Model, name string) error {
		s, err := m.state(name)
		if err != nil {
			return err
		}
		if !(lo <= hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
			return fmt.Errorf("state %q: expected a finite initial range [lo, hi], found [%g, %g]", name, lo, hi)
		}
		s.Lo, s.Hi, s.Meaning = lo, hi, meaning
		return nil
	})
}

// Bounds limits a state to [lo, hi], after every stage of a step: by clipping it, or
// how the last argument says. ±Inf is no bound, and equal ones hold the state there,
// as a lesion does. The name may be that of all modes, "xi[k]".
func Bounds(state string, lo, hi float64, how ...Bounding) Item {
	return named(state, func(m *Model, state string) error {
		s, err := m.state(state)
		if err != nil {
			return err
		}
		if !(lo <= hi) || math.IsInf(lo, 1) || math.IsInf(hi, -1) {
			return fmt.Errorf("state %q: expected bounds lo <= hi, found [%g, %g]", state, lo, hi)
		}
		if len(how) > 1 {
			return fmt.Errorf("state %q: expected one way to keep it within its bounds, found %v", state, how)
		}
		s.Min, s.Max, s.Bounding = lo, hi, HardClip
		if len(how) == 1 {
			s.Bounding = how[0]
		}
		if err := s.Bounding.check(lo, hi); err != nil {
			return fmt.Errorf("state %q: %w", state, err)
		}
		if math.IsInf(lo, -1) && math.IsInf(hi, 1) {
			s.Bounding = HardClip // of no bounds there is one kind
		}
		return nil
	})
}

// Port declares an input for couplings and stimuli; it is 0 where nothing is
// attached. The name "xi_in[k]" declares one per mode.
func Port(name, unit string) Item {
	return named(name, func(m *Model, name string) error {
		m.ports = append(m.ports, PortInfo{name, unit})
		return m.declare(name, unit, "port")
	})
}

// Reference cites where the model comes from.
func Reference(text string) Item {
	return Item{func(m *Model) error {
		m.references = append(m.references, text)
		return nil
	}}
}

// Family says which kind of model it is, such as "oscillator": the models of a family stand together in
// the catalogue.
func Family(name string) Item {
	return Item{func(m *Model) error {
		m.family = name
		return nil
	}}
}

// Preset names a set of parameter values, in the parameters' units, for
// Model.Preset.
func Preset(name string, values map[string]float64) Item {
	return Item{func(m *Model) error {
		m.presets = append(m.presets, preset{name, maps.Clone(values)})
		return nil
	}}
}

// functionCount numbers the functions that models and transforms define, so that
// two of one name are told apart.
var functionCount atomic.Uint64

// Function makes a Go function of one number callable in the equations; argument
// and value are dimensionless. df is its derivative, and d2f the second one, which
// exponential integrators and curvature need; either may be nil as long as
// nothing asks for it.
func Function(name string, f, df, d2f func(float64) float64) Item {
	return Item{func(m *Model) error {
		if f == nil {
			return fmt.Errorf("function %q is nil", name)
		}
		if err := m.checkFree(name); err != nil {
			return fmt.Errorf("function %q: %w", name, err)
		}
		given(name, functionCount.Add(1), f, df, d2f).enter(m.functions, pureNumbers)
		return nil
	}}
}

// state finds a state by name.
func (m *Model) state(name string) (*StateInfo, error) {
	i := slices.IndexFunc(m.states, func(s StateInfo) bool { return s.Name == name })
	if e, ok := m.equationOf(name); ok && i < 0 {
		return nil, m.src.errorAt(e.at, fmt.Sprintf("%q is used as a state, but its line says what it is: expected d%s/dt = …", name, name))
	}
	if i < 0 {
		return nil, fmt.Errorf("no state %q has an equation; %s", name, nearest(name, m.stateNames()))
	}
	return &m.states[i], nil
}

// checkFree refuses a name that equations could not refer to, or that has a meaning
// already.
func (m *Model) checkFree(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	_, variable := m.units[name]
	if _, function := m.functions[name]; variable || function {
		return fmt.Errorf("the name is taken already")
	}
	return nil
}

// declare enters a name and its unit.
func (m *Model) declare(name, unit, what string) error {
	if err := m.checkFree(name); err != nil {
		return fmt.Errorf("%s %q: %w", what, name, err)
	}
	u, err := parseUnit(unit)
	if err != nil {
		return fmt.Errorf("%s %q: %w", what, name, err)
	}
	m.units[name] = u
	return nil
}

// checkName refuses what the equations could not refer to.
func checkName(name string) error {
	src := &source{lines: []string{name}}
	if tokens, err := src.tokens(1); err != nil || len(tokens) != 1 || tokens[0].class != 'a' || tokens[0].text != name || strings.HasSuffix(name, "'") {
		return fmt.Errorf("expected a name of letters, digits and _")
	}
	if _, ok := constants[name]; ok {
		return fmt.Errorf("the name belongs to a constant of the language")
	}
	if _, ok := functions[name]; ok {
		return fmt.Errorf("the name belongs to a function of the language")
	}
	return nil
}
