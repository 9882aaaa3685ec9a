package nmm

// ReducedWongWang is the one-variable reduction of a spiking network with NMDA
// synapses,
//
//	dS/dt = -S/τ_s + (1 - S) γ H(x)
//	H(x) = (a x - b) / (1 - e^(-d (a x - b)))
//	x = w J_N S + J_N Σ + I_o
//
// S is the fraction of open synapses, H the firing rate in 1/ms, x the current in
// nA; Σ is the coupling, at S_in. H has its limit 1/d where a x = b.
//
// Wong and Wang, J. Neurosci. 26 (2006) 1314-1328,
// doi:10.1523/JNEUROSCI.3733-05.2006; Deco et al., J. Neurosci. 33 (2013)
// 11239-11252, doi:10.1523/JNEUROSCI.1091-13.2013.
func ReducedWongWang() *Model {
	return define("ReducedWongWang", `
	x = w*J_N*S + J_N*S_in + I_o  : nA
	H = linoid(d*(a*x - b)) / d   : 1/ms

	dS/dt = -S/tau_s + (1 - S)*gamma*H : 1`,

		Family("mean-field (spiking)"),
		Parameter("a", 0.27, "1/nA/ms", Free, "slope of the rate"),
		Parameter("b", 0.108, "1/ms", Free, "offset of the rate"),
		Parameter("d", 154, "ms", Positive, "curvature of the rate at threshold"),
		Parameter("gamma", 0.641, "1", Free, "opening of synapses per spike"),
		Parameter("tau_s", 100, "ms", Positive, "time constant of NMDA synapses"),
		Parameter("w", 0.6, "1", Free, "weight of the local recurrence"),
		Parameter("J_N", 0.2609, "nA", Free, "current of a synapse"),
		Parameter("I_o", 0.33, "nA", Free, "background current"),

		State("S", 0, 1, "fraction of open synapses"),
		Bounds("S", 0, 1),
		Port("S_in", "1"),

		Reference("Wong and Wang (2006) J. Neurosci. 26: 1314-1328, doi:10.1523/JNEUROSCI.3733-05.2006"),
		Reference("Deco et al. (2013) J. Neurosci. 33: 11239-11252, doi:10.1523/JNEUROSCI.1091-13.2013"),
	)
}
