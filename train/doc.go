// Package train fits: losses, optimisers and the loop around them.
//
// [Fit] adjusts what a network learns to an objective of its rollout:
//
//	err := net.Learn("cortex.a", nmm.Free, nmm.PerRegion)
//	result, err := train.Fit(ctx, net, run, train.FCError("cortex.x", empirical), train.Settings{Iterations: 100})
//	fmt.Println(result)                          // parameters by address, unit, region
//
// Objectives compare with a recording: [FCError], [FCCorrelation], [LaggedCovarianceError], [FCDDistance],
// [FCDKS], [SpectralDistance], [MetastabilityError], and [SummaryError] with any summary of package forward.
// [Regularise] adds what is known of the values that learn, and [Sum] weighs them all:
//
//	objective := train.Sum(
//		train.Term{Weight: 1, Objective: train.FCError("bold", fc)},
//		train.Term{Weight: 0.5, Objective: train.FCDDistance("bold", 30, 5, fcd)},
//		train.Term{Weight: 1, Objective: train.Regularise("cortex.a", 0.1, train.GaussianPrior(-0.02, 0.01))})
//
// An optimiser sees a [Problem], a function of a vector with its gradient:
//
//	best, err := train.Minimize(ctx, train.Problem{Initial: x0, Func: f},
//		train.Settings{Method: train.LBFGS{}, Iterations: 100, Progress: os.Stderr})
//
// A [GraphProblem] makes one of a loss node and the nodes it learns. Losses are
// nodes with one value per lane, shape (lane); gradient methods minimise their sum.
//
// [CrossEntropy] is the loss of labels, [SquareError] that of values. A program that runs a machine itself
// steps with [Adam.Solver], or with one of Gorgonia's solvers, see the example of a network on a task. Here
// these are not used: they cannot save their state, clip by element only, and treat scalars differently
// from vectors.
//
// # Inhibition
//
// [BalanceInhibition] finds the weights of the inhibition with which all regions of an excitatory-inhibitory
// network rest at 3 Hz, whatever they receive; [MeanError] is the objective that does it by gradient:
//
//	balanced, err := train.BalanceInhibition(ctx, net, graph.Run{Dt: 1, Warmup: 2000, Duration: 30_000}, train.InhibitionSettings{})
//
// # Sweeps, null models, held-out data
//
// [Sweep] simulates a network at every value of an address, such as the global coupling, and compares each with a
// recording; the result prints itself as a table, with the stable range and the best value:
//
//	analysis := train.Analysis{Preprocessing: forward.Preprocessing{Detrend: true, Low: 0.01, High: 0.1}}
//	recorded, err := analysis.Empirical(2000, bold)   // volumes 2000 ms apart: FC and FCD
//	found, err := train.Sweep(ctx, net, run, train.SweepSettings{
//		Address: "long-range/gain", Values: []float64{0.02, 0.04, 0.06}, Signal: "bold", Empirical: recorded, Analysis: analysis,
//		Watch: []train.Watched{{Address: "cortex.H_e", Low: 1, High: 10}}, Seeds: []uint64{1, 2}, Dir: "sweep",
//		Prepare: func(ctx context.Context, net *graph.Network, _ float64) error {
//			_, err := train.BalanceInhibition(ctx, net, resting, train.InhibitionSettings{})
//			return err
//		}})
//
// [TimeBlocks] and [Subjects] make folds for cross-validation; a fit has to be above [ARSurrogate], [VARSurrogate], the
// copy of the training FC and a shuffled connectome (package datasets). examples/restingstate has all of it.
//
// # Tasks
//
// [Train] trains a recurrent network on a cognitive task, with the trials of a batch as lanes:
//
//	task := tasks.NewDelayedMatch(tasks.Timing{Dt: 40})
//	rnn, err := layers.NewRecurrent(layers.RecurrentSettings{Cell: layers.HORNCell(), Units: 64, …})
//	done, err := train.Train(ctx, rnn, task, train.TaskSettings{Updates: 300, Target: 0.99, Progress: os.Stderr})
//	fmt.Println(done.UpdatesTo(0.99), done.Results)
//
// What is judged and kept is the mean of the values after the last tenth of the updates, so that a
// constant rate does, and how a training begins does not depend on how long it will be. [TaskSettings]
// has schedules and penalties, stages that make a hard task easier at first, and a directory for
// TensorBoard, the curve and a checkpoint from which a training goes on to the same bits.
//
// TrainPredictor trains a network to predict a signal, which takes other means: where a free run has to stay with
// chaos for a long time, errors must become so small that Adam does not come there.
//
//	p, err := layers.NewPredictor(layers.PredictorSettings{Units: 64, Channels: 3, Seed: 1})
//	done, err := train.TrainPredictor(ctx, p, tasks.LorenzSeries(), train.PredictSettings{Horizon: 100, Progress: os.Stderr})
//	times, err := tasks.ValidTimes(p, tasks.LorenzSeries(), tasks.Starts{}, 800)
package train
