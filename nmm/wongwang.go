package nmm

// WongWang decides between two alternatives: two pools of spiking neurons, reduced to their slow NMDA synapses,
// excite themselves and inhibit each other,
//
//	dS1/dt = -S1/τ_S + (1 - S1) γ r1          r = H(I) = (a I - b) / (1 - e^(-d (a I - b)))
//	dS2/dt = -S2/τ_S + (1 - S2) γ r2
//	I1 = J_11 S1 - J_12 S2 + J_ext μ (1 + c) + I_0 + I_noise,1
//	I2 = J_22 S2 - J_21 S1 + J_ext μ (1 - c) + I_0 + I_noise,2
//
// S1 and S2 are fractions of open NMDA synapses, r1 and r2 the rates of the pools in Hz, I1 and I2 their currents in
// nA. μ is the strength of the stimulus in Hz, μ_0 and what enters at stimulus; c, its coherence, 1 for 100 % towards
// pool 1, is the parameter and what enters at coherence. By default the stimulus is there all the time; for one with
// an onset set mu_0 to 0 and give 30 Hz at stimulus while it lasts. I1_in and I2_in take currents, such as the noise
//
//	τ_AMPA dI_noise/dt = -I_noise + σ √τ_AMPA η(t)        σ = 0.02 nA, τ_AMPA = 2 ms
//
// of the paper, whose standard deviation is σ/√2: layers.ColouredNoise("noise1", "cortex.I1_in", 2, 0.02/math.Sqrt2),
// and so for I2_in. The pool whose rate passes 15 Hz first has decided. Without a stimulus both rates stay low.
// The weights are those of the reduction with AMPA synapses at the external input only.
//
// Wong and Wang, J. Neurosci. 26 (2006) 1314-1328, doi:10.1523/JNEUROSCI.3733-05.2006.
func WongWang() *Model {
	return define("WongWang", `
	mu = mu_0 + stimulus                                                      : Hz
	I1 = J_11*S1 - J_12*S2 + J_ext*mu*(1 + c + coherence) + I_0 + I1_in       : nA
	I2 = J_22*S2 - J_21*S1 + J_ext*mu*(1 - c - coherence) + I_0 + I2_in       : nA
	r1 = linoid(d*(a*I1 - b)) / d                                             : Hz
	r2 = linoid(d*(a*I2 - b)) / d                                             : Hz

	dS1/dt = -S1/tau_S + (1 - S1)*gamma*r1 : 1
	dS2/dt = -S2/tau_S + (1 - S2)*gamma*r2 : 1`,

		Family("mean-field (spiking)"),
		Parameter("a", 270, "1/nC", Free, "slope of the rate"),
		Parameter("b", 108, "Hz", Free, "offset of the rate"),
		Parameter("d", 0.154, "s", Positive, "curvature of the rate at threshold"),
		Parameter("gamma", 0.641e-3, "1/ms/Hz", Free, "opening of NMDA synapses per spike"),
		Parameter("tau_S", 100, "ms", Positive, "time constant of NMDA synapses"),
		Parameter("J_11", 0.2609, "nA", Free, "self-excitation of pool 1"),
		Parameter("J_22", 0.2609, "nA", Free, "self-excitation of pool 2"),
		Parameter("J_12", 0.0497, "nA", Free, "inhibition of pool 1 by pool 2"),
		Parameter("J_21", 0.0497, "nA", Free, "inhibition of pool 2 by pool 1"),
		Parameter("J_ext", 5.2e-4, "nA/Hz", Free, "current per rate of the stimulus"),
		Parameter("mu_0", 30, "Hz", Free, "strength of a stimulus that is always there"),
		Parameter("c", 0, "1", Between(-1, 1), "coherence of the stimulus"),
		Parameter("I_0", 0.3255, "nA", Free, "background current"),

		State("S1", 0, 0.1, "fraction of open NMDA synapses of pool 1"),
		State("S2", 0, 0.1, "fraction of open NMDA synapses of pool 2"),
		Bounds("S1", 0, 1),
		Bounds("S2", 0, 1),
		Port("stimulus", "Hz"),
		Port("coherence", "1"),
		Port("I1_in", "nA"),
		Port("I2_in", "nA"),

		Preset("spontaneous activity", map[string]float64{"mu_0": 0}),
		Reference("Wong and Wang (2006) J. Neurosci. 26: 1314-1328, doi:10.1523/JNEUROSCI.3733-05.2006"),
	)
}
