package nmm

import (
	"fmt"
	"slices"
)

// DelayInfo is a reading of the past in the equations, such as "x(t - tau)". What runs the model gives it a node
// under its name, as it does for a port; Model.Nodes takes the present state where there is none.
type DelayInfo struct {
	Name      string  // as in the text, with one space around the minus
	State     string  // that is read
	Parameter string  // that holds the delay in ms; empty if it is a number
	Value     float64 // of the number, ms
}

// Delays lists the readings of the past, in the order of the text.
func (m *Model) Delays() []DelayInfo { return slices.Clone(m.delays) }

// delay finds a reading of the past by its name.
func (m *Model) delay(name string) (DelayInfo, bool) {
	i := slices.IndexFunc(m.delays, func(d DelayInfo) bool { return d.Name == name })
	if i < 0 {
		return DelayInfo{}, false
	}
	return m.delays[i], true
}

// isDelay tells whether a parameter is a delay.
func (m *Model) isDelay(parameter string) bool {
	return slices.ContainsFunc(m.delays, func(d DelayInfo) bool { return d.Parameter == parameter })
}

// pastOf returns the delay d of a call x(t - d).
func (e *expr) pastOf() (d *expr, ok bool) {
	if e.kind != callExpr || len(e.args) != 1 || e.args[0].kind != differenceExpr {
		return nil, false
	}
	t, d := e.args[0].args[0], e.args[0].args[1]
	return d, t.kind == nameExpr && t.text == "t" && (d.kind == nameExpr || d.kind == numberExpr)
}

// past checks the units of a reading of the past, and says whether a call is one: whether it calls a variable.
func (c *checker) past(e *expr) (measure, bool, error) {
	unit, ok := c.units[e.text]
	if !ok {
		return one, false, nil
	}
	d, ok := e.pastOf()
	if !ok {
		return one, true, c.src.errorAt(e.at, fmt.Sprintf("expected %s(t - d), the value of %s before a time d that is a parameter or a number", e.text, e.text))
	}
	found, err := c.infer(d)
	if err == nil {
		ms, _ := symbolMeasure("ms")
		err = c.expect(d, found, ms, "the delay")
	}
	return unit, true, err
}

// readPast replaces readings of the past in all equations by names of their own.
func (m *Model) readPast() error {
	made := len(m.derived) // lines behind these are made here, of present values only
	for i, e := range m.equations {
		right, err := m.withPast(e.right)
		if err != nil {
			return err
		}
		m.equations[i].right = right
	}
	for i := range made {
		right, err := m.withPast(m.derived[i].right)
		if err != nil {
			return err
		}
		m.derived[i].right = right
	}
	return nil
}

// withPast replaces them in a tree.
func (m *Model) withPast(e *expr) (*expr, error) {
	if e.kind == callExpr {
		if _, ok := m.units[e.text]; ok {
			return m.past(e, e.text)
		}
	}
	return e.mapArgs(m.withPast)
}

// mapArgs is e with f of its arguments.
func (e *expr) mapArgs(f func(*expr) (*expr, error)) (*expr, error) {
	c := *e
	c.args = make([]*expr, len(e.args))
	for i, a := range e.args {
		var err error
		if c.args[i], err = f(a); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

// past is the name of the delayed value of a state, or of a line that is made for it: the line of a variable with
// everything in it delayed. The call says by how much.
func (m *Model) past(call *expr, variable string) (*expr, error) {
	d, _ := call.pastOf()
	name := &expr{kind: nameExpr, at: call.at, text: fmt.Sprintf("%s(t - %s)", variable, d.delayText())}
	if _, ok := m.equationOf(name.text); ok {
		return name, nil
	}
	line, ok := m.equationOf(variable)
	switch {
	case !ok:
		return nil, m.src.errorAt(call.at, fmt.Sprintf("%s has no past: it is no state, and no line made of states and parameters", variable))
	case line.state():
		return name, m.addDelay(name.text, variable, d)
	}
	right, err := m.delayed(call, line.right)
	if err != nil {
		return nil, err
	}
	m.derived = append(m.derived, equation{name: name.text, at: call.at, right: right})
	return name, nil
}

// delayed is a tree of a line with all its variables delayed.
func (m *Model) delayed(call, e *expr) (*expr, error) {
	_, past := m.delay(e.text)
	_, number := constants[e.text]
	_, variable := m.units[e.text]
	switch {
	case e.kind == callExpr && variable, e.kind == nameExpr && past:
		return nil, m.src.errorAt(call.at, fmt.Sprintf("%s is made of delayed values already: expected a state, or a line of present ones", call.text))
	case e.kind == nameExpr && !number && m.stage(e.text) == varying:
		return m.past(call, e.text)
	}
	return e.mapArgs(func(a *expr) (*expr, error) { return m.delayed(call, a) })
}

// delayText is a delay as it stands in names.
func (e *expr) delayText() string {
	if e.kind == nameExpr {
		return e.text
	}
	return fmt.Sprintf("%g[ms]", e.value)
}

// addDelay enters a reading of the past of a state.
func (m *Model) addDelay(name, state string, d *expr) error {
	if _, ok := m.delay(name); ok {
		return nil
	}
	info := DelayInfo{Name: name, State: state, Value: d.value}
	if d.kind == nameExpr {
		i := slices.IndexFunc(m.parameters, func(p ParameterInfo) bool { return p.Name == d.text })
		if i < 0 {
			return m.src.errorAt(d.at, fmt.Sprintf("expected a parameter or a number as the delay, found %q", d.text))
		}
		info.Parameter, info.Value = d.text, m.parameters[i].Default
	}
	if info.Value < 0 {
		return m.src.errorAt(d.at, fmt.Sprintf("expected a delay ≥ 0 ms, found %g", info.Value))
	}
	if info.Parameter != "" {
		info.Value = 0
	}
	m.delays = append(m.delays, info)
	return nil
}

// checkDelay refuses what a parameter that is a delay cannot be.
func (m *Model) checkDelay(p *ParameterInfo) error {
	if !m.isDelay(p.Name) {
		return nil
	}
	if p.Learned {
		return fmt.Errorf("a delay cannot be learned: it counts in whole steps")
	}
	if lowest := slices.Min(p.Values); lowest < 0 {
		return fmt.Errorf("a delay cannot be negative, found %g %s", lowest, p.Unit)
	}
	return nil
}
