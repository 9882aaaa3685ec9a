// Package dynamics analyses what a model does, by its flow dx/dt = f(x, p) alone: where it rests, whether it returns there,
// where it begins to oscillate, whether it has two states at once, whether it is chaotic.
//
// A System is made of a model of one region, whose ports take constant inputs, or of a network without delays. Its flow and
// the exact Jacobian are compiled once and evaluated in less than a microsecond.
//
//	s, err := dynamics.New(nmm.MontbrioPazoRoxin().Set("eta", -5))
//	points, err := s.FixedPoints(ctx, dynamics.Search{})
//	fmt.Print(points)                                                // r, v, kind, eigenvalues
//
//	branch, err := s.Continue(ctx, dynamics.Continuation{Parameter: "eta", From: -10, To: 0, Start: points.Points[0].State})
//	fmt.Print(branch)                                                // folds and Hopf bifurcations
//
// What there is:
//
//	FixedPoints   Newton's method from many states; kinds and eigenvalues
//	Continue      a branch of fixed points as a parameter changes, round folds; folds, Hopf bifurcations, branch points
//	Branches      every branch in a range of the parameter
//	Sweep         a parameter moved up and down while the system runs: cycles, and hysteresis
//	Portrait      phase plane: vectors and nullclines of two states
//	Lyapunov      Lyapunov exponents, and the dimension of an attractor
//
// Results print themselves as tables, and Image draws them; Diagram draws branches and a sweep together. Names are those of the model: "eta" is a parameter, "v_in" a port,
// "r" a state; a network has addresses. Values have the model's units, eigenvalues and exponents are in 1/ms.
//
// Fixed points and what depends on them are those of the equations. Bounds of states play a part in runs (Sweep, Lyapunov), and
// fixed points beyond them are left out. Noise is left out everywhere.
package dynamics
