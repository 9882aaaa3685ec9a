package main

import (
	"context"
	"math"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
)

const (
	longestStep     = 0.1    // s
	settlingTime    = 120    // s, simulated before recording
	reportedMinutes = 120    // of the simulation that the report and the picture show
	saturation      = 1      // β, 1/s
	linearRange     = 0.25   // part of the slowest mode's decay that the saturation may add
	msPerSecond     = 1000.0 // the framework's unit of time is the ms
)

// noiseScale is the factor of the noise amplitudes at which the linear network's
// stationary amplitude stays inside the linear range: the mean damping by
// saturation, 2β⟨|z_i|²⟩, is at most a quarter of the slowest mode's decay.
func (p *network) noiseScale() (float64, error) {
	C, err := p.covariance()
	if err != nil {
		return 0, err
	}
	slowest, err := forward.LargestRealPart(p.jacobian())
	if err != nil {
		return 0, err
	}
	largest, n := 0.0, p.regions()
	for i := 0; i < n; i++ {
		largest = math.Max(largest, 2*saturation*(C.At(i, i)+C.At(n+i, n+i)))
	}
	return math.Sqrt(linearRange * -slowest / largest), nil
}

// build is the stochastic network with saturation beta in 1/s and, unless nil, tract
// lengths in mm: population "cortex", couplings "x" and "y", noise on both. Weights keep
// their unit 1/s, the gain turns it into 1/ms.
func (p *network) build(labels []string, beta float64, lengths *mat.Dense) (*graph.Network, error) {
	n := p.regions()
	a, omega, sigma := p.relaxation(), make([]float64, n), make([]float64, n)
	for i := range a {
		a[i] /= msPerSecond
		omega[i] = 2 * math.Pi * p.Frequency[i] / msPerSecond
		sigma[i] = p.Amplitude * p.Noise[i] / math.Sqrt(msPerSecond)
	}
	parts := []graph.Part{
		graph.Population("cortex", labels, nmm.Hopf().Set("a", a).Set("omega", omega).Set("beta", beta/msPerSecond)),
		layers.WhiteNoise("cortex.x", sigma...),
		layers.WhiteNoise("cortex.y", sigma...),
	}
	for _, v := range []string{"x", "y"} {
		c := layers.Couple("cortex."+v, "cortex."+v).Named(v).Weights(p.Weights).Gain(1 / msPerSecond)
		if lengths != nil {
			c = c.Delays(lengths, nmm.Q(conductionSpeed, "mm/ms"))
		}
		parts = append(parts, c)
	}
	return graph.NewNetwork(parts...)
}

// conductionSpeed in mm/ms. Below half a step of 100 ms, that is for tracts shorter
// than 500 mm, delays round to none.
const conductionSpeed = 10

// settings of a simulation that is sampled once per TR (in s), with the largest step
// that divides it and is at most longestStep.
func settings(tr, minutes float64, seed uint64) graph.Run {
	every := int(math.Ceil(tr / longestStep))
	return graph.Run{
		Dt: tr / float64(every) * msPerSecond, Duration: minutes * 60 * msPerSecond, Warmup: settlingTime * msPerSecond,
		Integrator: graph.Heun, Record: []string{"cortex.x"}, Every: every, Seed: seed,
	}
}

// simulate returns x of all regions [time, region], one sample per TR. It takes
// seconds at most, so that the report of an interrupted fit has it too.
func simulate(p *network, d *data, minutes float64, seed uint64) (*mat.Dense, error) {
	net, err := p.build(d.labels, saturation, d.lengths)
	if err != nil {
		return nil, err
	}
	result, err := net.Simulate(context.Background(), settings(d.train.TR, minutes, seed))
	if err != nil {
		return nil, err
	}
	return result.Series("cortex.x").Matrix(0), nil
}
