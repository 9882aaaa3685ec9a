package nmm

import (
	"fmt"
	"slices"
)

// Bound changes the bounds of a state, in its unit: it is clipped to [lo, hi] after every stage of a
// step. ±Inf is no bound, so Bound(state, math.Inf(-1), math.Inf(1)) takes a model's own bounds away.
func (m *Model) Bound(state string, lo, hi float64) *Model {
	if m.err != nil {
		return m
	}
	m.states = slices.Clone(m.states) // clones share them
	if err := Bounds(state, lo, hi).add(m); err != nil {
		m.err = fmt.Errorf("nmm: model %s: %w", m.name, err)
	}
	return m
}
