package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// Spreads of the logarithms of hidden parameters.
const hiddenRecurrence, hiddenGain, hiddenNoise = 0.15, 0.5, 0.5

// hiddenMinutes of BOLD are recorded.
const hiddenMinutes = 40

// hide draws a coupling between 0.45 and 0.8 of a scale and log-normal regional parameters with the model's
// as their mean, so that the coupling is what it says.
func (b *brain) hide(seed uint64, scale float64) *regional {
	r := rand.New(rand.NewPCG(seed, 0x68696464656e))
	hidden := uniform(len(b.labels), scale*(0.45+0.35*r.Float64()), b.recurrence())
	for _, p := range []struct {
		values []float64
		spread float64
	}{{hidden.recurrence, hiddenRecurrence}, {hidden.gain, hiddenGain}, {hidden.noise, hiddenNoise}} {
		factors, mean := make([]float64, len(p.values)), 0.0
		for i := range factors {
			factors[i] = math.Exp(p.spread * max(-2, min(2, r.NormFloat64())))
			mean += factors[i] / float64(len(factors))
		}
		for i, f := range factors {
			p.values[i] *= f / mean
		}
	}
	return hidden
}

// record makes BOLD by hidden parameters.
func (b *brain) record(ctx context.Context, r *regional, seed uint64) (*mat.Dense, error) {
	net, err := b.network(r.coupling)
	if err != nil {
		return nil, err
	}
	if err := b.set(net, r); err != nil {
		return nil, err
	}
	seed += 1 << 40 // no noise that the search uses
	if err := b.balance(ctx, net, seed); err != nil {
		return nil, fmt.Errorf("hidden parameters of this seed: %w", err)
	}
	bold, err := b.simulate(ctx, net, hiddenMinutes, seed)
	if err != nil {
		return nil, err
	}
	return bold[0], nil
}
