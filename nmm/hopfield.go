package nmm

// Hopfield is a unit of a continuous Hopfield network with a threshold of its own, which may follow the activity,
//
//	τ_x dx/dt = -x + x_in
//	τ_T dθ/dt = dynamic (-θ + θ_in)
//
// x and θ are dimensionless. Units exchange activities: a graph.Coupling from x to x_in with Pre
// {"0.5*(1 + tanh(60*(x - theta)))"}. With dynamic = 0, the default, thresholds keep the values that they start with,
// as in the paper of 1984: weights that are sums of outer products then make patterns attractors. With dynamic = 1
// they adapt to what enters θ_in, the unit's own activity for example, and the network wanders between patterns.
//
// Hopfield, PNAS 81 (1984) 3088-3092, doi:10.1073/pnas.81.10.3088; with dynamic thresholds: Golos, Jirsa and Daucé, PLoS
// Comput. Biol. 11 (2015) e1004644, doi:10.1371/journal.pcbi.1004644.
func Hopfield() *Model {
	return define("Hopfield", `
	dx/dt = (x_in - x) / taux                          : 1
	dtheta/dt = dynamic*(theta_in - theta) / tauT      : 1`,

		Family("spin/associative"),
		Parameter("taux", 1, "ms", Positive, "time constant of the state"),
		Parameter("tauT", 5, "ms", Positive, "time constant of the threshold"),
		Parameter("dynamic", 0, "1", Between(0, 1), "1: the threshold adapts; 0: it stays"),

		State("x", -1, 2, "state"),
		State("theta", 0, 1, "threshold"),
		Port("x_in", "1"),
		Port("theta_in", "1"),

		Reference("Hopfield (1984) PNAS 81: 3088-3092, doi:10.1073/pnas.81.10.3088"),
		Reference("Golos, Jirsa and Daucé (2015) PLoS Comput. Biol. 11: e1004644, doi:10.1371/journal.pcbi.1004644"),
	)
}
