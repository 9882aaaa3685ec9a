// Package tasks has the cognitive tasks on which networks are trained, as plain numbers: inputs, targets,
// loss weights, the true length of each trial, a rule that says which trials are correct, and the accuracy
// of an ideal observer where noise bounds it.
//
// # Trials
//
// A task draws trials by number. Trial i of a split is the same in every batch, at any parallelism: its
// random numbers are a function of (seed, split, i) only. The three splits share none.
//
//	task := tasks.NewDelayedMatch(tasks.Timing{Dt: 40})     // or tasks.New("dms", tasks.Timing{Dt: 40})
//	batch, err := task.Batch(tasks.Train, 0, 64)            // trials 0 … 63
//	batch.Inputs                                            // [lane, step, channel]
//	batch.Targets, batch.Classes                            // [lane, step, output], [lane, step]
//	batch.Weights, batch.Lengths                            // [lane, step], [lane]
//
// A batch is padded to its longest trial. Beyond its length a lane has weight 0; the state of the network is
// to be held there.
//
// # Losses and accuracy
//
// Task.Loss names the loss; Batch.Loss and Batch.Gradient compute it and its derivative with respect to
// the outputs, which are those of the readout, [lane, step, output], before a softmax or logistic.
// Batch.Accuracy judges them by the task's own rule, Batch.Results by condition as well; Task.Ceiling is
// what an ideal observer reaches.
//
//	loss := batch.Gradient(outputs, gradient)
//	fmt.Println(batch.Results(outputs))                     // a table of conditions
//
// # Time, noise, difficulty
//
// Dt is the task step in ms. Epochs are floored to whole steps; one that would vanish is an error. Inputs
// carry independent noise of standard deviation σ/√dt in each step, so that what can be known by summing
// over an epoch does not depend on dt. For a curriculum Task.With turns the difficulty: "delay", "coherence"
// and "noise" are factors, 1 at first. Timing.Epochs gives epochs other lengths.
//
// # Prediction
//
// LorenzSeries, MackeyGlassSeries and NewSeries hold signals, NewPrediction makes a task of them. Persistence,
// AR and Reservoir are the baselines; ScoreOneStep, ValidTimes, NRMSEAt and CompareFreeRun judge them, and any
// network that implements Forecaster.
package tasks
