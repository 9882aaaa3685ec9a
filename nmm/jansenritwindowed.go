package nmm

import "strings"

// JansenRitWindowed is JansenRit in a network whose columns hear of each other once per window, as in fits that
// evaluate the long-range coupling once per sample of a recording (TR),
//
//	d²y0/dt² = A a S(y1 - y2 + L) - …                 L = l_in held  + l_self y0
//	d²y1/dt² = A a (μ + a₂J S(a₁J y0) + F) - …        F = f_in held + f_self (y1 - y2)
//	d²y2/dt² = B b a₄J S(a₃J y0 + K) - …              K = b_in held  + b_self (y1 - y2)
//
// for the lateral, forward and backward connections. What couplings bring to l_in (mV), f_in (1/ms) and b_in (mV) in
// the first step of a window of steps steps stays for the whole window; delays of couplings from y0 that are
// multiples of the window are delays in windows. l_self, f_self and b_self, negative sums of a region's weights
// in a Laplacian, act on the present state. y3_in, y4_in and y5_in are those of JansenRit, for inputs.
//
// Jansen and Rit, Biol. Cybern. 73 (1995) 357-366, doi:10.1007/BF00199471; in this form: Momi et al., eLife 12 (2023)
// e83232, doi:10.7554/eLife.83232.
func JansenRitWindowed() *Model {
	equations := strings.NewReplacer("y3_in", "(y3_in + now_l + l_self*y0)", "y4_in", "(y4_in + now_f + f_self*psp)",
		"y5_in", "(y5_in + now_b + b_self*psp)").Replace(jansenRitEquations)
	return define("JansenRitWindowed", equations+`
	now_l = where(clock < 0.5, l_in, held_l) : mV
	now_f = where(clock < 0.5, f_in, held_f) : 1/ms
	now_b = where(clock < 0.5, b_in, held_b) : mV
	held_l(t + dt) = now_l : mV
	held_f(t + dt) = now_f : 1/ms
	held_b(t + dt) = now_b : mV
	clock(t + dt) = where(clock + 1 < steps - 0.5, clock + 1, 0) : 1`,
		append(jansenRitItems(),
			Parameter("steps", 10, "1", Free, "steps of a window"),
			Parameter("l_self", 0, "1", Free, "lateral weight of the column itself"),
			Parameter("f_self", 0, "1/mV/ms", Free, "forward weight of the column itself"),
			Parameter("b_self", 0, "1", Free, "backward weight of the column itself"),
			State("held_l", -1, 1, "lateral input of the window"),
			State("held_f", -0.1, 0.1, "forward input of the window"),
			State("held_b", -1, 1, "backward input of the window"),
			State("clock", 0, 0.1, "steps since the window began"),
			Port("l_in", "mV"),
			Port("f_in", "1/ms"),
			Port("b_in", "mV"),
			Reference("Momi et al. (2023) eLife 12: e83232, doi:10.7554/eLife.83232"))...)
}
