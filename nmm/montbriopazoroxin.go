package nmm

import "math"

// MontbrioPazoRoxin is the exact mean field of quadratic integrate-and-fire
// neurons with Lorentzian excitabilities, of centre η and half-width Δ,
//
//	τ dr/dt = Δ/(πτ) + 2 r v
//	τ dv/dt = v² + η + J τ r - (πτr)²
//
// r is the firing rate in 1/ms, v the mean potential, dimensionless like Δ, η and
// J; τ is the membrane time constant in ms. Couplings and stimuli enter beside η at
// v_in; r_in is added to the right side of the rate, in 1/ms.
//
// Montbrió, Pazó and Roxin, Phys. Rev. X 5 (2015) 021028, doi:10.1103/PhysRevX.5.021028.
func MontbrioPazoRoxin() *Model {
	return define("MontbrioPazoRoxin", `
	dr/dt = (Delta/(pi*tau) + 2*r*v + r_in) / tau               : 1/ms
	dv/dt = (v^2 + eta + J*tau*r - (pi*tau*r)^2 + v_in) / tau   : 1`,

		Family("mean-field (QIF)"),
		Parameter("tau", 1, "ms", Positive, "membrane time constant"),
		Parameter("Delta", 1, "1", Between(0, math.Inf(1)), "half-width of the excitabilities"),
		Parameter("eta", -5, "1", Free, "centre of the excitabilities"),
		Parameter("J", 15, "1", Free, "strength of the recurrent synapses"),

		State("r", 0, 2, "firing rate"),
		State("v", -2, 1.5, "mean membrane potential"),
		Bounds("r", 0, math.Inf(1)),
		Port("r_in", "1/ms"),
		Port("v_in", "1"),

		Reference("Montbrió, Pazó and Roxin (2015) Phys. Rev. X 5: 021028, doi:10.1103/PhysRevX.5.021028"),
	)
}
