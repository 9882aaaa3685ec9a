package nmm

// WilsonCowan is the rate model of an excitatory and an inhibitory population,
//
//	τ_e dE/dt = -E + (k_e - r_e E) S_e(α_e (c_ee E - c_ei I + P - θ_e))
//	τ_i dI/dt = -I + (k_i - r_i I) S_i(α_i (c_ie E - c_ii I + Q - θ_i))
//	S(x) = c (σ(a (x - b)) - s σ(-a b)),   σ(x) = 1/(1 + e^-x)
//
// E and I are active fractions, without unit; τ is in ms. c_ei weighs what I does
// to E. The sigmoid is shifted to vanish at 0 for s = shift = 1, as in the paper,
// and plain for s = 0. Couplings and stimuli enter inside the sigmoids, beside P and Q,
// at E_in and I_in.
//
// The preset "limit cycle" has the paper's oscillation, at 25 Hz with τ of 8 ms; k is the height of the shifted sigmoid
// there. The others are variants in use: "no saturation" (r_e = r_i = 0), "symmetric" (one sigmoid for both),
// "simplified" (both get the same), "plain sigmoids", and "Papadopoulos et al. 2020", which oscillates at 54 Hz with
// P = 1. Variants with other equations have a model of their own, WilsonCowanLinear, …Divisive, …DivisiveInput,
// …Delayed, …Adaptive and …ThreePopulation.
//
// Wilson and Cowan, Biophys. J. 12 (1972) 1-24, doi:10.1016/S0006-3495(72)86068-5; Papadopoulos, Lynn, Battaglia and
// Bassett, PLoS Comput. Biol. 16 (2020) e1008144, doi:10.1371/journal.pcbi.1008144.
func WilsonCowan() *Model {
	return define("WilsonCowan", `
	x_e = alpha_e*(c_ee*E - c_ei*I + P - theta_e + E_in)           : 1
	x_i = alpha_i*(c_ie*E - c_ii*I + Q - theta_i + I_in)           : 1
	S_e = c_e*(sigmoid(a_e*(x_e - b_e)) - shift*sigmoid(-a_e*b_e)) : 1
	S_i = c_i*(sigmoid(a_i*(x_i - b_i)) - shift*sigmoid(-a_i*b_i)) : 1

	dE/dt = (-E + (k_e - r_e*E)*S_e) / tau_e : 1
	dI/dt = (-I + (k_i - r_i*I)*S_i) / tau_i : 1`,

		Family("population rate"),
		Parameter("c_ee", 12, "1", Free, "weight to E from E"),
		Parameter("c_ei", 4, "1", Free, "weight to E from I"),
		Parameter("c_ie", 13, "1", Free, "weight to I from E"),
		Parameter("c_ii", 11, "1", Free, "weight to I from I"),
		Parameter("tau_e", 10, "ms", Positive, "time constant of E"),
		Parameter("tau_i", 10, "ms", Positive, "time constant of I"),
		Parameter("a_e", 1.2, "1", Free, "steepness of S_e"),
		Parameter("a_i", 1, "1", Free, "steepness of S_i"),
		Parameter("b_e", 2.8, "1", Free, "position of S_e"),
		Parameter("b_i", 4, "1", Free, "position of S_i"),
		Parameter("c_e", 1, "1", Free, "height of S_e"),
		Parameter("c_i", 1, "1", Free, "height of S_i"),
		Parameter("theta_e", 0, "1", Free, "threshold of E"),
		Parameter("theta_i", 0, "1", Free, "threshold of I"),
		Parameter("alpha_e", 1, "1", Free, "gain of the input to E"),
		Parameter("alpha_i", 1, "1", Free, "gain of the input to I"),
		Parameter("k_e", 1, "1", Free, "maximal response of E"),
		Parameter("k_i", 1, "1", Free, "maximal response of I"),
		Parameter("r_e", 1, "1", Free, "refractory fraction of E"),
		Parameter("r_i", 1, "1", Free, "refractory fraction of I"),
		Parameter("P", 0, "1", Free, "constant input to E"),
		Parameter("Q", 0, "1", Free, "constant input to I"),
		Parameter("shift", 1, "1", Between(0, 1), "1: the sigmoids vanish at 0; 0: plain sigmoids"),

		State("E", 0, 1, "active fraction of the excitatory cells"),
		State("I", 0, 1, "active fraction of the inhibitory cells"),
		Port("E_in", "1"),
		Port("I_in", "1"),

		Preset("limit cycle", map[string]float64{"tau_e": 8, "tau_i": 8, "c_ee": 16, "c_ei": 12, "c_ie": 15, "c_ii": 3,
			"a_e": 1.3, "b_e": 4, "k_e": logistic(1.3 * 4), "a_i": 2, "b_i": 3.7, "k_i": logistic(2 * 3.7), "P": 1.25}),
		Preset("no saturation", map[string]float64{"r_e": 0, "r_i": 0}),
		Preset("symmetric", map[string]float64{"a_e": 1.1, "a_i": 1.1, "b_e": 3.4, "b_i": 3.4}),
		Preset("simplified", map[string]float64{"c_ee": 8, "c_ie": 8, "c_ei": 12, "c_ii": 12}),
		Preset("plain sigmoids", map[string]float64{"shift": 0}),
		Preset("Papadopoulos et al. 2020", map[string]float64{"tau_e": 2.5, "tau_i": 3.75, "c_ee": 16, "c_ei": 12, "c_ie": 15, "c_ii": 3,
			"a_e": 1.5, "a_i": 1.5, "b_e": 3, "b_i": 3, "shift": 0}),
		Reference("Wilson and Cowan (1972) Biophys. J. 12: 1-24, doi:10.1016/S0006-3495(72)86068-5"),
		Reference("Papadopoulos et al. (2020) PLoS Comput. Biol. 16: e1008144, doi:10.1371/journal.pcbi.1008144"),
	)
}

// wilsonCowanPair are the items that variants of WilsonCowan share: two populations with shifted sigmoids.
func wilsonCowanPair() []Item {
	return []Item{
		Family("population rate"),
		Parameter("tau_e", 1, "ms", Positive, "time constant of E"),
		Parameter("tau_i", 1, "ms", Positive, "time constant of I"),
		Parameter("a_e", 1.2, "1", Free, "steepness of S_e"),
		Parameter("a_i", 1, "1", Free, "steepness of S_i"),
		Parameter("b_e", 2.8, "1", Free, "position of S_e"),
		Parameter("b_i", 4, "1", Free, "position of S_i"),
		Parameter("r_e", 1, "1", Free, "refractory fraction of E"),
		Parameter("r_i", 1, "1", Free, "refractory fraction of I"),
		Parameter("P", 0, "1", Free, "constant input to E"),
		Parameter("Q", 0, "1", Free, "constant input to I"),

		State("E", 0, 1, "active fraction of the excitatory cells"),
		State("I", 0, 1, "active fraction of the inhibitory cells"),
		Port("E_in", "1"),
		Port("I_in", "1"),

		Reference("Wilson and Cowan (1972) Biophys. J. 12: 1-24, doi:10.1016/S0006-3495(72)86068-5"),
	}
}
