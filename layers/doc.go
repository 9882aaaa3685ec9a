// Package layers has what joins regions: weighted couplings with delays, noise, stimuli, inputs with encoders. Each is a
// [graph.Part] and goes into [graph.NewNetwork] beside the populations.
//
//	net, err := graph.NewNetwork(
//		graph.Population("cortex", labels, nmm.Hopf()),
//		layers.Couple("cortex.x", "cortex.x").Diffusive().Weights(w).Gain(0.2).Delays(lengths, nmm.Q(10, "mm/ms")),
//		layers.Couple("cortex.y", "cortex.y").Diffusive().Weights(w).Gain(0.2).Delays(lengths, nmm.Q(10, "mm/ms")),
//		layers.WhiteNoise("cortex.x", 0.02),
//		layers.WhiteNoise("cortex.y", 0.02))
//
// An input of channels reaches regions through a coupling, whose weights may learn:
//
//	layers.Input("u", 3),                                        // what a task shows
//	layers.Couple("input:u", "cortex.x").Weights(encoder)        // regions × channels
//
// A [Stimulus] is a series, sampled from a [Waveform] if it has a formula; [ColouredNoise] is an input that
// fluctuates with a memory:
//
//	layers.Stimulus("pulses", "cortex.x", layers.Samples(2000, 0.1, layers.Pulses(0.5, 200, 10))),
//	layers.ColouredNoise("drive", "cortex.x", 5, 0.1),           // correlated over 5 ms
//
// Settings are chained; the first one that is wrong is the error that NewNetwork returns.
//
// # Recurrent networks
//
// NewRecurrent makes a trainable recurrent network of any model: an encoder of the input, units with
// couplings, a readout. A [Cell] says how the model is used, and ready ones have initial values from
// which tasks are learned:
//
//	rnn, err := layers.NewRecurrent(layers.RecurrentSettings{
//		Cell: layers.HORNCell(), Units: 64, Inputs: task.Inputs(), Outputs: task.Outputs(), Dt: task.Dt(), Seed: 1})
//	done, err := train.Train(ctx, rnn, task, train.TaskSettings{Updates: 300, Target: 0.99})
//
// Recurrent.Network is an ordinary network; Recurrent.Rollout gives the nodes to train it in one's own
// way. With Mask and TractLengths the connections are those of a connectome, with their delays, and with
// [Dale] what a unit sends has one sign. [Sequential] stacks several layers.
//
// What is learned depends on where training starts. Tasks with a delay need units that hold something
// before they learn: bistable nodes ([WilsonCowanCell], [ReducedWongWangCell], [JansenRitCell]), or
// oscillations that last, of many periods ([Spread]), whose gradients neither vanish nor explode
// ([HORNCell], [HopfCell], [MontbrioPazoRoxinCell]). Rate units start at a [SpectralRadius] near 1,
// excitation and inhibition [Balanced].
//
// # Prediction
//
// NewPredictor makes a network that predicts the next sample of a signal, and that runs on alone from its
// own predictions, by which it is judged:
//
//	p, err := layers.NewPredictor(layers.PredictorSettings{Units: 64, Channels: 3, Seed: 1})
//	done, err := train.TrainPredictor(ctx, p, tasks.LorenzSeries(), train.PredictSettings{Horizon: 100})
//	next, err := p.Forecast(history, 500)        // [time, channel]
package layers
