package main

import (
	"math"

	"github.com/euryale-ml/euryale/nmm"
)

// qifClasses are those of mean fields of quadratic integrate-and-fire neurons.
var qifClasses = []class{
	{
		peer: "tvb", name: "MontbrioPazoRoxin", model: nmm.MontbrioPazoRoxin,
		states: []pair{is("r", "r"), is("V", "v")},
		params: []pair{is("tau", "tau"), is("Delta", "Delta"), is("J", "J"), is("eta", "eta"), is("I", "eta")},
		unused: []string{"Gamma", "cr", "cv"},
		ports:  []pair{timesParam("c0", "v_in", "cr"), timesParam("c1", "v_in", "cv")},
	},
	{
		// r in Hz, Δ in Hz with Δ_paper = Δ τ. Its 2rv is not divided by τ, so only τ = 1 ms is ours.
		peer: "brainmass", name: "MontbrioPazoRoxinStep", model: nmm.MontbrioPazoRoxin,
		states: []pair{in("r", "r", 1e-3), is("v", "v")},
		params: []pair{is("tau", "tau"), in("delta", "Delta", 1e-3), is("eta", "eta"), is("J", "J")},
		ports:  []pair{in("r_inp", "r_in", 1e-3), is("v_inp", "v_in")},
		check:  onlyUnitTau,
		differs: map[string]string{
			"tau": "brainmass does not divide 2rv by tau, so its derivative differs where the value agrees (brainmass.md §12.3 item 3)",
		},
	},
}

// onlyUnitTau excepts Montbrió-Pazó-Roxin cases in which brainmass's wrong time scale shows.
func onlyUnitTau(params map[string]array) *outcome {
	for _, tau := range params["tau"].data {
		if math.Abs(tau-1) > 0 {
			return decline(excepted("brainmass Montbrió-Pazó-Roxin", "tau is %g ms", tau))
		}
	}
	return nil
}
