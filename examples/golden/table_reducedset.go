package main

import "github.com/euryale-ml/euryale/nmm"

// reducedSetClasses are those of populations in modes. TVB's local coupling of a mode is that of the excitatory
// potential, and enters both populations.
var reducedSetClasses = []class{
	reducedSet("ReducedSetFitzHughNagumo", nmm.ReducedSetFitzHughNagumo, []string{"xi", "eta", "alpha", "beta"}, same("tau", "a", "b")),
	reducedSet("ReducedSetHindmarshRose", nmm.ReducedSetHindmarshRose, []string{"xi", "eta", "tau", "alpha", "beta", "gamma"},
		same("r", "a", "b", "c", "d", "s", "xo")),
}

func reducedSet(name string, model func() *nmm.Model, states []string, params []pair) class {
	c := class{peer: "tvb", name: name, model: model, params: append(params, same("K11", "K12", "K21", "sigma", "mu")...),
		ports: []pair{is("c0", "x_in")}}
	for _, v := range tvbVariables(states, 3) {
		c.states = append(c.states, is(v.name, v.name))
	}
	for _, mode := range []string{"_1", "_2", "_3"} {
		port := "local" + mode
		c.ports = append(c.ports, is(port, "xi_in"+mode), is(port, "alpha_in"+mode))
		c.local = append(c.local, local{port, "xi" + mode, 1})
	}
	return c
}
