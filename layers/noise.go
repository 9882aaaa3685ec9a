package layers

import "github.com/euryale-ml/euryale/graph"

// WhiteNoise is additive white noise on a state, "cortex.v", of amplitude sigma: one number or one per
// region, in the unit of the state per √ms. A step of dt ms adds sigma √dt ξ with standard normal ξ,
// independent over steps and regions. TVB's dispersion D is sigma²/2.
func WhiteNoise(to string, sigma ...float64) graph.Part {
	return &graph.Noise{To: to, Sigma: append([]float64(nil), sigma...)}
}

// ColouredNoise is a fluctuating input to a port, or to the state that it drives, "cortex.v": an
// Ornstein-Uhlenbeck process with correlation time tau in ms, mean 0 and a standard deviation, one number
// or one per region, in the unit of the port. Its addresses start with the name; see
// [graph.ColouredNoise], which also takes a mean.
func ColouredNoise(name, to string, tau float64, deviation ...float64) graph.Part {
	return &graph.ColouredNoise{Name: name, To: to, Tau: tau, Deviation: append([]float64(nil), deviation...)}
}
