package layers

import (
	"fmt"

	"github.com/euryale-ml/euryale/graph"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Unrolled is a recurrent network rolled out over a number of task steps, for a number of trials (lanes)
// at once, in a Gorgonia graph. Input is a leaf, which G.Let or SetInput changes between runs: new
// trials build nothing new.
type Unrolled struct {
	Steps, Lanes int
	Rollout      *graph.Rollout
	Outputs      *G.Node // (lanes·steps, outputs), row lane·steps + step

	recurrent *Recurrent
	input     []float64 // the leaf's: [lane][integration step][channel]
	readout   G.Nodes   // weights per read, then the bias
}

// mostInputs bounds the inputs of a rollout, to 128 GiB.
const mostInputs = 1 << 34

// Rollout adds the network to graph g: steps task steps of lanes trials. Of run, the precision, the
// memory budget, the seed, what is recorded beside the outputs and what becomes of lanes that diverge are
// heeded.
func (r *Recurrent) Rollout(g *G.ExprGraph, steps, lanes int, run graph.Run) (*Unrolled, error) {
	s := &r.settings
	switch {
	case g == nil:
		return nil, fmt.Errorf("layers: the graph of a rollout is nil")
	case steps <= 0 || lanes <= 0:
		return nil, fmt.Errorf("layers: expected positive numbers of steps and lanes, found %d and %d", steps, lanes)
	case float64(steps)*float64(lanes)*float64(s.Substeps*s.Inputs) > mostInputs:
		return nil, fmt.Errorf("layers: %d lanes of %d steps, with %d integration steps each and %d inputs, are more than can be held", lanes, steps, s.Substeps, s.Inputs)
	}
	run.Dt, run.Duration, run.Every = s.Dt/float64(s.Substeps), s.Dt*float64(steps), s.Substeps
	run.Lanes, run.Integrator = lanes, r.cell.Integrator
	run.Values = map[string]mat.Matrix{"input:u": mat.NewDense(lanes, steps*s.Substeps*s.Inputs, nil)}
	u := &Unrolled{Steps: steps, Lanes: lanes, recurrent: r}
	readout, err := u.reads(g)
	if err != nil {
		return nil, err
	}
	run.Readouts = []graph.Readout{readout}
	if u.Rollout, err = r.net.Rollout(g, run); err != nil {
		return nil, err
	}
	u.input = u.Rollout.Input("input:u").Value().Data().([]float64)
	u.Outputs, err = G.Reshape(u.Rollout.Node(readout.Name), tensor.Shape{lanes * steps, s.Outputs})
	return u, err
}

// reads makes the readout, whose scales and offsets the solve does not know:
//
//	Σ_i R_i scale (x_i - offset) = Σ_i (scale R_i) x_i - offset Σ_i scale R_i
func (u *Unrolled) reads(g *G.ExprGraph) (graph.Readout, error) {
	r := u.recurrent
	n, outputs := r.settings.Units, r.settings.Outputs
	w := wiring{}
	bias := leaf(g, "readout/bias", r.bias, 1, outputs)
	readout := graph.Readout{Name: "outputs", Bias: bias}
	for k, read := range r.cell.Reads {
		weights := leaf(g, "readout/"+read.State, r.weights[k], outputs, n)
		u.readout = append(u.readout, weights)
		if r.settings.Dale != nil || read.Factor() != 1 {
			seen := tensor.New(tensor.WithShape(outputs, n), tensor.WithBacking(r.seen(read)))
			weights = w.do(G.HadamardProd(G.NewConstant(seen), weights))
		}
		if read.Offset != 0 {
			total := w.do(G.Reshape(w.do(G.Sum(weights, 1)), tensor.Shape{1, outputs}))
			readout.Bias = w.do(G.Sub(readout.Bias, w.do(G.HadamardProd(G.NewConstant(read.Offset), total))))
		}
		readout.Terms = append(readout.Terms, graph.ReadoutTerm{State: "cortex." + read.State, Weights: weights})
	}
	u.readout = append(u.readout, bias)
	return readout, w.err
}

// wiring keeps the first error of a chain of nodes.
type wiring struct{ err error }

func (w *wiring) do(n *G.Node, err error) *G.Node {
	if w.err == nil {
		w.err = err
	}
	if n == nil { // so that what follows has something to stand on
		return G.NewConstant(0.0)
	}
	return n
}

func leaf(g *G.ExprGraph, name string, data []float64, shape ...int) *G.Node {
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64(nil), data...)))
	return G.NewTensor(g, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(t))
}

// Learnables are the nodes that an optimiser moves: the network's, then the readout's.
func (u *Unrolled) Learnables() G.Nodes {
	return append(u.Rollout.Learnables(), u.readout...)
}

// SetInput gives the trials, inputs[lane, step, channel] of the given number of steps; steps that are
// left have an input of 0.
func (u *Unrolled) SetInput(inputs []float64, steps int) error {
	s := &u.recurrent.settings
	if steps > u.Steps || len(inputs) != u.Lanes*steps*s.Inputs {
		return fmt.Errorf("layers: expected the inputs of %d lanes, up to %d steps, %d channels; found %d numbers for %d steps", u.Lanes, u.Steps, s.Inputs, len(inputs), steps)
	}
	width := s.Inputs
	for lane := range u.Lanes {
		of := u.input[lane*u.Steps*s.Substeps*width:][:u.Steps*s.Substeps*width]
		clear(of[steps*s.Substeps*width:])
		if s.Substeps == 1 {
			copy(of, inputs[lane*steps*width:][:steps*width])
			continue
		}
		for step := range steps {
			row := inputs[(lane*steps+step)*width:][:width]
			for sub := range s.Substeps {
				copy(of[(step*s.Substeps+sub)*width:], row)
			}
		}
	}
	return nil
}

// SetSeeds gives each lane the seed of its noise, a whole number below 2⁵³.
func (u *Unrolled) SetSeeds(seeds []uint64) error {
	if len(seeds) != u.Lanes {
		return fmt.Errorf("layers: expected a seed for each of %d lanes, found %d", u.Lanes, len(seeds))
	}
	leaf := u.Rollout.Input("seed").Value().Data().([]float64)
	for l := range leaf {
		leaf[l] = float64(seeds[l])
	}
	return nil
}

// Keep gives the values of the learnables to the recurrent network, for other rollouts and simulations.
func (u *Unrolled) Keep() error {
	r := u.recurrent
	if err := keep(r.net, u.Rollout); err != nil {
		return err
	}
	for k := range r.weights {
		copy(r.weights[k], u.readout[k].Value().Data().([]float64))
	}
	copy(r.bias, u.readout[len(r.weights)].Value().Data().([]float64))
	return nil
}

// keep gives a network the values that a rollout of it has learned, dense weights as a matrix.
func keep(net *graph.Network, roll *graph.Rollout) error {
	for _, l := range roll.Learned() {
		raw := l.Raw.Value().Data().([]float64)
		v := make([]float64, len(raw))
		for i := range raw {
			v[i] = l.Transform.Forward(raw[i])
		}
		var x any = v
		if shape := l.Raw.Shape(); len(shape) == 2 {
			x = mat.NewDense(shape[0], shape[1], v)
		}
		if err := net.Set(l.Address, x); err != nil {
			return err
		}
	}
	return nil
}
