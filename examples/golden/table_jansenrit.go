package main

import "github.com/euryale-ml/euryale/nmm"

// jansenRitClasses are those of synaptic potentials.
var jansenRitClasses = []class{
	{
		peer: "tvb", name: "JansenRit", model: nmm.JansenRit,
		states: same("y0", "y1", "y2", "y3", "y4", "y5"),
		params: same("A", "B", "a", "b", "v0", "nu_max", "r", "J", "a_1", "a_2", "a_3", "a_4", "mu"),
		unused: []string{"p_min", "p_max"},
		ports:  []pair{is("c0", "y4_in")}, // the second row of its coupling enters nothing
		local:  []local{{"c0", "y1", 1}, {"c0", "y2", -1}},
	},
	{
		// Potentials in mV, their derivatives in mV/s, rates in Hz; s_max is twice our nu_max.
		peer: "brainmass", name: "JansenRitStep", model: nmm.JansenRit,
		states: []pair{is("M", "y0"), is("E", "y1"), is("I", "y2"), in("Mv", "y3", 1e-3), in("Ev", "y4", 1e-3), in("Iv", "y5", 1e-3)},
		params: []pair{
			is("Ae", "A"), is("Ai", "B"), in("be", "a", 1e-3), in("bi", "b", 1e-3), in("s_max", "nu_max", 0.5e-3),
			is("v0", "v0"), is("r", "r"), is("C", "J"), is("a1", "a_1"), is("a2", "a_2"), is("a3", "a_3"), is("a4", "a_4"),
		},
		fixed: map[string]float64{"mu": 0},
		ports: []pair{is("M_inp", "y3_in"), in("E_inp", "y4_in", 1e-3), is("I_inp", "y5_in")},
	},
	class{
		peer: "tvb", name: "ZetterbergJansen", model: nmm.ZetterbergJansen,
		states: same("v1", "y1", "v2", "y2", "v3", "y3", "v4", "y4", "v5", "y5", "v6", "v7"),
		params: same("He", "Hi", "ke", "ki", "e0", "rho_1", "rho_2", "gamma_1", "gamma_2", "gamma_3", "gamma_4", "gamma_5",
			"gamma_1T", "gamma_2T", "gamma_3T", "P", "U", "Q"),
		ports: []pair{is("c0", "v6_in")},
		local: []local{{"c0", "v6", 1}},
	}.codedAs("TVB Zetterberg-Jansen", "dy5/dt", "dy5/dt = Hi*ki*gamma_5*S_7 - 2*ki*y5 - ke^2*v5 : mV/ms"),
}
