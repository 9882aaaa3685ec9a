package layers

import "github.com/euryale-ml/euryale/graph"

// WhiteNoise is additive white noise on a state, "cortex.v", of amplitude sigma: one number or one per
// region, in the unit of the state per √ms. A step of dt ms adds sigma √dt ξ with standard normal ξ,
// independent over steps and regions. TVB's dispersion D is sigma²/2.
func WhiteNoise(to string, sigma ...float64) graph.Part {
	return &graph.Noise{To: to, Sigma: append([]float64(nil), sigma...)}
}
