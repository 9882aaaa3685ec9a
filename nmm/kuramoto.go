package nmm

import "math"

// Kuramoto is a phase oscillator,
//
//	dθ/dt = ω + θ_in        ψ = θ + α
//
// with θ in rad, not reduced to one turn, and ω in rad/ms. Oscillators are coupled through the phases ψ that lag by α,
//
//	dθ_i/dt = ω_i + K Σ_j C_ij sin(θ_j - θ_i - α_i)
//
// which is a graph.Coupling to θ_in with Pre {"sin(x)", "cos(x)"} and Post "S1*cos(x + alpha) - S2*sin(x + alpha)".
// Of N oscillators with frequencies from a density g, all coupled with K/N, those near its mode begin to agree at
// K = 2/(π g(mode)); forward.KuramotoOrder measures it.
//
// Kuramoto, Chemical Oscillations, Waves, and Turbulence (1984), doi:10.1007/978-3-642-69689-3; with a lag: Sakaguchi and
// Kuramoto, Prog. Theor. Phys. 76 (1986) 576-581, doi:10.1143/PTP.76.576.
func Kuramoto() *Model {
	return define("Kuramoto", `
	psi = theta + alpha            : 1
	dtheta/dt = omega + theta_in   : 1`,

		Family("oscillator"),
		Parameter("omega", 1, "1/ms", Free, "angular frequency"),
		Parameter("alpha", 0, "1", Free, "lag of the phase that couplings see"),

		State("theta", 0, 2*math.Pi, "phase"),
		Port("theta_in", "1/ms"),

		Reference("Kuramoto (1984) Chemical Oscillations, Waves, and Turbulence, doi:10.1007/978-3-642-69689-3"),
		Reference("Sakaguchi and Kuramoto (1986) Prog. Theor. Phys. 76: 576-581, doi:10.1143/PTP.76.576"),
	)
}
