package main

import "github.com/euryale-ml/euryale/nmm"

// linearClasses are those of the linear node.
var linearClasses = []class{
	{
		peer: "tvb", name: "Linear", model: nmm.Linear,
		states: same("x"), params: same("gamma"), ports: []pair{is("c0", "x_in")},
		local: []local{{"c0", "x", 1}},
	},
	{
		peer: "brainmass", name: "LinearStep", model: nmm.Linear,
		states: same("x"), params: same("gamma"), ports: []pair{is("x_inp", "x_in")},
	},
}
