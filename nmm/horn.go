package nmm

import "math"

// HORN is a unit of a harmonic oscillator recurrent network, a damped oscillator that is driven
// through a saturation,
//
//	τ dx/dt = y
//	τ dy/dt = α tanh(b + v x + y_in) - ω² x - 2γ y
//
// with input and coupling at y_in. All but τ are dimensionless, ω in rad per τ. v is the feedback of
// the unit's own amplitude. Networks trained on tasks have τ equal to the step of the task and
// graph.SymplecticEuler, which makes a step
//
//	y ← y + α tanh(b + v x + y_in) - ω² x - 2γ y        x ← x + y
//
// The defaults turn once in 28 steps; units with ω and γ of their own make the network heterogeneous.
//
// Effenberger, Carvalho, Dubinin and Singer, PNAS 122 (2025) e2412830122, doi:10.1073/pnas.2412830122.
func HORN() *Model {
	return define("HORN", `
	dx/dt = y / tau                                                          : 1
	dy/dt = (alpha*tanh(b + v*x + y_in) - omega^2*x - 2*gamma*y) / tau        : 1`,

		Family("artificial"),
		Parameter("omega", 2*math.Pi/28, "1", Free, "angular frequency, rad per tau"),
		Parameter("gamma", 0.01, "1", Free, "damping"),
		Parameter("alpha", 0.04, "1", Free, "largest drive"),
		Parameter("b", 0, "1", Free, "bias of the drive"),
		Parameter("v", 0, "1", Free, "feedback of the amplitude"),
		Parameter("tau", 1, "ms", Positive, "unit of time"),

		State("x", -1, 1, "amplitude"),
		State("y", -1, 1, "velocity, per tau"),
		Port("y_in", "1"),

		Reference("Effenberger et al. (2025) PNAS 122: e2412830122, doi:10.1073/pnas.2412830122"),
	)
}
