package datasets

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Thresholded is the connectome without the links whose absolute weight is below a
// minimum. It fails if c is not sound, and if the minimum is negative or not finite.
func (c *Connectome) Thresholded(minimum float64) (*Connectome, error) {
	if notFinite(minimum) || minimum < 0 {
		return nil, fmt.Errorf("datasets: threshold of weights is %v, expected a number not below 0", minimum)
	}
	if err := c.Check(); err != nil {
		return nil, err
	}
	return c.filtered(func(_, _ int, w float64) bool { return math.Abs(w) >= minimum }), nil
}

// WithDensity is the connectome with the heaviest links only, by absolute weight, so
// that they are a share, 0 to 1, of all pairs to and from of different regions. Links
// of equal weight stay or go together, so that symmetric weights stay symmetric; of the
// densities that allows, it is the nearest, the denser one in doubt. A network sparser
// than asked is left as it is. The diagonal neither counts nor changes.
//
// It fails if c is not sound, and if the share is outside 0 to 1.
func (c *Connectome) WithDensity(share float64) (*Connectome, error) {
	if !(share >= 0 && share <= 1) {
		return nil, fmt.Errorf("datasets: density is %v, expected 0 to 1", share)
	}
	if err := c.Check(); err != nil {
		return nil, err
	}
	n := c.Regions()
	lightest := lightestKept(c.heaviest(), int(math.Round(share*float64(n)*float64(n-1))))
	return c.filtered(func(i, j int, w float64) bool { return i == j || math.Abs(w) >= lightest }), nil
}

// heaviest are the absolute weights between different regions that are not 0, the
// largest first.
func (c *Connectome) heaviest() []float64 {
	var weights []float64
	for i := 0; i < c.Regions(); i++ {
		for j, w := range c.Weights.RawRowView(i) {
			if i != j && w != 0 {
				weights = append(weights, -math.Abs(w))
			}
		}
	}
	slices.Sort(weights)
	for k := range weights {
		weights[k] = -weights[k]
	}
	return weights
}

// lightestKept is the absolute weight from which on links are kept, so that about keep
// of them are; weights are in falling order.
func lightestKept(weights []float64, keep int) float64 {
	switch {
	case keep >= len(weights):
		return 0
	case keep == 0:
		return math.Inf(1)
	}
	limit := weights[keep-1]
	first := slices.Index(weights, limit) // links heavier than the limit
	last := keep                          // links not lighter
	for last < len(weights) && weights[last] == limit {
		last++
	}
	switch {
	case last-keep <= keep-first:
		return limit
	case first == 0:
		return math.Inf(1)
	}
	return weights[first-1]
}

// WithoutSelf is the connectome with weights of 0 from each region to itself.
func (c *Connectome) WithoutSelf() (*Connectome, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	return c.filtered(func(i, j int, _ float64) bool { return i != j }), nil
}

// Binarised is the connectome with weights of 1 where there is a link and 0 elsewhere.
func (c *Connectome) Binarised() (*Connectome, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	out := mat.NewDense(c.Regions(), c.Regions(), nil)
	out.Apply(func(_, _ int, w float64) float64 {
		if w == 0 {
			return 0
		}
		return 1
	}, c.Weights)
	return c.withWeights(out), nil
}

// filtered is the connectome with the weights that keep allows, and 0 for the others.
func (c *Connectome) filtered(keep func(i, j int, w float64) bool) *Connectome {
	out := mat.NewDense(c.Regions(), c.Regions(), nil)
	out.Apply(func(i, j int, w float64) float64 {
		if keep(i, j, w) {
			return w
		}
		return 0
	}, c.Weights)
	return c.withWeights(out)
}

// Symmetrised is the connectome with each pair's two weights replaced by their mean,
// and its two tract lengths by their mean weighted with the absolute weights, so that
// the length of a direction without a link counts only if there is no link at all.
// It fails if c is not sound.
func (c *Connectome) Symmetrised() (*Connectome, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	n := c.Regions()
	out := c.withWeights(mat.NewDense(n, n, nil))
	if c.TractLengths != nil {
		out.TractLengths = mat.NewDense(n, n, nil)
	}
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			p := c.pooled([]int{i, j}, []int{j, i})
			out.Weights.Set(i, j, p.weight/2)
			if c.TractLengths != nil {
				out.TractLengths.Set(i, j, p.length())
			}
		}
	}
	return out, nil
}

// pool sums links that become one.
type pool struct {
	weight          float64 // Σ w
	strength, tract float64 // Σ |w|, Σ |w| L
	known, positive float64 // number and sum of the lengths above 0
}

// pooled sums the links to[k] from from[k].
func (c *Connectome) pooled(to, from []int) pool {
	var p pool
	for k := range to {
		p.add(c, to[k], from[k])
	}
	return p
}

func (p *pool) add(c *Connectome, i, j int) {
	w := c.Weights.At(i, j)
	p.weight += w
	if c.TractLengths == nil {
		return
	}
	length := c.TractLengths.At(i, j)
	p.strength += math.Abs(w)
	p.tract += math.Abs(w) * length
	if length > 0 {
		p.known++
		p.positive += length
	}
}

// length is the mean weighted with absolute weights; of no links, the plain mean of the
// lengths that files give, which write 0 for those they do not know.
func (p *pool) length() float64 {
	switch {
	case p.strength > 0:
		return p.tract / p.strength
	case p.known > 0:
		return p.positive / p.known
	}
	return 0
}
