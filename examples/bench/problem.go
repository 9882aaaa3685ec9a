package main

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph"
)

// problem is a loss, and perhaps its gradient, ready to be computed again and again.
type problem struct {
	roll    *graph.Rollout
	machine G.VM
	loss    G.Value
	grads   []G.Value
}

// problem builds the Gorgonia graph of a rollout of so many steps,
//
//	loss = mean over lanes, samples and regions of x²
//
// and, if asked for, of the loss's gradient with respect to everything that learns.
func (j *job) problem(steps int, gradient bool) (*problem, error) {
	net, err := j.network()
	if err != nil {
		return nil, err
	}
	settings, err := j.run(steps)
	if err != nil {
		return nil, err
	}
	g, p := G.NewGraph(), new(problem)
	if p.roll, err = net.Rollout(g, settings); err != nil {
		return nil, err
	}
	x := p.roll.Node(settings.Record[0])
	flat, err := G.Reshape(x, []int{x.Shape().TotalSize()})
	if err != nil {
		return nil, err
	}
	square, err := G.Mul(flat, flat)
	if err != nil {
		return nil, err
	}
	loss, err := G.HadamardDiv(square, G.NewConstant(float64(x.Shape().TotalSize())))
	if err != nil {
		return nil, err
	}
	G.Read(loss, &p.loss)
	if gradient {
		if err := p.differentiate(loss); err != nil {
			return nil, err
		}
	}
	p.machine = G.NewTapeMachine(g)
	return p, nil
}

func (p *problem) differentiate(loss *G.Node) error {
	grads, err := G.Grad(loss, p.roll.Learnables()...)
	if err != nil {
		return err
	}
	p.grads = make([]G.Value, len(grads))
	for i, n := range grads {
		G.Read(n, &p.grads[i])
	}
	return nil
}

// compute runs the machine once.
func (p *problem) compute() error {
	p.machine.Reset()
	return p.machine.RunAll()
}

// check makes sure that what was timed was computed: a finite loss, and no gradient that is 0
// throughout or not finite.
func (p *problem) check() error {
	if l, ok := p.loss.Data().(float64); !ok || !(math.Abs(l) <= math.MaxFloat64) {
		return fmt.Errorf("expected a finite loss, found %v", p.loss)
	}
	for i, v := range p.grads {
		var sum float64
		for _, x := range v.Data().([]float64) {
			sum += math.Abs(x)
		}
		if !(sum > 0 && sum <= math.MaxFloat64) {
			return fmt.Errorf("gradient of %s: expected finite numbers, not all 0; their magnitudes sum to %v", p.roll.Learned()[i].Address, sum)
		}
	}
	return nil
}

func (p *problem) close() { p.machine.Close() }
