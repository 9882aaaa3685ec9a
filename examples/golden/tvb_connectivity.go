package main

import (
	"encoding/json"
	"slices"

	"github.com/euryale-ml/euryale/datasets"
)

// tvbConnectivity is a connectivity file: a connectome and what the helpers of TVB's Connectivity make
// of it.
type tvbConnectivity struct {
	Weights      array
	TractLengths array               `json:"tract_lengths"` // mm
	Centres      array               // mm
	Scaled       map[string]array    `json:"scaled_weights"` // by mode
	Delays       map[string]tvbSteps `json:"idelays"`
	HalfEven     tvbSteps            `json:"half_even"` // of lengths that are half-integer steps
	Euclidean    array               `json:"euclidean_tract_lengths"`
	NoSelf       array               `json:"no_self"`
	Binarized    array
}

// tvbSteps are delays in steps of lengths, those of the file unless there are others, at a speed and a
// step, and how many steps of the past they need.
type tvbSteps struct {
	TractLengths *array `json:"tract_lengths"`
	Speed, Dt    float64
	Delays       array `json:"idelays"`
	Horizon      int
}

// tvbScalings are the modes of scaled_weights; "none" leaves weights as they are.
var tvbScalings = map[string]datasets.Scaling{"tract": datasets.ByMaximum, "region": datasets.ByInput}

// readTVBConnectivity makes a case of every scaling, every delay matrix and every other matrix.
func readTVBConnectivity(d *document) ([]instance, error) {
	var f tvbConnectivity
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	c := &datasets.Connectome{Weights: f.Weights.matrix(), TractLengths: f.TractLengths.matrix(), Centres: f.Centres.matrix(), Labels: make([]string, f.Weights.dim(0))}
	if err := c.Check(); err != nil {
		return nil, err
	}
	var all []instance
	for _, mode := range sortedKeys(f.Scaled) {
		all = append(all, instance{"scaled_weights " + mode, func() outcome { return f.scaled(c, mode) }})
	}
	for _, name := range sortedKeys(f.Delays) {
		all = append(all, instance{"idelays " + name, func() outcome { return f.Delays[name].run(*c) }})
	}
	if f.HalfEven.TractLengths != nil {
		all = append(all, instance{"half_even", func() outcome { return f.HalfEven.run(*c) }})
	}
	weights := func(made *datasets.Connectome, err error, want array) outcome {
		if err != nil {
			return failed("%v", err)
		}
		return compared("weights", rowMajor(made.Weights), want.data)
	}
	return append(all,
		instance{"euclidean_tract_lengths", func() outcome {
			straight, err := c.WithDistances(1)
			if err != nil {
				return failed("%v", err)
			}
			return compared("distances", rowMajor(straight.TractLengths), f.Euclidean.data)
		}},
		instance{"no_self", func() outcome { made, err := c.WithoutSelf(); return weights(made, err, f.NoSelf) }},
		instance{"binarized", func() outcome { made, err := c.Binarised(); return weights(made, err, f.Binarized) }},
	), nil
}

// scaled compares scaled weights.
func (f *tvbConnectivity) scaled(c *datasets.Connectome, mode string) outcome {
	by, ok := tvbScalings[mode]
	switch {
	case mode == "none":
		return compared("weights", rowMajor(c.Weights), f.Scaled[mode].data)
	case !ok:
		return skipped("needs the scaling %q", mode)
	}
	scaled, err := c.Scaled(by)
	if err != nil {
		return failed("%v", err)
	}
	return compared("scaled weights", rowMajor(scaled.Weights), f.Scaled[mode].data)
}

// run compares delays in steps, which must be equal.
func (d tvbSteps) run(c datasets.Connectome) outcome {
	if d.TractLengths != nil {
		c.TractLengths = d.TractLengths.matrix()
	}
	steps, err := c.DelaySteps(d.Speed, d.Dt)
	if err != nil {
		return failed("%v", err)
	}
	var got []float64
	for _, step := range slices.Concat(steps...) {
		got = append(got, float64(step))
	}
	var cmp comparison
	cmp.near("delays", got, d.Delays.data, 0, 0)
	if longest := int(largest(got)); d.Horizon != 0 && d.Horizon != longest+1 {
		cmp.fail("longest delay: %d steps, expected one less than the horizon of %d", longest, d.Horizon)
	}
	return cmp.outcome()
}
