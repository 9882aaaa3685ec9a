package nmm

import "slices"

// Epileptor is the phenomenological model of seizures: fast discharges (x₁, y₁), spike-and-wave events (x₂, y₂), a slow
// permittivity z that leads in and out of seizures, and g, a low pass of x₁,
//
//	dx₁/dt = t (y₁ - z + I_ext + f₁ x₁ + x1_in)
//	dy₁/dt = t (c - d x₁² - y₁)
//	dz/dt  = t r (h - z + z_in)
//	dx₂/dt = t (-y₂ + x₂ - x₂³ + I_ext2 + bb g - 0.3 (z - 3.5) + x2_in)
//	dy₂/dt = t (-y₂ + f₂)/τ
//	dg/dt  = -0.01 t (g - 0.1 x₁)
//
//	f₁ = -a x₁² + b x₁ for x₁ < 0, slope - x₂ + 0.6 (z - 4)² else
//	f₂ = 0 for x₂ < -0.25, aa (x₂ + 0.25) else
//	h  = 4 (x₁ - x₀) - [z < 0] 0.1 z⁷, or x₀ + 3 σ((x₁ + 0.5)/0.1) with modification = 1
//
// in the dimensionless form of the literature; only the rate tt, 1/ms, has a unit. The field potential is x₂ - x₁, the
// observable lfp. x₀ is the excitability of the tissue: it rests below -2.06, the preset "rest", and has seizures above, up
// to about -1, the preset "seizures".
//
// Other regions enter at x1_in, x2_in and z_in, usually through differences of x₁ (of x₂ for x2_in), Pre {"x", "1"} and
// Post "S1 - S2*x"; the gains of these couplings are K_vf, K_f and K_s of the literature.
//
// Jirsa, Stacey, Quilichini, Ivanov and Bernard, Brain 137 (2014) 2210-2230, doi:10.1093/brain/awu133.
func Epileptor() *Model {
	return define("Epileptor", epileptorText+`
	lfp = x2 - x1 : 1`, epileptorItems()...)
}

// EpileptorRestingState is an [Epileptor] beside a [Generic2dOscillator] (x_rs, y_rs) that makes the activity between
// seizures,
//
//	dx_rs/dt = d τ (α y_rs - f x_rs³ + e x_rs² + γ (I + I_rs_in) + x_rs_in)
//	dy_rs/dt = d/τ (a + b x_rs - β y_rs)
//
// with the parameters of the oscillator called a_rs, b_rs and so on. The field potential lfp is p (x₂ - x₁) +
// (1 - p) x_rs. Couplings among the oscillators enter at I_rs_in, those among Epileptors as there.
//
// Courtiol, Guye, Bartolomei, Petkoski and Jirsa, J. Neurosci. 40 (2020) 5572-5588, doi:10.1523/JNEUROSCI.0905-19.2020.
func EpileptorRestingState() *Model {
	return define("EpileptorRestingState", epileptorText+`
	dx_rs/dt = d_rs*tau_rs*(alpha_rs*y_rs - f_rs*x_rs^3 + e_rs*x_rs^2 + gamma_rs*(I_rs + I_rs_in) + x_rs_in) : 1
	dy_rs/dt = d_rs/tau_rs*(a_rs + b_rs*x_rs - beta_rs*y_rs) : 1
	lfp = p*(x2 - x1) + (1 - p)*x_rs : 1`, slices.Concat(epileptorItems(), []Item{
		Parameter("tau_rs", 1, "1", Positive, "ratio of the rates of x_rs and y_rs, squared"),
		Parameter("I_rs", 0, "1", Free, "constant current into x_rs"),
		Parameter("a_rs", -2, "1", Free, "height of the nullcline of y_rs"),
		Parameter("b_rs", -10, "1", Free, "slope of the nullcline of y_rs"),
		Parameter("d_rs", 0.02, "1/ms", Positive, "rate of the oscillator"),
		Parameter("e_rs", 3, "1", Free, "weight of the quadratic term"),
		Parameter("f_rs", 1, "1", Free, "weight of the cubic term"),
		Parameter("alpha_rs", 1, "1", Free, "what y_rs does to x_rs"),
		Parameter("beta_rs", 1, "1", Free, "decay of y_rs"),
		Parameter("gamma_rs", 1, "1", Free, "weight of currents"),
		Parameter("p", 0, "1", Free, "share of the Epileptor in the field potential"),

		State("x_rs", -2, 4, "potential of the oscillator"),
		State("y_rs", -6, 6, "recovery of the oscillator"),
		Port("I_rs_in", "1"),
		Port("x_rs_in", "1"),

		Reference("Courtiol et al. (2020) J. Neurosci. 40: 5572-5588, doi:10.1523/JNEUROSCI.0905-19.2020"),
	})...)
}

// Epileptor2D is the [Epileptor] on its slow time scale, with y₁ where it settles and without the second pair,
//
//	dx₁/dt = t (c - z + I_ext - f x₁ + x1_in)
//	dz/dt  = t r (h - z + z_in)
//	f = a x₁² + (d - b) x₁ for x₁ < 0, d x₁ - slope - 0.6 (z - 4)² else
//
// with h, units and couplings as there. It keeps the thresholds and the slow course of seizures, at a fraction of the
// cost: brain-wide fits of excitabilities x₀ use it.
//
// Proix, Bartolomei, Chauvel, Bernard and Jirsa, J. Neurosci. 34 (2014) 15009-15021, doi:10.1523/JNEUROSCI.1570-14.2014.
func Epileptor2D() *Model {
	return define("Epileptor2D", `
	f = where(x1 < 0, a*x1^2 + (d - b)*x1, d*x1 - slope - 0.6*(z - 4)^2) : 1
	dx1/dt = tt*(c - z + Iext - f*x1 + x1_in) : 1
	dz/dt = tt*r*(h - z + z_in)               : 1`+permittivityText,
		append(permittivityItems(), State("x1", -2, 1, "fast discharges"),
			Reference("Proix et al. (2014) J. Neurosci. 34: 15009-15021, doi:10.1523/JNEUROSCI.1570-14.2014"))...)
}

// permittivityText is where the permittivity of all Epileptors settles.
const permittivityText = `
	h = modification*(x0 + 3*sigmoid((x1 + 0.5)/0.1))
		+ (1 - modification)*(4*(x1 - x0) + where(z < 0, -0.1*z^7, 0)) : 1`

func permittivityItems() []Item {
	return []Item{
		Family("epilepsy"),
		Parameter("a", 1, "1", Free, "weight of x1³ in the fast discharges"),
		Parameter("b", 3, "1", Free, "weight of x1² in the fast discharges"),
		Parameter("c", 1, "1", Free, "height of the nullcline of y1"),
		Parameter("d", 5, "1", Free, "curvature of the nullcline of y1"),
		Parameter("r", 0.00035, "1", Positive, "rate of the permittivity"),
		Parameter("x0", -1.6, "1", Free, "excitability"),
		Parameter("Iext", 3.1, "1", Free, "constant current into x1"),
		Parameter("slope", 0, "1", Free, "linear term of the fast discharges"),
		Parameter("tt", 1, "1/ms", Positive, "rate"),
		Parameter("modification", 0, "1", Between(0, 1), "1: the permittivity saturates; 0: it is linear"),

		State("z", 2, 5, "permittivity"),
		Port("x1_in", "1"),
		Port("z_in", "1"),

		Preset("rest", map[string]float64{"x0": -2.2}),
		Preset("seizures", map[string]float64{"x0": -1.6}),
	}
}

const epileptorText = permittivityText + `
	f_1 = where(x1 < 0, b*x1 - a*x1^2, slope - x2 + 0.6*(z - 4)^2) : 1
	f_2 = where(x2 < -0.25, 0, aa*(x2 + 0.25))                     : 1
	dx1/dt = tt*(y1 - z + Iext + f_1*x1 + x1_in)                   : 1
	dy1/dt = tt*(c - d*x1^2 - y1)                                  : 1
	dz/dt = tt*r*(h - z + z_in)                                    : 1
	dx2/dt = tt*(-y2 + x2 - x2^3 + Iext2 + bb*g - 0.3*(z - 3.5) + x2_in) : 1
	dy2/dt = tt*(f_2 - y2)/tau                                     : 1
	dg/dt = -0.01*tt*(g - 0.1*x1)                                  : 1`

func epileptorItems() []Item {
	return append(permittivityItems(),
		Parameter("Iext2", 0.45, "1", Free, "constant current into x2"),
		Parameter("tau", 10, "1", Positive, "time constant of y2"),
		Parameter("aa", 6, "1", Free, "slope of the nullcline of y2"),
		Parameter("bb", 2, "1", Free, "weight of g in the spike-and-wave events"),

		State("x1", -2, 1, "fast discharges"),
		State("y1", -20, 2, "recovery of the fast discharges"),
		State("x2", -2, 0, "spike-and-wave events"),
		State("y2", 0, 2, "recovery of the spike-and-wave events"),
		State("g", -1, 1, "low pass of x1"),
		Port("x2_in", "1"),

		Reference("Jirsa et al. (2014) Brain 137: 2210-2230, doi:10.1093/brain/awu133"),
	)
}
