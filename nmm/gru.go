package nmm

// GRU is the gated recurrent unit, the usual unit of artificial recurrent networks. It is no neural mass
// but the baseline to compare with,
//
//	z = σ(b_z + z_in)        r = σ(b_r + r_in)
//	τ dh/dt = (1 - z) (tanh(b_h + x_in + r (c_h + h_in)) - h)
//
// With Euler's method in steps of τ that is the unit itself, h ← z h + (1 - z) tanh(…). z keeps, r
// resets what other units send, which enters at h_in, after it was weighted, as in the first version of
// the paper and in the libraries for deep learning; the input enters at x_in.
//
// Cho et al. 2014, arXiv:1406.1078v1.
func GRU() *Model {
	return define("GRU", `
	z = sigmoid(b_z + z_in) : 1
	r = sigmoid(b_r + r_in) : 1

	dh/dt = (1 - z)*(tanh(b_h + x_in + r*(c_h + h_in)) - h) / tau : 1`,

		Family("artificial"),
		Parameter("tau", 1, "ms", Positive, "step"),
		Parameter("b_z", 0, "1", Free, "bias of the gate that keeps"),
		Parameter("b_r", 0, "1", Free, "bias of the gate that resets"),
		Parameter("b_h", 0, "1", Free, "bias of the new state"),
		Parameter("c_h", 0, "1", Free, "bias of what the units send"),

		State("h", -1, 1, "state"),
		Port("z_in", "1"),
		Port("r_in", "1"),
		Port("h_in", "1"),
		Port("x_in", "1"),

		Reference("Cho et al. (2014) arXiv:1406.1078v1"),
	)
}
