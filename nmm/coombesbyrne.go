package nmm

import "math"

// CoombesByrne is the mean field of quadratic integrate-and-fire neurons with Lorentzian excitabilities, of centre η
// and half-width Δ, which are coupled through synaptic conductances,
//
//	τ dr/dt = Δ/(πτ) + 2 r v - g r
//	τ dv/dt = v² - (πτr)² + η + (v_syn - v) g
//	dg/dt = α q
//	dq/dt = α (k π τ r - g - 2 q)
//
// r is the firing rate in 1/ms, v the mean potential and g the conductance of the synapses, an alpha function of rate
// α in 1/ms; v, g and q are dimensionless, like Δ, η, k and the reversal potential v_syn: the papers measure time in
// membrane time constants, τ = 1 ms here. Couplings and stimuli enter beside η at v_in; r_in is added to the right
// side of the rate, in 1/ms. With the defaults the neurons synchronise: r and g oscillate, one cycle in 2.1 τ.
//
// Coombes and Byrne in: Nonlinear Dynamics in Computational Neuroscience (2019) 1-16,
// doi:10.1007/978-3-319-71048-8_1; Byrne, O'Dea, Forrester, Ross and Coombes, J. Neurophysiol. 123 (2020) 726-742,
// doi:10.1152/jn.00406.2019.
func CoombesByrne() *Model {
	return define("CoombesByrne", `
	dr/dt = (Delta/(pi*tau) + 2*r*v - g*r + r_in) / tau              : 1/ms
	dv/dt = (v^2 - (pi*tau*r)^2 + eta + (v_syn - v)*g + v_in) / tau  : 1
	dg/dt = alpha*q                                                  : 1
	dq/dt = alpha*(k*pi*tau*r - g - 2*q)                             : 1`,

		append(conductanceBased(0.5, 20, -10),
			Parameter("alpha", 0.95, "1/ms", Positive, "rate of the synapses"),

			State("r", 0, 6, "firing rate"),
			State("v", -10, 10, "mean membrane potential"),
			State("g", 1, 2, "conductance of the synapses"),
			State("q", -0.5, 0.7, "derivative of g, by α"),
		)...)
}

// CoombesByrne2D is CoombesByrne with synapses that are faster than all else, g = k π τ r,
//
//	τ dr/dt = Δ/(πτ) + 2 r v - k π τ r²
//	τ dv/dt = v² - (πτr)² + η + (v_syn - v) k π τ r
//
// with its names, units, ports and sources.
func CoombesByrne2D() *Model {
	return define("CoombesByrne2D", `
	g     = k*pi*tau*r                                               : 1
	dr/dt = (Delta/(pi*tau) + 2*r*v - g*r + r_in) / tau              : 1/ms
	dv/dt = (v^2 - (pi*tau*r)^2 + eta + (v_syn - v)*g + v_in) / tau  : 1`,

		append(conductanceBased(1, 2, -4),
			State("r", 0, 2, "firing rate"),
			State("v", -2, 1.5, "mean membrane potential"),
		)...)
}

// conductanceBased are the items of both models, with the defaults of three parameters.
func conductanceBased(delta, eta, vSyn float64) []Item {
	return []Item{
		Family("mean-field (QIF)"),
		Parameter("tau", 1, "ms", Positive, "membrane time constant"),
		Parameter("Delta", delta, "1", Between(0, math.Inf(1)), "half-width of the excitabilities"),
		Parameter("eta", eta, "1", Free, "centre of the excitabilities"),
		Parameter("k", 1, "1", Free, "strength of the synapses"),
		Parameter("v_syn", vSyn, "1", Free, "reversal potential of the synapses"),
		Bounds("r", 0, math.Inf(1)),
		Port("r_in", "1/ms"),
		Port("v_in", "1"),
		Reference("Coombes and Byrne (2019) in: Nonlinear Dynamics in Computational Neuroscience, 1-16, doi:10.1007/978-3-319-71048-8_1"),
		Reference("Byrne et al. (2020) J. Neurophysiol. 123: 726-742, doi:10.1152/jn.00406.2019"),
	}
}
