package nmm

import (
	"fmt"
	"math"
	"strings"
)

// Zerlaut is the mean field of excitatory and inhibitory adaptive exponential neurons with synapses of conductances,
// to first order: of the mean rates alone,
//
//	T dE/dt   = F_e(E, I, W_e) - E                                  T dI/dt = F_i(E, I, W_i) - I
//	dW_k/dt   = -W_k/τ_w,k + b_k ν_k + a_k (μ_V,k - E_L,k)/τ_w,k    ν_e = E, ν_i = I
//	F         = erfc((V_thr - μ_V)/(√2 σ_V)) / (2 τ_V)
//	V_thr     = P₀ + P₁ v + P₂ s + P₃ t + P₄ v² + P₅ s² + P₆ t² + P₇ v s + P₈ v t + P₉ s t
//	v = (μ_V + 60 mV)/10 mV,  s = (σ_V - 4 mV)/6 mV,  t = τ_V g_L/C_m - 1/2
//
// with the mean, the deviation and the correlation time of a neuron's potential,
//
//	f_e = (E + 10⁻⁶) (1 - g) p_e N + x_e K_e,  f_i = (I + 10⁻⁶) g p_i N + x_i K_i
//	m_s = Q_s τ_s f_s,  G = g_L + m_e + m_i,  T_m = C_m/G,  μ_V = (m_e E_e + m_i E_i + g_L E_L - W)/G
//	u_s = (Q_s τ_s (E_s - μ_V)/G)² f_s,  σ_V² = Σ u_s/(2 (τ_s + T_m)),  τ_V = Σ u_s / Σ u_s/(τ_s + T_m)
//
// Rates E, I and x are in 1/ms (kHz), the adaptation W is in pA. P, which a fit to recordings or simulations of
// a neuron gives, is in mV here; papers and The Virtual Brain have V.
//
// x_e = max(E_in + near_E_in + w ou_drift, 0) + external input: the excitatory rates of other regions enter both
// populations at E_in. near_E_in and near_I_in are rates of the surroundings in a cortical sheet; x_i ends at 0,
// too. White noise of ou_drift makes it a drift of correlation time τ_OU.
//
// Preset "asynchronous irregular", a cortex awake, has rates of 3 and 11 Hz. Without any input the rates fall to 0; from
// high ones they go to a saturation at 193 Hz, beyond what the threshold was fitted to. Adaptation, b_e = 60 pA
// instead of 5, and noise make slow waves of it.
//
// Transfer function: Zerlaut et al., J. Comput. Neurosci. 44 (2018) 45-61, doi:10.1007/s10827-017-0668-2; adaptation:
// di Volo et al., Neural Comput. 31 (2019) 653-680, doi:10.1162/neco_a_01173.
func Zerlaut() *Model {
	return define("Zerlaut", `
	drive = max(E_in + near_E_in + weight_noise*ou_drift, 0[1/ms]) : 1/ms
	x_e_e = drive + external_input_ex_ex                   : 1/ms
	x_i_e = max(near_I_in + external_input_ex_in, 0[1/ms]) : 1/ms
	x_e_i = drive + external_input_in_ex                   : 1/ms
	x_i_i = max(near_I_in + external_input_in_in, 0[1/ms]) : 1/ms
	dE/dt = (F_e - E) / T : 1/ms
	dI/dt = (F_i - I) / T : 1/ms`+zerlautNeurons, zerlautItems()...)
}

// zerlautNeurons are the equations of both orders: the transfer functions, the adaptation, the drift.
var zerlautNeurons = zerlautTransfer("e", "E") + zerlautTransfer("i", "I") + `
	dou_drift/dt = -ou_drift/tau_OU : 1/ms`

// zerlautTransfer has the transfer function of one population and its adaptation; rate is its state.
func zerlautTransfer(k, rate string) string {
	return strings.NewReplacer("_k", "_"+k, "RATE", rate).Replace(`
	f_e_k   = (E + 1e-6[1/ms])*(1 - g)*p_connect_e*N_tot + x_e_k*K_ext_e : 1/ms
	f_i_k   = (I + 1e-6[1/ms])*g*p_connect_i*N_tot + x_i_k*K_ext_i       : 1/ms
	G_k     = g_L + Q_e*tau_e*f_e_k + Q_i*tau_i*f_i_k                    : nS
	T_m_k   = C_m/G_k                                                    : ms
	mu_V_k  = (Q_e*tau_e*f_e_k*E_e + Q_i*tau_i*f_i_k*E_i + g_L*E_L_k - W_k)/G_k : mV
	u_e_k   = (Q_e*tau_e*(E_e - mu_V_k)/G_k)^2*f_e_k                     : mV^2*ms
	u_i_k   = (Q_i*tau_i*(E_i - mu_V_k)/G_k)^2*f_i_k                     : mV^2*ms
	sd_V_k  = sqrt(u_e_k/(2*(tau_e + T_m_k)) + u_i_k/(2*(tau_i + T_m_k))) : mV
	tau_V_k = (u_e_k + u_i_k)/(u_e_k/(tau_e + T_m_k) + u_i_k/(tau_i + T_m_k)) : ms
	v_k     = (mu_V_k + 60[mV])/10[mV]  : 1
	s_k     = (sd_V_k - 4[mV])/6[mV]    : 1
	t_k     = tau_V_k*g_L/C_m - 0.5     : 1
	V_thr_k = P_k_0 + P_k_1*v_k + P_k_2*s_k + P_k_3*t_k + P_k_4*v_k^2 + P_k_5*s_k^2 + P_k_6*t_k^2
		+ P_k_7*v_k*s_k + P_k_8*v_k*t_k + P_k_9*s_k*t_k : mV
	F_k     = erfc((V_thr_k - mu_V_k)/(sqrt(2)*sd_V_k))/(2*tau_V_k) : 1/ms
	dW_k/dt = -W_k/tau_w_k + b_k*RATE + a_k*(mu_V_k - E_L_k)/tau_w_k : pA
	`)
}

// zerlautThresholds are P₀ … P₉ of regular and of fast spiking neurons in mV, from di Volo et al.
var zerlautThresholds = map[string][]float64{
	"e": {-49.83106, 5.063550882777035, -23.470121807314552, 2.2951513725067503, -0.4105302652029825,
		10.547051343547399, -36.59252821136933, 7.437487505797858, 1.265064721846073, -40.72161294490446},
	"i": {-51.49122024209484, 4.003689190271077, -8.352013668528155, 0.2414237992765705, -0.5070645080016026,
		1.4345394104282397, -14.686689498949967, 4.502706285435741, 2.8472190352532454, -15.357804594594548},
}

// zerlautItems are the items of both orders.
func zerlautItems(more ...Item) []Item {
	items := []Item{
		Parameter("g_L", 10, "nS", Positive, "leak conductance"),
		Parameter("E_L_e", -65, "mV", Free, "reversal potential of the leak, excitatory neurons"),
		Parameter("E_L_i", -65, "mV", Free, "reversal potential of the leak, inhibitory neurons"),
		Parameter("C_m", 200, "pF", Positive, "capacitance of the membrane"),
		Parameter("b_e", 60, "pA", Free, "adaptation that a spike adds, excitatory neurons"),
		Parameter("a_e", 4, "nS", Free, "adaptation to the potential, excitatory neurons"),
		Parameter("b_i", 0, "pA", Free, "adaptation that a spike adds, inhibitory neurons"),
		Parameter("a_i", 0, "nS", Free, "adaptation to the potential, inhibitory neurons"),
		Parameter("tau_w_e", 500, "ms", Positive, "time constant of the adaptation, excitatory neurons"),
		Parameter("tau_w_i", 1, "ms", Positive, "time constant of the adaptation, inhibitory neurons"),
		Parameter("E_e", 0, "mV", Free, "reversal potential of excitatory synapses"),
		Parameter("E_i", -80, "mV", Free, "reversal potential of inhibitory synapses"),
		Parameter("Q_e", 1.5, "nS", Positive, "conductance that an excitatory spike opens"),
		Parameter("Q_i", 5, "nS", Positive, "conductance that an inhibitory spike opens"),
		Parameter("tau_e", 5, "ms", Positive, "time constant of excitatory synapses"),
		Parameter("tau_i", 5, "ms", Positive, "time constant of inhibitory synapses"),
		Parameter("N_tot", 10000, "1", Positive, "neurons"),
		Parameter("p_connect_e", 0.05, "1", Between(0, 1), "probability of an excitatory connection"),
		Parameter("p_connect_i", 0.05, "1", Between(0, 1), "probability of an inhibitory connection"),
		Parameter("g", 0.2, "1", Between(0, 1), "share of inhibitory neurons"),
		Parameter("K_ext_e", 400, "1", Free, "excitatory connections from outside"),
		Parameter("K_ext_i", 0, "1", Free, "inhibitory connections from outside"),
		Parameter("T", 20, "ms", Positive, "time constant of the rates"),
		Parameter("external_input_ex_ex", 0, "1/ms", Free, "excitatory rate from outside to excitatory neurons"),
		Parameter("external_input_ex_in", 0, "1/ms", Free, "inhibitory rate from outside to excitatory neurons"),
		Parameter("external_input_in_ex", 0, "1/ms", Free, "excitatory rate from outside to inhibitory neurons"),
		Parameter("external_input_in_in", 0, "1/ms", Free, "inhibitory rate from outside to inhibitory neurons"),
		Parameter("tau_OU", 5, "ms", Positive, "correlation time of the drift"),
		Parameter("weight_noise", 10.5, "1", Free, "weight of the drift"),

		State("E", 0.001, 0.003, "rate of excitatory neurons"),
		State("I", 0.005, 0.015, "rate of inhibitory neurons"),
		State("W_e", 0, 100, "adaptation of excitatory neurons"),
		State("W_i", 0, 10, "adaptation of inhibitory neurons"),
		State("ou_drift", -0.0005, 0.0005, "drift of the input"),
		Bounds("E", 0, math.Inf(1)),
		Bounds("I", 0, math.Inf(1)),
		Port("E_in", "1/ms"),
		Port("near_E_in", "1/ms"),
		Port("near_I_in", "1/ms"),

		Preset("asynchronous irregular", map[string]float64{
			"b_e": 5, "E_L_e": -64, "external_input_ex_ex": 0.002, "external_input_in_ex": 0.002}),
		Family("mean-field (spiking)"),
		Reference("Zerlaut et al. (2018) J. Comput. Neurosci. 44: 45-61, doi:10.1007/s10827-017-0668-2"),
		Reference("di Volo et al. (2019) Neural Comput. 31: 653-680, doi:10.1162/neco_a_01173"),
	}
	for _, k := range []string{"e", "i"} {
		for i, p := range zerlautThresholds[k] {
			items = append(items, Parameter(fmt.Sprintf("P_%s_%d", k, i), p, "mV", Free, fmt.Sprintf("term %d of the firing threshold, population %s", i, k)))
		}
	}
	return append(items, more...)
}
