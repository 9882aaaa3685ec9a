package main

import (
	"math"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// brainmassBalloon is brainmass's balloon with its default constants, which are those of ours, driven by
// z: what it gives, with gradients of the mean square, and what its equations in the literature give.
type brainmassBalloon struct {
	Dt         float64 `json:"dt_s"`
	Z          array   // [step][node]
	Every      int
	BOLD       array                // [sample][node]
	Final      map[string][]float64 `json:"states_final"`
	Loss       string
	LossValue  float64            `json:"loss_value"`
	GradParams map[string]float64 `json:"grad_params"`
	GradZ      []float64          `json:"grad_z_sum_over_time"` // [node]
	GradZFirst array              `json:"grad_z_first20"`       // [step][node]
	Literature array              `json:"bold_literature"`
}

// run compares brainmass's numbers with those of its own equations, the literature's with those of the
// literature's, and with these, in shorter steps, our model's.
func (b *brainmassBalloon) run() outcome {
	if len(b.Z.shape) != 2 || b.Every < 1 || b.Loss != "mean(bold^2)" {
		return failed("expected z [step][node], an interval and the loss mean(bold^2), found %v, %d and %q", b.Z.shape, b.Every, b.Loss)
	}
	plain, err := newPlainBalloon()
	if err != nil {
		return failed("%v", err)
	}
	coded := balloonRun{model: plain, start: map[string]float64{"s": 1}, input: b.Z.rows(), dt: 1000 * b.Dt, finer: 1, scheme: graph.Heun}
	right := coded
	right.start = nil
	var cmp comparison
	if err := b.compare(&cmp, coded, right); err != nil {
		return failed("%v", err)
	}
	if err := b.compareGradients(&cmp, coded); err != nil {
		return failed("%v", err)
	}
	right.finer = finer
	want, err := right.run("bold")
	if err != nil {
		return failed("%v", err)
	}
	right.model = nmm.BalloonWindkessel()
	got, err := right.run("bold")
	if err != nil {
		return failed("%v", err)
	}
	cmp.near("our model", join(got["bold"]), join(want["bold"]), balloonLimit, 0)
	rest := 0.0
	for i, v := range b.BOLD.data {
		rest = max(rest, math.Abs(v-b.Literature.data[i]))
	}
	if rest <= brainmassTrajectory*largest(b.Literature.data) {
		cmp.fail("brainmass's BOLD is the literature's: compare it")
	}
	return cmp.excepted("brainmass balloon")
}

// compare compares the two BOLDs, sample m of which is that after update m·every, and the last states.
func (b *brainmassBalloon) compare(cmp *comparison, coded, right balloonRun) error {
	theirs, err := coded.run("coded", "s", "f", "v", "q")
	if err != nil {
		return err
	}
	literature, err := right.run("bold")
	if err != nil {
		return err
	}
	cmp.near("BOLD as coded", b.sampled(theirs["coded"]), b.BOLD.data, brainmassTrajectory, 0)
	cmp.near("BOLD of the literature", b.sampled(literature["bold"]), b.Literature.data, brainmassTrajectory, 0)
	for name, want := range b.Final {
		if name == "x" {
			cmp.near(name, theirs["s"][b.Z.dim(0)-1], want, brainmassTrajectory, 0)
		} else {
			cmp.near(name, theirs[name][b.Z.dim(0)-1], want, brainmassTrajectory, 0)
		}
	}
	return nil
}

// sampled are the samples of a series, row after row.
func (b *brainmassBalloon) sampled(series [][]float64) []float64 {
	var out []float64
	for k := 0; k < len(series); k += b.Every {
		out = append(out, series[k]...)
	}
	return out
}

// brainmassBalloonNames are our names of brainmass's parameters.
var brainmassBalloonNames = map[string]string{"alpha": "alpha", "gamma": "gamma", "k": "kappa", "rho": "rho", "tau": "tau"}

// compareGradients compares the loss and its gradients, by the reverse pass through the same steps.
func (b *brainmassBalloon) compareGradients(cmp *comparison, coded balloonRun) error {
	net, run, err := coded.network("coded")
	if err != nil {
		return err
	}
	for name := range b.GradParams {
		if err := net.Learn("balloon."+brainmassBalloonNames[name], nmm.Free, nmm.Shared); err != nil {
			return err
		}
	}
	if err := net.Learn("input:z", nmm.Free, nmm.PerRegion); err != nil {
		return err
	}
	g := G.NewGraph()
	roll, err := net.Rollout(g, run)
	if err != nil {
		return err
	}
	loss, err := G.Mean(G.Must(G.Square(roll.Node("balloon.coded"))))
	if err != nil {
		return err
	}
	value, gradients, err := backward(g, loss, roll)
	if err != nil {
		return err
	}
	cmp.near("loss", []float64{value}, []float64{b.LossValue}, brainmassTrajectory, 0)
	for name, want := range b.GradParams {
		cmp.near("gradient of "+name, gradients["balloon."+brainmassBalloonNames[name]], []float64{want}, brainmassGradient, 0)
	}
	steps, sum := rows(gradients["input:z"], b.Z.dim(1)), repeat(0, b.Z.dim(1))
	for _, row := range steps {
		sum = add(sum, row)
	}
	cmp.near("gradient of z, summed", sum, b.GradZ, brainmassGradient, 0)
	cmp.near("gradient of z", join(steps[:b.GradZFirst.dim(0)]), b.GradZFirst.data, brainmassGradient, 0)
	return nil
}
