package train

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// SummaryError is the mean squared difference between a summary of a recorded variable and
// a target, in the square of the summary's unit. The summary is a node function of
// [forward], of a series (lane, time, region); the target has the values of one lane, row
// by row: one for a number, one per region, or a matrix:
//
//	train.SummaryError("cortex.x", forward.AmplitudeNode, amplitudes...)
//	train.SummaryError("cortex.x", filter.EnvelopeFCNode, recorded.RawMatrix().Data...)
func SummaryError(address string, summary func(x *G.Node) (*G.Node, error), target ...float64) Objective {
	target = slices.Clone(target)
	return func(r *graph.Rollout) (*G.Node, error) {
		node, err := summary(r.Node(address))
		if err == nil {
			node, err = valuesError(node, target)
		}
		if err != nil {
			return nil, fmt.Errorf("train: summary of %s: %w", address, err)
		}
		return node, nil
	}
}

// MetastabilityError is the squared difference between the metastability of a recorded
// variable and a target: the standard deviation of the Kuramoto order of the phases in a
// band, whose Rate is that of the record.
//
// Deco et al. 2017, doi:10.1038/s41598-017-03073-5.
func MetastabilityError(address string, band forward.Butterworth, target float64) Objective {
	return SummaryError(address, func(x *G.Node) (*G.Node, error) {
		filtered, err := band.FilterNode(x)
		if err != nil {
			return nil, err
		}
		phases, err := forward.PhaseNode(filtered)
		if err != nil {
			return nil, err
		}
		return forward.MetastabilityNode(phases)
	}, target)
}

// FCDDistance is the Wasserstein-1 distance between the values above the diagonal of the
// FCD of a recorded variable and recorded ones, as many as there are: by how much
// correlations of windows are wrong on average. Window and step are in samples of the
// record; their times should be those of the recording's (see [forward.FCD]).
func FCDDistance(address string, window, step int, recorded []float64) Objective {
	return fcdObjective(address, window, step, recorded, func(values *G.Node) (*G.Node, error) {
		return forward.WassersteinNode(values, constant(values.Graph(), "recorded FCD", recorded, 1, len(recorded)))
	})
}

// FCDKS is the Kolmogorov-Smirnov distance of the same distributions, as studies report
// it, in a smooth form: of their kernel densities on 201 points from −1 to 1. Its gradient
// is that of the one point where they differ most; FCDDistance, to whose gradient all
// values add, takes a fit further.
//
// Deco et al. 2017, doi:10.1038/s41598-017-03073-5.
func FCDKS(address string, window, step int, recorded []float64) Objective {
	grid := make([]float64, 201)
	for k := range grid {
		grid[k] = float64(k-100) / 100
	}
	return fcdObjective(address, window, step, recorded, func(values *G.Node) (*G.Node, error) {
		density, err := forward.DensityNode(values, grid)
		if err != nil {
			return nil, err
		}
		target := forward.Density(recorded, grid)
		return forward.DensityKSNode(density, constant(values.Graph(), "density of recorded FCD", target, 1, len(grid)))
	})
}

// fcdObjective compares the values of the FCD of a variable.
func fcdObjective(address string, window, step int, recorded []float64, compare func(values *G.Node) (*G.Node, error)) Objective {
	return func(r *graph.Rollout) (*G.Node, error) {
		loss, err := fcdValues(r.Node(address), window, step)
		if err == nil {
			err = checkTarget(recorded)
		}
		if err == nil {
			loss, err = compare(loss)
		}
		if err != nil {
			return nil, fmt.Errorf("train: FCD of %s: %w", address, err)
		}
		return loss, nil
	}
}

func fcdValues(x *G.Node, window, step int) (*G.Node, error) {
	fcd, err := forward.FCDNode(x, window, step)
	if err != nil {
		return nil, err
	}
	values, err := forward.UpperTriangleNode(fcd, 1)
	if err != nil {
		return nil, fmt.Errorf("expected two windows or more: %w", err)
	}
	return values, nil
}

// SpectralDistance is the root mean square difference in dB between the power spectrum of
// a recorded variable and a recorded one [frequency, region] at the same frequencies,
// those of welch, whose Rate is that of the record. Powers below the largest recorded one
// by more than the dynamic range, in dB, count as that: 60 dB keep what a silent
// frequency has from mattering. A recorded spectrum of one region is compared with all.
func SpectralDistance(address string, welch forward.Welch, recorded mat.Matrix, dynamicRange float64) Objective {
	return func(r *graph.Rollout) (*G.Node, error) {
		loss, err := spectralDistance(r.Node(address), welch, recorded, dynamicRange)
		if err != nil {
			return nil, fmt.Errorf("train: spectrum of %s: %w", address, err)
		}
		return loss, nil
	}
}

func spectralDistance(x *G.Node, welch forward.Welch, recorded mat.Matrix, dynamicRange float64) (*G.Node, error) {
	psd, err := welch.PSDNode(x)
	if err != nil {
		return nil, err
	}
	frequencies, n := psd.Shape()[1], psd.Shape()[2]
	if rows, columns := recorded.Dims(); rows != frequencies || columns != n && columns != 1 {
		return nil, fmt.Errorf("expected a recorded spectrum of %d frequencies × %d regions, found %d × %d", frequencies, n, rows, columns)
	}
	_, columns := recorded.Dims()
	target, largest := make([]float64, frequencies*n), 0.0
	for k := range target {
		target[k] = recorded.At(k/n, k%n%columns)
		largest = math.Max(largest, target[k])
	}
	if err := checkTarget(target); err != nil {
		return nil, err
	}
	if !(largest > 0 && dynamicRange > 0) {
		return nil, fmt.Errorf("expected a recorded power and a dynamic range above 0, found %g and %g dB", largest, dynamicRange)
	}
	floor := largest * math.Pow(10, -dynamicRange/10)
	return forward.LogSpectralDistanceNode(psd, constant(x.Graph(), "recorded spectrum", target, 1, frequencies, n), floor)
}

// valuesError is the mean squared difference of every lane from the target.
func valuesError(x *G.Node, target []float64) (*G.Node, error) {
	if err := checkTarget(target); err != nil {
		return nil, err
	}
	f := &forward.NodeFunction{
		Name: "error of a summary", Inputs: []int{x.Dims()}, Output: 1,
		Shape: func(in [][]int) ([]int, error) {
			if size := tensor.Shape(in[0]).TotalSize(); size != in[0][0]*len(target) {
				return nil, fmt.Errorf("expected a target of %d values for shape %v, found %d", size/max(1, in[0][0]), in[0], len(target))
			}
			return in[0][:1], nil
		},
		Value: func(in []forward.Array, out forward.Array) error {
			for i, v := range in[0].Data {
				d := v - target[i%len(target)]
				out.Data[i/len(target)] += d * d / float64(len(target))
			}
			return nil
		},
		Gradient: func(_ int, in []forward.Array, _, outGrad, inGrad forward.Array) error {
			for i, v := range in[0].Data {
				inGrad.Data[i] = outGrad.Data[i/len(target)] * 2 * (v - target[i%len(target)]) / float64(len(target))
			}
			return nil
		},
	}
	return f.Apply(x)
}

func checkTarget(target []float64) error {
	if len(target) == 0 {
		return fmt.Errorf("expected a target, found no values")
	}
	for k, v := range target {
		if !isFinite(v) {
			return fmt.Errorf("target value %d is %v", k, v)
		}
	}
	return nil
}

// constant is a leaf that does not learn. Gorgonia takes leaves of one name and shape for
// the same, so that the values are part of the name.
func constant(g *G.ExprGraph, name string, values []float64, shape ...int) *G.Node {
	h := fnv.New64a()
	for _, v := range values {
		binary.Write(h, binary.LittleEndian, v)
	}
	name = fmt.Sprintf("%s %x", name, h.Sum64())
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64{}, values...)))
	return G.NewTensor(g, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(t))
}
