package nmm

import "math"

// Thalamus is the thalamus of Costa et al., relay cells (t) and reticular cells (r), whose currents make the
// spindles of sleep,
//
//	dV_k/dt = -(g_L (V_k - E_L) + g_AMPA s_ek (V_k - E_AMPA) + g_GABA s_gk (V_k - E_GABA) + I_k)/τ
//	          - (g_LK (V_k - E_K) + I_T,k + I_h)/C_m                                            k = t, r; I_h in t
//	Q_k     = Q_max / (1 + e^(-C₁ (V_k - θ)/σ))
//	I_T,k   = g_T,k m∞² h_k (V_k - E_Ca)                     dh_k/dt = (h∞ - h_k)/τ_h
//	I_h     = g_h (m_h1 + g_inc m_h2) (V_t - E_h)            P_h = k₁ Ca^n / (k₁ Ca^n + k₂)
//	dm_h1/dt = (m∞ (1 - m_h2) - m_h1)/τ_m - k₃ P_h m_h1 + k₄ m_h2
//	dm_h2/dt = k₃ P_h m_h1 - k₄ m_h2
//	dCa/dt   = α_Ca I_T,t - (Ca - Ca₀)/τ_Ca
//	d²s/dt²  = γ² (N Q - s) - 2γ ds/dt                       for s_er, s_gt, s_gr, with the input alone for s_et
//
// I_T is the calcium current of low threshold, I_h the cation current that hyperpolarisation activates; the curves
// of their gates are in the text below. V is in mV, Q in 1/ms, Ca in mM, s in 1/ms and the second letter of its
// index is the target. Rates of other places, of pyramidal cells for example, enter at s_et_in and s_er_in if
// they excite and at s_gt_in and s_gr_in if they inhibit; white noise of the input of intensity φ is noise of
// ds_et with σ = γ_e² φ.
//
// With the defaults the relay cells oscillate in spindles, at 12 to 15 Hz, that come and go every 5.6 s. Steps of
// 0.1 ms do for Heun.
//
// Costa et al., PLoS Comput. Biol. 12 (2016) e1005022, doi:10.1371/journal.pcbi.1005022.
func Thalamus() *Model {
	return define("Thalamus", `
	Q_t = Q_max * sigmoid(C1*(V_t - theta)/sigma) : 1/ms
	Q_r = Q_max * sigmoid(C1*(V_r - theta)/sigma) : 1/ms

	m_inf_t = sigmoid((V_t + 59[mV])/6.2[mV])  : 1
	m_inf_r = sigmoid((V_r + 52[mV])/7.4[mV])  : 1
	h_inf_t = sigmoid(-(V_t + 81[mV])/4[mV])   : 1
	h_inf_r = sigmoid(-(V_r + 80[mV])/5[mV])   : 1
	tau_h_t = (30.8[ms] + (211.4[ms] + 1[ms]*exp((V_t + 115.2[mV])/5[mV]))
		/ (1 + exp((V_t + 86[mV])/3.2[mV]))) / 3.7371928 : ms
	tau_h_r = (85[ms] + 1[ms]/(exp((V_r + 48[mV])/4[mV]) + exp(-(V_r + 407[mV])/50[mV]))) / 3.7371928 : ms
	I_T_t   = g_T_t*m_inf_t^2*h_T_t*(V_t - E_Ca) : uA/cm^2
	I_T_r   = g_T_r*m_inf_r^2*h_T_r*(V_r - E_Ca) : uA/cm^2

	m_inf_h = sigmoid(-(V_t + 75[mV])/5.5[mV]) : 1
	tau_m   = 20[ms] + 1000[ms]/(exp((V_t + 71.5[mV])/14.2[mV]) + exp(-(V_t + 89[mV])/11.6[mV])) : ms
	P_h     = k1*(Ca/1[mM])^n_P / (k1*(Ca/1[mM])^n_P + k2)    : 1
	bound   = k3*P_h*m_h1 - k4*m_h2                           : 1/ms
	I_h     = g_h*(m_h1 + g_inc*m_h2)*(V_t - E_h)             : uA/cm^2

	dV_t/dt = -(g_L*(V_t - E_L) + g_AMPA*s_et*(V_t - E_AMPA) + g_GABA*s_gt*(V_t - E_GABA) + I_t)/tau
		- (g_LK*(V_t - E_K) + I_T_t + I_h)/C_m : mV
	dV_r/dt = -(g_L*(V_r - E_L) + g_AMPA*s_er*(V_r - E_AMPA) + g_GABA*s_gr*(V_r - E_GABA) + I_r)/tau
		- (g_LK*(V_r - E_K) + I_T_r)/C_m       : mV
	dCa/dt    = alpha_Ca*I_T_t - (Ca - Ca_0)/tau_Ca           : mM
	dh_T_t/dt = (h_inf_t - h_T_t)/tau_h_t                     : 1
	dh_T_r/dt = (h_inf_r - h_T_r)/tau_h_r                     : 1
	dm_h1/dt  = (m_inf_h*(1 - m_h2) - m_h1)/tau_m - bound     : 1
	dm_h2/dt  = bound                                         : 1

	ds_et/dt  = ds_et : 1/ms
	ds_gt/dt  = ds_gt : 1/ms
	ds_er/dt  = ds_er : 1/ms
	ds_gr/dt  = ds_gr : 1/ms
	dds_et/dt = gamma_e^2*(s_et_in - s_et) - 2*gamma_e*ds_et            : 1/ms^2
	dds_gt/dt = gamma_r^2*(N_tr*Q_r + s_gt_in - s_gt) - 2*gamma_r*ds_gt : 1/ms^2
	dds_er/dt = gamma_e^2*(N_rt*Q_t + s_er_in - s_er) - 2*gamma_e*ds_er : 1/ms^2
	dds_gr/dt = gamma_r^2*(N_rr*Q_r + s_gr_in - s_gr) - 2*gamma_r*ds_gr : 1/ms^2`,

		Parameter("tau", 20, "ms", Positive, "time constant of the membranes"),
		Parameter("Q_max", 0.4, "1/ms", Positive, "maximal firing rate"),
		Parameter("theta", -58.5, "mV", Free, "potential of half the maximal rate"),
		Parameter("sigma", 6, "mV", Positive, "spread of the firing thresholds"),
		Parameter("C1", math.Pi/math.Sqrt(3), "1", Free, "makes sigma the deviation of the logistic curve"),
		Parameter("C_m", 1, "uF/cm^2", Positive, "capacitance of the membranes"),
		Parameter("gamma_e", 0.07, "1/ms", Positive, "rate of the excitatory synapses"),
		Parameter("gamma_r", 0.1, "1/ms", Positive, "rate of the inhibitory synapses"),
		Parameter("g_L", 1, "1", Free, "weight of the leak"),
		Parameter("g_GABA", 1, "ms", Free, "weight of the inhibitory synapses"),
		Parameter("g_AMPA", 1, "ms", Free, "weight of the excitatory synapses"),
		Parameter("g_LK", 0.018, "mS/cm^2", Free, "conductance of the potassium leak"),
		Parameter("E_AMPA", 0, "mV", Free, "reversal potential of the excitatory synapses"),
		Parameter("E_GABA", -70, "mV", Free, "reversal potential of the inhibitory synapses"),
		Parameter("E_L", -70, "mV", Free, "reversal potential of the leak"),
		Parameter("E_K", -100, "mV", Free, "reversal potential of potassium"),
		Parameter("E_Ca", 120, "mV", Free, "reversal potential of calcium"),
		Parameter("g_T_t", 3, "mS/cm^2", Free, "conductance of calcium, relay cells"),
		Parameter("g_T_r", 2.3, "mS/cm^2", Free, "conductance of calcium, reticular cells"),
		Parameter("g_h", 0.062, "mS/cm^2", Free, "conductance of the cation current"),
		Parameter("E_h", -40, "mV", Free, "reversal potential of the cation current"),
		Parameter("g_inc", 2, "1", Free, "conductance of bound gates in units of that of unbound ones"),
		Parameter("alpha_Ca", -51.8e-6, "mM*cm^2/uA/ms", Free, "calcium that the current brings in"),
		Parameter("tau_Ca", 10, "ms", Positive, "time constant of calcium"),
		Parameter("Ca_0", 2.4e-4, "mM", Positive, "calcium at rest"),
		Parameter("k1", 2.5e7, "1/ms", Positive, "rate at which 1 mM calcium makes the messenger"),
		Parameter("k2", 4e-4, "1/ms", Positive, "rate at which the messenger decays"),
		Parameter("k3", 0.1, "1/ms", Free, "rate at which the messenger binds to gates"),
		Parameter("k4", 1e-3, "1/ms", Free, "rate at which it leaves them"),
		Parameter("n_P", 4, "1", Free, "calcium ions that a messenger takes"),
		Parameter("N_tr", 5, "1", Free, "connections from reticular to relay cells"),
		Parameter("N_rt", 3, "1", Free, "connections from relay to reticular cells"),
		Parameter("N_rr", 25, "1", Free, "connections between reticular cells"),
		Parameter("I_t", 0, "mV", Free, "outward current of relay cells, as the potential that it takes from the leak"),
		Parameter("I_r", 0, "mV", Free, "the same of reticular cells"),

		State("V_t", -75, -50, "potential of relay cells"),
		State("V_r", -75, -50, "potential of reticular cells"),
		State("Ca", 2e-4, 1e-3, "calcium in relay cells"),
		State("h_T_t", 0, 0.2, "gates of the calcium current, relay cells"),
		State("h_T_r", 0, 0.2, "gates of the calcium current, reticular cells"),
		State("m_h1", 0, 0.2, "open gates of the cation current"),
		State("m_h2", 0, 0.2, "those that the messenger holds open"),
		State("s_et", 0, 0.1, "excitatory synapses of relay cells"),
		State("s_gt", 0, 0.1, "inhibitory synapses of relay cells"),
		State("s_er", 0, 0.1, "excitatory synapses of reticular cells"),
		State("s_gr", 0, 0.1, "inhibitory synapses of reticular cells"),
		State("ds_et", 0, 0.01, "derivative of s_et"),
		State("ds_gt", 0, 0.01, "derivative of s_gt"),
		State("ds_er", 0, 0.01, "derivative of s_er"),
		State("ds_gr", 0, 0.01, "derivative of s_gr"),
		Bounds("Ca", 1e-6, math.Inf(1)),
		Port("s_et_in", "1/ms"),
		Port("s_gt_in", "1/ms"),
		Port("s_er_in", "1/ms"),
		Port("s_gr_in", "1/ms"),

		Family("conductance"),
		Reference("Costa et al. (2016) PLoS Comput. Biol. 12: e1005022, doi:10.1371/journal.pcbi.1005022"),
	)
}
