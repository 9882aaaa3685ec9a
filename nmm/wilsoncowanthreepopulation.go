package nmm

// WilsonCowanThreePopulation is the rate model of Wilson and Cowan with a third population M, which is excited by E
// and itself, inhibited by I, and excites both,
//
//	τ_e dE/dt = -E + (1 - r_e E) S_e(c_ee E - c_ei I + c_em M + P)
//	τ_i dI/dt = -I + (1 - r_i I) S_i(c_ie E - c_ii I + c_im M + Q)
//	τ_m dM/dt = -M + (1 - r_m M) S_m(c_me E - c_mi I + c_mm M + R)
//	S(x) = σ(a (x - b)) - σ(-a b),   σ(x) = 1/(1 + e^-x)
//
// E, I and M are active fractions, without unit; τ is in ms, and c_ei weighs what I does to E, as in WilsonCowan.
// Couplings and stimuli enter inside the sigmoids, at E_in, I_in and M_in. A third population that inhibits, such as
// a second kind of interneuron, has negative c_em and c_im.
//
// Wilson and Cowan, Biophys. J. 12 (1972) 1-24, doi:10.1016/S0006-3495(72)86068-5.
func WilsonCowanThreePopulation() *Model {
	return define("WilsonCowanThreePopulation", `
	x_e = c_ee*E - c_ei*I + c_em*M + P + E_in          : 1
	x_i = c_ie*E - c_ii*I + c_im*M + Q + I_in          : 1
	x_m = c_me*E - c_mi*I + c_mm*M + R + M_in          : 1
	S_e = sigmoid(a_e*(x_e - b_e)) - sigmoid(-a_e*b_e) : 1
	S_i = sigmoid(a_i*(x_i - b_i)) - sigmoid(-a_i*b_i) : 1
	S_m = sigmoid(a_m*(x_m - b_m)) - sigmoid(-a_m*b_m) : 1

	dE/dt = (-E + (1 - r_e*E)*S_e) / tau_e : 1
	dI/dt = (-I + (1 - r_i*I)*S_i) / tau_i : 1
	dM/dt = (-M + (1 - r_m*M)*S_m) / tau_m : 1`,

		append(wilsonCowanPair(),
			Parameter("c_ee", 12, "1", Free, "weight to E from E"),
			Parameter("c_ei", 13, "1", Free, "weight to E from I"),
			Parameter("c_em", 4, "1", Free, "weight to E from M"),
			Parameter("c_ie", 4, "1", Free, "weight to I from E"),
			Parameter("c_ii", 11, "1", Free, "weight to I from I"),
			Parameter("c_im", 2, "1", Free, "weight to I from M"),
			Parameter("c_me", 8, "1", Free, "weight to M from E"),
			Parameter("c_mi", 6, "1", Free, "weight to M from I"),
			Parameter("c_mm", 2, "1", Free, "weight to M from M"),
			Parameter("tau_m", 2, "ms", Positive, "time constant of M"),
			Parameter("a_m", 1, "1", Free, "steepness of S_m"),
			Parameter("b_m", 3.5, "1", Free, "position of S_m"),
			Parameter("r_m", 1, "1", Free, "refractory fraction of M"),
			Parameter("R", 0, "1", Free, "constant input to M"),

			State("M", 0, 1, "active fraction of the third population"),
			Port("M_in", "1"),
		)...)
}
