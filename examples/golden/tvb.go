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
	Cases          []struct {
		Label         string
		LocalCoupling float64 `json:"local_coupling"`
		Params        map[string]array
		State         array // [k][sv][mode]
		Coupling      array // [k][cvar][mode]
		Dfun          array // [k][sv][mode]
	}
}

// readTVBDfun makes a case of every entry of `cases`.
func readTVBDfun(d *document) ([]instance, error) {
	var f tvbDfun
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for i, c := range f.Cases {
		all = append(all, instance{fmt.Sprintf("%s %s local_coupling=%v", f.Model, c.Label, f.Cases[i].LocalCoupling), func() outcome {
			class, missing := lookUp("tvb", f.Model)
			if class == nil {
				return missing
			}
			k := c.State.dim(0)
			class = class.running(c.Params)
			p := point{class: class, n: k, params: c.Params, states: map[string][]float64{}, ports: map[string][]float64{}}
			for v, name := range f.StateVariables {
				p.states[name] = column(c.State, v)
			}
			for v := 0; v < c.Coupling.dim(1); v++ {
				p.ports[fmt.Sprintf("c%d", v)] = column(c.Coupling, v)
			}
			p.local = c.LocalCoupling
			got, o := p.evaluate()
			if o != nil {
				return *o
			}
			var cmp comparison
			for v, name := range f.StateVariables {
				if class.compares(name, c.Params, &cmp) {
					cmp.nearTerms("d"+name, got[name], column(c.Dfun, v), tvbPointwise)
				}
			}
			return class.judge(cmp.outcome())
		}})
	}
	return all, nil
}

// column returns entry v of the middle level of [k][v][mode] for every k, first mode.
func column(a array, v int) []float64 {
	out := make([]float64, a.dim(0))
	for k := range out {
		out[k] = a.at(k, v, 0)
	}
	return out
}
