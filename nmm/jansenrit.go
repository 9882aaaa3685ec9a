package nmm

// JansenRit is the cortical column of Jansen and Rit: pyramidal cells and two
// populations of interneurons, excitatory and inhibitory, whose synapses are
// second-order filters,
//
//	d²y0/dt² = A a S(y1 - y2)              - 2a dy0/dt - a² y0
//	d²y1/dt² = A a (μ + a₂J S(a₁J y0) + p) - 2a dy1/dt - a² y1
//	d²y2/dt² = B b a₄J S(a₃J y0)           - 2b dy2/dt - b² y2
//	S(v) = 2 ν_max / (1 + e^(r (v₀ - v)))
//
// y0, y1, y2 are postsynaptic potentials in mV and y3, y4, y5 their derivatives in
// mV/ms; rates are in 1/ms. psp = y1 - y2, the potential of the pyramidal cells,
// is what EEG shows. The usual coupling, a firing rate p of other columns, enters
// at y4_in; y3_in and y5_in add a potential inside the sigmoids of the pyramidal
// cells and of the inhibitory interneurons. J is written C in the paper, a₁J to
// a₄J are its C₁ to C₄, and 2 ν_max is its maximal rate 2 e₀.
//
// The defaults are those of the paper, preset "1995". From rest, a constant input
// μ of 0.09/ms leads to a fixed point, 0.12/ms to spikes at 2 to 3 Hz and 0.22/ms
// to the alpha rhythm, 11 Hz and 3 mV from peak to peak. Preset "tvb" has the lower
// v₀ of 5.52 mV of The Virtual Brain, with which the same input gives 6 to 7 Hz.
//
// Biol. Cybern. 73 (1995) 357-366, doi:10.1007/BF00199471.
func JansenRit() *Model { return define("JansenRit", jansenRitEquations, jansenRitItems()...) }

const jansenRitEquations = `
	psp        = y1 - y2                                     : mV
	pyramidal  = 2*nu_max * sigmoid(r*(psp + y3_in - v0))      : 1/ms
	excitatory = 2*nu_max * sigmoid(r*(a_1*J*y0 - v0))         : 1/ms
	inhibitory = 2*nu_max * sigmoid(r*(a_3*J*y0 + y5_in - v0)) : 1/ms

	dy0/dt = y3 : mV
	dy1/dt = y4 : mV
	dy2/dt = y5 : mV
	dy3/dt = A*a*pyramidal                         - 2*a*y3 - a^2*y0 : mV/ms
	dy4/dt = A*a*(mu + a_2*J*excitatory + y4_in)   - 2*a*y4 - a^2*y1 : mV/ms
	dy5/dt = B*b*a_4*J*inhibitory                  - 2*b*y5 - b^2*y2 : mV/ms`

func jansenRitItems() []Item {
	return []Item{
		Family("synaptic potential"),
		Parameter("A", 3.25, "mV", Free, "size of the excitatory postsynaptic potential"),
		Parameter("B", 22, "mV", Free, "size of the inhibitory postsynaptic potential"),
		Parameter("a", 0.1, "1/ms", Positive, "rate of the excitatory synapses"),
		Parameter("b", 0.05, "1/ms", Positive, "rate of the inhibitory synapses"),
		Parameter("v0", 6, "mV", Free, "potential of half the maximal rate"),
		Parameter("nu_max", 0.0025, "1/ms", Positive, "half of the maximal firing rate"),
		Parameter("r", 0.56, "1/mV", Free, "steepness of the sigmoid"),
		Parameter("J", 135, "1", Free, "mean number of synapses"),
		Parameter("a_1", 1, "1", Free, "share of J, pyramidal to excitatory"),
		Parameter("a_2", 0.8, "1", Free, "share of J, excitatory to pyramidal"),
		Parameter("a_3", 0.25, "1", Free, "share of J, pyramidal to inhibitory"),
		Parameter("a_4", 0.25, "1", Free, "share of J, inhibitory to pyramidal"),
		Parameter("mu", 0.22, "1/ms", Free, "mean input rate"),

		State("y0", -1, 1, "potential that pyramidal cells cause"),
		State("y1", -500, 500, "excitatory potential of pyramidal cells"),
		State("y2", -50, 50, "inhibitory potential of pyramidal cells"),
		State("y3", -6, 6, "derivative of y0"),
		State("y4", -20, 20, "derivative of y1"),
		State("y5", -500, 500, "derivative of y2"),
		Port("y3_in", "mV"),
		Port("y4_in", "1/ms"),
		Port("y5_in", "mV"),

		Preset("1995", map[string]float64{"v0": 6, "mu": 0.22}),
		Preset("tvb", map[string]float64{"v0": 5.52, "mu": 0.22}),
		Reference("Jansen and Rit (1995) Biol. Cybern. 73: 357-366, doi:10.1007/BF00199471"),
	}
}
