package nmm

import "math"

// BalloonWindkessel is the haemodynamic model of blood flow f, blood volume v and
// deoxyhaemoglobin q, each relative to rest, with the BOLD signal that they give,
//
//	ds/dt = ε z - κ s - γ (f - 1)
//	df/dt = s
//	τ dv/dt = f - v^(1/α)
//	τ dq/dt = f E(f)/ρ - v^(1/α) q/v,        E(f) = 1 - (1 - ρ)^(1/f)
//	bold = V₀ (k₁ (1 - q) + k₂ (1 - q/v) + k₃ (1 - v))
//
// for activity z at z_in, per unit of which s, the signal that widens vessels, grows
// by ε. The states are s and the logarithms ln f, ln v and ln q, as in dynamic causal
// modelling, so that nothing can become negative; without activity all of them are 0,
// where they start. Times are in s, as in the papers: ε and γ in 1/s², κ in 1/s; a
// run still counts in ms. bold is the relative change of the signal, 0.01 being 1 %.
//
// f - 1 settles at ε z/γ. Where activity above about 1 ends suddenly, the linear flow
// equation would undershoot 0; ln f is therefore held above ln 0.05, less than any
// living tissue has. Scale activity with ε, if it is not of order 1.
//
// The preset Friston2000 has the means of that paper, Friston2003 those of dynamic
// causal modelling (the defaults), which Deco2013 takes over; Stephan2007 has the
// revised k₁ = 4.3 ϑ₀ ρ TE, k₂ = r₀ ρ TE i and k₃ = 1 - i at 1.5 T and TE = 40 ms:
// ϑ₀ = 40.3 Hz, r₀ = 25 Hz, 4 % of venous volume, and for the ratio i of intra- to
// extravascular signal 1.43, at which it can be fixed; as a free parameter its prior
// mean is 1. k₁ = 7 ρ, k₂ = 2 and k₃ = 2 ρ - 0.2 elsewhere: they do not follow when ρ
// is changed or learned.
//
// Friston et al., NeuroImage 12 (2000) 466-477, doi:10.1006/nimg.2000.0630; Friston et
// al., NeuroImage 19 (2003) 1273-1302, doi:10.1016/S1053-8119(03)00202-7; logarithms
// and Stephan2007: Stephan et al., NeuroImage 38 (2007) 387-401,
// doi:10.1016/j.neuroimage.2007.07.040; Deco et al., J. Neurosci. 33 (2013)
// 11239-11252, doi:10.1523/JNEUROSCI.1091-13.2013.
func BalloonWindkessel() *Model {
	return define("BalloonWindkessel", `
	f = exp(ln_f)                                                  : 1
	v = exp(ln_v)                                                  : 1
	q = exp(ln_q)                                                  : 1
	outflow = exp(ln_v*(1/alpha - 1))                              : 1  # v^(1/α)/v
	extraction = 1 - exp(log(1 - rho)*exp(-ln_f))                  : 1
	bold = V_0*(k_1*(1 - q) + k_2*(1 - q*exp(-ln_v)) + k_3*(1 - v)) : 1

	ds/dt = (epsilon*z_in - kappa*s - gamma*(f - 1)) * 0.001[s/ms]     : 1/s
	dln_f/dt = s*exp(-ln_f) * 0.001[s/ms]                              : 1
	dln_v/dt = (exp(ln_f - ln_v) - outflow) / tau * 0.001[s/ms]        : 1
	dln_q/dt = (exp(ln_f - ln_q)*extraction/rho - outflow) / tau * 0.001[s/ms] : 1`,

		Family("haemodynamics"),
		Parameter("epsilon", 1, "1/s^2", Free, "efficacy of activity"),
		Parameter("kappa", 0.65, "1/s", Positive, "decay of the signal"),
		Parameter("gamma", 0.41, "1/s^2", Positive, "feedback of the flow"),
		Parameter("tau", 0.98, "s", Positive, "transit time of blood"),
		Parameter("alpha", 0.32, "1", Positive, "Grubb's exponent of volume against flow"),
		Parameter("rho", 0.34, "1", Between(0, 1), "fraction of oxygen extracted at rest"),
		Parameter("V_0", 0.02, "1", Positive, "fraction of blood volume at rest"),
		Parameter("k_1", 2.38, "1", Free, "weight of deoxyhaemoglobin"),
		Parameter("k_2", 2, "1", Free, "weight of its concentration"),
		Parameter("k_3", 0.48, "1", Free, "weight of blood volume"),

		Preset("Friston2000", map[string]float64{
			"epsilon": 0.54, "kappa": 1 / 1.54, "gamma": 1 / 2.46, "tau": 0.98, "alpha": 0.33, "rho": 0.34,
			"V_0": 0.02, "k_1": 7 * 0.34, "k_2": 2, "k_3": 2*0.34 - 0.2,
		}),
		Preset("Friston2003", friston2003),
		Preset("Deco2013", friston2003),
		Preset("Stephan2007", map[string]float64{
			"epsilon": 1, "kappa": 0.65, "gamma": 0.41, "tau": 0.98, "alpha": 0.32, "rho": 0.34,
			"V_0": 0.04, "k_1": 4.3 * 40.3 * 0.34 * 0.04, "k_2": 25 * 0.34 * 0.04 * 1.43, "k_3": 1 - 1.43,
		}),

		State("s", -0.1, 0.1, "signal that widens vessels"),
		State("ln_f", -0.2, 0.2, "logarithm of blood flow"),
		State("ln_v", -0.1, 0.1, "logarithm of blood volume"),
		State("ln_q", -0.1, 0.1, "logarithm of deoxyhaemoglobin"),
		Bounds("ln_f", lowestLogFlow, math.Inf(1)),
		Port("z_in", "1"),

		Reference("Friston et al. (2000) NeuroImage 12: 466-477, doi:10.1006/nimg.2000.0630"),
		Reference("Friston et al. (2003) NeuroImage 19: 1273-1302, doi:10.1016/S1053-8119(03)00202-7"),
		Reference("Stephan et al. (2007) NeuroImage 38: 387-401, doi:10.1016/j.neuroimage.2007.07.040"),
		Reference("Deco et al. (2013) J. Neurosci. 33: 11239-11252, doi:10.1523/JNEUROSCI.1091-13.2013"),
	)
}

// lowestLogFlow is ln 0.05.
const lowestLogFlow = -2.995732273553991

var friston2003 = map[string]float64{
	"epsilon": 1, "kappa": 0.65, "gamma": 0.41, "tau": 0.98, "alpha": 0.32, "rho": 0.34,
	"V_0": 0.02, "k_1": 7 * 0.34, "k_2": 2, "k_3": 2*0.34 - 0.2,
}
