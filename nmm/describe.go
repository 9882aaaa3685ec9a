package nmm

import (
	"maps"
	"slices"
)

// Name returns the model's name.
func (m *Model) Name() string { return m.name }

// Family returns the kind of model, such as "oscillator"; empty if its definition does not say.
func (m *Model) Family() string { return m.family }

// Parameters lists the parameters with their settings, in the order of their
// definition.
func (m *Model) Parameters() []ParameterInfo {
	list := slices.Clone(m.parameters)
	for i := range list {
		list[i].Values = slices.Clone(list[i].Values)
	}
	return list
}

// States lists the states in the order of their equations.
func (m *Model) States() []StateInfo { return slices.Clone(m.states) }

// Ports lists the inputs.
func (m *Model) Ports() []PortInfo { return slices.Clone(m.ports) }

// References lists where the model comes from.
func (m *Model) References() []string { return slices.Clone(m.references) }

// Observables lists the algebraic lines.
func (m *Model) Observables() []ObservableInfo { return slices.Clone(m.observable) }

// PresetInfo is a named set of parameter values, in the parameters' units.
type PresetInfo struct {
	Name   string
	Values map[string]float64
}

// Presets lists the sets of parameters that the model defines, such as regimes of the literature.
func (m *Model) Presets() []PresetInfo {
	list := make([]PresetInfo, len(m.presets))
	for i, p := range m.presets {
		list[i] = PresetInfo{p.name, maps.Clone(p.values)}
	}
	return list
}

func (m *Model) stateNames() []string {
	names := make([]string, len(m.states))
	for i, s := range m.states {
		names[i] = s.Name
	}
	return names
}

func (m *Model) portNames() []string {
	names := make([]string, len(m.ports))
	for i, p := range m.ports {
		names[i] = p.Name
	}
	return names
}
