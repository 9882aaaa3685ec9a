package main

import (
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/train"
)

const (
	channels = 3 // of the input
	classes  = 3
)

// hornCase is a network of harmonic oscillators trained as a classifier, one Adam step on the mean
// cross-entropy of a batch (the lanes):
//
//	y ← y + h (α tanh(n^−½ W y + b + V u) − ω² x − 2γ y)        x ← x + h y        h = 1
//	logits = R x_T + c
//
// W, V, b, R, c and every unit's α, ω and γ learn. Effenberger et al., PNAS 122 (2025) e2412830122,
// doi:10.1073/pnas.2412830122.
//
// V is a coupling from the input: so the solve reads 3 numbers per step and trial and not 64, and V u is
// made where it is used.
var hornCase = benchCase{
	name: "horn", about: "one training update of 64 oscillators, batch 64, 50 steps, float32, and update_us",
	usual:  []string{"-n=64", "-lanes=64", "-steps=50", "-dtype=float32", "-delay=none", "-integrator=symplecticeuler", "-learned=weights,parameters"},
	model:  horn,
	couple: func() *layers.Coupling { return layers.Couple("cortex.y", "cortex.in") },
	record: "cortex.x", dt: 1,
	parts: encoder, build: classify, more: measureUpdate, updates: true,
}

// encoder is the input and V.
func encoder(j *job) []graph.Part {
	n := j.Regions
	return []graph.Part{
		layers.Input("u", channels),
		layers.Couple("input:u", "cortex.in").Named("encoder").Weights(mat.NewDense(n, channels, waves(1, 1/math.Sqrt(channels), n*channels))),
	}
}

func horn() *nmm.Model {
	return define("HORN", `
	dx/dt = y / 1[ms]                                                     : 1
	dy/dt = (alpha*tanh(b + in) - omega^2*x - 2*gamma*y) / 1[ms]           : 1`,
		nmm.Parameter("alpha", 0.04, "1", nmm.Free, "size of the drive"),
		nmm.Parameter("omega", 2*math.Pi/28, "1", nmm.Free, "angular frequency, rad per step"),
		nmm.Parameter("gamma", 0.01, "1", nmm.Free, "damping"),
		nmm.Parameter("b", 0, "1", nmm.Free, "bias"),
		nmm.Port("in", "1"))
}

// classifier is the outer graph of a HORN in the making; the first error stays.
type classifier struct {
	*problem
	g   *G.ExprGraph
	err error
}

// classify builds input, rollout, readout and loss.
func classify(j *job, want settingsOf) (*problem, error) {
	net, err := j.network()
	if err != nil {
		return nil, err
	}
	if err := net.Set("coupling/gain", 1/math.Sqrt(float64(j.Regions))); err != nil {
		return nil, err
	}
	if j.Learned != "none" {
		if err := net.Learn("encoder/weights", nmm.Free, nmm.PerEdge); err != nil {
			return nil, err
		}
	}
	run, err := j.run(want.steps)
	if err != nil {
		return nil, err
	}
	c := &classifier{problem: new(problem), g: G.NewGraph()}
	lanes, n := j.Lanes, j.Regions
	run.Every = want.steps // the last step is read
	// Not as a node, which might have to be differentiated: it becomes one of the rollout's, see Rollout.Input.
	run.Values = map[string]mat.Matrix{"input:u": mat.NewDense(lanes, want.steps*channels, waves(0, 1, lanes*want.steps*channels))}
	// The readout's leaf is [unit, class], as JAX has it.
	readout, bias := c.leaf("readout", 2, n, classes), c.leaf("readout bias", 3, 1, classes)
	run.Readouts = []graph.Readout{{Name: "logits", Bias: bias, Terms: []graph.ReadoutTerm{{State: run.Record[0], Weights: c.try(G.Transpose(readout))}}}}
	if c.err != nil {
		return nil, c.err
	}
	if c.roll, err = net.Rollout(c.g, run); err != nil {
		return nil, err
	}
	c.learnFrom(c.roll)
	c.learned, c.names = append(c.learned, readout, bias), append(c.names, "readout", "readout bias")
	c.x = c.roll.Node(run.Record[0])
	logits := c.roll.Node("logits")
	loss := c.crossEntropy(logits, lanes)
	if c.err != nil {
		return nil, c.err
	}
	return c.problem, c.compile(c.g, loss, want.kind)
}

// crossEntropy is the mean over the batch.
func (c *classifier) crossEntropy(logits *G.Node, lanes int) *G.Node {
	labels, weights := make([]float64, lanes), make([]float64, lanes)
	for l := range lanes {
		labels[l], weights[l] = float64(l%classes), 1/float64(lanes)
	}
	return c.try(G.Sum(c.try(train.CrossEntropy(logits, c.value("labels", labels, lanes, 1), c.value("weights", weights, lanes, 1)))))
}

func (c *classifier) try(n *G.Node, err error) *G.Node {
	if c.err == nil {
		c.err = err
	}
	if n == nil { // so that what follows has something to be built on
		return G.NewConstant(0.0)
	}
	return n
}

// waves are numbers in ±limit that look random, and that another program can make too.
func waves(which int, limit float64, count int) []float64 {
	data := make([]float64, count)
	for i := range data {
		data[i] = limit * math.Sin(float64(100_000*which+i*i%9973))
	}
	return data
}

func (c *classifier) value(name string, data []float64, shape ...int) *G.Node {
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
	return G.NewTensor(c.g, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(t))
}

// leaf is a matrix in ±1/√rows.
func (c *classifier) leaf(name string, which, rows, cols int) *G.Node {
	return c.value(name, waves(which, 1/math.Sqrt(float64(rows)), rows*cols), rows, cols)
}

// measureUpdate adds the time of an update with Adam.
func measureUpdate(j *job, r *result, s samples) error {
	if u := s.find(update); u != nil {
		us := u.perStep() * float64(j.Steps)
		r.Update = &us
	}
	return nil
}
