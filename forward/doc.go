// Package forward turns activity into signals and signals into summaries.
//
// Summaries come in two forms. A function of numbers takes a time series
// [time, region] and returns a matrix:
//
//	fc := forward.FC(series)                     // Pearson correlations
//	lag := forward.LaggedCovariance(series, 1)   // C[i][j] = cov(x_i(t+1), x_j(t))
//
// and a function of nodes does the same for a differentiable node of shape
// (lane, time, region), giving (lane, region, region):
//
//	fc, err := forward.FCNode(roll.Node("cortex.x"))
//
// For a linear network dx = J x dt + noise the stationary covariance needs no
// simulation: [LinearCovariance] and [LinearLaggedCovariance] are nodes of the
// Jacobian J and the noise covariance Q.
//
// All nodes are float64. Each is one Gorgonia op whose gradient is one op per
// differentiated input; [NodeFunction] is the way to add one's own.
package forward
