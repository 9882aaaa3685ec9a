package main

import (
	"slices"

	"github.com/euryale-ml/euryale/nmm"
)

// epilepsyClasses are those of seizures. Of a peer's coupling row 0 reaches x1 with Kvf and z with Ks, row 1 reaches x2
// with Kf: in our terms gains of couplings to three ports.
var epilepsyClasses = []class{
	{
		peer: "tvb", name: "Epileptor", model: nmm.Epileptor,
		states: same("x1", "y1", "z", "x2", "y2", "g"), params: epileptorParams, unused: []string{"s", "Kvf", "Ks", "Kf"},
		ports: []pair{timesParam("c0", "x1_in", "Kvf"), timesParam("c0", "z_in", "Ks"), timesParam("c1", "x2_in", "Kf"), is("local x1", "x1_in")},
		local: []local{{"local x1", "x1", 1}},
	},
	{
		peer: "brainmass", name: "EpileptorStep", model: nmm.Epileptor,
		states: same("x1", "y1", "z", "x2", "y2", "g"), params: epileptorParams, unused: []string{"Kvf", "Ks", "Kf"},
		ports: []pair{timesParam("x1_inp", "x1_in", "Kvf"), timesParam("x1_inp", "z_in", "Ks"), timesParam("x2_inp", "x2_in", "Kf")},
	},
	{
		peer: "tvb", name: "EpileptorRestingState", model: nmm.EpileptorRestingState,
		states: same("x1", "y1", "z", "x2", "y2", "g", "x_rs", "y_rs"),
		params: slices.Concat(allBut(epileptorParams, "modification"), same("tau_rs", "I_rs", "a_rs", "b_rs", "d_rs", "e_rs", "f_rs",
			"alpha_rs", "beta_rs", "gamma_rs", "p")),
		fixed: map[string]float64{"modification": 0}, unused: []string{"s", "Kvf", "Ks", "Kf", "K_rs"},
		ports: []pair{timesParam("c0", "x1_in", "Kvf"), timesParam("c0", "z_in", "Ks"), timesParam("c1", "x2_in", "Kf"),
			timesParam("c2", "I_rs_in", "K_rs"), is("local x1", "x1_in"), is("local x_rs", "x_rs_in")},
		local: []local{{"local x1", "x1", 1}, {"local x_rs", "x_rs", 1}},
	},
	{
		peer: "tvb", name: "Epileptor2D", model: nmm.Epileptor2D,
		states: same("x1", "z"), params: allBut(epileptorParams, "Iext2", "tau", "aa", "bb"), unused: []string{"Kvf", "Ks"},
		ports: []pair{timesParam("c0", "x1_in", "Kvf"), timesParam("c0", "z_in", "Ks"), is("local x1", "x1_in")},
		local: []local{{"local x1", "x1", 1}},
	},
}

var epileptorParams = same("a", "b", "c", "d", "r", "x0", "Iext", "slope", "Iext2", "tau", "aa", "bb", "tt", "modification")

// allBut leaves out pairs by their name.
func allBut(pairs []pair, theirs ...string) []pair {
	return slices.DeleteFunc(slices.Clone(pairs), func(p pair) bool { return slices.Contains(theirs, p.theirs) })
}
