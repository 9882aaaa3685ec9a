// Package datasets reads and makes the two things a whole-brain model is built
// from: a connectome (who is connected to whom, how strongly, how far apart) and
// recorded time series (what the regions did).
//
// # Connectomes
//
// A [Connectome] holds weights, tract lengths in mm, centres and labels. It comes
// from a folder or zip of The Virtual Brain, from two CSV files, or is synthetic:
//
//	sc, err := datasets.LoadTVB("testdata/tvb76")              // folder or .zip
//	sc, err := datasets.LoadCSV("weights.csv", "lengths.csv")
//	sc := datasets.Synthetic(84, 1)                            // 84 regions, seed 1
//	sc, err := datasets.WattsStrogatz(100, 10, 0.1, 1)         // or ExponentialDistance, Modular
//
// Every matrix is [to][from]: Weights.At(i, j) is the connection to region i from
// region j.
//
// Its methods make new connectomes of it, labels and all else carried along:
//
//	sc, err = sc.Scaled(datasets.ByLogarithm)        // or ByMaximum, ByRow, ByInput, BySpectralRadius
//	sc, err = sc.WithDensity(0.2)                    // or Thresholded, Binarised, WithoutSelf, Symmetrised
//	left, right, err := sc.Hemispheres()             // or Subnetwork, Merged
//	null, err := sc.Shuffled(datasets.WeightsOverEdges, 1) // seed 1; or EdgesOverPairs, KeepingDegrees, KeepingStrengths
//
// Networks of many regions and few links are read and scaled link by link, without a
// matrix, and regions of surfaces and volumes by maps:
//
//	edges, err := datasets.LoadEdges("edges.csv", datasets.EdgeOptions{})       // or .npz, .mat, .h5
//	m, err := datasets.LoadRegionMap("region_mapping.txt", datasets.MapOptions{Labels: sc.Labels}) // or .npy, .gii, .nii …
//	gain, err := m.Sums(vertexGain)                                              // sensors × regions
//
// # Time series
//
// A [TimeSeries] is a [time][region] matrix with a repetition time and labels:
//
//	bold, err := datasets.LoadTimeSeries("bold.csv", datasets.SeriesOptions{TR: 2, Columns: "4:31"})
//	first, second := bold.Detrended().Halves()
//
// [RestingState] is a real recording that travels inside the package.
//
// # Files of arrays
//
// NumPy's .npz and .npy are read, MATLAB's .mat in all versions from 5 (save -v6, -v7,
// -v7.3), and HDF5 (.h5, .hdf5), in which an array of a group is called group/name:
//
//	sc, err := datasets.LoadConnectome("c.mat", datasets.ConnectomeOptions{Weights: "SUBJECT.SC"})
//	bold, err := datasets.LoadTimeSeries("bold.npz", datasets.SeriesOptions{Variable: "ts", Transposed: true})
//	fc, err := datasets.LoadMatrix("fc.npz")
//
// Results are written as .npz, which numpy.load reads, or .csv, with labels and units, and
// read back the same; a file appears when it is complete:
//
//	err = bold.Save("bold.npz")                                // a Matrix, Connectome, Edges, Parameters likewise
//	err = datasets.WriteFile("sweep.csv", sweep.WriteCSV)      // what writes itself
//	v, err := datasets.FromSamples(s.Lane(0), s.Start, s.Dt, s.Unit, s.Labels) // of a graph.Series
//
// What a file declares is not believed before it is there: data that end early, and
// arrays of more than 256 MiB, are errors that name file, array and byte.
//
// # Images
//
// A recording of volumes (NIfTI-1 or -2, packed or not) becomes the means of the regions
// of a label volume on the same grid, at the repetition time of its BIDS sidecar or header:
//
//	bold, err := datasets.LoadNIfTI("sub-1_bold.nii.gz", "atlas.nii.gz", datasets.NIfTIOptions{Names: map[int]string{1: "A1"}})
//
// # Text files
//
// All readers take the same text: one row a line, fields separated by commas,
// semicolons, tabs or spaces (found out from the file), quotes around a field
// allowed, lines starting with # or % ignored, a header line recognised by its
// words. A header of bare numbers, as pandas writes it, is recognised when the
// numbers count 0, 1, 2, … or 1, 2, 3, … and no number of the next line is a bare
// integer. Errors say file, line, column and label; a value that is missing, NaN or
// infinite is an error, never passed on.
//
// The package knows nothing of models: its results are plain numbers and gonum
// matrices.
package datasets
