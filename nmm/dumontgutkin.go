package nmm

import "math"

// DumontGutkin is the mean field of an excitatory and an inhibitory population of quadratic integrate-and-fire
// neurons with Lorentzian excitabilities, of centres η and half-widths Δ, which interact through synapses of one time
// constant τ_s,
//
//	τ_e dr_e/dt = Δ_e/(πτ_e) + 2 r_e v_e          τ_i dr_i/dt = Δ_i/(πτ_i) + 2 r_i v_i
//	τ_e dv_e/dt = v_e² + η_e - (πτ_e r_e)² + τ_e (s_ee - s_ei) + I_e
//	τ_i dv_i/dt = v_i² + η_i - (πτ_i r_i)² + τ_i (s_ie - s_ii) + I_i
//	τ_s ds_ee/dt = -s_ee + J_ee r_e + p           τ_s ds_ei/dt = -s_ei + J_ei r_i
//	τ_s ds_ie/dt = -s_ie + J_ie r_e + Γ p         τ_s ds_ii/dt = -s_ii + J_ii r_i
//
// Rates and s, which says what one population (first letter) gets from another, are in 1/ms; v and all strengths are
// dimensionless, times are in ms. p, at s_e_in, is what excitatory neurons elsewhere send: a coupling from r_e to
// s_e_in reaches both populations, the inhibitory one Γ times as much. v_e_in and v_i_in take stimuli, beside I_e and
// I_i.
//
// With the defaults both populations are silent. The preset PING has gamma oscillations of 48 Hz, in which the
// inhibitory population answers the excitatory one; in ING, of 100 Hz, the inhibitory one paces itself.
//
// Dumont and Gutkin, PLoS Comput. Biol. 15 (2019) e1007019, doi:10.1371/journal.pcbi.1007019.
func DumontGutkin() *Model {
	return define("DumontGutkin", `
	dr_e/dt = (Delta_e/(pi*tau_e) + 2*r_e*v_e) / tau_e                                             : 1/ms
	dv_e/dt = (v_e^2 + eta_e - (pi*tau_e*r_e)^2 + tau_e*(s_ee - s_ei) + I_e + v_e_in) / tau_e      : 1
	ds_ee/dt = (-s_ee + J_ee*r_e + s_e_in) / tau_s                                                 : 1/ms
	ds_ei/dt = (-s_ei + J_ei*r_i) / tau_s                                                          : 1/ms
	dr_i/dt = (Delta_i/(pi*tau_i) + 2*r_i*v_i) / tau_i                                             : 1/ms
	dv_i/dt = (v_i^2 + eta_i - (pi*tau_i*r_i)^2 + tau_i*(s_ie - s_ii) + I_i + v_i_in) / tau_i      : 1
	ds_ie/dt = (-s_ie + J_ie*r_e + Gamma*s_e_in) / tau_s                                           : 1/ms
	ds_ii/dt = (-s_ii + J_ii*r_i) / tau_s                                                          : 1/ms`,

		Family("mean-field (QIF)"),
		Parameter("Delta_e", 1, "1", Between(0, math.Inf(1)), "half-width of the excitatory excitabilities"),
		Parameter("eta_e", -5, "1", Free, "centre of the excitatory excitabilities"),
		Parameter("tau_e", 10, "ms", Positive, "membrane time constant of excitatory neurons"),
		Parameter("I_e", 0, "1", Free, "current into excitatory neurons"),
		Parameter("Delta_i", 1, "1", Between(0, math.Inf(1)), "half-width of the inhibitory excitabilities"),
		Parameter("eta_i", -5, "1", Free, "centre of the inhibitory excitabilities"),
		Parameter("tau_i", 10, "ms", Positive, "membrane time constant of inhibitory neurons"),
		Parameter("I_i", 0, "1", Free, "current into inhibitory neurons"),
		Parameter("tau_s", 1, "ms", Positive, "time constant of the synapses"),
		Parameter("J_ee", 0, "1", Free, "strength to excitatory from excitatory"),
		Parameter("J_ei", 10, "1", Free, "strength to excitatory from inhibitory"),
		Parameter("J_ie", 0, "1", Free, "strength to inhibitory from excitatory"),
		Parameter("J_ii", 15, "1", Free, "strength to inhibitory from inhibitory"),
		Parameter("Gamma", 5, "1", Free, "share of long-range excitation that inhibitory neurons get"),

		State("r_e", 0, 2, "firing rate of excitatory neurons"),
		State("v_e", -2, 1.5, "mean potential of excitatory neurons"),
		State("s_ee", -1, 1, "excitation of excitatory neurons"),
		State("s_ei", -1, 1, "inhibition of excitatory neurons"),
		State("r_i", 0, 2, "firing rate of inhibitory neurons"),
		State("v_i", -2, 1.5, "mean potential of inhibitory neurons"),
		State("s_ie", -1, 1, "excitation of inhibitory neurons"),
		State("s_ii", -1, 1, "inhibition of inhibitory neurons"),
		Bounds("r_e", 0, math.Inf(1)),
		Bounds("r_i", 0, math.Inf(1)),
		Port("s_e_in", "1/ms"),
		Port("v_e_in", "1"),
		Port("v_i_in", "1"),

		Preset("PING", map[string]float64{"J_ie": 15, "J_ei": 15, "J_ii": 0, "I_e": 10}),
		Preset("ING", map[string]float64{"I_e": 20, "I_i": 20}),
		Reference("Dumont and Gutkin (2019) PLoS Comput. Biol. 15: e1007019, doi:10.1371/journal.pcbi.1007019"),
	)
}
