package nmm

// WilsonCowanDivisive is the rate model of Wilson and Cowan whose inhibition divides the response instead of being
// subtracted inside it,
//
//	τ_e dE/dt = -E + (1 - r_e E) S_e(c_ee E + P) / (σ_e + c_ei I)
//	τ_i dI/dt = -I + (1 - r_i I) S_i(c_ie E + Q) / (σ_i + c_ii I)
//	S(x) = σ(a (x - b)) - σ(-a b),   σ(x) = 1/(1 + e^-x)
//
// E and I are active fractions, without unit; τ is in ms, and c_ei weighs what I does to E, as in WilsonCowan.
// Couplings and stimuli enter beside P and Q, at E_in and I_in. σ_e and σ_i keep the quotients finite: the response
// of E is halved where c_ei I = σ_e.
//
// Wilson and Cowan, Biophys. J. 12 (1972) 1-24, doi:10.1016/S0006-3495(72)86068-5; division: Carandini and Heeger,
// Nat. Rev. Neurosci. 13 (2012) 51-62, doi:10.1038/nrn3136.
func WilsonCowanDivisive() *Model {
	return define("WilsonCowanDivisive", `
	S_e = sigmoid(a_e*(c_ee*E + P + E_in - b_e)) - sigmoid(-a_e*b_e) : 1
	S_i = sigmoid(a_i*(c_ie*E + Q + I_in - b_i)) - sigmoid(-a_i*b_i) : 1

	dE/dt = (-E + (1 - r_e*E)*S_e/(sigma_e + c_ei*I)) / tau_e : 1
	dI/dt = (-I + (1 - r_i*I)*S_i/(sigma_i + c_ii*I)) / tau_i : 1`, divisive()...)
}

// WilsonCowanDivisiveInput is the rate model of Wilson and Cowan whose inhibition divides the excitation that a
// population gets from E,
//
//	τ_e dE/dt = -E + (1 - r_e E) S_e(c_ee E / (σ_e + c_ei I) + P)
//	τ_i dI/dt = -I + (1 - r_i I) S_i(c_ie E / (σ_i + c_ii I) + Q)
//
// with the names, units, ports and sources of WilsonCowanDivisive. What enters from outside is not divided.
func WilsonCowanDivisiveInput() *Model {
	return define("WilsonCowanDivisiveInput", `
	x_e = c_ee*E/(sigma_e + c_ei*I) + P + E_in             : 1
	x_i = c_ie*E/(sigma_i + c_ii*I) + Q + I_in             : 1
	S_e = sigmoid(a_e*(x_e - b_e)) - sigmoid(-a_e*b_e)     : 1
	S_i = sigmoid(a_i*(x_i - b_i)) - sigmoid(-a_i*b_i)     : 1

	dE/dt = (-E + (1 - r_e*E)*S_e) / tau_e : 1
	dI/dt = (-I + (1 - r_i*I)*S_i) / tau_i : 1`, divisive()...)
}

// divisive are the items of the two models with divisive inhibition.
func divisive() []Item {
	return append(wilsonCowanPair(),
		Parameter("c_ee", 6, "1", Free, "weight to E from E"),
		Parameter("c_ei", 6.5, "1", Free, "division of E by I"),
		Parameter("c_ie", 2, "1", Free, "weight to I from E"),
		Parameter("c_ii", 5.5, "1", Free, "division of I by I"),
		Parameter("sigma_e", 1, "1", Positive, "divisor of E without inhibition"),
		Parameter("sigma_i", 1, "1", Positive, "divisor of I without inhibition"),
		Reference("Carandini and Heeger (2012) Nat. Rev. Neurosci. 13: 51-62, doi:10.1038/nrn3136"),
	)
}
