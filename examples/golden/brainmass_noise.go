package main

import (
	"context"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// Samples of noise are compared with their theory, not with one another: at one time, over this many
// regions, whose noise is independent. Differences of so many standard errors do not happen by chance.
const (
	noiseRegions   = 40000
	standardErrors = 4
	noiseSeed      = 1
)

// readBrainmassNoise makes a case of every block, or of every entry of its `cases`.
func readBrainmassNoise(d *document) ([]instance, error) {
	var all []instance
	for _, block := range sortedKeys(d.keys) {
		raw := d.keys[block]
		var cases []instance
		var err error
		switch {
		case block == "ou":
			cases, err = casesOf(block, raw, (*brainmassOU).run)
		case block == "brownian":
			cases = []instance{{block, reading(raw, (*brainmassBrownian).run)}}
		case block == "gaussian":
			cases = []instance{{block, reading(raw, (*brainmassGaussian).run)}}
		case strings.HasPrefix(block, "linear_node_gamma_"):
			cases, err = readBrainmassNode(block, raw)
		default:
			cases = []instance{{block, func() outcome {
				return skipped("needs noise of a spectrum 1/f^β; brainmass's %s noise is of that over regions and white in time (brainmass.md §12.3 item 7)", block)
			}}}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", block, err)
		}
		all = append(all, cases...)
	}
	return all, nil
}

// noisyRun is a linear model dx/dt = γ x + input with noise, from 0 on.
type noisyRun struct {
	gamma  float64
	dt     float64
	noise  graph.Part
	scheme graph.Integrator
}

// run returns a variable after every so many steps, [sample][region].
func (r noisyRun) run(record string, samples, every int) ([][]float64, error) {
	net, err := graph.NewNetwork(graph.Population(cortex, graph.Regions(noiseRegions), nmm.Linear().Set("gamma", r.gamma)), r.noise)
	if err != nil {
		return nil, err
	}
	for _, address := range net.Addresses() {
		if strings.HasPrefix(address, "init:") { // brainmass's processes start at 0, not at their mean
			if err := net.Set(address, 0.); err != nil {
				return nil, err
			}
		}
	}
	res, err := net.Simulate(context.Background(), graph.Run{Dt: r.dt, Duration: r.dt * float64(samples*every), Every: every,
		Integrator: r.scheme, Seed: noiseSeed, Record: []string{record}})
	if err != nil {
		return nil, err
	}
	return res.Series(record).Lane(0), nil
}

// variance compares a sample variance with the true one, up to errors of the sample and a relative one.
func (c *comparison) variance(what string, sample []float64, want, relative float64) {
	c.each(what, []float64{stat.Variance(sample, nil)}, []float64{want}, want, func(int, float64) float64 {
		return want * (standardErrors*math.Sqrt(2/float64(len(sample))) + relative)
	})
}

// brainmassOU is an Ornstein-Uhlenbeck process, x ← mean + (x − mean) e^(−dt/τ) + σ √(dt/τ) ξ.
type brainmassOU struct {
	Sigma  float64
	Tau    float64 `json:"tau_ms"`
	Mean   float64
	Dt     float64 `json:"dt_ms"`
	Theory struct {
		Variance    float64 `json:"stationary_var_discrete"`
		Correlation float64 `json:"autocorr_at_tau_lag"`
		Lag         int
	}
	Transient []struct {
		Step   int
		Theory float64
	} `json:"transient_var"`
}

// process is ours: σ²/2 is its variance.
func (c *brainmassOU) process() noisyRun {
	return noisyRun{gamma: -1, dt: c.Dt, scheme: graph.ExponentialEuler,
		noise: &graph.ColouredNoise{Name: "ou", To: cortex + ".x_in", Tau: c.Tau, Deviation: []float64{c.Sigma / math.Sqrt2}, Mean: []float64{c.Mean}}}
}

// run compares the variance on its way, and mean, variance and correlation in the end.
func (c *brainmassOU) run() outcome {
	var cmp comparison
	last := 1
	for _, t := range c.Transient {
		last = max(last, t.Step)
	}
	rows, err := c.process().run("ou.x", last, 1)
	if err != nil {
		return failed("%v", err)
	}
	for _, t := range c.Transient {
		cmp.variance(fmt.Sprintf("variance after %d steps", t.Step), rows[t.Step-1], t.Theory, 0)
	}
	const lags = 10 // of τ, until the start is forgotten
	if rows, err = c.process().run("ou.x", lags, c.Theory.Lag); err != nil {
		return failed("%v", err)
	}
	before, end := rows[lags-2], rows[lags-1]
	root := math.Sqrt(noiseRegions)
	cmp.variance("variance", end, c.Theory.Variance, 0)
	deviation := math.Sqrt(c.Theory.Variance)
	cmp.each("mean", []float64{stat.Mean(end, nil)}, []float64{c.Mean}, deviation, func(int, float64) float64 {
		return math.Exp(-lags)*math.Abs(c.Mean) + standardErrors*deviation/root
	})
	cmp.near("correlation at τ", []float64{stat.Correlation(before, end, nil)}, []float64{c.Theory.Correlation}, 0, standardErrors/root)
	return cmp.outcome()
}

// brainmassBrownian is a Wiener process, by the variance after some steps.
type brainmassBrownian struct {
	Sigma    float64
	Dt       float64            `json:"dt_ms"`
	Variance map[string]float64 `json:"var_theory"`
}

func (b *brainmassBrownian) run() outcome {
	var cmp comparison
	for _, key := range sortedKeys(b.Variance) {
		var steps int
		if _, err := fmt.Sscan(key, &steps); err != nil || steps < 1 {
			return failed("expected a number of steps, found %q", key)
		}
		rows, err := noisyRun{dt: b.Dt, noise: &graph.Noise{To: cortex + ".x", Sigma: []float64{b.Sigma}}, scheme: graph.Euler}.run(cortex+".x", 1, steps)
		if err != nil {
			return failed("%v", err)
		}
		cmp.variance("variance after "+key+" steps", rows[0], b.Variance[key], 0)
	}
	return cmp.outcome()
}

// brainmassGaussian are moments of what brainmass adds to the drift in each step.
type brainmassGaussian struct {
	Mean, Sigma float64
	Sample      float64 `json:"sample_mean"`
	Variance    float64 `json:"sample_var"`
}

// run checks the reason for which it is not compared, that its variance is that of a step of any length,
// and that ours is σ² dt.
func (g *brainmassGaussian) run() outcome {
	var cmp comparison
	cmp.near("their mean", []float64{g.Sample}, []float64{g.Mean}, 0.02, 0)
	cmp.near("their variance", []float64{g.Variance}, []float64{g.Sigma * g.Sigma}, 0.02, 0)
	for _, dt := range []float64{0.1, 0.05} {
		rows, err := noisyRun{dt: dt, noise: &graph.Noise{To: cortex + ".x", Sigma: []float64{g.Sigma}}, scheme: graph.Euler}.run(cortex+".x", 1, 1)
		if err != nil {
			return failed("%v", err)
		}
		cmp.variance(fmt.Sprintf("variance of a step of %g ms", dt), rows[0], g.Sigma*g.Sigma*dt, 0)
	}
	return cmp.excepted("brainmass Gaussian noise")
}
