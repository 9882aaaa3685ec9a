package nmm

// Rate is the rate unit of the recurrent networks that are trained on tasks of working memory and
// decision,
//
//	τ dr/dt = -r + max(b + r_in, 0)
//
// r is dimensionless, τ in ms. With Euler's method a step of a network is
// r ← (1 - α) r + α max(b + W r + …, 0), α = dt/τ.
//
// Song, Yang and Wang, PLoS Comput. Biol. 12 (2016) e1004792, doi:10.1371/journal.pcbi.1004792.
func Rate() *Model {
	return define("Rate", `
	dr/dt = (-r + max(b + r_in, 0)) / tau : 1`,

		Family("artificial"),
		Parameter("tau", 100, "ms", Positive, "time constant"),
		Parameter("b", 0, "1", Free, "bias: minus the threshold"),

		State("r", 0, 1, "firing rate"),
		Port("r_in", "1"),

		Reference("Song, Yang and Wang (2016) PLoS Comput. Biol. 12: e1004792, doi:10.1371/journal.pcbi.1004792"),
	)
}
