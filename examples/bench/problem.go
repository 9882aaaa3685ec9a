package main

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/train"
)

// kind is what a problem computes.
type kind int

const (
	forward  kind = iota // the rollout
	gradient             // a loss and its gradient
	update               // and a step of an optimiser
)

func (k kind) String() string { return [...]string{"forward", "gradient", "update"}[k] }

// settingsOf says which problem of a job is wanted.
type settingsOf struct {
	steps int
	kind  kind
}

// problem is a loss, and perhaps its gradient, ready to be computed again and again.
type problem struct {
	roll    *graph.Rollout
	machine G.VM
	x       *G.Node // the recorded variable
	loss    G.Value // nil if only the rollout is wanted
	learned G.Nodes
	names   []string // of learned
	grads   []G.Value
	solver  G.Solver // nil: none

	step func() error // in the place of machine and solver
	stop func()
}

// problem builds the job's Gorgonia graph, and compiles it.
func (j *job) problem(steps int, k kind) (*problem, error) {
	want := settingsOf{steps, k}
	if j.of.build != nil {
		return j.of.build(j, want)
	}
	return meanSquare(j, want)
}

// meanSquare is a rollout of so many steps and, if its gradient with respect to everything that learns
// is asked for,
//
//	loss = mean over lanes, samples and regions of x²
func meanSquare(j *job, want settingsOf) (*problem, error) {
	net, err := j.network()
	if err != nil {
		return nil, err
	}
	settings, err := j.run(want.steps)
	if err != nil {
		return nil, err
	}
	g, p := G.NewGraph(), new(problem)
	if p.roll, err = net.Rollout(g, settings); err != nil {
		return nil, err
	}
	p.x = p.roll.Node(settings.Record[0])
	if want.kind == forward {
		p.machine = G.NewTapeMachine(g)
		return p, nil
	}
	flat, err := G.Reshape(p.x, []int{p.x.Shape().TotalSize()})
	if err != nil {
		return nil, err
	}
	square, err := G.Mul(flat, flat)
	if err != nil {
		return nil, err
	}
	loss, err := G.HadamardDiv(square, G.NewConstant(float64(p.x.Shape().TotalSize())))
	if err != nil {
		return nil, err
	}
	p.learnFrom(p.roll)
	return p, p.compile(g, loss, want.kind)
}

// learnFrom adds what a rollout learns.
func (p *problem) learnFrom(r *graph.Rollout) {
	p.learned = append(p.learned, r.Learnables()...)
	for _, l := range r.Learned() {
		p.names = append(p.names, l.Address)
	}
}

// compile differentiates the loss, if asked for, and makes the machine.
func (p *problem) compile(g *G.ExprGraph, loss *G.Node, k kind) error {
	G.Read(loss, &p.loss)
	if k >= gradient {
		grads, err := G.Grad(loss, p.learned...)
		if err != nil {
			return err
		}
		p.grads = make([]G.Value, len(grads))
		for i, n := range grads {
			G.Read(n, &p.grads[i])
		}
	}
	if k == update {
		p.machine = G.NewTapeMachine(g, G.BindDualValues(p.learned...))
		p.solver = train.Adam{Rate: 1e-3}.Solver()
	} else {
		p.machine = G.NewTapeMachine(g)
	}
	return nil
}

// compute runs the machine once, and the optimiser.
func (p *problem) compute() error {
	if p.step != nil {
		return p.step()
	}
	p.machine.Reset()
	if err := p.machine.RunAll(); err != nil {
		return err
	}
	if p.solver != nil {
		return p.solver.Step(G.NodesToValueGrads(p.learned))
	}
	return nil
}

// check makes sure that what was timed was computed: finite samples of x, or a finite loss and no gradient
// that is 0 throughout or not finite.
func (p *problem) check() error {
	if p.step != nil {
		return nil // a training checks itself
	}
	if p.loss == nil {
		if !(floats.Norm(p.x.Value().Data().([]float64), 1) <= math.MaxFloat64) {
			return fmt.Errorf("expected finite samples of %s", p.x.Name())
		}
		return nil
	}
	if l, ok := p.loss.Data().(float64); !ok || !(math.Abs(l) <= math.MaxFloat64) {
		return fmt.Errorf("expected a finite loss, found %v", p.loss)
	}
	for i, v := range p.grads {
		var sum float64
		for _, x := range v.Data().([]float64) {
			sum += math.Abs(x)
		}
		if !(sum > 0 && sum <= math.MaxFloat64) {
			return fmt.Errorf("gradient of %s: expected finite numbers, not all 0; their magnitudes sum to %v", p.names[i], sum)
		}
	}
	return nil
}

func (p *problem) close() {
	if p.stop != nil {
		p.stop()
	} else {
		p.machine.Close()
	}
}
