package nmm

// Lorenz is the three-variable model of convection, the standard example of chaos,
//
//	τ dx/dt = σ (y - x) + x_in
//	τ dy/dt = x (ρ - z) - y
//	τ dz/dt = x y - β z
//
// All but τ, the unit of time in ms, are dimensionless. With the defaults, those of the paper, the largest Lyapunov
// exponent is 0.906/τ; below ρ = 24.06 the fixed points ±√(β (ρ-1)) attract. Steps of 0.01 τ are fine.
//
// Lorenz, J. Atmos. Sci. 20 (1963) 130-141, doi:10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2.
func Lorenz() *Model {
	return define("Lorenz", `
	dx/dt = (sigma*(y - x) + x_in) / tau : 1
	dy/dt = (x*(rho - z) - y) / tau      : 1
	dz/dt = (x*y - beta*z) / tau         : 1`,

		Family("oscillator"),
		Parameter("sigma", 10, "1", Positive, "Prandtl number"),
		Parameter("rho", 28, "1", Free, "Rayleigh number over its critical value"),
		Parameter("beta", 8./3, "1", Positive, "aspect ratio"),
		Parameter("tau", 1, "ms", Positive, "unit of time"),

		State("x", -20, 20, "convection"),
		State("y", -25, 25, "horizontal difference of temperature"),
		State("z", 0, 50, "distortion of the vertical profile of temperature"),
		Port("x_in", "1"),

		Reference("Lorenz (1963) J. Atmos. Sci. 20: 130-141, doi:10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2"),
	)
}
