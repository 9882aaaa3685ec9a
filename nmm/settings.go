package nmm

import (
	"fmt"
	"maps"
	"slices"
)

// Set gives a parameter a value: a number in the documented unit, a Quantity,
// which is converted or refused, or a []float64 with one value per region.
func (m *Model) Set(name string, value any) *Model {
	return m.setting(name, func(p *ParameterInfo) error {
		values, err := numbers(value, p.Unit)
		if err != nil {
			return err
		}
		for i, v := range values {
			if !p.Domain.Contains(v) {
				at := ""
				if len(values) > 1 {
					at = fmt.Sprintf(" of region %d", i+1)
				}
				return fmt.Errorf("value %g%s is outside its domain: expected %s, in %s", v, at, p.Domain.domain(), p.Unit)
			}
		}
		p.Values = values
		return nil
	})
}

// numbers turns the argument of Set into numbers in unit.
func numbers(value any, unit string) ([]float64, error) {
	switch v := value.(type) {
	case float64:
		return []float64{v}, nil
	case int:
		return []float64{float64(v)}, nil
	case Quantity:
		x, err := convert(v.Value, v.Unit, unit)
		return []float64{x}, err
	case []float64:
		if len(v) == 0 {
			return nil, fmt.Errorf("expected one value per region, found none")
		}
		return slices.Clone(v), nil
	}
	return nil, fmt.Errorf("expected a number, a Quantity or a []float64, found %T", value)
}

// Learn makes a parameter trainable: an optimiser moves raw numbers, which the
// transform t maps to values, one for all or as many as the scope says.
func (m *Model) Learn(name string, t Transform, s Scope) *Model {
	return m.setting(name, func(p *ParameterInfo) error {
		if err := t.err(); err != nil {
			return err
		}
		if s < Shared || s > PerRegionAndLane {
			return fmt.Errorf("expected a scope of shared, per region, per lane or both, found %v", s)
		}
		p.Learned, p.Transform, p.Scope = true, t, s
		return nil
	})
}

// Preset sets the parameters of a preset that the model defines.
func (m *Model) Preset(name string) *Model {
	if m.err != nil {
		return m
	}
	names := make([]string, len(m.presets))
	for i, p := range m.presets {
		if names[i] = p.name; p.name != name {
			continue
		}
		for _, parameter := range slices.Sorted(maps.Keys(p.values)) {
			m.Set(parameter, p.values[parameter])
		}
		if m.err != nil {
			m.err = fmt.Errorf("%w, in preset %q", m.err, name)
		}
		return m
	}
	m.err = fmt.Errorf("nmm: model %s: unknown preset %q; %s", m.name, name, nearest(name, names))
	return m
}

// setting changes a parameter unless an error has occurred, and keeps the first.
func (m *Model) setting(name string, change func(*ParameterInfo) error) *Model {
	if m.err != nil {
		return m
	}
	i := slices.IndexFunc(m.parameters, func(p ParameterInfo) bool { return p.Name == name })
	if i < 0 {
		names := make([]string, len(m.parameters))
		for j, p := range m.parameters {
			names[j] = p.Name
		}
		m.err = fmt.Errorf("nmm: model %s: unknown parameter %q; %s", m.name, name, nearest(name, names))
		return m
	}
	err := change(&m.parameters[i])
	if err == nil {
		err = m.checkDelay(&m.parameters[i])
	}
	if err != nil {
		m.err = fmt.Errorf("nmm: model %s: parameter %q: %w", m.name, name, err)
	}
	return m
}

// Err returns the first error of the chained settings. It also finds a learned
// parameter whose value its transform cannot give.
func (m *Model) Err() error {
	if m.err != nil {
		return m.err
	}
	for _, p := range m.parameters {
		if !p.Learned {
			continue
		}
		for _, v := range p.Values {
			if _, err := p.Transform.raw(v); err != nil {
				return fmt.Errorf("nmm: model %s: learned parameter %q: %w", m.name, p.Name, err)
			}
		}
	}
	return nil
}

// Clone returns a copy whose settings are its own.
func (m *Model) Clone() *Model {
	c := *m
	c.parameters = m.Parameters()
	return &c
}
