package nmm

// ReducedWongWangExcInh is the dynamic mean field of an excitatory and an inhibitory pool of spiking neurons,
// the model of resting-state activity with feedback inhibition control,
//
//	dS_e/dt = -S_e/τ_e + (1 - S_e) γ_e H_e        H_e = φ(M_e (a_e I_e - b_e), d_e)
//	dS_i/dt = -S_i/τ_i + γ_i H_i                  H_i = φ(M_i (a_i I_i - b_i), d_i)
//	I_e = W_e I_o + w_p J_N S_e - J_i S_i + J_N Σ + I_ext
//	I_i = W_i I_o + J_N S_e - S_i [nA] + λ J_N Σ
//	φ(y, d) = y / (1 - e^(-d y))
//
// S_e and S_i are fractions of open NMDA and GABA synapses, H_e and H_i the rates of the pools in Hz, I_e and
// I_i their currents in nA. Σ is the activity of other regions, at S_e_in: a coupling from S_e to S_e with the
// gain G is the long-range excitation G J_N Σ_j C_ij S_e,j of the paper, which also reaches the inhibitory pool
// for λ > 0. I_e_in and I_i_in take currents, of stimuli for example.
//
// J_i, the weight of the inhibition, differs from region to region once it is balanced, see
// train.BalanceInhibition; with 1 nA an uncoupled region has 3.1 Hz. M_e and M_i scale the slopes of the rates, as
// maps of receptors do.
//
// The paper adds noise of σ = 0.01 to both states, in the equation for dS/dt with times in ms: a step of Euler
// and Maruyama adds 0.01 √dt ξ, dt = 0.1 ms. That is layers.WhiteNoise("cortex.S_e", 0.01) here, where σ has the
// unit of the state per √ms. S stays in [0, 1]. At rest the time constants of the two states together are 4.3
// and 170 ms. With Heun and dt = 1 ms the mean rates of a balanced network of 76 regions are within 0.05 Hz of those
// with 0.1 ms, the step of the paper, which uses Euler.
//
// Deco et al., J. Neurosci. 34 (2014) 7886-7898, doi:10.1523/JNEUROSCI.5068-13.2014; gain: Deco et al., Curr.
// Biol. 28 (2018) 3065-3074, doi:10.1016/j.cub.2018.07.083.
func ReducedWongWangExcInh() *Model {
	return define("ReducedWongWangExcInh", `
	I_e = W_e*I_o + w_p*J_N*S_e - J_i*S_i + J_N*S_e_in + I_ext + I_e_in  : nA
	I_i = W_i*I_o + J_N*S_e - 1[nA]*S_i + lambda*J_N*S_e_in + I_i_in     : nA
	H_e = linoid(d_e*M_e*(a_e*I_e - b_e)) / d_e                          : Hz
	H_i = linoid(d_i*M_i*(a_i*I_i - b_i)) / d_i                          : Hz

	dS_e/dt = -S_e/tau_e + (1 - S_e)*gamma_e*H_e : 1
	dS_i/dt = -S_i/tau_i + gamma_i*H_i           : 1`,

		Family("mean-field (spiking)"),
		Parameter("a_e", 310, "1/nC", Free, "slope of the excitatory rate"),
		Parameter("b_e", 125, "Hz", Free, "offset of the excitatory rate"),
		Parameter("d_e", 0.16, "s", Positive, "curvature of the excitatory rate at threshold"),
		Parameter("gamma_e", 0.641e-3, "1/ms/Hz", Free, "opening of NMDA synapses per spike"),
		Parameter("tau_e", 100, "ms", Positive, "time constant of NMDA synapses"),
		Parameter("w_p", 1.4, "1", Free, "weight of the local excitatory recurrence"),
		Parameter("W_e", 1, "1", Free, "share of the background current of the excitatory pool"),
		Parameter("M_e", 1, "1", Free, "gain of the excitatory rate"),
		Parameter("a_i", 615, "1/nC", Free, "slope of the inhibitory rate"),
		Parameter("b_i", 177, "Hz", Free, "offset of the inhibitory rate"),
		Parameter("d_i", 0.087, "s", Positive, "curvature of the inhibitory rate at threshold"),
		Parameter("gamma_i", 1e-3, "1/ms/Hz", Free, "opening of GABA synapses per spike"),
		Parameter("tau_i", 10, "ms", Positive, "time constant of GABA synapses"),
		Parameter("W_i", 0.7, "1", Free, "share of the background current of the inhibitory pool"),
		Parameter("M_i", 1, "1", Free, "gain of the inhibitory rate"),
		Parameter("J_N", 0.15, "nA", Free, "current of NMDA synapses"),
		Parameter("J_i", 1, "nA", Free, "current of GABA synapses on the excitatory pool: feedback inhibition"),
		Parameter("I_o", 0.382, "nA", Free, "background current"),
		Parameter("I_ext", 0, "nA", Free, "external current of the excitatory pool"),
		Parameter("lambda", 0, "1", Free, "share of the long-range excitation that reaches the inhibitory pool"),

		State("S_e", 0, 0.3, "fraction of open NMDA synapses"),
		State("S_i", 0, 0.1, "fraction of open GABA synapses"),
		Bounds("S_e", 0, 1),
		Bounds("S_i", 0, 1),
		Port("S_e_in", "1"),
		Port("I_e_in", "nA"),
		Port("I_i_in", "nA"),

		Reference("Deco et al. (2014) J. Neurosci. 34: 7886-7898, doi:10.1523/JNEUROSCI.5068-13.2014"),
		Reference("Deco et al. (2018) Curr. Biol. 28: 3065-3074, doi:10.1016/j.cub.2018.07.083"),
	)
}
