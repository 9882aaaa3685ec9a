package nmm

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
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

// String shows the model: equations, and tables of states, parameters and ports.
func (m *Model) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", m.name)
	for _, line := range m.src.lines {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintf(&text, "  %s\n", line)
		}
	}
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "state\tunit\tinitial\tbounds\tmeaning\n")
	for _, s := range m.states {
		fmt.Fprintf(table, "%s\t%s\t[%g, %g]\t[%g, %g]\t%s\n", s.Name, s.Unit, s.Lo, s.Hi, s.Min, s.Max, s.Meaning)
	}
	table.Flush()
	fmt.Fprintf(table, "parameter\tvalue\tunit\tdomain\tlearned\tmeaning\n")
	for _, p := range m.parameters {
		fmt.Fprintf(table, "%s\t%s\t%s\t%v\t%s\t%s\n", p.Name, p.valueText(), p.Unit, p.Domain, p.learnedText(), p.Meaning)
	}
	table.Flush()
	fmt.Fprintf(table, "port\tunit\n")
	for _, p := range m.ports {
		fmt.Fprintf(table, "%s\t%s\n", p.Name, p.Unit)
	}
	table.Flush()
	for _, r := range m.references {
		fmt.Fprintf(&text, "%s\n", r)
	}
	return text.String()
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

func (p ParameterInfo) valueText() string {
	if len(p.Values) == 1 {
		return fmt.Sprintf("%g", p.Values[0])
	}
	return fmt.Sprintf("%g … %g (%d regions)", slices.Min(p.Values), slices.Max(p.Values), len(p.Values))
}

func (p ParameterInfo) learnedText() string {
	if !p.Learned {
		return "-"
	}
	return fmt.Sprintf("%v, %v", p.Transform, p.Scope)
}
