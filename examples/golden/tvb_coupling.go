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

// number formats v so that the expression parser reads the same double.
func literal(v float64) string { return fmt.Sprintf("(%.17g)", v) }

// tvbCoupling writes a TVB coupling of the given coupled states in our terms, one per coupled state.
// In a pre text x is the source state, in a post text the target's (tvb.md §4).
func tvbCoupling(c map[string]array, states []string) ([]term, *outcome) {
	v := func(name string) float64 { return c[name].data[0] }
	l := func(name string) string { return literal(v(name)) }
	class := c["class"].text
	for name, a := range c {
		if name != "class" && len(a.data) != 1 {
			return nil, decline(skipped("needs a coupling parameter per state (%s of %s)", name, class))
		}
	}
	each := func(t term) []term {
		var all []term
		for _, s := range states {
			u := t
			u.from = s
			all = append(all, u)
		}
		return all
	}
	switch class {
	case "Linear":
		return each(term{gain: v("a"), offset: v("b")}), nil
	case "Scaling":
		return each(term{gain: v("a")}), nil
	case "Coupling":
		return each(term{gain: 1}), nil
	case "Difference":
		return each(term{pre: []string{"x", "1"}, post: "S1 - S2*x", gain: v("a")}), nil
	case "HyperbolicTangent":
		return each(term{pre: []string{fmt.Sprintf("%s*(1 + tanh((%s*x - %s)/%s))", l("a"), l("b"), l("midpoint"), l("sigma"))}, gain: 1}), nil
	case "Sigmoidal":
		return each(term{post: fmt.Sprintf("%s + (%s - %s)*sigmoid(%s*(S1 - %s)/%s)", l("cmin"), l("cmax"), l("cmin"), l("a"), l("midpoint"), l("sigma")), gain: 1}), nil
	case "Kuramoto":
		return each(term{pre: []string{"sin(x)", "cos(x)"}, post: "S1*cos(x) - S2*sin(x)", gain: v("a") / float64(len(states))}), nil
	case "SigmoidalJansenRit":
		if len(states) < 2 {
			return nil, decline(failed("SigmoidalJansenRit needs two coupled states, found %d", len(states)))
		}
		return nil, decline(skipped("needs coupling class %s", class))
	case "PreSigmoidal":
		return nil, decline(excepted("TVB's PreSigmoidal sums over the wrong axis (tvb.md §4, §12 item 2)"))
	}
	return nil, decline(skipped("needs coupling class %s", class))
}

// decline makes an early outcome.
func decline(o outcome) *outcome { return &o }
