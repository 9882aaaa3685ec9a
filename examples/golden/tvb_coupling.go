package main

import "fmt"

// term is one row of a coupling: gain · post(Σ_j W_ij pre(x_j)) + offset.
type term struct {
	from   string // source state
	pre    []string
	post   string
	gain   float64
	offset float64
}

// coupler writes a TVB coupling of a class's states in our terms (tvb.md §4). In a pre text x is the
// source state, in a post text the target's; TVB takes states as plain numbers, so they are divided by
// their unit.
type coupler struct {
	class  *class
	params map[string]array
	states []string
}

// v is a parameter's value, l the same as text that the expression parser reads as that double.
func (c coupler) v(name string) float64 { return c.params[name].data[0] }
func (c coupler) l(name string) string  { return fmt.Sprintf("(%.17g)", c.v(name)) }

// each makes one term for every coupled state.
func (c coupler) each(make func(unit string) term) ([]term, *outcome) {
	var all []term
	for _, s := range c.states {
		t := make(unitOf(c.class, s))
		t.from = s
		all = append(all, t)
	}
	return all, nil
}

// terms returns the rows of the coupling's output.
func (c coupler) terms() ([]term, *outcome) {
	kind := c.params["class"].text
	for name, a := range c.params {
		if name != "class" && len(a.data) != 1 {
			return nil, decline(skipped("needs a coupling parameter per state (%s of %s)", name, kind))
		}
	}
	switch kind {
	case "Linear":
		return c.each(func(string) term { return term{gain: c.v("a"), offset: c.v("b")} })
	case "Scaling":
		return c.each(func(string) term { return term{gain: c.v("a")} })
	case "Coupling":
		return c.each(func(string) term { return term{gain: 1} })
	case "Difference":
		return c.each(func(string) term { return term{pre: []string{"x", "1"}, post: "S1 - S2*x", gain: c.v("a")} })
	case "HyperbolicTangent":
		return c.each(func(unit string) term {
			return term{gain: 1, pre: []string{fmt.Sprintf("%s*(1 + tanh((%s*x/%s - %s)/%s))", c.l("a"), c.l("b"), unit, c.l("midpoint"), c.l("sigma"))}}
		})
	case "Sigmoidal":
		return c.each(func(unit string) term {
			return term{gain: 1, post: fmt.Sprintf("%s + (%s - %s)*sigmoid(%s*(S1/%s - %s)/%s)",
				c.l("cmin"), c.l("cmax"), c.l("cmin"), c.l("a"), unit, c.l("midpoint"), c.l("sigma"))}
		})
	case "Kuramoto": // TVB divides by the number of coupled states, not of nodes
		return c.each(func(unit string) term {
			return term{pre: []string{"sin(x/" + unit + ")", "cos(x/" + unit + ")"},
				post: fmt.Sprintf("S1*cos(x/%s) - S2*sin(x/%s)", unit, unit), gain: c.v("a") / float64(len(c.states))}
		})
	case "SigmoidalJansenRit":
		return c.sigmoidalJansenRit()
	case "PreSigmoidal":
		return nil, decline(excepted("TVB PreSigmoidal"))
	}
	return nil, decline(skipped("needs coupling class %s", kind))
}

// sigmoidalJansenRit has one row, a sigmoid of the difference of the first two coupled states.
func (c coupler) sigmoidalJansenRit() ([]term, *outcome) {
	if len(c.states) < 2 {
		return nil, decline(failed("SigmoidalJansenRit couples two states, found %v", c.states))
	}
	second, err := c.class.state(c.states[1])
	if err != nil {
		return nil, decline(failed("%v", err))
	}
	difference := fmt.Sprintf("x/%s - %s/%s", unitOf(c.class, c.states[0]), second.ours, unitOf(c.class, c.states[1]))
	pre := fmt.Sprintf("%s + (%s - %s)*sigmoid(%s*(%s - %s))", c.l("cmin"), c.l("cmax"), c.l("cmin"), c.l("r"), difference, c.l("midpoint"))
	return []term{{from: c.states[0], pre: []string{pre}, gain: c.v("a")}}, nil
}

// decline makes an early outcome.
func decline(o outcome) *outcome { return &o }
