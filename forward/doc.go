// Package forward turns activity into signals and signals into summaries.
//
// Monitors are observers, parts of a network that record while it runs: [SubSample],
// [TemporalAverage], [GlobalAverage], [SpatialAverage], and [Moments], of which
// [CorrelationNode] makes FC without a stored sample.
//
// [Balloon] is an observer that computes BOLD behind a running network, by the
// Balloon-Windkessel model; [HRFSignal] turns recorded activity into BOLD by convolution
// with a haemodynamic response, VolterraHRF, GammaHRF, DoubleExponentialHRF or
// MixtureOfGammasHRF.
//
// A [LeadField] turns activity into what sensors of EEG and MEG and depth electrodes show,
// as numbers, as nodes, and behind a running network; [SensorNoise] adds noise of a
// covariance. [Sphere] and [InfiniteMedium] are gains for those without a head model,
// [FixedOrientations] and [VertexMap] reduce those of a head model.
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
// So come, each as number and node:
//
//	distances       MSE, RMSE, CosineSimilarity
//	dynamics of FC  WindowedFC, FCD; of its distribution (UpperTriangle) Wasserstein,
//	                Density, DensityKS, DensityWasserstein; KSDistance as a number only
//	filters         Butterworth, of zero phase; its EnvelopeFC
//	                Detrend; Resample as a number only
//	dynamics        Mean, AutocorrelationTime, Amplitude, Switching
//	variability     GlobalVariance, VarianceOfVariances, Dispersion, ProxyMetastability
//	spectra         Welch: PSD, Coherence; LogSpectralDistance, SpectralPeak
//	phases          Hilbert, Envelope, Phase; KuramotoOrder, Synchrony, Metastability,
//	                PhaseLocking; PeakPhase as a number only
//	connectomes     Laplacian, of weights that may learn
//	analyses        PrincipalComponents, SampleEntropy, Morlet wavelets, spectra of
//	                single windows (Welch.Spectra), as numbers only
//
// Windows, steps and lags count samples, frequencies Hz. A loss on FCD, for example, against the
// values of a recorded one:
//
//	fcd, err := forward.FCDNode(bold, 30, 5)
//	values, err := forward.UpperTriangleNode(fcd, 1)
//	loss, err := forward.WassersteinNode(values, recorded)
//
// Degenerate inputs, such as constant regions, zero residuals, no amplitude or no
// order, have the defined values that each function states, and gradient 0.
//
// For a linear network dx = J x dt + noise the stationary covariance needs no
// simulation: [LinearCovariance] and [LinearLaggedCovariance] are nodes of the
// Jacobian J and the noise covariance Q.
//
// All nodes are float64. Each is one Gorgonia op whose gradient is one op per
// differentiated input; [NodeFunction] is the way to add one's own.
package forward
