package nmm

import "fmt"

// Quantity is a number with its unit, such as 3 m/s. Model.Set converts it to the
// unit that the parameter is documented in, or refuses it.
type Quantity struct {
	Value float64
	Unit  string
}

// Q returns the quantity v in unit, as in nmm.Q(3, "m/s").
func Q(v float64, unit string) Quantity { return Quantity{v, unit} }

func (q Quantity) String() string { return fmt.Sprintf("%g %s", q.Value, q.Unit) }

// Convert returns v, given in unit from, as a number in unit to. It is an error
// that names both if they measure different things.
func Convert(v float64, from, to string) (float64, error) {
	x, err := convert(v, from, to)
	if err != nil {
		return 0, fmt.Errorf("nmm: %w", err)
	}
	return x, nil
}

func convert(v float64, from, to string) (float64, error) {
	f, err := parseUnit(from)
	if err != nil {
		return 0, err
	}
	t, err := parseUnit(to)
	if err != nil {
		return 0, err
	}
	if !f.sameDimensions(t) {
		return 0, fmt.Errorf("%g %s cannot be converted to %s: they measure different things", v, from, to)
	}
	if f.same(t) {
		return v, nil // not even rounded
	}
	return v * (f.scale / t.scale), nil
}

// CheckUnit returns an error that names the symbol if unit cannot be read.
func CheckUnit(unit string) error {
	if _, err := parseUnit(unit); err != nil {
		return fmt.Errorf("nmm: %w", err)
	}
	return nil
}
