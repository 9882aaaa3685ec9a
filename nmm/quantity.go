package nmm

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Quantity is a number with its unit, such as 3 m/s. Model.Set converts it to the
// unit that the parameter is documented in, or refuses it.
type Quantity struct {
	Value float64
	Unit  string
}

// Q returns the quantity v in unit, as in nmm.Q(3, "m/s").
func Q(v float64, unit string) Quantity { return Quantity{v, unit} }

// ParseQuantity reads a number and its unit, such as "5 mV", "10mm/ms" or "-1e-3 1/ms"; a number alone is
// dimensionless. What String prints is read back as the same quantity.
func ParseQuantity(text string) (Quantity, error) {
	number, unit := strings.TrimSpace(text), "1"
	if i := strings.IndexFunc(number, func(r rune) bool { return !strings.ContainsRune("0123456789.+-eE", r) }); i >= 0 {
		number, unit = number[:i], strings.TrimSpace(number[i:])
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsInf(v, 0) {
		return Quantity{}, fmt.Errorf("nmm: quantity %q: expected a number and a unit, as in 5 mV", text)
	}
	if _, err := parseUnit(unit); err != nil {
		return Quantity{}, fmt.Errorf("nmm: quantity %q: %w", text, err)
	}
	return Quantity{v, unit}, nil
}

// String is the number and the unit, or the number alone if it is dimensionless.
func (q Quantity) String() string {
	if q.Unit == "" || q.Unit == "1" {
		return fmt.Sprintf("%v", q.Value)
	}
	return fmt.Sprintf("%v %s", q.Value, q.Unit)
}

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
		return 0, fmt.Errorf("%v cannot be converted to %s: they measure different things", Quantity{v, f.String()}, t)
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
