package layers

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// PredictorSettings say what a predictor is made of. Zeros are replaced by the values named.
type PredictorSettings struct {
	Cell     *Cell   // DampedHORNCell()
	Units    int     // 64
	Channels int     // of the signal; 1
	Dt       float64 // time of the network per sample of the signal, ms, one integration step; Cell.MaxStep, or 1
	MaxDelay int     // connections between units have delays drawn from 0 to this many samples
	Seed     uint64  // of the weights before training
}

// Predictor is a network of neural masses that predicts the next sample of a signal and can run on alone
// from its own predictions. Beside the units x of a [Cell] there is a population "signal", which the
// encoder of the cell reads and the readout writes:
//
//	p(t+1) = s(t) + c + A s(t) + Σ R x(t)             prediction
//	s(t+1) = u(t+1) while the gate is 1, else p(t+1)   what the units see next
//
// so that the true signal u and a free run are one network, one solve and one gradient, and the free run
// is nothing but coupled masses. The readout gives the change: the present value is the better part of
// a prediction, and need not be learned. Units and their parameters are those of [NewRecurrent]; the
// Offset of a Read is left to c.
type Predictor struct {
	settings PredictorSettings
	net      *graph.Network
}

// NewPredictor makes the network with its weights before training; those of the readout are 0, which
// predicts that nothing changes.
func NewPredictor(s PredictorSettings) (*Predictor, error) {
	s = s.filled()
	if err := s.check(); err != nil {
		return nil, err
	}
	p := &Predictor{settings: s}
	var err error
	if p.net, err = graph.NewNetwork(p.parts()...); err != nil {
		return nil, err
	}
	return p, errors.Join(initialise(p.net, "cortex", s.Cell, s.Seed, s.Units, s.Dt), p.rest(), p.learn())
}

func (s PredictorSettings) filled() PredictorSettings {
	if s.Cell == nil {
		s.Cell = DampedHORNCell()
	}
	if s.Units == 0 {
		s.Units = 64
	}
	if s.Channels == 0 {
		s.Channels = 1
	}
	if s.Dt == 0 {
		s.Dt = s.Cell.MaxStep
	}
	if s.Dt == 0 {
		s.Dt = 1
	}
	return s
}

func (s *PredictorSettings) check() error {
	if err := s.Cell.check(); err != nil {
		return fmt.Errorf("layers: predictor: %w", err)
	}
	switch {
	case s.Units < 1 || s.Channels < 1 || s.MaxDelay < 0:
		return fmt.Errorf("layers: predictor: expected positive numbers of units and channels, and no negative delay; found %d, %d, %d", s.Units, s.Channels, s.MaxDelay)
	case !(s.Dt > 0):
		return fmt.Errorf("layers: predictor: expected a step of some ms, found %v", s.Dt)
	}
	return nil
}

// signal is the population that holds what the units see. Its own value comes through a coupling, as all
// couplings are frozen during a step: so any integrator replaces it in one step, exactly.
func signal() (*nmm.Model, error) {
	return nmm.Define("Signal", `
	ds/dt = (gate*(u - own) + (1 - gate)*(c + change)) / tau : 1`,

		nmm.Parameter("tau", 1, "ms", nmm.Positive, "step"),
		nmm.Parameter("c", 0, "1", nmm.Free, "change of its own"),
		nmm.State("s", 0, 1, "signal"),
		nmm.Port("u", "1"), nmm.Port("gate", "1"), nmm.Port("own", "1"), nmm.Port("change", "1"),
	)
}

// parts are the network's.
func (p *Predictor) parts() []graph.Part {
	s, cell := &p.settings, p.settings.Cell
	model, err := signal()
	if err != nil {
		panic(err) // the text is our own
	}
	list := []graph.Part{
		graph.Population("cortex", graph.Regions(s.Units), cell.Model),
		graph.Population("signal", graph.Regions(s.Channels), model),
		Stimulus("u", "signal.u", nil),
		Stimulus("gate", "signal.gate", nil),
		Couple("signal.s", "signal.own").Named("own").Weights(identity(s.Channels)),
	}
	for _, e := range cell.encoders() {
		list = append(list, Couple("signal.s", "cortex."+e.To).Named(e.Name).Gain(e.gain(s.Units)).
			Weights(e.Initial(stream(s.Seed, e.Name), s.Units, s.Channels)))
	}
	for _, l := range cell.Links {
		list = append(list, p.coupling(l))
	}
	for _, read := range cell.Reads {
		list = append(list, Couple("cortex."+read.State, "signal.change").Named(readoutOf(read)).Gain(read.Factor()).
			Weights(everyEntry(s.Channels, s.Units)))
	}
	return append(list, Couple("signal.s", "signal.change").Named("direct").Weights(everyEntry(s.Channels, s.Channels)))
}

// coupling is a link between the units.
func (p *Predictor) coupling(l Link) graph.Part {
	s := &p.settings
	c := Couple("cortex."+l.From, "cortex."+l.To).Named(l.Name).Gain(l.gain(s.Units)).
		Weights(l.Initial(stream(s.Seed, l.Name), s.Units, s.Units))
	if l.Pre != "" {
		c.Pre(l.Pre)
	}
	if s.MaxDelay > 0 {
		c.DelaySteps(someDelays(stream(s.Seed, "delays "+l.Name), s.Units, s.MaxDelay))
	}
	return c
}

func readoutOf(read Read) string { return "readout_" + read.State }

func identity(n int) *graph.Sparse {
	s := &graph.Sparse{Rows: n, Cols: n}
	for i := range n {
		s.I, s.J, s.V = append(s.I, i), append(s.J, i), append(s.V, 1)
	}
	return s
}

// everyEntry is a matrix of zeros, all of which are edges: dense zeros would be none.
func everyEntry(rows, cols int) *graph.Sparse {
	s := &graph.Sparse{Rows: rows, Cols: cols}
	for i := range rows {
		for j := range cols {
			s.I, s.J, s.V = append(s.I, i), append(s.J, j), append(s.V, 0)
		}
	}
	return s
}

func someDelays(rng *rand.Rand, n, longest int) [][]int {
	steps := make([][]int, n)
	for i := range steps {
		steps[i] = make([]int, n)
		for j := range steps[i] {
			steps[i][j] = rng.IntN(longest + 1)
		}
	}
	return steps
}

// rest starts the signal at 0, in steps of the network.
func (p *Predictor) rest() error {
	return errors.Join(p.net.Set("signal.tau", p.settings.Dt), p.net.Set("init:signal.s", 0.0))
}

// learn declares what learns by gradient: all but the readout, which has a best value for the rest
// (see train.TrainPredictor).
func (p *Predictor) learn() error {
	cell := p.settings.Cell
	var errs []error
	for _, e := range cell.encoders() {
		errs = append(errs, p.net.Learn(e.Name+"/weights", e.Learn, nmm.PerEdge))
	}
	for _, l := range cell.Links {
		errs = append(errs, p.net.Learn(l.Name+"/weights", l.Learn, nmm.PerEdge))
	}
	for _, name := range slices.Sorted(maps.Keys(cell.Learn)) {
		errs = append(errs, p.net.Learn(address("cortex", name), cell.Learn[name], nmm.PerRegion))
	}
	return errors.Join(errs...)
}

// Network is the network, to be looked at, simulated, or changed before training.
func (p *Predictor) Network() *graph.Network { return p.net }

// Settings are those the predictor was made with, filled in.
func (p *Predictor) Settings() PredictorSettings { return p.settings }

// Rollout adds the network to graph g: steps samples of lanes windows of the signal, at first all zeros
// and all shown, see [Predictor.Show]. Recorded are "signal.s" and the states that the readout reads.
func (p *Predictor) Rollout(g *G.ExprGraph, steps, lanes int, run graph.Run) (*graph.Rollout, error) {
	if steps < 1 || lanes < 1 {
		return nil, fmt.Errorf("layers: expected positive numbers of steps and lanes, found %d and %d", steps, lanes)
	}
	return p.net.Rollout(g, p.run(steps, lanes, run))
}

// run fills in a run's settings.
func (p *Predictor) run(steps, lanes int, run graph.Run) graph.Run {
	s := &p.settings
	run.Dt, run.Duration, run.Integrator, run.Lanes = s.Dt, s.Dt*float64(steps), s.Cell.Integrator, lanes
	run.Record = []string{"signal.s"}
	for _, read := range s.Cell.Reads {
		run.Record = append(run.Record, "cortex."+read.State)
	}
	ones := make([]float64, lanes*steps*s.Channels)
	for i := range ones {
		ones[i] = 1
	}
	run.Values = map[string]mat.Matrix{
		"input:u":    mat.NewDense(lanes, steps*s.Channels, nil),
		"input:gate": mat.NewDense(lanes, steps*s.Channels, ones),
	}
	return run
}

// Keep gives the network the values that a rollout of it has learned.
func (p *Predictor) Keep(roll *graph.Rollout) error { return keep(p.net, roll) }
