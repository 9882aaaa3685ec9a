package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// brainmassWindowed is a run of JansenRitTR: Jansen-Rit columns at brainmass's defaults that hear of each other once
// per TR, by lateral, forward and backward connections of exp(w)·sc over its Frobenius norm, each with the
// negative sum of its row for the column itself. Delays are in TRs. Potentials are in mV, rates in Hz.
type brainmassWindowed struct {
	Kind    string
	Dt      float64 `json:"dt_ms"`
	TR      float64 `json:"tr_ms"`
	N       int
	Delay   array `json:"delay_arg"` // TRs
	SC      array
	Weights map[string]array // w_ll, w_ff, w_bb
	Gains   map[string]float64
	Input   array // [TR][node]
	// Activity is E - I at the end of each TR.
	Activity array
	Final    map[string]array `json:"final_states"`
	Loss     float64
	GradW    map[string]array   `json:"grad_weights"`
	GradG    map[string]float64 `json:"grad_gains"`
}

// windowedPaths are the connections: their weights, gain and sign in the file, our port and parameter of the column
// itself, and our unit over theirs.
var windowedPaths = []struct {
	weights, gain, port, self string
	scale                     float64
}{
	{"w_ll", "g_l", "l_in", "l_self", 1}, {"w_ff", "g_f", "f_in", "f_self", 1e-3}, {"w_bb", "g_b", "b_in", "b_self", -1},
}

// readBrainmassLayers makes a case of each entry; recurrent layers are not here.
func readBrainmassLayers(d *document) ([]instance, error) {
	var all []instance
	for i, raw := range d.list {
		var c brainmassWindowed
		if err := json.Unmarshal(raw, &c); err != nil || c.Kind != "JansenRitTR" {
			var kind struct{ Kind string }
			if err := json.Unmarshal(raw, &kind); err != nil {
				return nil, err
			}
			all = append(all, instance{fmt.Sprintf("case[%d] %s", i, kind.Kind), func() outcome { return skipped("needs recurrent layers") }})
			continue
		}
		all = append(all, instance{fmt.Sprintf("case[%d] %s", i, c.Kind), c.run})
	}
	return all, nil
}

// normalised returns exp(w)·sc / ‖·‖.
func (c *brainmassWindowed) normalised(w array) *mat.Dense {
	out := mat.NewDense(c.N, c.N, nil)
	out.Apply(func(i, j int, sc float64) float64 { return math.Exp(w.at(i, j)) * sc }, dense(c.SC.rows()))
	out.Scale(1/mat.Norm(out, 2), out)
	return out
}

// run compares activity, final states, loss and gradients.
func (c *brainmassWindowed) run() outcome {
	steps := int(math.Round(c.TR / c.Dt))
	net, err := c.network(steps)
	if err != nil {
		return failed("%v", err)
	}
	run := graph.Run{Dt: c.Dt, Duration: c.TR * float64(c.Input.dim(0)), Every: steps, Integrator: graph.ExponentialEuler}
	var cmp comparison
	for d := range int(largest(c.Delay.data)) + 1 {
		if up := c.roundedUp(d); up != d {
			cmp.note("delays of %d TRs are %d: brainmass rounds up (see brainmass delays among the exceptions)", d, up)
		}
	}
	if err := c.compareRun(net, run, &cmp); err != nil {
		return failed("%v", err)
	}
	if err := c.compareGradients(net, run, &cmp); err != nil {
		return failed("%v", err)
	}
	return cmp.outcome()
}

// network has a coupling for each path.
func (c *brainmassWindowed) network(steps int) (*graph.Network, error) {
	m := nmm.JansenRitWindowed().Preset("1995").Set("mu", 0).Set("steps", float64(steps))
	delays := c.Delay.ints()
	for i := range delays {
		for j := range delays[i] {
			delays[i][j] = c.roundedUp(delays[i][j]) * steps
		}
	}
	var parts []graph.Part
	for _, p := range windowedPaths {
		w := c.normalised(c.Weights[p.weights])
		self := make([]float64, c.N)
		for i := range self {
			self[i] = -c.Gains[p.gain] * p.scale * mat.Sum(w.RowView(i))
		}
		m.Set(p.self, self)
		parts = append(parts, &graph.Coupling{Name: p.weights, From: cortex + ".y0", To: cortex + "." + p.port, Weights: w,
			DelaySteps: delays, Gain: []float64{c.Gains[p.gain] * p.scale}, GainUnit: map[bool]string{true: "1/mV/ms", false: "1"}[p.port == "f_in"]})
	}
	if err := m.Err(); err != nil {
		return nil, err
	}
	values := mat.NewDense(c.Input.dim(0)*steps, c.N, nil)
	values.Apply(func(k, i int, _ float64) float64 { return c.Gains["k"] * c.Input.at(k/steps, i) }, values)
	parts = append([]graph.Part{graph.Population(cortex, graph.Regions(c.N), m)}, append(parts, &graph.Input{Name: "k", To: cortex + ".y3_in", Values: values})...)
	net, err := graph.NewNetwork(parts...)
	if err != nil {
		return nil, err
	}
	for _, s := range []string{"y0", "y1", "y2", "y3", "y4", "y5", "held_l", "held_f", "held_b", "clock"} {
		if err := net.Set("init:"+cortex+"."+s, make([]float64, c.N)); err != nil {
			return nil, err
		}
	}
	return net, nil
}

// roundedUp is a delay in TRs as brainmass has it: 3·0.1/0.1 is more than 3 by the last digit, and becomes 4.
func (c *brainmassWindowed) roundedUp(delay int) int {
	return int(math.Ceil(float64(delay) * c.Dt / c.Dt))
}

// compareRun compares what comes of the run.
func (c *brainmassWindowed) compareRun(net *graph.Network, run graph.Run, cmp *comparison) error {
	class, _ := lookUp("brainmass", "JansenRitStep")
	for _, s := range append(class.states, is("activity", "psp")) {
		run.Record = append(run.Record, cortex+"."+s.ours)
	}
	result, err := net.Simulate(context.Background(), run)
	if err != nil {
		return err
	}
	cmp.near("activity", result.Series(cortex+".psp").Data, c.Activity.data, brainmassTrajectory, 0)
	for _, s := range class.states {
		x := result.Series(cortex + "." + s.ours).Data
		cmp.near("final "+s.theirs, scaled(x[len(x)-c.N:], 1/s.scale), c.Final[s.theirs].data, brainmassTrajectory, 0)
	}
	return nil
}

// compareGradients takes our gradients of weights, gains and the columns' own weights back to theirs.
func (c *brainmassWindowed) compareGradients(net *graph.Network, run graph.Run, cmp *comparison) error {
	for _, p := range windowedPaths {
		for address, scope := range map[string]nmm.Scope{cortex + "." + p.self: nmm.PerRegion, p.weights + "/weights": nmm.PerEdge, p.weights + "/gain": nmm.Shared} {
			if err := net.Learn(address, nmm.Free, scope); err != nil {
				return err
			}
		}
	}
	if err := net.Learn("input:k", nmm.Free, nmm.PerRegion); err != nil {
		return err
	}
	run.Record = []string{cortex + ".psp"}
	g := G.NewGraph()
	roll, err := net.Rollout(g, run)
	if err != nil {
		return err
	}
	loss, err := meanSquare(roll.Node(cortex+".psp"), 1/float64(len(c.Activity.data)))
	if err != nil {
		return err
	}
	value, ours, err := backward(g, loss, roll)
	if err != nil {
		return err
	}
	cmp.near("loss", []float64{value}, []float64{c.Loss}, brainmassTrajectory, 0)
	for _, p := range windowedPaths {
		gain := c.Gains[p.gain] * p.scale
		w := c.normalised(c.Weights[p.weights])
		dW := mat.NewDense(c.N, c.N, ours[p.weights+"/weights"])
		self := ours[cortex+"."+p.self]
		dGain := ours[p.weights+"/gain"][0]
		dot := 0.0 // of the derivative by the normalised weights with these
		for i := range c.N {
			dGain -= self[i] * mat.Sum(w.RowView(i))
			for j := range c.N {
				dW.Set(i, j, dW.At(i, j)-gain*self[i])
				dot += dW.At(i, j) * w.At(i, j)
			}
		}
		dW.Apply(func(i, j int, d float64) float64 { return w.At(i, j) * (d - dot*w.At(i, j)) }, dW)
		cmp.near("gradient of "+p.weights, rowMajor(dW), c.GradW[p.weights].data, brainmassGradient, 0)
		cmp.near("gradient of "+p.gain, []float64{dGain * p.scale}, []float64{c.GradG[p.gain]}, brainmassGradient, 0)
	}
	dk, steps := 0.0, len(ours["input:k"])/len(c.Input.data)
	for i, d := range ours["input:k"] {
		dk += d * c.Input.at(i/c.N/steps, i%c.N)
	}
	cmp.near("gradient of k", []float64{dk}, []float64{c.GradG["k"]}, brainmassGradient, 0)
	return nil
}
