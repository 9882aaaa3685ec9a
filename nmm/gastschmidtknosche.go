package nmm

import "math"

// GastSchmidtKnoscheSD is MontbrioPazoRoxin with synapses that are depressed by what they transmit,
//
//	τ dr/dt = Δ/(πτ) + 2 r v
//	τ dv/dt = v² + η + J τ r (1 - A) - (πτr)²
//	τ_A dA/dt = B
//	τ_A dB/dt = α r - 2 B - A
//
// r is the firing rate in 1/ms, v the mean potential, dimensionless like Δ, η and J; A, the part of the synapses that
// is depressed, is α r seen through an alpha function of time constant τ_A; α, in ms, is α τ_A in the erratum of the
// paper. Couplings and stimuli enter beside η at v_in; r_in is added to the right side of the rate, in 1/ms. With the
// defaults the rate is steady; the preset "bursting" has volleys of spikes every 57 ms.
//
// Gast, Schmidt and Knösche, Neural Comput. 32 (2020) 1615-1634, doi:10.1162/neco_a_01300; erratum: 33 (2021) 1717.
func GastSchmidtKnoscheSD() *Model {
	return define("GastSchmidtKnoscheSD", `
	dr/dt = (Delta/(pi*tau) + 2*r*v + r_in) / tau                     : 1/ms
	dv/dt = (v^2 + eta + J*tau*r*(1 - A) - (pi*tau*r)^2 + v_in) / tau : 1
	dA/dt = B / tau_A                                                 : 1
	dB/dt = (alpha*r - 2*B - A) / tau_A                               : 1`,

		append(shortTermAdaptation(-6, 0.5),
			Preset("bursting", map[string]float64{"eta": -5.5}),
			State("r", 0, 4, "firing rate"),
			State("v", -3, 0.3, "mean membrane potential"),
			State("A", 0, 0.4, "synaptic depression"),
			State("B", -0.2, 0.3, "derivative of A, times τ_A"),
		)...)
}

// GastSchmidtKnoscheSF is MontbrioPazoRoxin with neurons whose firing makes them less excitable,
//
//	τ dv/dt = v² + η + J τ r - A - (πτr)²
//
// and else the equations, names, units, ports and source of GastSchmidtKnoscheSD; A is a current that adapts. With
// the defaults the population fires volleys of spikes every 46 ms.
func GastSchmidtKnoscheSF() *Model {
	return define("GastSchmidtKnoscheSF", `
	dr/dt = (Delta/(pi*tau) + 2*r*v + r_in) / tau                   : 1/ms
	dv/dt = (v^2 + eta + J*tau*r - A - (pi*tau*r)^2 + v_in) / tau   : 1
	dA/dt = B / tau_A                                               : 1
	dB/dt = (alpha*r - 2*B - A) / tau_A                             : 1`,

		append(shortTermAdaptation(1, 10),
			State("r", 0, 2, "firing rate"),
			State("v", -2, 1.5, "mean membrane potential"),
			State("A", -1, 1, "adapting current"),
			State("B", -1, 1, "derivative of A, times τ_A"),
		)...)
}

// shortTermAdaptation are the items of both models, with the defaults of two parameters.
func shortTermAdaptation(eta, alpha float64) []Item {
	return []Item{
		Family("mean-field (QIF)"),
		Parameter("tau", 1, "ms", Positive, "membrane time constant"),
		Parameter("Delta", 2, "1", Between(0, math.Inf(1)), "half-width of the excitabilities"),
		Parameter("eta", eta, "1", Free, "centre of the excitabilities"),
		Parameter("J", 15*math.Sqrt2, "1", Free, "strength of the recurrent synapses"),
		Parameter("alpha", alpha, "ms", Free, "adaptation per firing rate"),
		Parameter("tau_A", 10, "ms", Positive, "time constant of the adaptation"),
		Bounds("r", 0, math.Inf(1)),
		Port("r_in", "1/ms"),
		Port("v_in", "1"),
		Reference("Gast, Schmidt and Knösche (2020) Neural Comput. 32: 1615-1634, doi:10.1162/neco_a_01300"),
	}
}
