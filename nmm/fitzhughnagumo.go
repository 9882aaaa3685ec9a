package nmm

// FitzHughNagumo is an excitable system, a fast potential with a cubic nonlinearity and a slow recovery,
//
//	dV/dt = -α V³ + β V² + γ V - w + V_in        in 1/ms
//	τ dw/dt = V - δ - ε w
//
// V and w are dimensionless, times are in ms; what enters at V_in and w_in is added to the derivatives, in 1/ms.
// With α = 3, β = 4 and γ = -1.5 an input to V of about 0.75 to 1.3 makes it oscillate; between rest and
// oscillation, networks of it have been compared with resting-state recordings.
//
// FitzHugh, Biophys. J. 1 (1961) 445-466, doi:10.1016/S0006-3495(61)86902-6; in this form: Kostova, Ravindran and
// Schonbek, Int. J. Bifurcation Chaos 14 (2004) 913-925, doi:10.1142/S0218127404009685.
func FitzHughNagumo() *Model {
	return define("FitzHughNagumo", `
	dV/dt = (-alpha*V^3 + beta*V^2 + gamma*V - w) / 1[ms] + V_in : 1
	dw/dt = (V - delta - epsilon*w) / tau + w_in                 : 1`,

		Family("excitable"),
		Parameter("alpha", 3, "1", Free, "weight of the cubic term"),
		Parameter("beta", 4, "1", Free, "weight of the quadratic term"),
		Parameter("gamma", -1.5, "1", Free, "weight of the linear term"),
		Parameter("delta", 0, "1", Free, "potential without recovery"),
		Parameter("epsilon", 0.5, "1", Free, "decay of the recovery"),
		Parameter("tau", 20, "ms", Positive, "time constant of the recovery"),

		State("V", 0, 0.1, "potential"),
		State("w", 0, 0.1, "recovery"),
		Port("V_in", "1/ms"),
		Port("w_in", "1/ms"),

		Reference("FitzHugh (1961) Biophys. J. 1: 445-466, doi:10.1016/S0006-3495(61)86902-6"),
		Reference("Kostova, Ravindran and Schonbek (2004) Int. J. Bifurcation Chaos 14: 913-925, doi:10.1142/S0218127404009685"),
	)
}
