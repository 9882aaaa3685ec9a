package nmm

// WilsonCowanAdaptive is the rate model of Wilson and Cowan whose populations tire: slow variables follow their
// activity and are taken from their inputs,
//
//	τ_e  dE/dt   = -E + (1 - r_e E) S_e(c_ee E - c_ei I + P - A_e)
//	τ_i  dI/dt   = -I + (1 - r_i I) S_i(c_ie E - c_ii I + Q - A_i)
//	τ_ae dA_e/dt = -A_e + g_e E
//	τ_ai dA_i/dt = -A_i + g_i I
//	S(x) = σ(a (x - b)) - σ(-a b),   σ(x) = 1/(1 + e^-x)
//
// E and I are active fractions, without unit like A_e and A_i; τ is in ms, and c_ei weighs what I does to E, as in
// WilsonCowan. Couplings and stimuli enter inside the sigmoids, at E_in and I_in. Where E and I alone have a silent
// and an active state, a strong g_e makes them alternate slowly, as in sleep: every 170 ms with the preset "slow
// oscillation".
//
// Wilson and Cowan, Biophys. J. 12 (1972) 1-24, doi:10.1016/S0006-3495(72)86068-5; adaptation: Levenstein, Buzsáki and
// Rinzel, Nat. Commun. 10 (2019) 2478, doi:10.1038/s41467-019-10327-5.
func WilsonCowanAdaptive() *Model {
	return define("WilsonCowanAdaptive", `
	x_e = c_ee*E - c_ei*I + P - A_e + E_in             : 1
	x_i = c_ie*E - c_ii*I + Q - A_i + I_in             : 1
	S_e = sigmoid(a_e*(x_e - b_e)) - sigmoid(-a_e*b_e) : 1
	S_i = sigmoid(a_i*(x_i - b_i)) - sigmoid(-a_i*b_i) : 1

	dE/dt   = (-E + (1 - r_e*E)*S_e) / tau_e : 1
	dI/dt   = (-I + (1 - r_i*I)*S_i) / tau_i : 1
	dA_e/dt = (-A_e + g_e*E) / tau_ae        : 1
	dA_i/dt = (-A_i + g_i*I) / tau_ai        : 1`,

		append(wilsonCowanPair(),
			Parameter("c_ee", 12, "1", Free, "weight to E from E"),
			Parameter("c_ei", 13, "1", Free, "weight to E from I"),
			Parameter("c_ie", 4, "1", Free, "weight to I from E"),
			Parameter("c_ii", 11, "1", Free, "weight to I from I"),
			Parameter("tau_ae", 100, "ms", Positive, "time constant of the adaptation of E"),
			Parameter("tau_ai", 80, "ms", Positive, "time constant of the adaptation of I"),
			Parameter("g_e", 0.1, "1", Free, "strength of the adaptation of E"),
			Parameter("g_i", 0.08, "1", Free, "strength of the adaptation of I"),

			State("A_e", 0, 0.2, "adaptation of E"),
			State("A_i", 0, 0.2, "adaptation of I"),

			Preset("slow oscillation", map[string]float64{"P": 1, "g_e": 8}),
			Reference("Levenstein, Buzsáki and Rinzel (2019) Nat. Commun. 10: 2478, doi:10.1038/s41467-019-10327-5"),
		)...)
}
