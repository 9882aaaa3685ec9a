package graph

import (
	"fmt"

	"github.com/euryale-ml/euryale/graph/internal/engine"
)

// projectionSuffix ends the addresses of projections.
const projectionSuffix = "/projection"

// attachProjection checks the observer's projection and adds its address.
func (o *observer) attachProjection(n *Network) error {
	if o.Projection == nil {
		if o.Labels != nil {
			return fmt.Errorf("it has %d labels but no Projection, whose outputs they are of", len(o.Labels))
		}
		return nil
	}
	if absent(o.Projection) {
		return fmt.Errorf("projection: expected a matrix, or none at all, found a nil %T", o.Projection)
	}
	data, rows, cols := flatten(o.Projection)
	if cols == 1 {
		data, cols = ofMean(data, o.pop.n()), o.pop.n()
	}
	if rows < 1 || cols != o.pop.n() {
		return fmt.Errorf("projection: expected outputs × %d regions of %s, or × 1 for their mean, found %d × %d", o.pop.n(), o.pop.name, rows, cols)
	}
	if o.Labels == nil {
		o.Labels = numbered("output", rows)
	}
	if len(o.Labels) != rows {
		return fmt.Errorf("projection: expected a label for each of %d outputs, found %d", rows, len(o.Labels))
	}
	if err := checkLabels("projection", "output", o.Labels); err != nil {
		return err
	}
	o.Labels, o.Projection = append([]string(nil), o.Labels...), nil
	o.projection = &value{
		Address: o.Name + projectionSuffix, Unit: "1", Kind: weightsKind, N: rows, Rows: rows, Cols: cols,
		Labels: o.Labels, Source: o.pop.labels, pop: o.pop,
	}
	if err := o.projection.set(data, 0, 0); err != nil {
		return err
	}
	return n.add(o.projection)
}

// ofMean is a projection of the mean over n regions as one of the regions.
func ofMean(data []float64, n int) []float64 {
	wide := repeatEach(data, n)
	for i := range wide {
		wide[i] /= float64(n)
	}
	return wide
}

// project puts the projection of what an observer recorded in its place. The matrix is among the
// network's couplings, where what learns is looked for.
func (c *compiled) project(sub *compiled, o *observer, learned map[string]bool) {
	if o.projection == nil {
		return
	}
	m, v := sub.model, o.projection
	m.Read = m.Records
	tap := engine.Tap{Coupling: c.addMatrix(v.Address, v.Rows, v.Cols, learned[v.Address])}
	m.Records = []engine.Record{{Address: o.Name, Labels: o.Labels, N: v.Rows, Taps: []engine.Tap{tap}}}
	c.projections = append(c.projections, v)
	sub.records[0].Labels = o.Labels
}
