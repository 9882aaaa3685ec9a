package nmm

// LarterBreakspear is a conductance-based mean field of pyramidal cells V with potassium channels W and of inhibitory
// cells Z,
//
//	dV/dt = t (-(g_Ca + r_NMDA E) m_Ca (V - V_Ca) - (g_Na m_Na + E) (V - V_Na)
//	        - g_K W (V - V_K) - g_L (V - V_L) - a_ie Z Q_Z + a_ne I)
//	dW/dt = t φ (m_K - W)/τ_K
//	dZ/dt = t b (a_ni I + a_ei V Q_V)
//	E     = a_ee ((1 - C) (Q_V + Q_local_in) + C Q_in)
//	m_X   = ½ (1 + tanh((V - T_X)/δ_X))
//	Q_V   = ½ Qmax_V (1 + tanh((V - V_T)/δ_V)),  Q_Z likewise of Z
//
// in the dimensionless form of the literature; only the rate t_scale, 1/ms, has a unit. E is what excitatory synapses
// conduct: of the own population and its neighbours (Q_local_in) with weight 1 - C, and of other regions with weight C.
// Couplings carry firing rates: a graph.Coupling from V to Q_in has Pre {"0.5*(1 + tanh(x/0.65))"}, which is Q_V.
//
// The presets are regimes of a region alone, C = 0, with g_Ca = 1 as in the paper, and differ by δ_V: "fixed point" below
// 0.55, "limit cycle" to 0.59, "chaos" above. The default g_Ca is The Virtual Brain's 1.1, with which the fixed point ends
// at 0.51 and a region with the default δ_V has a limit cycle.
//
// Breakspear, Terry and Friston, Network 14 (2003) 703-732, doi:10.1088/0954-898X/14/4/305, after Larter, Speelman and
// Worth, Chaos 9 (1999) 795-804, doi:10.1063/1.166453.
func LarterBreakspear() *Model {
	return define("LarterBreakspear", `
	m_Ca = 0.5*(1 + tanh((V - TCa)/d_Ca))        : 1
	m_Na = 0.5*(1 + tanh((V - TNa)/d_Na))        : 1
	m_K  = 0.5*(1 + tanh((V - TK)/d_K))          : 1
	Q_V  = 0.5*QV_max*(1 + tanh((V - VT)/d_V))   : 1
	Q_Z  = 0.5*QZ_max*(1 + tanh((Z - ZT)/d_Z))   : 1
	E    = aee*((1 - C)*(Q_V + Q_local_in) + C*Q_in) : 1

	dV/dt = t_scale*(-(gCa + rNMDA*E)*m_Ca*(V - VCa) - (gNa*m_Na + E)*(V - VNa)
		- gK*W*(V - VK) - gL*(V - VL) - aie*Z*Q_Z + ane*Iext) : 1
	dW/dt = t_scale*phi*(m_K - W)/tau_K            : 1
	dZ/dt = t_scale*b*(ani*Iext + aei*V*Q_V)       : 1`,

		Family("conductance"),
		Parameter("gCa", 1.1, "1", Free, "conductance of calcium channels"),
		Parameter("gK", 2, "1", Free, "conductance of potassium channels"),
		Parameter("gL", 0.5, "1", Free, "conductance of leak channels"),
		Parameter("gNa", 6.7, "1", Free, "conductance of sodium channels"),
		Parameter("TCa", -0.01, "1", Free, "threshold of calcium channels"),
		Parameter("TK", 0, "1", Free, "threshold of potassium channels"),
		Parameter("TNa", 0.3, "1", Free, "threshold of sodium channels"),
		Parameter("d_Ca", 0.15, "1", Positive, "spread of calcium thresholds"),
		Parameter("d_K", 0.3, "1", Positive, "spread of potassium thresholds"),
		Parameter("d_Na", 0.15, "1", Positive, "spread of sodium thresholds"),
		Parameter("VCa", 1, "1", Free, "Nernst potential of calcium"),
		Parameter("VK", -0.7, "1", Free, "Nernst potential of potassium"),
		Parameter("VL", -0.5, "1", Free, "Nernst potential of the leak"),
		Parameter("VNa", 0.53, "1", Free, "Nernst potential of sodium"),
		Parameter("phi", 0.7, "1", Free, "temperature factor of potassium channels"),
		Parameter("tau_K", 1, "1", Positive, "time constant of potassium channels"),
		Parameter("aee", 0.4, "1", Free, "weight to V from V"),
		Parameter("aei", 2, "1", Free, "weight to Z from V"),
		Parameter("aie", 2, "1", Free, "weight to V from Z"),
		Parameter("ane", 1, "1", Free, "weight to V of the current"),
		Parameter("ani", 0.4, "1", Free, "weight to Z of the current"),
		Parameter("b", 0.1, "1", Free, "rate of Z"),
		Parameter("C", 0.1, "1", Between(0, 1), "share of other regions in the excitation"),
		Parameter("Iext", 0.3, "1", Free, "constant current"),
		Parameter("rNMDA", 0.25, "1", Free, "ratio of NMDA to AMPA receptors"),
		Parameter("VT", 0, "1", Free, "threshold of V"),
		Parameter("d_V", 0.65, "1", Positive, "spread of thresholds of V"),
		Parameter("ZT", 0, "1", Free, "threshold of Z"),
		Parameter("d_Z", 0.7, "1", Positive, "spread of thresholds of Z"),
		Parameter("QV_max", 1, "1", Free, "largest rate of V"),
		Parameter("QZ_max", 1, "1", Free, "largest rate of Z"),
		Parameter("t_scale", 1, "1/ms", Positive, "rate"),

		State("V", -1.5, 1.5, "potential of the pyramidal cells"),
		State("W", -1.5, 1.5, "open fraction of potassium channels"),
		State("Z", -1.5, 1.5, "potential of the inhibitory cells"),
		Port("Q_in", "1"),
		Port("Q_local_in", "1"),

		Preset("fixed point", map[string]float64{"gCa": 1, "C": 0, "d_V": 0.5}),
		Preset("limit cycle", map[string]float64{"gCa": 1, "C": 0, "d_V": 0.57}),
		Preset("chaos", map[string]float64{"gCa": 1, "C": 0, "d_V": 0.65}),

		Reference("Breakspear, Terry and Friston (2003) Network 14: 703-732, doi:10.1088/0954-898X/14/4/305"),
		Reference("Larter, Speelman and Worth (1999) Chaos 9: 795-804, doi:10.1063/1.166453"),
	)
}
