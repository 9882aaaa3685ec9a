package nmm

// Hopf is the normal form of a supercritical Hopf bifurcation, also called the
// Stuart-Landau oscillator,
//
//	dx/dt = (a - β (x² + y²)) x - ω y
//	dy/dt = (a - β (x² + y²)) y + ω x
//
// with a in 1/ms the distance from the bifurcation (a < 0: a damped focus; a > 0:
// a limit cycle of amplitude √(a/β)) and ω in 1/ms, that is rad/ms, the angular
// frequency. x and y are dimensionless. Couplings and stimuli are added to the
// derivatives at x_in and y_in, in 1/ms; brains are usually coupled through
// differences of x and of y, Pre {"x", "1"} and Post "S1 - S2*x". Deco et al. use it
// for whole-brain fMRI with a near 0.
//
// Sci. Rep. 7 (2017) 3095, doi:10.1038/s41598-017-03073-5; normal form: Kuznetsov,
// Elements of Applied Bifurcation Theory, doi:10.1007/978-1-4757-3978-7.
func Hopf() *Model {
	return define("Hopf", `
	dx/dt = (a - beta*(x^2 + y^2))*x - omega*y + x_in : 1
	dy/dt = (a - beta*(x^2 + y^2))*y + omega*x + y_in : 1`,

		Family("oscillator"),
		Parameter("a", -0.5, "1/ms", Free, "bifurcation parameter, oscillation for a > 0"),
		Parameter("omega", 1, "1/ms", Free, "angular frequency"),
		Parameter("beta", 1, "1/ms", Free, "strength of the amplitude's saturation"),

		State("x", -5, 5, "real part of the oscillation"),
		State("y", -5, 5, "imaginary part of the oscillation"),
		Port("x_in", "1/ms"),
		Port("y_in", "1/ms"),

		Reference("Deco et al. (2017) Sci. Rep. 7: 3095, doi:10.1038/s41598-017-03073-5"),
	)
}
