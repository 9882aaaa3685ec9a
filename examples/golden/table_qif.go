package main

import (
	"slices"

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
	class{
		// r in Hz, Δ in Hz with Δ_paper = Δ τ. It does not divide 2rv by τ, which τ = 1 ms hides.
		peer: "brainmass", name: "MontbrioPazoRoxinStep", model: nmm.MontbrioPazoRoxin,
		states:  []pair{in("r", "r", 1e-3), is("v", "v")},
		params:  []pair{is("tau", "tau"), in("delta", "Delta", 1e-3), is("eta", "eta"), is("J", "J")},
		ports:   []pair{in("r_inp", "r_in", 1e-3), is("v_inp", "v_in"), in("r to v", "v_in", 1e-3)}, // the last of r in 1/ms
		codedIf: notOne("tau"),
		differs: map[string]string{
			"tau": "brainmass does not divide 2rv by tau, so its derivative differs where the value agrees (brainmass.md §12.3 item 3)",
		},
	}.codedAs("brainmass Montbrió-Pazó-Roxin", "dr/dt", "dr/dt = (Delta/(pi*tau) + 2*r*v + r_in) / 1[ms] : 1/ms"),
	{
		// r, Δ and the conductances count in membrane time constants, of 1 ms.
		peer: "tvb", name: "CoombesByrne", model: nmm.CoombesByrne,
		states: []pair{is("r", "r"), is("V", "v"), is("g", "g"), is("q", "q")},
		params: same("Delta", "eta", "k", "v_syn", "alpha"), fixed: map[string]float64{"tau": 1},
		ports: []pair{is("c0", "v_in")}, // the others of its coupling enter nothing
	},
	{
		peer: "tvb", name: "CoombesByrne2D", model: nmm.CoombesByrne2D,
		states: []pair{is("r", "r"), is("V", "v")},
		params: same("Delta", "eta", "k", "v_syn"), fixed: map[string]float64{"tau": 1},
		ports: []pair{is("c0", "v_in")},
	},
	{
		peer: "brainmass", name: "CoombesByrneStep", model: nmm.CoombesByrne2D,
		states: same("r", "v"),
		params: same("Delta", "eta", "k", "v_syn"), fixed: map[string]float64{"tau": 1},
		ports: []pair{is("r_inp", "r_in"), is("v_inp", "v_in"), is("r to v", "v_in")},
	},
	adapting("GastSchmidtKnosche_SD", nmm.GastSchmidtKnoscheSD),
	adapting("GastSchmidtKnosche_SF", nmm.GastSchmidtKnoscheSF),
	{
		peer: "tvb", name: "DumontGutkin", model: nmm.DumontGutkin,
		states: []pair{is("r_e", "r_e"), is("V_e", "v_e"), is("s_ee", "s_ee"), is("s_ei", "s_ei"),
			is("r_i", "r_i"), is("V_i", "v_i"), is("s_ie", "s_ie"), is("s_ii", "s_ii")},
		params: same("I_e", "Delta_e", "eta_e", "tau_e", "I_i", "Delta_i", "eta_i", "tau_i", "tau_s", "J_ee", "J_ei", "J_ie", "J_ii", "Gamma"),
		ports:  []pair{is("c0", "s_e_in")},
	},
}

// adapting makes a class of short-term adaptation.
func adapting(name string, model func() *nmm.Model) class {
	return class{
		peer: "tvb", name: name, model: model,
		states: []pair{is("r", "r"), is("V", "v"), is("A", "A"), is("B", "B")},
		params: append(same("tau", "tau_A", "alpha", "Delta", "J", "eta"), is("I", "eta")),
		unused: []string{"cr", "cv"},
		ports:  []pair{timesParam("c0", "v_in", "cr"), timesParam("c1", "v_in", "cv")},
	}
}

// notOne reports whether a parameter is not 1 somewhere.
func notOne(name string) func(map[string]array) bool {
	return func(params map[string]array) bool {
		return slices.ContainsFunc(params[name].data, func(v float64) bool { return v != 1 })
	}
}
