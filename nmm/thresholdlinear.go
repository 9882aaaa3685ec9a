package nmm

import "math"

// ThresholdLinear is a cortical area with an excitatory and an inhibitory population of threshold-linear rates,
//
//	τ_E dE/dt = -E + β_E [(1 + η h) (w_EE E + μ_EE Σ) - w_EI I + I_E]₊
//	τ_I dI/dt = -I + β_I [(1 + η h) (w_IE E + μ_IE Σ) - w_II I + I_I]₊        [x]₊ = max(x, 0)
//
// E and I are rates in Hz, τ is in ms, the brackets are currents in pA. Σ, at E_in, is the activity of other areas in
// Hz: a coupling from E to E_in whose weights to an area add up to 1, such as fractions of labelled neurons, is that of
// the paper. I_E and I_I, at I_e_in and I_i_in, are currents of stimuli. h, from 0 to 1, is the area's place in the
// hierarchy, from whose gradient of excitation its time scales come: an area alone forgets in 42 ms at h = 0 and in
// 400 ms at h = 1. The paper calls the rates r_E and r_I, and w_EI the weight of I on E.
//
// At its threshold the derivative of [x]₊ is 1.
//
// Chaudhuri, Knoblauch, Gariel, Kennedy and Wang, Neuron 88 (2015) 419-431, doi:10.1016/j.neuron.2015.09.008.
func ThresholdLinear() *Model {
	return define("ThresholdLinear", `
	I_e = (1 + eta*h)*(w_ee*E + mu_ee*E_in) - w_ei*I + I_e_in : pA
	I_i = (1 + eta*h)*(w_ie*E + mu_ie*E_in) - w_ii*I + I_i_in : pA

	dE/dt = (-E + beta_e*max(I_e, 0[pA])) / tau_e : Hz
	dI/dt = (-I + beta_i*max(I_i, 0[pA])) / tau_i : Hz`,

		Family("population rate"),
		Parameter("tau_e", 20, "ms", Positive, "time constant of E"),
		Parameter("tau_i", 10, "ms", Positive, "time constant of I"),
		Parameter("beta_e", 0.066, "Hz/pA", Free, "slope of the rate of E"),
		Parameter("beta_i", 0.351, "Hz/pA", Free, "slope of the rate of I"),
		Parameter("w_ee", 24.3, "pA/Hz", Free, "weight to E from E"),
		Parameter("w_ei", 19.7, "pA/Hz", Free, "weight to E from I"),
		Parameter("w_ie", 12.2, "pA/Hz", Free, "weight to I from E"),
		Parameter("w_ii", 12.5, "pA/Hz", Free, "weight to I from I"),
		Parameter("mu_ee", 33.7, "pA/Hz", Free, "weight to E from other areas"),
		Parameter("mu_ie", 25.3, "pA/Hz", Free, "weight to I from other areas"),
		Parameter("eta", 0.68, "1", Free, "growth of excitation along the hierarchy"),
		Parameter("h", 0, "1", Free, "place in the hierarchy"),

		State("E", 0, 10, "rate of the excitatory cells"),
		State("I", 0, 10, "rate of the inhibitory cells"),
		Bounds("E", 0, math.Inf(1)),
		Bounds("I", 0, math.Inf(1)),
		Port("E_in", "Hz"),
		Port("I_e_in", "pA"),
		Port("I_i_in", "pA"),

		Reference("Chaudhuri et al. (2015) Neuron 88: 419-431, doi:10.1016/j.neuron.2015.09.008"),
	)
}
