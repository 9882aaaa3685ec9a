package graph

import (
	"fmt"
	"strings"

	"github.com/euryale-ml/euryale/nmm"
)

// Learn makes an address trainable: an optimiser moves a raw value r, the network sees t(r). The
// scope says how many values there are: one, one per region, per lane, per region and lane, or per
// edge. It must be called before the rollout is built. Values outside the transform's range are an
// error.
func (n *Network) Learn(address string, t nmm.Transform, s nmm.Scope) error {
	v, err := n.lookup(address)
	if err == nil {
		err = v.checkLag()
	}
	if err != nil {
		return err
	}
	return v.learn(t, s)
}

// learned lists the values that learn, in the order of their addresses.
func (n *Network) learned() []*value {
	var list []*value
	for _, a := range n.order {
		if v := n.values[a]; v.Learned {
			list = append(list, v)
		}
	}
	return list
}

// learn marks v as learned, after checking that its scope and transform fit.
func (v *value) learn(t nmm.Transform, s nmm.Scope) error {
	if err := v.checkLearnable(v.Data, t, s); err != nil {
		return err
	}
	v.Learned, v.Transform, v.Scope = true, t, s
	return nil
}

// checkLearnable says whether data, as the value, can be learned.
func (v *value) checkLearnable(data []float64, t nmm.Transform, s nmm.Scope) error {
	shown := *v
	shown.Data = data
	if err := shown.checkScope(s); err != nil {
		return err
	}
	for i, x := range data {
		_, err := t.Inverse(x)
		if err == nil {
			continue
		}
		hint := ""
		if v.Kind == weightsKind && v.I == nil && x == 0 && !strings.HasSuffix(v.Address, projectionSuffix) {
			hint = "; weights given as graph.NewSparse(w) learn on the edges that there are"
		}
		return fmt.Errorf("graph: %s: %s cannot be learned with transform %s: %w%s", v.Address, shown.entry(i), t, err, hint)
	}
	return nil
}

// checkScope says whether the value can be learned in that scope.
func (v *value) checkScope(s nmm.Scope) error {
	bad := func(want string) error {
		return fmt.Errorf("graph: %s: %s can be learned %s, found scope %q", v.Address, v.Kind, want, s)
	}
	switch v.Kind {
	case samplesKind:
		return fmt.Errorf("graph: %s: noise samples cannot be learned", v.Address)
	case weightsKind:
		if s != nmm.PerEdge && s != nmm.PerLane {
			return bad("PerEdge, or PerLane for one matrix per lane")
		}
		return nil
	case historyKind, inputKind:
		if v.Data == nil {
			return fmt.Errorf("graph: %s: set the %s before it is learned", v.Address, v.Kind)
		}
	}
	if s < nmm.Shared || s > nmm.PerRegionAndLane {
		return bad("Shared, PerRegion, PerLane or PerRegionAndLane")
	}
	one := s == nmm.Shared || s == nmm.PerLane
	if one && len(v.Data) > 1 && (v.Kind == paramKind || v.Kind == gainKind || v.Kind == sigmaKind) {
		return fmt.Errorf("graph: %s has one value per region: learn it PerRegion or PerRegionAndLane, found scope %q", v.Address, s)
	}
	return nil
}
