package nmm

// ZetterbergJansen is a cortical column of pyramidal cells and of excitatory and inhibitory interneurons, of which the
// latter inhibit each other too: JansenRit with one loop more. Its synapses are second-order filters,
//
//	d²v1/dt² = H_e k_e (γ₁ S(v2 - v3) + γ₁T (U + p)) - 2 k_e dv1/dt - k_e² v1
//	d²v2/dt² = H_e k_e (γ₂ S(v1)      + γ₂T (P + p)) - 2 k_e dv2/dt - k_e² v2
//	d²v3/dt² = H_i k_i  γ₄ S(v4 - v5)                - 2 k_i dv3/dt - k_i² v3
//	d²v4/dt² = H_e k_e (γ₃ S(v2 - v3) + γ₃T (Q + p)) - 2 k_e dv4/dt - k_e² v4
//	d²v5/dt² = H_i k_i  γ₅ S(v4 - v5)                - 2 k_i dv5/dt - k_i² v5
//	dv6/dt = d(v2 - v3)/dt        dv7/dt = d(v4 - v5)/dt
//	S(v) = 2 e₀ / (1 + e^(ρ₁ (ρ₂ - v)))        p = S(v6_in)
//
// v1 to v5 are postsynaptic potentials in mV and y1 to y5 their derivatives in mV/ms; rates are in 1/ms. v6, the
// potential of the pyramidal cells, is what EEG shows and what couples: what arrives at v6_in, in mV, becomes the rate
// p of other columns. v7 is the potential of the inhibitory interneurons. y2_in takes a rate into the pyramidal cells,
// beside P.
//
// Zetterberg, Kristiansson and Mossberg, Biol. Cybern. 31 (1978) 15-26, doi:10.1007/BF00337367; Jansen and Rit, Biol.
// Cybern. 73 (1995) 357-366, doi:10.1007/BF00199471; recurrent inhibition: Moran et al., NeuroImage 37 (2007) 706-720,
// doi:10.1016/j.neuroimage.2007.05.032.
func ZetterbergJansen() *Model {
	return define("ZetterbergJansen", `
	S_1 = 2*e0*sigmoid(rho_1*(v1 - rho_2))      : 1/ms
	S_6 = 2*e0*sigmoid(rho_1*(v2 - v3 - rho_2)) : 1/ms
	S_7 = 2*e0*sigmoid(rho_1*(v4 - v5 - rho_2)) : 1/ms
	p   = 2*e0*sigmoid(rho_1*(v6_in - rho_2))   : 1/ms

	dv1/dt = y1 : mV
	dy1/dt = He*ke*(gamma_1*S_6 + gamma_1T*(U + p)) - 2*ke*y1 - ke^2*v1         : mV/ms
	dv2/dt = y2 : mV
	dy2/dt = He*ke*(gamma_2*S_1 + gamma_2T*(P + p + y2_in)) - 2*ke*y2 - ke^2*v2 : mV/ms
	dv3/dt = y3 : mV
	dy3/dt = Hi*ki*gamma_4*S_7 - 2*ki*y3 - ki^2*v3                              : mV/ms
	dv4/dt = y4 : mV
	dy4/dt = He*ke*(gamma_3*S_6 + gamma_3T*(Q + p)) - 2*ke*y4 - ke^2*v4         : mV/ms
	dv5/dt = y5 : mV
	dy5/dt = Hi*ki*gamma_5*S_7 - 2*ki*y5 - ki^2*v5                              : mV/ms
	dv6/dt = y2 - y3 : mV
	dv7/dt = y4 - y5 : mV`,

		Family("synaptic potential"),
		Parameter("He", 3.25, "mV", Free, "size of the excitatory postsynaptic potential"),
		Parameter("Hi", 22, "mV", Free, "size of the inhibitory postsynaptic potential"),
		Parameter("ke", 0.1, "1/ms", Positive, "rate of the excitatory synapses"),
		Parameter("ki", 0.05, "1/ms", Positive, "rate of the inhibitory synapses"),
		Parameter("e0", 0.0025, "1/ms", Positive, "half of the maximal firing rate"),
		Parameter("rho_1", 0.56, "1/mV", Free, "steepness of the sigmoid"),
		Parameter("rho_2", 6, "mV", Free, "potential of half the maximal rate"),
		Parameter("gamma_1", 135, "1", Free, "synapses, pyramidal to excitatory"),
		Parameter("gamma_2", 108, "1", Free, "synapses, excitatory to pyramidal"),
		Parameter("gamma_3", 33.75, "1", Free, "synapses, pyramidal to inhibitory"),
		Parameter("gamma_4", 33.75, "1", Free, "synapses, inhibitory to pyramidal"),
		Parameter("gamma_5", 15, "1", Free, "synapses, inhibitory to inhibitory"),
		Parameter("gamma_1T", 1, "1", Free, "gain of what reaches excitatory interneurons"),
		Parameter("gamma_2T", 1, "1", Free, "gain of what reaches pyramidal cells"),
		Parameter("gamma_3T", 1, "1", Free, "gain of what reaches inhibitory interneurons"),
		Parameter("U", 0.12, "1/ms", Free, "mean input to excitatory interneurons"),
		Parameter("P", 0.12, "1/ms", Free, "mean input to pyramidal cells"),
		Parameter("Q", 0.12, "1/ms", Free, "mean input to inhibitory interneurons"),

		State("v1", -100, 100, "excitatory potential of excitatory interneurons"),
		State("y1", -500, 500, "derivative of v1"),
		State("v2", -100, 50, "excitatory potential of pyramidal cells"),
		State("y2", -100, 6, "derivative of v2"),
		State("v3", -100, 6, "inhibitory potential of pyramidal cells"),
		State("y3", -100, 6, "derivative of v3"),
		State("v4", -100, 20, "excitatory potential of inhibitory interneurons"),
		State("y4", -100, 20, "derivative of v4"),
		State("v5", -100, 20, "inhibitory potential of inhibitory interneurons"),
		State("y5", -500, 500, "derivative of v5"),
		State("v6", -100, 20, "potential of pyramidal cells"),
		State("v7", -100, 20, "potential of inhibitory interneurons"),
		Port("v6_in", "mV"),
		Port("y2_in", "1/ms"),

		Reference("Zetterberg, Kristiansson and Mossberg (1978) Biol. Cybern. 31: 15-26, doi:10.1007/BF00337367"),
		Reference("Jansen and Rit (1995) Biol. Cybern. 73: 357-366, doi:10.1007/BF00199471"),
		Reference("Moran et al. (2007) NeuroImage 37: 706-720, doi:10.1016/j.neuroimage.2007.05.032"),
	)
}
