package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
)

// recipe is how a model becomes a brain with an alpha rhythm.
type recipe struct {
	name     string
	model    func() *nmm.Model
	source   [2]string // the dipoles: a variable, and an expression of it as x
	activity [2]string // what BOLD follows, above 0, likewise
	coupling float64   // strength, with weights that add up to 1 in each region
	noise    float64
	dipole   float64 // nA·m per unit of the source, with gains summed over the vertices of a region
	parts    func(b *brain, coupling, noise float64, speed nmm.Quantity) []graph.Part
	meaning  string
}

// recipes: Jansen-Rit columns of the paper, whose rhythm connections of 60 synapses carry between
// regions; and Hopf oscillators below their bifurcation.
var recipes = []*recipe{
	{
		name:   "jansenrit",
		model:  nmm.JansenRit,
		source: [2]string{"cortex.psp", "x"}, activity: [2]string{"cortex.pyramidal", "x/0.005[1/ms]"},
		coupling: 60, noise: 0.06, dipole: 1, parts: jansenRit,
		meaning: "sources are potentials of the pyramidal cells in mV, BOLD follows their firing rate",
	},
	{
		name:   "hopf",
		model:  func() *nmm.Model { return nmm.Hopf().Set("a", -0.01).Set("omega", 2*math.Pi*0.010) },
		source: [2]string{"cortex.x", "x"}, activity: [2]string{"cortex.x", "x^2 + y^2"},
		coupling: 0.05, noise: 0.03, dipole: 20, parts: hopf,
		meaning: "sources are x, BOLD follows the squared amplitude",
	},
}

func recipeNames() []string {
	names := make([]string, len(recipes))
	for i, r := range recipes {
		names[i] = r.name
	}
	return names
}

func recipeByName(name string) *recipe {
	return recipes[slices.IndexFunc(recipes, func(r *recipe) bool { return r.name == name })]
}

func jansenRit(b *brain, coupling, noise float64, speed nmm.Quantity) []graph.Part {
	const rate = "0.005[1/ms]*sigmoid(0.56[1/mV]*(x - y2 - 6[mV]))" // of the pyramidal cells, from y1
	return []graph.Part{
		b.couple("cortex.y1", "cortex.y4_in", speed).Pre(rate).Gain(coupling),
		layers.WhiteNoise("cortex.y4", noise),
	}
}

func hopf(b *brain, coupling, noise float64, speed nmm.Quantity) []graph.Part {
	return []graph.Part{
		b.couple("cortex.x", "cortex.x", speed).Diffusive().Gain(coupling),
		b.couple("cortex.y", "cortex.y", speed).Diffusive().Gain(coupling),
		layers.WhiteNoise("cortex.x", noise), layers.WhiteNoise("cortex.y", noise),
	}
}

// couple starts a coupling by the connectome, every region's weights adding up to 1.
func (b *brain) couple(from, to string, speed nmm.Quantity) *layers.Coupling {
	c := layers.Couple(from, to).Weights(b.NormalisedRows())
	if b.TractLengths != nil {
		c = c.Delays(b.TractLengths, speed)
	}
	return c
}

const (
	step    = 0.5 // ms
	second  = 1000.0
	reports = 4 // a second
)

// simulate gives the sources [time, region] at the rate of EEG, and BOLD.
func simulate(ctx context.Context, c *config, b *brain, progress io.Writer) (*activity, error) {
	r := recipeByName(c.model)
	mean, err := r.meanActivity(ctx, c, b)
	if err != nil {
		return nil, fmt.Errorf("pilot of 10 s: %w", err)
	}
	bold := forward.Balloon(r.activity[0], c.tr*second)
	bold.Pre = fmt.Sprintf("(%s)*%.17g - 1", r.activity[1], 1/mean) // a relative change
	source := &graph.Observer{Name: "source", From: r.source[0], Pre: r.source[1], Period: second / c.rate, Average: true}
	net, err := r.network(c, b, bold, source)
	if err != nil {
		return nil, err
	}
	run := r.run(c, c.warmup, c.duration)
	run.Progress = progressLine(progress, c)
	result, err := net.Simulate(ctx, run)
	fmt.Fprintln(progress)
	if err != nil {
		return nil, err
	}
	return &activity{c.timed(result.Series("source")), c.timed(result.Series("bold"))}, nil
}

// activity is what was simulated.
type activity struct{ sources, bold *datasets.TimeSeries }

// timed counts a recorded variable's time from the end of the warm-up, in s.
func (c *config) timed(s *graph.Series) *datasets.TimeSeries {
	return &datasets.TimeSeries{Data: s.Matrix(0), TR: s.Dt / second, Start: s.Start/second - c.warmup, Labels: s.Labels, Unit: s.Unit}
}

func (r *recipe) network(c *config, b *brain, observers ...graph.Part) (*graph.Network, error) {
	parts := append(observers, graph.Population("cortex", b.Labels, r.model()))
	return graph.NewNetwork(append(parts, r.parts(b, or(c.coupling, r.coupling), or(c.noise, r.noise), nmm.Q(c.speed, "m/s"))...)...)
}

// run records what the observers see, and no states.
func (r *recipe) run(c *config, warmup, duration float64) graph.Run {
	return graph.Run{Dt: step, Warmup: warmup * second, Duration: duration * second, Record: []string{}, Seed: c.seed}
}

// meanActivity is that of all regions in a short run: BOLD shows changes.
func (r *recipe) meanActivity(ctx context.Context, c *config, b *brain) (float64, error) {
	net, err := r.network(c, b, &graph.Observer{Name: "activity", From: r.activity[0], Pre: r.activity[1], Period: second, Average: true})
	if err != nil {
		return 0, err
	}
	result, err := net.Simulate(ctx, r.run(c, 5, 10))
	if err != nil {
		return 0, err
	}
	x := result.Series("activity").Data
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	if !(sum > 0) {
		return 0, fmt.Errorf("no activity that BOLD could follow: its mean is %g", sum/float64(len(x)))
	}
	return sum / float64(len(x)), nil
}
