package nmm

// Linear is one leaky variable per region,
//
//	dx/dt = γ x
//
// x is dimensionless and γ in 1/ms, negative where a region alone returns to rest;
// what enters at x_in is added, in 1/ms. Coupled regions have closed solutions, which
// makes it the model to test everything else against, and its stationary covariance is
// that of a multivariate Ornstein-Uhlenbeck process.
//
// Galán, PLoS ONE 3 (2008) e2148, doi:10.1371/journal.pone.0002148.
func Linear() *Model {
	return define("Linear", `
	dx/dt = gamma*x + x_in : 1`,

		Family("linear"),
		Parameter("gamma", -10, "1/ms", Free, "rate of decay, if negative"),

		State("x", -1, 1, "activity"),
		Port("x_in", "1/ms"),

		Reference("Galán (2008) PLoS ONE 3: e2148, doi:10.1371/journal.pone.0002148"),
	)
}
