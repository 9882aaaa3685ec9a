package train

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/euryale-ml/euryale/graph"
)

// restInput is the mean input over the threshold, nA, that the paper aims at.
const restInput = -0.026

// balance is a balancing at work.
type balance struct {
	InhibitionSettings
	net  *graph.Network
	run  graph.Run
	best *Inhibition

	field  *meanField
	aim    float64   // of RateRule: rate of the mean field that is started from, Hz
	damp   float64   // and the part of its step that is made
	delta  []float64 // of InputRule: the steps
	before []float64 // and the inputs that they were chosen by
	idle   int       // simulations since the best one
}

// newBalance fills in defaults and checks the network.
func newBalance(net *graph.Network, run graph.Run, settings InhibitionSettings) (*balance, error) {
	b := &balance{InhibitionSettings: settings, net: net, run: run}
	if b.Rule != RateRule && b.Rule != InputRule {
		return nil, fmt.Errorf("unknown rule %d", b.Rule)
	}
	fallback := func(x *float64, rate, input float64) {
		if *x == 0 && b.Rule == RateRule {
			*x = rate
		} else if *x == 0 {
			*x = input
		}
	}
	fallback(&b.Target, 3, 3)
	fallback(&b.Tolerance, 0.1, 0.005)
	fallback(&b.Step, 0.1, 0.1)
	b.aim, b.damp = firstAim*b.Target, 1
	if b.Iterations == 0 {
		if b.Iterations = 30; b.Rule == InputRule {
			b.Iterations = 300
		}
	}
	for what, x := range map[string]float64{"Target": b.Target, "Tolerance": b.Tolerance, "Step": b.Step, "Iterations": float64(b.Iterations)} {
		if !(x > 0) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("%s: expected a positive number, found %g", what, x)
		}
	}
	if err := b.findPopulation(); err != nil {
		return nil, err
	}
	steps := math.Round(run.Duration / run.Dt)
	b.run.Record, b.run.Every, b.run.Average = []string{b.Population + ".H_e", b.Population + ".I_e"}, int(steps), true
	b.run.Unobserved = true
	if _, ok := run.Values[b.Population+".J_i"]; ok {
		return nil, fmt.Errorf("Run.Values[%q]: J_i is what is looked for", b.Population+".J_i")
	}
	var err error
	b.field, err = newMeanField(net, b.run, b.Population)
	return b, err
}

// findPopulation finds the one whose inhibition is balanced.
func (b *balance) findPopulation() error {
	var found []string
	for _, address := range b.net.Addresses() {
		if name, ok := strings.CutSuffix(address, ".J_i"); ok && (b.Population == "" || b.Population == name) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		return fmt.Errorf("population %q: expected one of nmm.ReducedWongWangExcInh, with a parameter J_i, found %d", b.Population, len(found))
	}
	b.Population = found[0]
	return nil
}

// set gives the network J_i.
func (b *balance) set(j []float64) error { return b.net.Set(b.Population+".J_i", j) }

// start returns the J_i to try first.
func (b *balance) start(ctx context.Context) ([]float64, error) {
	n := len(b.field.labels)
	if b.Continue {
		j, err := b.net.Get(b.Population + ".J_i")
		return perRegion(j, n), err
	}
	if b.Rule == InputRule {
		return perRegion([]float64{1}, n), nil
	}
	return b.aimed(ctx)
}

// aimed are the J_i of the mean field at the aim.
func (b *balance) aimed(ctx context.Context) ([]float64, error) {
	j, err := b.field.inhibition(ctx, perRegion([]float64{b.aim}, len(b.field.labels)))
	for i := range j {
		j[i] = max(0, j[i])
	}
	return j, err
}

// perRegion repeats a lone value for every region.
func perRegion(x []float64, n int) []float64 {
	if len(x) == n {
		return append([]float64(nil), x...)
	}
	all := make([]float64, n)
	for i := range all {
		all[i] = x[0]
	}
	return all
}

// simulate finds the means at given J_i.
func (b *balance) simulate(ctx context.Context, j []float64) (*Inhibition, error) {
	if err := b.set(j); err != nil {
		return nil, err
	}
	res, err := b.net.Simulate(ctx, b.run)
	if err != nil {
		return nil, err
	}
	f := &Inhibition{Labels: b.field.labels, J: j, Rule: b.Rule}
	f.Rates, f.Inputs = laneMean(res.Series(b.Population+".H_e")), laneMean(res.Series(b.Population+".I_e"))
	for i := range f.Inputs {
		f.Inputs[i] -= b.field.threshold(i)
		d := b.distance(f, i)
		f.Worst, f.squares = max(f.Worst, d), f.squares+d*d
		if d > b.Tolerance {
			f.Missed = append(f.Missed, i)
		}
	}
	return f, nil
}

// laneMean is the mean over lanes of a series of one sample.
func laneMean(s *graph.Series) []float64 {
	mean := make([]float64, len(s.Labels))
	for l := range s.Lanes {
		for i, x := range s.Lane(l)[0] {
			mean[i] += x / float64(s.Lanes)
		}
	}
	return mean
}

// InputRule makes patience simulations without progress, and steps that are not below leastStep times the first.
const (
	patience  = 50
	leastStep = 1e-3
)

// adjust returns the J_i to try after those that were found wanting.
func (b *balance) adjust(ctx context.Context, found *Inhibition) ([]float64, error) {
	if b.Rule == InputRule {
		if b.idle++; found == b.best {
			b.idle = 0
		}
		if b.idle == patience {
			return nil, fmt.Errorf("no progress: %w", b.best.unbalanced())
		}
		j := b.byInputs(found)
		if slices.Equal(j, found.J) {
			return nil, fmt.Errorf("no inhibition is still too much: %w", b.best.unbalanced())
		}
		return j, nil
	}
	return b.byRates(ctx, found)
}

// RateRule comes to the target from below, firstAim times it in the mean field, to which noise adds: from above
// there may be no way back, as the network may have another stable state, of high rates, with the same J_i. While
// it starts in that state, the aim becomes lower, down to leastAim times the target.
const (
	firstAim  = 0.6
	leastAim  = 0.02
	leastDamp = 0.01
)

// byRates moves from the best J_i by what separates their rates from the target in the mean field, less far
// each time that it was no progress.
func (b *balance) byRates(ctx context.Context, found *Inhibition) ([]float64, error) {
	if b.best.Worst > b.Target { // some region is more than twice where it should be
		if b.aim /= 2; b.aim < leastAim*b.Target {
			return nil, fmt.Errorf("no state of rest from which to start: %w", b.best.unbalanced())
		}
		return b.aimed(ctx)
	}
	if b.damp = min(1, 1.5*b.damp); found != b.best {
		b.damp /= 3
	}
	if b.damp < leastDamp {
		return nil, fmt.Errorf("no progress: %w", b.best.unbalanced())
	}
	at, err := b.field.inhibition(ctx, b.best.Rates)
	if err != nil {
		return nil, err
	}
	j, err := b.field.inhibition(ctx, b.targets())
	if err != nil {
		return nil, err
	}
	for i := range j {
		j[i] = max(0, b.best.J[i]+b.damp*(j[i]-at[i]))
	}
	return j, nil
}

// targets are the rates to move to: where the rate is too low without inhibition, it stays.
func (b *balance) targets() []float64 {
	list := perRegion([]float64{b.Target}, len(b.best.J))
	for i, r := range b.best.Rates {
		if b.best.J[i] == 0 && r < b.Target {
			list[i] = r
		}
	}
	return list
}

// byInputs moves every J_i by a step against the error of its input.
func (b *balance) byInputs(found *Inhibition) []float64 {
	if b.delta == nil {
		b.delta, b.before = perRegion([]float64{b.Step}, len(found.J)), make([]float64, len(found.J))
	}
	j := append([]float64(nil), found.J...)
	for i, input := range found.Inputs {
		e := input - restInput
		if math.Abs(e) <= b.Tolerance {
			continue
		}
		if b.before[i]*e < 0 {
			b.delta[i] = max(b.delta[i]/2, leastStep*b.Step)
		} else if b.before[i]*e > 0 {
			b.delta[i] *= 1.2
		}
		b.before[i] = e
		j[i] = max(0, j[i]+math.Copysign(b.delta[i], e))
	}
	return j
}
