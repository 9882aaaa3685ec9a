package nmm

// VanDerPol is the relaxation oscillator, in Liénard's form,
//
//	τ dx/dt = μ (x - x³/3 - y) + x_in
//	τ dy/dt = x/μ + y_in
//
// All but τ, the unit of time in ms, are dimensionless. For any μ > 0 there is one limit cycle, of amplitude 2: nearly
// a circle with period 2π τ for small μ, and slow drifts joined by jumps with period (3 - 2 ln 2) μ τ for large μ.
//
// van der Pol, Phil. Mag. 2 (1926) 978-992, doi:10.1080/14786442608564127.
func VanDerPol() *Model {
	return define("VanDerPol", `
	dx/dt = (mu*(x - x^3/3 - y) + x_in) / tau : 1
	dy/dt = (x/mu + y_in) / tau               : 1`,

		Family("oscillator"),
		Parameter("mu", 1, "1", Positive, "nonlinearity"),
		Parameter("tau", 1, "ms", Positive, "unit of time"),

		State("x", -2, 2, "position"),
		State("y", -1, 1, "Liénard's variable"),
		Port("x_in", "1"),
		Port("y_in", "1"),

		Reference("van der Pol (1926) Phil. Mag. 2: 978-992, doi:10.1080/14786442608564127"),
	)
}
