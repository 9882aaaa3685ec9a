// Package nmm holds neural mass models: the equations of one brain region, written
// as in the paper and turned into Gorgonia nodes.
//
// A model is a text of equations with a table of what occurs in them. The models
// of this package and your own are made in the same way:
//
//	vdp, err := nmm.Define("VanDerPol", `
//		dx/dt = (mu*(x - x^3/3 - y) + c) / 1[ms]   : 1
//		dy/dt = x / mu / 1[ms]                     : 1`,
//		nmm.Parameter("mu", 1, "1", nmm.Positive, "nonlinearity"),
//		nmm.Port("c", "1"))
//
// # Equations
//
// A line "dx/dt = expression : unit" gives a state, a line "y = expression : unit"
// an algebraic variable, which other lines may use in any order; the unit is that
// of x or y, and time is in ms. A line "r(t + dt) = expression : unit" gives a state
// that moves from step to step: after a step it is the expression at the step's start,
// and during the step it is what it was before. A line that ends with an operator, a
// comma or an open parenthesis or bracket goes on in the next one, and so does an
// equation whose next line is indented deeper. # starts a comment.
//
//	a + b - c*d/e^f            as usual: -x^2 is -(x^2), and ^ takes its right side first
//	exp log log1p sqrt cbrt    of one argument
//	sin cos asin acos atan     asin and acos take what is beyond ±1 for ±1
//	sinh cosh tanh erf erfc
//	sigmoid(x), softplus(x)    1/(1 + e^-x) and ln(1 + e^x)
//	exprel(x), linoid(x)       (e^x - 1)/x and x/(1 - e^-x), 1 at x = 0
//	atan2(y, x)                angle of the point (x, y), in (-pi, pi]
//	abs(x), sign(x)            the sign of 0 is 0
//	mod(x, y)                  x - y floor(x/y), with the sign of y; x for y = 0
//	min max clip(x, lo, hi)
//	where(a < b, p, q)         p where the condition holds, else q; also <=, >, >=
//	diff(y, x)                 derivative of an expression or a line y with respect to a state,
//	                           a parameter or a port x; diff may be inside diff
//	sum(k, x[k]), [1, 2, 3][k] see Modes
//	x(t - d)                   see Delays
//	pi, 2.5e-3, 5[mV]          numbers; one without unit is dimensionless
//
// Derivatives are exact, and defined at kinks: that of abs at 0 is 1, clip's on its
// bounds 1, that of mod where it jumps 1, as beside it; of two equal numbers, max is
// the first and min the second. Where a derivative is infinite or there is none, that
// of asin and acos at ±1 and beyond, of cbrt at 0, of atan2 at the origin, it counts
// as 0; those of sqrt, log and powers at 0 are infinite: keep away from it by max.
//
// Function adds a function of one number that is given in Go with its derivatives,
// Table1D and Table2D add functions that interpolate measured or precomputed values.
//
// # Modes
//
// Several modes of one region are written with indices, which a line of its own
// declares:
//
//	modes i, k = 3
//	A[i,k] = [0.2, 0.5, 0.3][i] * sqrt(sigma*[1, 2, 1][k])              : 1
//	dxi[k]/dt = (sum(i, A[i,k]*xi[i]) - b[k]*xi[k] + xi_in) / 1[ms]     : 1
//
// An index on the left of = runs over all modes, and so does that of a sum; a number
// means one mode, xi[2]. A list chooses one of its elements, which are expressions;
// the elements of a matrix are rows, [[1, 2], [3, 4]][i, k]. The model then has the
// states xi_1, xi_2 and xi_3, and these are the names that couplings, records and
// settings use: Pre {"xi_1 + xi_2 + xi_3"} sends their sum. The names of items may
// have indices, too: Parameter("b[k]", …) declares b_1, b_2 and b_3.
//
// # Delays
//
// x(t - d) is the value that x had a time d ago, in the same region. d is a parameter
// or a number, in ms, and x a state or a line made of states and parameters; a line
// that depends on a port has no past, but a state r(t + dt) = … that takes its value
// has, and couplings may send it, too. As in couplings, d is rounded to whole steps, 0
// is the state that the step starts with, what lies before the run is the state's
// history or its initial value, and gradients go through the past. d can be set, also
// per region and per lane, but not learned. Delays lists what is read; Nodes, which
// knows of no time, takes the present unless it is given a node for it.
//
// # Bounds
//
// Bounds keeps a state in a range after every stage of a step: clipped, reflected or
// bent by a smooth floor, which differ in what they do to gradients, see Bounding.
//
// # Units
//
// Every name has a unit, and a pass over the text at definition proves that the
// equations are consistent: both sides of a sum, a comparison, min, mod or atan2 have
// one unit, arguments of exp are dimensionless, the right side of dx/dt has the unit
// of x per ms. Nothing of it remains at run time, and no number is converted on the way:
// mV + V is as wrong as mV + nA, because the numbers would be added as they are.
// Only numbers from outside are converted: Set("tau", nmm.Q(0.01, "s")).
//
// # Settings
//
// Set, Preset and Learn change parameters, by name; they are chained, and Err
// returns the first mistake:
//
//	m := nmm.MontbrioPazoRoxin().Set("eta", -4.6).Learn("J", nmm.Positive, nmm.Shared)
//
// A Transform maps the unbounded numbers that an optimiser moves to values; it also
// describes the domain of a parameter.
//
// # Catalogue and files
//
// List has all models of this package, and Lookup one by its name. A model prints itself
// with its equations, states, parameters, ports, presets and references; LaTeX has the
// equations as formulae, which notebooks set. Programs that read configurations go
//
//	m, err := nmm.Lookup("JansenRit")
//	q, err := nmm.ParseQuantity("120 1/s")
//	err = m.Preset("tvb").Set("mu", q).Err()
//
// Save writes a model with its settings to a JSON file, a line per state and parameter,
// from which Load makes the same model, to the last bit; models can be written in that form too.
//
// Package nmm/dynamics says what a model does: fixed points, bifurcations, phase planes, Lyapunov
// exponents.
//
// # Nodes
//
// Model.Nodes makes the right sides out of the nodes of states, parameters and
// ports. Each is a scalar () or a vector (n), one number per region; shapes mix,
// and a parameter's gradient is summed over the regions that share it. The nodes
// are few: numbers are folded, products of parameters are kept together so that
// they are computed once per run, x*x is a square, a port that is the constant 0
// vanishes. Everything can be differentiated at least twice by gorgonia.Grad;
// what Gorgonia does not have, or gets wrong, are ops of this package.
//
// Expression does the same for a single expression, such as the two halves of a
// coupling.
package nmm
