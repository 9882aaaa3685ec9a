package main

import (
	"encoding/json"
	"fmt"
)

// Tolerances of golden/tvb/README.md for float64 code, relative to the largest value of an array.
const (
	tvbPointwise  = 1e-9 // dfun, couplings
	tvbTrajectory = 1e-8
)

func tvbSchemas() []schema {
	from := func(keys ...string) func(*document) bool {
		return func(d *document) bool { return d.from("tvb-library") && d.has(keys...) }
	}
	t := func(name, pattern string, read func(*document) ([]instance, error), keys ...string) schema {
		return schema{"tvb", name, pattern, from(keys...), read}
	}
	return []schema{
		t("dfun", "dfun/*.json", readTVBDfun, "state_variables", "cvar_default", "cases"),
		t("trajectories", "trajectories/*.json", readTVBTrajectories, "weights", "runs", "record_steps"),
		t("trajectories_extra", "trajectories_extra/*.json", readTVBExtra, "label", "integrator", "history", "x"),
		t("coupling", "coupling/*.json", readTVBCoupling, "coupling", "past", "output"),
		t("monitors", "monitors/*.json", readTVBMonitors, "input", "output"),
		t("analyzers", "analyzers/*.json", readTVBAnalyzers, "sample_period_ms", "results"),
		t("connectivity", "connectivity/*.json", readTVBConnectivity, "scaled_weights", "idelays"),
		t("equations", "equations/*.json", readTVBEquations, "var", "equations"),
		t("noise", "noise/*.json", readTVBColoured, "ntau", "xi"),
	}
}

// tvbDfun is a dfun file: the derivatives of K independent nodes.
type tvbDfun struct {
	Model          string
	StateVariables []string `json:"state_variables"`
	NModes         int      `json:"n_modes"`
	Cases          []tvbDfunCase
}

type tvbDfunCase struct {
	Label         string
	LocalCoupling float64 `json:"local_coupling"`
	Params        map[string]array
	State         array // [k][sv][mode]
	Coupling      array // [k][cvar][mode]
	Dfun          array // [k][sv][mode]
}

// readTVBDfun makes a case of every entry of `cases`.
func readTVBDfun(d *document) ([]instance, error) {
	var f tvbDfun
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for i := range f.Cases {
		c := &f.Cases[i]
		all = append(all, instance{fmt.Sprintf("%s %s local_coupling=%v", f.Model, c.Label, c.LocalCoupling), func() outcome {
			found, missing := lookUp("tvb", f.Model)
			if found == nil {
				return missing
			}
			return found.tried(c.Params, func(class *class) outcome { return c.run(class, tvbVariables(f.StateVariables, f.NModes)) })
		}})
	}
	return all, nil
}

// run compares the derivatives. A model with modes gets the sum over them from its couplings.
func (c *tvbDfunCase) run(class *class, variables []tvbVariable) outcome {
	p := point{class: class, n: c.State.dim(0), params: c.Params, states: map[string][]float64{}, ports: map[string][]float64{}, local: c.LocalCoupling}
	modes := 1
	for _, v := range variables {
		p.states[v.name] = v.column(c.State)
		modes = max(modes, v.mode+1)
	}
	for row := range c.Coupling.dim(1) {
		port := fmt.Sprintf("c%d", row)
		for mode := range modes {
			p.ports[port] = add(p.ports[port], tvbVariable{"", row, mode}.column(c.Coupling))
		}
	}
	got, o := p.evaluate()
	if o != nil {
		return *o
	}
	var cmp comparison
	for _, v := range variables {
		if class.compares(v.name, c.Params, &cmp) {
			cmp.nearTerms("d"+v.name, got[v.name], v.column(c.Dfun), tvbPointwise)
		}
	}
	return cmp.outcome()
}

// tvbVariable is a row of a state array in one mode; the modes of a state x are x_1, x_2, …, if there are several.
type tvbVariable struct {
	name      string
	row, mode int
}

// tvbVariables lists them, mode by mode.
func tvbVariables(states []string, modes int) []tvbVariable {
	var all []tvbVariable
	for mode := range max(modes, 1) {
		for row, name := range states {
			if modes > 1 {
				name = fmt.Sprintf("%s_%d", name, mode+1)
			}
			all = append(all, tvbVariable{name, row, mode})
		}
	}
	return all
}

// column returns the variable's entries of [k][row][mode].
func (v tvbVariable) column(a array) []float64 {
	out := make([]float64, a.dim(0))
	for k := range out {
		out[k] = a.at(k, v.row, v.mode)
	}
	return out
}

// nodes returns the variable's entries of [row][node][mode].
func (v tvbVariable) nodes(a array) []float64 {
	out := make([]float64, a.dim(1))
	for i := range out {
		out[i] = a.at(v.row, i, v.mode)
	}
	return out
}
