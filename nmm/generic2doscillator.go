package nmm

// Generic2dOscillator is a plane system with a cubic and a parabolic nullcline, which are shaped by parameters into
// excitable, oscillating and bistable populations,
//
//	dV/dt = d τ (α W - f V³ + e V² + g V + γ (I + I_in) + V_in)
//	dW/dt = d/τ (a + b V + c V² - β W)
//
// V and W are dimensionless like all parameters but d, the rate of the system in 1/ms; τ is the ratio of the
// two variables' rates. The default is an excitable fixed point. Couplings enter I_in, where γ weighs them as it does
// the current I, or V_in, beside the linear term.
//
// The presets are regimes of the paper: "excitable", "limit cycle" of 9 Hz, "bistable" with a fixed point next
// to a limit cycle of 1 Hz, "MorrisLecar" with the nullclines of that neuron, and "SanzLeon2013", an excitable system closer
// to its threshold.
//
// Sanz-Leon, Knock, Spiegler and Jirsa, NeuroImage 111 (2015) 385-430, doi:10.1016/j.neuroimage.2015.01.002.
func Generic2dOscillator() *Model {
	return define("Generic2dOscillator", `
	dV/dt = d*tau*(alpha*W - f*V^3 + e*V^2 + g*V + gamma*(I + I_in) + V_in) : 1
	dW/dt = d/tau*(a + b*V + c*V^2 - beta*W)                                : 1`,

		Family("excitable"),
		Parameter("tau", 1, "1", Positive, "ratio of the rates of V and W, squared"),
		Parameter("I", 0, "1", Free, "constant current"),
		Parameter("a", -2, "1", Free, "height of the nullcline of W"),
		Parameter("b", -10, "1", Free, "slope of the nullcline of W"),
		Parameter("c", 0, "1", Free, "curvature of the nullcline of W"),
		Parameter("d", 0.02, "1/ms", Positive, "rate"),
		Parameter("e", 3, "1", Free, "weight of the quadratic term"),
		Parameter("f", 1, "1", Free, "weight of the cubic term"),
		Parameter("g", 0, "1", Free, "weight of the linear term"),
		Parameter("alpha", 1, "1", Free, "what W does to V"),
		Parameter("beta", 1, "1", Free, "decay of W"),
		Parameter("gamma", 1, "1", Free, "weight of currents"),

		State("V", -2, 4, "potential"),
		State("W", -6, 6, "recovery"),
		Port("I_in", "1"),
		Port("V_in", "1"),

		Preset("excitable", map[string]float64{"a": -2, "b": -10, "c": 0, "d": 0.02, "I": 0}),
		Preset("limit cycle", map[string]float64{"a": 2, "b": -10, "c": 0, "d": 0.02, "I": 0}),
		Preset("bistable", map[string]float64{"a": 1, "b": 0, "c": -5, "d": 0.02, "I": 0}),
		Preset("MorrisLecar", map[string]float64{"a": 0.5, "b": 0.6, "c": -4, "d": 0.02, "I": 0}),
		Preset("SanzLeon2013", map[string]float64{"a": -0.5, "b": -10, "c": 0, "d": 0.02, "I": 0}),

		Reference("Sanz-Leon et al. (2015) NeuroImage 111: 385-430, doi:10.1016/j.neuroimage.2015.01.002"),
	)
}
