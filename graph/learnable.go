package graph

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/nmm"
)

// Learnable is a value that learns: Raw is the node that an optimiser moves, Value = Transform(Raw)
// what the network sees.
type Learnable struct {
	Address, Unit string
	Raw, Value    *G.Node
	Transform     nmm.Transform
	Scope         nmm.Scope
	Labels        []string // of the regions, if there is a value for each
}

// makeLearnables makes, or finds in g, the raw leaf of every value that learns, and its transform.
func (r *Rollout) makeLearnables(n *Network, g *G.ExprGraph) error {
	for _, v := range n.learned() {
		if _, given := r.run.Nodes[v.Address]; given {
			continue
		}
		l, err := v.learnable(g, &r.run)
		if err != nil {
			return err
		}
		r.learned = append(r.learned, l)
	}
	return nil
}

func (v *value) learnable(g *G.ExprGraph, run *Run) (*Learnable, error) {
	l := &Learnable{Address: v.Address, Unit: v.Unit, Transform: v.Transform, Scope: v.Scope}
	if v.Kind != weightsKind && (v.Scope == nmm.PerRegion || v.Scope == nmm.PerRegionAndLane) {
		l.Labels = v.Labels
	}
	shape := v.shapeOf(v.Scope, run.Lanes)
	var err error
	if l.Raw = leafNamed(g, v.Address, shape); l.Raw == nil {
		if l.Raw, err = v.rawLeaf(g, shape, run); err != nil {
			return nil, err
		}
	}
	if l.Value, err = v.Transform.Node(l.Raw); err != nil {
		return nil, within(err, "%s: transform %s", v.Address, v.Transform)
	}
	return l, nil
}

// leafNamed finds a leaf of an earlier rollout in the same graph.
func leafNamed(g *G.ExprGraph, name string, shape tensor.Shape) *G.Node {
	for _, n := range g.AllNodes() {
		if n.Op() == nil && n.Name() == name && slices.Equal(n.Shape(), shape) {
			return n
		}
	}
	return nil
}

// rawLeaf makes the leaf that the optimiser moves, at the value's present inverse transform.
func (v *value) rawLeaf(g *G.ExprGraph, shape tensor.Shape, run *Run) (*G.Node, error) {
	start, err := v.startValues(shape, run)
	if err != nil {
		return nil, err
	}
	for i, x := range start {
		if start[i], err = v.Transform.Inverse(x); err != nil {
			return nil, within(err, "%s: value %v cannot be learned with transform %s", v.Address, x, v.Transform)
		}
	}
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(start))
	return G.NewTensor(g, tensor.Float64, shape.Dims(), G.WithShape(shape...), G.WithName(v.Address), G.WithValue(t)), nil
}

// startValues repeats the present value over the axes that it lacks. Run.Values have one row per lane.
func (v *value) startValues(shape tensor.Shape, run *Run) ([]float64, error) {
	size := shape.TotalSize()
	data := v.Data
	if over, ok := run.Values[v.Address]; ok {
		if v.Scope != nmm.PerLane && v.Scope != nmm.PerRegionAndLane {
			return nil, fmt.Errorf("graph: Run.Values[%q]: values per lane, of what learns %s", v.Address, v.Scope)
		}
		given, err := laneValue(v.Address, over, size/run.Lanes, run.Lanes)
		if err != nil {
			return nil, err
		}
		data = given.Data
	}
	if len(data) == 0 || size%len(data) != 0 {
		return nil, fmt.Errorf("graph: %s has %d values, which do not fill shape %v", v.Address, len(data), shape)
	}
	start := make([]float64, size)
	for i := range start {
		start[i] = data[i%len(data)]
	}
	return start, nil
}
