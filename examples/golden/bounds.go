package main

import (
	"math"

	"github.com/euryale-ml/euryale/nmm"
)

// bounded gives the model's states the peer's bounds; a state without an entry has none.
func bounded(m *nmm.Model, c *class, bounds map[string][2]float64) *nmm.Model {
	for _, s := range c.states {
		lo, hi := math.Inf(-1), math.Inf(1)
		if b, ok := bounds[s.theirs]; ok {
			lo, hi = b[0]*s.scale, b[1]*s.scale
		}
		m = m.Bound(s.ours, lo, hi)
	}
	return m
}
