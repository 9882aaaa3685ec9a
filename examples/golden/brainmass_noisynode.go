package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/euryale-ml/euryale/graph"
)

// brainmassNode is the variance of a linear node dx/dt = γ x + input that noise drives.
type brainmassNode struct {
	Sigma float64
	Cases []struct {
		Dt       float64 `json:"dt_ms"`
		Variance float64 `json:"var"`
	}
	TheoryOU string `json:"theory_ou"` // has τ
}

// readBrainmassNode makes an instance of every step of a block linear_node_gamma_γ_NOISE.
func readBrainmassNode(block string, raw json.RawMessage) ([]instance, error) {
	var f brainmassNode
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, err
	}
	var gamma, tau float64
	var noise string
	if _, err := fmt.Sscanf(strings.ReplaceAll(strings.TrimPrefix(block, "linear_node_gamma_"), "_", " "), "%g %s", &gamma, &noise); err != nil || !(gamma < 0) {
		return nil, fmt.Errorf("expected linear_node_gamma_γ_NOISE: %v", err)
	}
	if _, after, ok := strings.Cut(f.TheoryOU, "tau="); ok {
		_, _ = fmt.Sscanf(after, "%g", &tau) // a block without τ is skipped below
	}
	var all []instance
	for i := range f.Cases {
		all = append(all, instance{fmt.Sprintf("%s[%d]", block, i), func() outcome {
			switch {
			case noise == "gaussian":
				return f.gaussian(i, gamma)
			case noise == "ou" && tau > 0:
				return f.ou(i, gamma, tau)
			}
			return skipped("needs the noise %s", noise)
		}})
	}
	return all, nil
}

// ou compares the variance, ours and theirs, with that of the continuous equations, up to the error of
// a step that is a few hundredths of τ.
func (f *brainmassNode) ou(i int, gamma, tau float64) outcome {
	c := f.Cases[i]
	want := f.Sigma * f.Sigma / 2 / (-gamma * (-gamma + 1/tau))
	run := noisyRun{gamma: gamma, dt: c.Dt, scheme: graph.Heun,
		noise: &graph.ColouredNoise{Name: "ou", To: cortex + ".x_in", Tau: tau, Deviation: []float64{f.Sigma / math.Sqrt2}}}
	rows, err := run.run(cortex+".x", 1, int(10*tau/c.Dt))
	if err != nil {
		return failed("%v", err)
	}
	var cmp comparison
	cmp.variance("variance", rows[0], want, 2*c.Dt/tau)
	cmp.near("their variance", []float64{c.Variance}, []float64{want}, 2*c.Dt/tau, 0)
	return cmp.outcome()
}

// gaussian compares our variance, which hardly depends on the step, with that of the equations in steps,
// and theirs with what noise of one variance for all steps makes of it.
func (f *brainmassNode) gaussian(i int, gamma float64) outcome {
	c := f.Cases[i]
	run := noisyRun{gamma: gamma, dt: c.Dt, noise: &graph.Noise{To: cortex + ".x", Sigma: []float64{f.Sigma}}, scheme: graph.ExponentialEuler}
	rows, err := run.run(cortex+".x", 1, int(-10/gamma/c.Dt))
	if err != nil {
		return failed("%v", err)
	}
	decay := -math.Expm1(2 * gamma * c.Dt)
	drift := math.Expm1(gamma*c.Dt) / gamma // what a step makes of an input
	var cmp comparison
	cmp.variance("variance", rows[0], f.Sigma*f.Sigma*c.Dt/decay, 0)
	cmp.near("their variance", []float64{c.Variance}, []float64{f.Sigma * f.Sigma * drift * drift / decay}, 0.02, 0)
	return cmp.excepted("brainmass Gaussian noise", "steps of %g ms", c.Dt)
}
