package nmm

// WilsonCowanLinear is the rate model of Wilson and Cowan with a threshold-linear response,
//
//	τ_e dE/dt = -E + (1 - r_e E) [c_ee E - c_ei I + P]₊
//	τ_i dI/dt = -I + (1 - r_i I) [c_ie E - c_ii I + Q]₊        [x]₊ = max(x, 0)
//
// E and I are active fractions, without unit; τ is in ms, and c_ei weighs what I does to E, as in WilsonCowan.
// Couplings and stimuli enter inside the brackets, at E_in and I_in. Where both brackets are positive and
// r_e = r_i = 0 the model is linear; a response does not saturate but for r. At its threshold the derivative of the
// response is 1.
//
// Wilson and Cowan, Biophys. J. 12 (1972) 1-24, doi:10.1016/S0006-3495(72)86068-5; threshold-linear responses: Wilson
// and Cowan, Biol. Cybern. 115 (2021) 643-653, doi:10.1007/s00422-021-00912-7.
func WilsonCowanLinear() *Model {
	return define("WilsonCowanLinear", `
	x_e = c_ee*E - c_ei*I + P + E_in : 1
	x_i = c_ie*E - c_ii*I + Q + I_in : 1

	dE/dt = (-E + (1 - r_e*E)*max(x_e, 0)) / tau_e : 1
	dI/dt = (-I + (1 - r_i*I)*max(x_i, 0)) / tau_i : 1`,

		Family("population rate"),
		Parameter("c_ee", 0.8, "1", Free, "weight to E from E"),
		Parameter("c_ei", 0.3, "1", Free, "weight to E from I"),
		Parameter("c_ie", 1, "1", Free, "weight to I from E"),
		Parameter("c_ii", 0.85, "1", Free, "weight to I from I"),
		Parameter("tau_e", 1, "ms", Positive, "time constant of E"),
		Parameter("tau_i", 1, "ms", Positive, "time constant of I"),
		Parameter("r_e", 1, "1", Free, "refractory fraction of E"),
		Parameter("r_i", 1, "1", Free, "refractory fraction of I"),
		Parameter("P", 0, "1", Free, "constant input to E"),
		Parameter("Q", 0, "1", Free, "constant input to I"),

		State("E", 0, 1, "active fraction of the excitatory cells"),
		State("I", 0, 1, "active fraction of the inhibitory cells"),
		Port("E_in", "1"),
		Port("I_in", "1"),

		Reference("Wilson and Cowan (1972) Biophys. J. 12: 1-24, doi:10.1016/S0006-3495(72)86068-5"),
		Reference("Wilson and Cowan (2021) Biol. Cybern. 115: 643-653, doi:10.1007/s00422-021-00912-7"),
	)
}
