package nmm

import (
	"fmt"
	"slices"
)

// check proves the definition: units of every line, no cycles among algebraic
// lines, nothing declared in vain, presets that exist. It replaces diff
// and readings of the past in between.
func (m *Model) check() error {
	if len(m.states) == 0 {
		return m.src.errorAt(m.equations[0].at, `expected at least one equation "dx/dt = …", found none`)
	}
	for _, e := range m.equations {
		if err := m.checkUnit(e); err != nil {
			return err
		}
	}
	for _, e := range m.equations {
		if cycle := m.dependsOn(e.name, e.name, nil); !e.state() && cycle {
			return m.src.errorAt(e.at, fmt.Sprintf("%q depends on itself", e.name))
		}
	}
	for _, name := range m.symbolNames() {
		if s := slices.ContainsFunc(m.states, func(s StateInfo) bool { return s.Name == name }); !s && !m.used(name) {
			return fmt.Errorf("nmm: model %s: %q is declared and occurs in no equation", m.name, name)
		}
	}
	if err := m.derive(); err != nil {
		return err
	}
	if err := m.readPast(); err != nil {
		return err
	}
	m.findObservables()
	for i, p := range m.presets {
		if slices.ContainsFunc(m.presets[:i], func(o preset) bool { return o.name == p.name }) {
			return fmt.Errorf("nmm: model %s: there are two presets %q", m.name, p.name)
		}
		if err := m.Clone().Preset(p.name).Err(); err != nil {
			return err
		}
	}
	return nil
}

// checkUnit compares the unit of the right side with the declared one.
func (m *Model) checkUnit(e equation) error {
	c := &checker{src: m.src, units: m.units, functions: m.functions}
	found, err := c.infer(e.right)
	if err != nil {
		return err
	}
	wanted, left := m.units[e.name], e.name
	if e.next {
		left += "(t + dt)"
	}
	if e.derivative {
		ms, _ := symbolMeasure("ms")
		wanted, left = wanted.times(ms, fraction{-1, 1}), "d"+e.name+"/dt"
	}
	return c.expect(e.right, found, wanted, "the right side of "+left)
}

// equationOf finds the line of a name.
func (m *Model) equationOf(name string) (equation, bool) {
	for _, list := range [][]equation{m.equations, m.derived} {
		if i := slices.IndexFunc(list, func(e equation) bool { return e.name == name }); i >= 0 {
			return list[i], true
		}
	}
	return equation{}, false
}

// dependsOn tells whether the algebraic line of name refers to target, directly
// or through other algebraic lines.
func (m *Model) dependsOn(name, target string, seen map[string]bool) bool {
	e, ok := m.equationOf(name)
	if !ok || e.state() || seen[name] {
		return false
	}
	if seen == nil {
		seen = map[string]bool{}
	}
	seen[name] = true
	found := false
	e.right.walk(func(x *expr) {
		if x.kind == nameExpr && !found {
			found = x.text == target || m.dependsOn(x.text, target, seen)
		}
	})
	return found
}

// used tells whether a name occurs in any equation.
func (m *Model) used(name string) bool {
	found := false
	for _, e := range m.equations {
		e.right.walk(func(x *expr) { found = found || x.kind == nameExpr && x.text == name })
	}
	return found
}

// findObservables lists the algebraic lines.
func (m *Model) findObservables() {
	for _, e := range m.equations {
		if e.state() {
			continue
		}
		driven := slices.ContainsFunc(m.ports, func(p PortInfo) bool { return m.dependsOn(e.name, p.Name, nil) }) ||
			slices.ContainsFunc(m.delays, func(d DelayInfo) bool { return m.dependsOn(e.name, d.Name, nil) })
		m.observable = append(m.observable, ObservableInfo{e.name, m.units[e.name].String(), driven})
	}
}
