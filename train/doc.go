// Package train fits: losses, optimisers and the loop around them.
//
// [Fit] adjusts what a network learns to an objective of its rollout:
//
//	err := net.Learn("cortex.a", nmm.Free, nmm.PerRegion)
//	result, err := train.Fit(ctx, net, run, train.FCError("cortex.x", empirical), train.Settings{Iterations: 100})
//	fmt.Println(result)                          // parameters by address, unit, region
//
// An optimiser sees a [Problem], a function of a vector with its gradient:
//
//	best, err := train.Minimize(ctx, train.Problem{Initial: x0, Func: f},
//		train.Settings{Method: train.LBFGS{}, Iterations: 100, Progress: os.Stderr})
//
// A [GraphProblem] makes one of a loss node and the nodes it learns. Losses are
// nodes with one value per lane, shape (lane); gradient methods minimise their sum.
//
// Gorgonia's own solvers are not used: they cannot save their state, clip by
// element only, and treat scalars differently from vectors.
package train
