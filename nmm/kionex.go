package nmm

import "math"

// KIonEx is the mean field of Hodgkin-Huxley neurons that exchange potassium with their surroundings,
//
//	dx/dt   = Δ + 2R (V - c) x - J r x                      r = R₋ x/π
//	dV/dt   = -(I_Na + I_K + I_Cl + I_p)/C_m - R x² + η + (R₋/π) Σ (E - V)
//	dn/dt   = (n_∞(V) - n)/τ_n
//	dΔK/dt  = -γ/w_i (I_K - 2 I_p)                          potassium inside, less what it is at rest
//	dK_g/dt = ε (K_bath - K_o)                              buffer of the potassium outside
//
//	I_K  = (g_K,l + g_K n) (V - 26.64 mV ln(K_o/K_i))             n_∞ = S((V + 19)/18)
//	I_Na = (g_Na,l + g_Na m_∞ h) (V - 26.64 mV ln(Na_o/Na_i))     m_∞ = S((V + 24)/12), h = 1.1 - S(8 (n - 0.4))
//	I_Cl = g_Cl (V + 26.64 mV ln(Cl_o/Cl_i))                      S(u) = 1/(1 + e^-u)
//	I_p  = ρ S((Na_i - 21)/2) S(K_o - 5.5)                        the sodium-potassium pump
//	K_i = 130 + ΔK,  Na_i = 16 - ΔK,  Na_o = 138 + β ΔK,  K_o = 4.8 - β ΔK + K_g        in mM, β = w_i/w_o = 3
//
// The potential's nullcline is replaced by two parabolas, (R, c) = (R₋, c₋) for V ≤ V* and (R₊, c₊) above. x is
// the half-width of the potentials in mV and r the firing rate in 1/ms. A coupling of x at x_in is the synaptic
// input Σ; V_in adds to dV/dt.
//
// K_bath, the potassium of the bath, moves it from rest (5.5 mM) to bursts (about 7.5), oscillations of growing
// rate (27 /s at 10, 83 /s at 15) and block by depolarisation (20). The sodium current makes the membrane as fast
// as 0.02 ms, which is the step to take. K_o is held above 0.001 mM, for its logarithm's sake.
//
// Bandyopadhyay et al. 2021, doi:10.1101/2021.10.29.466427; the neuron: Depannemaecker et al., J. Comput. Neurosci.
// 50 (2022) 33-49, doi:10.1007/s10827-022-00811-1.
func KIonEx() *Model {
	return define("KIonEx", `
	K_i  = 130[mM] + DKi                               : mM
	Na_i = 16[mM] - DKi                                : mM
	Na_o = 138[mM] + w_i/w_o*DKi                       : mM
	K_o  = max(4.8[mM] - w_i/w_o*DKi + Kg, 1e-3[mM])   : mM

	m_inf = sigmoid((V + 24[mV]) / 12[mV])  : 1
	h     = 1.1 - sigmoid(8*(n - 0.4))      : 1
	I_K   = (0.12[nS] + 22[nS]*n) * (V - 26.64[mV]*log(K_o/K_i))          : pA
	I_Na  = (0.02[nS] + 40[nS]*m_inf*h) * (V - 26.64[mV]*log(Na_o/Na_i))  : pA
	I_Cl  = 7.5[nS] * (V + 26.64[mV]*log(112/5))                          : pA
	I_p   = 250[pA] * sigmoid((Na_i - 21[mM])/2[mM]) * sigmoid(K_o/1[mM] - 5.5) : pA

	R = where(V <= Vstar, R_minus, R_plus) : 1/mV/ms
	c = where(V <= Vstar, c_minus, c_plus) : mV
	r = R_minus*x/pi                       : 1/ms

	dx/dt   = Delta + 2*R*(V - c)*x - J*r*x                                             : mV
	dV/dt   = -(I_Na + I_K + I_Cl + I_p)/Cm - R*x^2 + eta + R_minus/pi*x_in*(E - V) + V_in : mV
	dn/dt   = (sigmoid((V + 19[mV])/18[mV]) - n) / tau_n                                 : 1
	dDKi/dt = -gamma/w_i*(I_K - 2*I_p)                                                   : mM
	dKg/dt  = epsilon*(K_bath - K_o)                                                     : mM`,

		Parameter("E", 0, "mV", Free, "reversal potential of the synapses"),
		Parameter("K_bath", 5.5, "mM", Positive, "potassium of the bath"),
		Parameter("J", 0.1, "1", Free, "local synaptic weight"),
		Parameter("eta", 0, "mV/ms", Free, "centre of the neurons' excitabilities"),
		Parameter("Delta", 1, "mV/ms", Positive, "half-width of the neurons' excitabilities"),
		Parameter("c_minus", -40, "mV", Free, "vertex of the left parabola"),
		Parameter("R_minus", 0.5, "1/mV/ms", Free, "curvature of the left parabola"),
		Parameter("c_plus", -20, "mV", Free, "vertex of the right parabola"),
		Parameter("R_plus", -0.5, "1/mV/ms", Free, "curvature of the right parabola"),
		Parameter("Vstar", -31, "mV", Free, "potential where the parabolas meet"),
		Parameter("Cm", 1, "pF", Positive, "capacitance of the membrane"),
		Parameter("tau_n", 4, "ms", Positive, "time constant of the potassium gates"),
		Parameter("gamma", 0.04, "mM*um^3/pA/ms", Free, "concentration that a current makes"),
		Parameter("epsilon", 0.001, "1/ms", Free, "rate of the exchange with the bath"),
		Parameter("w_i", 2160, "um^3", Positive, "volume inside the cells"),
		Parameter("w_o", 720, "um^3", Positive, "volume outside the cells"),

		State("x", 0, 0.2, "half-width of the potentials"),
		State("V", -80, -60, "mean potential"),
		State("n", 0, 0.1, "open share of the potassium gates"),
		State("DKi", 0, 1, "potassium inside, less its value at rest"),
		State("Kg", 2, 4, "potassium in the buffer"),
		Bounds("x", 0, math.Inf(1)),
		Bounds("DKi", -40, 15),
		Port("x_in", "mV"),
		Port("V_in", "mV/ms"),

		Family("conductance"),
		Reference("Bandyopadhyay et al. (2021), doi:10.1101/2021.10.29.466427"),
		Reference("Depannemaecker et al. (2022) J. Comput. Neurosci. 50: 33-49, doi:10.1007/s10827-022-00811-1"),
	)
}
