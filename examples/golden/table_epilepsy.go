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
	codim3("EpileptorCodim3", nmm.EpileptorCodim3, same("x", "y", "z"), same("mu1_start", "mu2_start", "nu_start", "mu1_stop", "mu2_stop", "nu_stop")),
	codim3("EpileptorCodim3SlowMod", nmm.EpileptorCodim3SlowMod, same("x", "y", "z", "uA", "uB"), same("mu1_Ain", "mu2_Ain", "nu_Ain",
		"mu1_Bin", "mu2_Bin", "nu_Bin", "mu1_Aend", "mu2_Aend", "nu_Aend", "mu1_Bend", "mu2_Bend", "nu_Bend", "cA", "cB")),
}

var epileptorParams = same("a", "b", "c", "d", "r", "x0", "Iext", "slope", "Iext2", "tau", "aa", "bb", "tt", "modification")

// allBut leaves out pairs by their name.
func allBut(pairs []pair, theirs ...string) []pair {
	return slices.DeleteFunc(slices.Clone(pairs), func(p pair) bool { return slices.Contains(theirs, p.theirs) })
}

// codim3 makes a class of an unfolding. Where two roots are complex, TVB joins cube roots that do not belong together.
func codim3(name string, model func() *nmm.Model, states, params []pair) class {
	c := class{
		peer: "tvb", name: name, model: model, states: states, params: append(same("b", "R", "c", "dstar", "N", "modification"), params...),
		fixed: map[string]float64{"tau": 1}, unused: []string{"Ks"}, ports: []pair{timesParam("c0", "z_in", "Ks")}, rare: true,
	}
	return c.codedAs("TVB Epileptor codim 3", "x_s", `x_s = where(disc < 0, 2*sqrt(max(mu2/3, 1e-24))*cos(phi/3), where(N < 1.5,
		where(mu1/2 + root < 0, -0.5, 1)*cbrt(mu1/2 + root) + where(mu1/2 - root < 0, -0.5, 1)*cbrt(mu1/2 - root), where(N < 2.5,
		where(mu1/2 + root < 0, 1, -0.5)*cbrt(mu1/2 + root) - 0.5*cbrt(mu1/2 - root),
		-0.5*cbrt(mu1/2 + root) + where(mu1/2 - root < 0, 1, -0.5)*cbrt(mu1/2 - root)))) : 1`)
}
