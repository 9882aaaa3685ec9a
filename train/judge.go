package train

import (
	"context"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/tasks"
	G "gorgonia.org/gorgonia"
)

// lossNode is the task's loss of the present batch: a scalar of the outputs, by the task's own rule. Its
// gradient is computed with it, since both need the same exponentials; a machine runs a value before its
// gradient.
func (t *trainer) lossNode() (*G.Node, error) {
	slope := make([]float64, t.network.Outputs.Shape().TotalSize())
	f := &forward.NodeFunction{
		Name: "loss of " + t.task.Name(), Inputs: []int{2}, Output: 0,
		Shape: func([][]int) ([]int, error) { return nil, nil },
		Value: func(in []forward.Array, out forward.Array) error {
			out.Data[0] = t.batch.Gradient(in[0].Data, slope)
			return nil
		},
		Gradient: func(_ int, _ []forward.Array, _, outGrad, inGrad forward.Array) error {
			for i, s := range slope {
				inGrad.Data[i] = s * outGrad.Data[0]
			}
			return nil
		},
	}
	return f.Apply(t.network.Outputs)
}

// judge finds the accuracy of a network on validation trials. It has a graph of its own, without a
// gradient.
type judge struct {
	trials  int
	network *layers.Unrolled
	values  [][]float64 // of the learnables
	outputs G.Value
	vm      G.VM
}

// judgeLanes is how many trials are judged at once, at most.
const judgeLanes = 128

func newJudge(ctx context.Context, r *layers.Recurrent, steps, trials int, run graph.Run) (*judge, error) {
	lanes := min(trials, judgeLanes)
	j := &judge{trials: (trials + lanes - 1) / lanes * lanes}
	g := G.NewGraph()
	var err error
	if j.network, err = r.Rollout(g, steps, lanes, run); err != nil {
		return nil, err
	}
	j.network.Rollout.SetContext(ctx)
	for _, n := range j.network.Learnables() {
		v, err := backing(n)
		if err != nil {
			return nil, err
		}
		j.values = append(j.values, v)
	}
	G.Read(j.network.Outputs, &j.outputs)
	j.vm = G.NewTapeMachine(g)
	return j, nil
}

func (j *judge) close() error { return j.vm.Close() }

// results judges the task's trials from number first on, with the learnables at x.
func (j *judge) results(task *tasks.Task, x []float64, first int, seed uint64) (*tasks.Results, error) {
	for _, v := range j.values {
		x = x[copy(v, x):]
	}
	var all *tasks.Results
	lanes := j.network.Lanes
	for end := first + j.trials; first < end; first += lanes {
		batch, err := task.Batch(tasks.Validation, first, lanes)
		if err != nil {
			return nil, err
		}
		part, err := j.run(batch, seeds(seed, tasks.Validation, first, lanes))
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = part
		} else {
			all.Merge(part)
		}
	}
	return all, nil
}

func (j *judge) run(batch *tasks.Batch, seeds []uint64) (*tasks.Results, error) {
	if err := batch.PadTo(j.network.Steps); err != nil {
		return nil, err
	}
	if err := j.network.SetInput(batch.Inputs, batch.Steps); err != nil {
		return nil, err
	}
	if err := j.network.SetSeeds(seeds); err != nil {
		return nil, err
	}
	j.vm.Reset()
	if err := unwrapped(j.vm.RunAll()); err != nil {
		return nil, err
	}
	outputs, err := floats(j.outputs)
	if err != nil {
		return nil, err
	}
	return batch.Results(outputs), nil
}
