package graph

import (
	"fmt"
	"strings"

	"github.com/euryale-ml/euryale/nmm"
)

// lookup returns the value at an address, or an error that lists the nearest addresses.
func (n *Network) lookup(address string) (*value, error) {
	if v, ok := n.values[address]; ok && !v.hidden {
		return v, nil
	}
	for _, a := range n.recordable() {
		if a == address {
			if _, ok := n.values["init:"+a]; ok {
				return nil, fmt.Errorf("graph: %s is a state: it can be recorded; to set or learn where it starts, use init:%s", a, a)
			}
			return nil, fmt.Errorf("graph: %s is an observable: it can be recorded but neither set nor learned", a)
		}
	}
	return nil, fmt.Errorf("graph: unknown address %q%s", address, nearest(address, n.Addresses()))
}

// value returns the value at an address, nil if there is none.
func (n *Network) value(address string) *value { return n.values[address] }

// Set gives an address a new value: a number, an nmm.Quantity (converted to the address's unit, or
// refused), a []float64 with one value per region (per edge for sparse weights), or a mat.Matrix for
// weights (to × from), histories, inputs and noise samples (one row per step). nil unsets a history
// and noise samples. Whatever shape does not fit, or is not a finite number, is an error that says
// what was expected.
func (n *Network) Set(address string, x any) error {
	v, err := n.lookup(address)
	if err != nil {
		return err
	}
	if v.Kind == paramKind {
		return v.setParameter(x)
	}
	data, rows, cols, err := numbers(x, v.Unit)
	if err != nil {
		return within(err, "%s", address)
	}
	if v.Kind == initKind && len(data) == 1 {
		data = repeat(data[0], v.N)
	}
	if rows == 0 && v.series() && data != nil {
		rows, cols = len(data), 1 // a list is one column
	}
	return v.set(data, rows, cols)
}

// setParameter lets the model check domain and unit.
func (v *value) setParameter(x any) error {
	m := v.pop.model.Clone().Set(v.name, x)
	if err := m.Err(); err != nil {
		return within(err, "population %s", v.pop.name)
	}
	for _, info := range m.Parameters() {
		if info.Name != v.name {
			continue
		}
		if err := v.set(append([]float64(nil), info.Values...), 0, 0); err != nil {
			return err
		}
	}
	v.pop.model = m
	return nil
}

// Get returns a copy of the value at an address: row by row where it is a matrix, nil where it is
// unset.
func (n *Network) Get(address string) ([]float64, error) {
	v, err := n.lookup(address)
	if err != nil {
		return nil, err
	}
	return append([]float64(nil), v.Data...), nil
}

// Unit returns the unit of the value at an address.
func (n *Network) Unit(address string) (string, error) {
	v, err := n.lookup(address)
	if err != nil {
		return "", err
	}
	return v.Unit, nil
}

func repeat(x float64, n int) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = x
	}
	return list
}

// nearest returns "; did you mean a, b or c?" with the names closest to a wrong one.
func nearest(wrong string, names []string) string {
	closest := nmm.Nearest(wrong, names)
	switch last := len(closest) - 1; last {
	case -1:
		return ""
	case 0:
		return "; did you mean " + closest[0] + "?"
	default:
		return "; did you mean " + strings.Join(closest[:last], ", ") + " or " + closest[last] + "?"
	}
}
