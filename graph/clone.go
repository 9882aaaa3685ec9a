package graph

import (
	"fmt"
	"slices"
)

// Clone returns a network of the same parts with values of its own, the present ones, and the same ones
// learning: one for each goroutine that sets values. The parts are read again, so they must not have changed.
func (n *Network) Clone() (*Network, error) {
	c, err := NewNetwork(n.parts...)
	if err != nil {
		return nil, fmt.Errorf("graph: the network's parts have changed since it was made: %w", err)
	}
	if !slices.Equal(c.order, n.order) {
		return nil, fmt.Errorf("graph: the network's parts have changed since it was made: it had the addresses %q, a copy has %q", n.order, c.order)
	}
	for address, v := range n.values {
		own := c.values[address]
		pop := own.pop
		*own = *v
		own.pop, own.Data = pop, slices.Clone(v.Data)
		if pop != nil {
			pop.model = v.pop.model // which Set replaces, never changes
		}
	}
	return c, nil
}
