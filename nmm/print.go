package nmm

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// String shows the model: equations, tables of states, parameters, ports, observables and presets, references.
func (m *Model) String() string {
	var text strings.Builder
	text.WriteString(m.name)
	if m.family != "" {
		fmt.Fprintf(&text, ", %s", m.family)
	}
	text.WriteString("\n")
	for _, line := range m.equationLines() {
		fmt.Fprintf(&text, "  %s\n", line)
	}
	m.printTables(&text)
	for _, r := range m.references {
		fmt.Fprintf(&text, "%s\n", r)
	}
	return text.String()
}

// equationLines are the lines of the equations, without those that are empty and without what all are indented by.
func (m *Model) equationLines() []string {
	var lines []string
	margin := math.MaxInt
	for _, line := range m.src.lines {
		if strings.TrimSpace(line) != "" {
			lines, margin = append(lines, strings.TrimRight(line, " \t\r")), min(margin, indentation(line))
		}
	}
	for i := range lines {
		lines[i] = lines[i][margin:]
	}
	return lines
}

// printTables writes the tables that have lines.
func (m *Model) printTables(text *strings.Builder) {
	table := tabwriter.NewWriter(text, 0, 0, 2, ' ', 0)
	print := func(n int, head string, line func(i int) []any) {
		for i := 0; i < n; i++ {
			if i == 0 {
				fmt.Fprintln(table, head)
			}
			cells := line(i)
			fmt.Fprintf(table, strings.Repeat("%v\t", len(cells)-1)+"%v\n", cells...)
		}
		table.Flush()
	}
	print(len(m.states), "state\tunit\tinitial\tbounds\tmeaning", func(i int) []any {
		s := m.states[i]
		return []any{s.Name, s.Unit, fmt.Sprintf("[%g, %g]", s.Lo, s.Hi), s.boundsText(), s.Meaning}
	})
	print(len(m.parameters), "parameter\tvalue\tunit\tdomain\tlearned\tmeaning", func(i int) []any {
		p := m.parameters[i]
		return []any{p.Name, p.valueText(), p.Unit, p.Domain, p.learnedText(), p.Meaning}
	})
	print(len(m.ports), "port\tunit", func(i int) []any { return []any{m.ports[i].Name, m.ports[i].Unit} })
	print(len(m.observable), "observable\tunit\tdepends on ports", func(i int) []any {
		o := m.observable[i]
		return []any{o.Name, o.Unit, map[bool]string{false: "no", true: "yes"}[o.Driven]}
	})
	print(len(m.tables), "table\tunit\targuments\tvalues", func(i int) []any { return m.tables[i].cells() })
	print(len(m.presets), "preset\tvalues", func(i int) []any { return []any{m.presets[i].name, m.presets[i].valuesText()} })
}

func (s StateInfo) boundsText() string {
	if math.IsInf(s.Min, -1) && math.IsInf(s.Max, 1) {
		return "-"
	}
	if s.Bounding != HardClip {
		return fmt.Sprintf("[%g, %g] %v", s.Min, s.Max, s.Bounding)
	}
	return fmt.Sprintf("[%g, %g]", s.Min, s.Max)
}

func (p ParameterInfo) valueText() string {
	switch {
	case len(p.Values) > 1:
		return fmt.Sprintf("%g … %g (%d regions)", slices.Min(p.Values), slices.Max(p.Values), len(p.Values))
	case p.Values[0] != p.Default:
		return fmt.Sprintf("%g (default %g)", p.Values[0], p.Default)
	}
	return fmt.Sprintf("%g", p.Values[0])
}

func (p ParameterInfo) learnedText() string {
	if !p.Learned {
		return "-"
	}
	return fmt.Sprintf("%v, %v", p.Transform, p.Scope)
}

func (p preset) valuesText() string {
	list := slices.Sorted(maps.Keys(p.values))
	for i, name := range list {
		list[i] = fmt.Sprintf("%s = %g", name, p.values[name])
	}
	return strings.Join(list, ", ")
}

// cells are a table's entries in the table of tables.
func (t *table) cells() []any {
	ranges, sizes := make([]string, len(t.axes)), make([]string, len(t.axes))
	for i, a := range t.axes {
		ranges[i] = fmt.Sprintf("[%.6g, %.6g] %s", a.Start, a.Start+a.Step*float64(t.sizes[i]-1), a.Unit)
		sizes[i] = fmt.Sprint(t.sizes[i])
	}
	return []any{t.name, t.unit, strings.Join(ranges, ", "), strings.Join(sizes, " × ")}
}
