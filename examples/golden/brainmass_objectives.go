package main

import (
	"encoding/json"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/train"
)

// brainmassValue is the tolerance of summaries and objectives, as that of trajectories.
const brainmassValue = 1e-9

// brainmassObjective is one entry of objectives.json's `cases`.
type brainmassObjective struct {
	Prediction, Target array // [time][region]
	Values, Grads      map[string]array
	Window             int   `json:"fcd_window"`
	Step               int   `json:"fcd_step"`
	FC                 array `json:"fc_prediction"`
	FCD                array `json:"fcd_matrix_prediction"`
	Distribution       array `json:"fcd_distribution"`
	DistributionTarget array `json:"fcd_distribution_target"`
	PSD                struct {
		Dt    float64 `json:"dt_s"`
		Freqs array
		PSD   array
	}
}

// brainmassDensities are two densities on one grid.
type brainmassDensities struct {
	P, Q, X, Ks, W1 array
	Grad            array `json:"grad_w1_p"`
}

// readBrainmassObjectives makes a case of every entry of `cases`, and one of the densities.
func readBrainmassObjectives(d *document) ([]instance, error) {
	var f struct {
		Cases     []json.RawMessage
		Densities json.RawMessage
	}
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for i, raw := range f.Cases {
		all = append(all, instance{fmt.Sprintf("case[%d]", i), reading(raw, (*brainmassObjective).run)})
	}
	return append(all, instance{"densities", reading(f.Densities, (*brainmassDensities).run)}), nil
}

// reading makes a run of a case that is read when it runs, so that it fails alone.
func reading[C any](raw json.RawMessage, run func(*C) outcome) func() outcome {
	return func() outcome {
		var c C
		if err := json.Unmarshal(raw, &c); err != nil {
			return failed("%v", err)
		}
		return run(&c)
	}
}

// run compares the summaries, and every objective with its gradient.
func (c *brainmassObjective) run() outcome {
	x := c.Prediction.matrix()
	var cmp comparison
	cmp.near("FC", rowMajor(forward.FC(x)), c.FC.data, brainmassValue, 0)
	cmp.near("FCD", rowMajor(forward.FCD(x, c.Window, c.Step)), c.FCD.data, brainmassValue, 0)
	cmp.near("density", c.density(c.Prediction), c.Distribution.data, brainmassValue, 0)
	cmp.near("density of the target", c.density(c.Target), c.DistributionTarget.data, brainmassValue, 0)
	c.comparePSD(&cmp, x)
	known := c.objectives()
	for _, name := range sortedKeys(c.Values) {
		loss, ok := known[name]
		if !ok {
			cmp.fail("objective %q is not known here", name)
			continue
		}
		value, gradient, err := lossGradient(c.Prediction, loss)
		if err != nil {
			return failed("%s: %v", name, err)
		}
		cmp.near(name, []float64{value}, c.Values[name].data, brainmassValue, 0)
		cmp.near("gradient of "+name, gradient, c.Grads[name].data, brainmassGradient, 0)
	}
	return cmp.outcome()
}

func (c *brainmassObjective) comparePSD(cmp *comparison, x *mat.Dense) {
	samples := x.RawMatrix().Rows / 8
	taper := make([]float64, samples) // numpy's hanning, which is symmetric
	for k := range taper {
		taper[k] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(k)/float64(samples-1))
	}
	w := forward.Welch{Rate: 1 / c.PSD.Dt, Window: samples, Overlap: samples / 2, Taper: taper, KeepMean: true}
	psd, err := w.PSD(x)
	if err != nil {
		cmp.fail("psd: %v", err)
		return
	}
	cmp.near("frequencies", w.Frequencies(), c.PSD.Freqs.data, brainmassValue, 0)
	cmp.near("psd", mat.Col(nil, 0, psd), c.PSD.PSD.data, brainmassValue, 0)
}

// density is the distribution of the FCD of a series.
func (c *brainmassObjective) density(series array) []float64 {
	return forward.Density(forward.UpperTriangle(forward.FCD(series.matrix(), c.Window, c.Step), 1), singleGrid())
}

// singleGrid is jax.numpy.linspace(−0.99, 0.99, 100) in single precision, which brainmass keeps: of
// start (1−s) + stop s, s = k/99, XLA compiles the second term as one multiply-add of k. The last bits
// of the grid matter, since an FCD may be narrower than its spacing.
func singleGrid() []float64 {
	const start, stop float32 = -0.99, 0.99
	reciprocal := float32(1) / 99
	grid := make([]float64, 100)
	for k := range grid {
		first := start * (1 - float32(k)/99)
		grid[k] = float64(float32(float64(stop*reciprocal)*float64(k) + float64(first)))
	}
	grid[99] = float64(stop)
	return grid
}

// objectives are brainmass's, against the case's target (brainmass.md §8).
func (c *brainmassObjective) objectives() map[string]objective {
	target := c.Target.matrix()
	fcLoss := func(x *G.Node) (*G.Node, error) {
		return then(x, forward.FCNode, func(fc *G.Node) (*G.Node, error) { return train.OneMinusCorrelation(fc, forward.FC(target)) })
	}
	fcdLoss := func(x *G.Node) (*G.Node, error) {
		return then(x, c.fcd, func(fcd *G.Node) (*G.Node, error) {
			return train.OneMinusCorrelation(fcd, forward.FCD(target, c.Window, c.Step))
		})
	}
	rmse := func(x *G.Node) (*G.Node, error) {
		return forward.RMSENode(x, constant(x, "target", rowMajor(target), x.Shape()))
	}
	cosine := func(x *G.Node) (*G.Node, error) {
		return forward.CosineSimilarityNode(x, constant(x, "target", rowMajor(target), x.Shape()))
	}
	fcRMSE := func(x *G.Node) (*G.Node, error) {
		return then(x, forward.FCNode, func(fc *G.Node) (*G.Node, error) {
			return forward.RMSENode(fc, constant(x, "target FC", rowMajor(forward.FC(target)), fc.Shape()))
		})
	}
	wasserstein := func(x *G.Node) (*G.Node, error) {
		return c.ofDensities(x, func(p, q *G.Node) (*G.Node, error) {
			return forward.DensityWassersteinNode(p, q, singleGrid()[1]-singleGrid()[0])
		})
	}
	ks := func(x *G.Node) (*G.Node, error) { return c.ofDensities(x, forward.DensityKSNode) }
	return map[string]objective{
		"timeseries_rmse": rmse, "fc_rmse": fcRMSE,
		"fc_corr_loss": fcLoss, "fc_corr": oneMinus(fcLoss),
		"cosine_sim": cosine, "cosine_sim_loss": oneMinus(cosine),
		"fcd_loss": fcdLoss, "fcd": oneMinus(fcdLoss),
		"fcd_ks": ks, "fcd_wasserstein": wasserstein,
		// The generator's weights of RMSE, 1 − FC correlation and Wasserstein distance of FCD.
		"combine": weighted([]float64{2, 0.5, 1}, rmse, fcLoss, wasserstein),
	}
}

func (c *brainmassObjective) fcd(x *G.Node) (*G.Node, error) {
	return forward.FCDNode(x, c.Window, c.Step)
}

// ofDensities compares the density of the FCD of x with the target's.
func (c *brainmassObjective) ofDensities(x *G.Node, distance func(p, q *G.Node) (*G.Node, error)) (*G.Node, error) {
	values, err := then(x, c.fcd, func(fcd *G.Node) (*G.Node, error) { return forward.UpperTriangleNode(fcd, 1) })
	if err != nil {
		return nil, err
	}
	p, err := forward.DensityNode(values, singleGrid())
	if err != nil {
		return nil, err
	}
	return distance(p, constant(x, "target density", c.density(c.Target), p.Shape()))
}

// run compares the distances of two densities.
func (c *brainmassDensities) run() outcome {
	var cmp comparison
	spacing := c.X.data[1] - c.X.data[0]
	cmp.near("ks", []float64{forward.DensityKS(c.P.data, c.Q.data)}, c.Ks.data, brainmassValue, 0)
	cmp.near("w1", []float64{forward.DensityWasserstein(c.P.data, c.Q.data, spacing)}, c.W1.data, brainmassValue, 0)
	p := array{shape: []int{len(c.P.data)}, data: c.P.data}
	_, gradient, err := lossGradient(p, func(p *G.Node) (*G.Node, error) {
		return forward.DensityWassersteinNode(p, constant(p, "q", c.Q.data, p.Shape()), spacing)
	})
	if err != nil {
		return failed("%v", err)
	}
	cmp.near("gradient of w1", gradient, c.Grad.data, brainmassGradient, 0)
	return cmp.outcome()
}
