package main

import (
	"maps"
	"math/rand/v2"

	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
)

// cell is the unit of the network by name. Units that learn tasks are made to hold what they have seen;
// to predict, they have to respond in degrees and to forget within some samples.
func cell(name string) (*layers.Cell, error) {
	if name == "horn" {
		return layers.DampedHORNCell(), nil
	}
	c, err := layers.CellByName(name)
	if err != nil {
		return nil, err
	}
	f, ok := forgetful[name]
	if !ok {
		return c, nil
	}
	c.MaxStep = f.sample
	c.Encoder.Initial = layers.Uniform(f.input)
	held := c.Values
	c.Values = func(rng *rand.Rand, n int, dt float64) map[string][]float64 {
		all := held(rng, n, dt)
		maps.Copy(all, f.values(rng, n))
		return all
	}
	if f.change != nil {
		f.change(c)
	}
	return c, nil
}

// forgetful are the cells with values for prediction: time of the units per sample of the signal, ms;
// limit of the encoder's weights times √channels; parameters that differ; what else does.
var forgetful = map[string]struct {
	sample float64
	input  float64
	values func(rng *rand.Rand, n int) map[string][]float64
	change func(c *layers.Cell)
}{
	"rnn": {50, 1.7, func(rng *rand.Rand, n int) map[string][]float64 {
		return map[string][]float64{"tau": layers.Spread(rng, n, 55, 500), "b": within(rng, n, -1, 2)}
	}, nil},
	"wilsoncowan": {50, 3.5, func(rng *rand.Rand, n int) map[string][]float64 {
		return map[string][]float64{"c_ee": {2}, "P": within(rng, n, -4, 1), "tau_e": layers.Spread(rng, n, 55, 600)}
	}, nil},
	"hopf": {20, 1.7, func(rng *rand.Rand, n int) map[string][]float64 {
		return map[string][]float64{"a": within(rng, n, -0.02, -0.005), "beta": {0.005}, "omega": layers.Spread(rng, n, 0.005, 0.03)}
	}, func(c *layers.Cell) {
		rate := func(int) float64 { return 0.02 } // 1/ms
		c.Encoder.Gain, c.Links[0].Gain, c.Links[1].Gain = rate, rate, rate
		c.Learn["a"], c.Learn["omega"] = nmm.Scaled(nmm.Free, 0.02), nmm.Scaled(nmm.Free, 0.02)
	}},
	"jansenrit": {100, 1.7, func(rng *rand.Rand, n int) map[string][]float64 {
		return map[string][]float64{"mu": within(rng, n, 0.02, 0.3)}
	}, func(c *layers.Cell) {
		c.Reads = []layers.Read{{State: "y1", Scale: 0.3}, {State: "y2", Scale: 0.3}, {State: "y4", Scale: 10}} // rather than y1 - y2
	}},
	"montbriopazoroxin": {20, 1.7, func(rng *rand.Rand, n int) map[string][]float64 {
		return map[string][]float64{"tau": {100}, "Delta": {1}, "J": {4}, "eta": within(rng, n, -6, -2), "init:r": {0.002}, "init:v": {-2}}
	}, func(c *layers.Cell) {
		c.Reads = []layers.Read{{State: "r", Scale: 500}, {State: "v", Scale: 0.5}}
	}},
	"reducedwongwang": {50, 0.1, func(rng *rand.Rand, n int) map[string][]float64 {
		return map[string][]float64{"w": {0.5}, "I_o": within(rng, n, 0.28, 0.4)}
	}, nil},
}

func within(rng *rand.Rand, n int, lo, hi float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = lo + (hi-lo)*rng.Float64()
	}
	return v
}
