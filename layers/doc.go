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
// Settings are chained; the first one that is wrong is the error that NewNetwork returns.
package layers
