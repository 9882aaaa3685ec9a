package main

import (
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/nmm"
)

// bounded gives the model's states the bounds of the peer, in our units; a state without an entry has none.
func bounded(m *nmm.Model, c *class, bounds map[string][2]float64) (*nmm.Model, error) {
	for _, s := range c.states {
		want, ok := bounds[s.theirs]
		if !ok {
			want = [2]float64{math.Inf(-1), math.Inf(1)}
		}
		for _, info := range m.States() {
			if info.Name == s.ours && (info.Min != want[0]*s.scale || info.Max != want[1]*s.scale) {
				return nil, fmt.Errorf("%s has bounds [%v, %v], the case [%v, %v]", info.Name, info.Min, info.Max, want[0], want[1])
			}
		}
	}
	return m, nil
}
