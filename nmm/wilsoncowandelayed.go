package nmm

import "math"

// WilsonCowanDelayed is the rate model of Wilson and Cowan whose populations hear of each other, and of themselves,
// with delays,
//
//	τ_e dE/dt = -E + (1 - r_e E) S_e(c_ee E(t - d_ee) - c_ei I(t - d_ei) + P)
//	τ_i dI/dt = -I + (1 - r_i I) S_i(c_ie E(t - d_ie) - c_ii I(t - d_ii) + Q)
//	S(x) = σ(a (x - b)) - σ(-a b),   σ(x) = 1/(1 + e^-x)
//
// E and I are active fractions, without unit; τ and d are in ms, and c_ei weighs what I did to E a time d_ei ago.
// Couplings and stimuli enter inside the sigmoids, at E_in and I_in. Delays are rounded to whole steps and may differ
// from region to region; they cannot be learned. Before the start E and I are what their histories say, or constant.
// The preset "inhibitory feedback" oscillates with a period of 11 ms; without delays it is steady.
//
// Wilson and Cowan, Biophys. J. 12 (1972) 1-24, doi:10.1016/S0006-3495(72)86068-5; delays: Coombes and Laing, Phil.
// Trans. R. Soc. A 367 (2009) 1117-1129, doi:10.1098/rsta.2008.0256.
func WilsonCowanDelayed() *Model {
	return define("WilsonCowanDelayed", `
	x_e = c_ee*E(t - d_ee) - c_ei*I(t - d_ei) + P + E_in : 1
	x_i = c_ie*E(t - d_ie) - c_ii*I(t - d_ii) + Q + I_in : 1
	S_e = sigmoid(a_e*(x_e - b_e)) - sigmoid(-a_e*b_e)   : 1
	S_i = sigmoid(a_i*(x_i - b_i)) - sigmoid(-a_i*b_i)   : 1

	dE/dt = (-E + (1 - r_e*E)*S_e) / tau_e : 1
	dI/dt = (-I + (1 - r_i*I)*S_i) / tau_i : 1`,

		append(wilsonCowanPair(),
			Parameter("c_ee", 12, "1", Free, "weight to E from E"),
			Parameter("c_ei", 13, "1", Free, "weight to E from I"),
			Parameter("c_ie", 4, "1", Free, "weight to I from E"),
			Parameter("c_ii", 11, "1", Free, "weight to I from I"),
			Parameter("d_ee", 2, "ms", Between(0, math.Inf(1)), "delay to E from E"),
			Parameter("d_ei", 1.5, "ms", Between(0, math.Inf(1)), "delay to E from I"),
			Parameter("d_ie", 2, "ms", Between(0, math.Inf(1)), "delay to I from E"),
			Parameter("d_ii", 1.5, "ms", Between(0, math.Inf(1)), "delay to I from I"),

			Preset("inhibitory feedback", map[string]float64{"c_ee": 0, "c_ei": 20, "c_ie": 20, "c_ii": 0, "r_e": 0, "r_i": 0, "P": 4}),
			Reference("Coombes and Laing (2009) Phil. Trans. R. Soc. A 367: 1117-1129, doi:10.1098/rsta.2008.0256"),
		)...)
}
