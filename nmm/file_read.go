package nmm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// Limits of what is read: far above any model, far below what would be a burden.
const (
	maxFileBytes = 64 << 20 // tables of a million values
	maxEntries   = 1000     // of a list, and lines of the equations
)

// fileError puts the name of a file before what is wrong with it.
type fileError struct {
	name string
	err  error
}

func (e *fileError) Error() string {
	return fmt.Sprintf("nmm: %s: %s", e.name, strings.TrimPrefix(e.err.Error(), "nmm: "))
}

func (e *fileError) Unwrap() error { return e.err }

// Load reads a model from a .json file, such as Save writes, see [Read].
func Load(path string) (*Model, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("nmm: %w", err)
	}
	defer f.Close()
	return Read(f, path)
}

// Read reads a model as WriteJSON writes it, with its settings; name is that of the file, for errors. What is
// needed at least is
//
//	{
//	  "format": "euryale model 1",
//	  "name": "Leak",
//	  "equations": ["dv/dt = (E - v)/tau + v_in : mV"],
//	  "parameters": [{"name": "E", "unit": "mV", "default": -65}, {"name": "tau", "unit": "ms", "default": 10}],
//	  "ports": [{"name": "v_in", "unit": "mV/ms"}]
//	}
//
// with the equations' lines in the order of the text. A parameter may have a "meaning", a "domain" ("free",
// "positive", "exp", or [lo, hi] with null for no bound), "values" other than the default, and what is "learned"; the
// list "states" has "initial" ranges, "bounds", the "bounding" {"reflecting": true} or {"smooth": width} if it is not
// HardClip, and meanings; "family", "tables", "presets" and "references" are those of Define. Read fails, naming the
// field, on any other, and wherever Define, Set and Learn fail.
func Read(r io.Reader, name string) (*Model, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err == nil && len(text) > maxFileBytes {
		err = fmt.Errorf("longer than %d bytes", maxFileBytes)
	}
	if err != nil {
		return nil, fmt.Errorf("nmm: %s: %w", name, err)
	}
	var f modelFile
	if err := decodeStrictly(text, &f); err != nil {
		return nil, &fileError{name, err}
	}
	m, err := f.model()
	if err != nil {
		return nil, &fileError{name, err}
	}
	return m, nil
}

// decodeStrictly decodes one object with known fields only, each once, and says on which line it failed.
func decodeStrictly(text []byte, f *modelFile) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(f)
	at := decoder.InputOffset()
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrongType):
		err = fmt.Errorf("field %s: expected %v, found %s", wrongType.Field, wrongType.Type, wrongType.Value)
		at = wrongType.Offset
	case errors.As(err, &syntax):
		at = syntax.Offset
	case err == nil:
		if rest := bytes.TrimSpace(text[at:]); len(rest) > 0 {
			return fmt.Errorf("expected the end of the file after the model, found %.20q", rest)
		}
		decoder = json.NewDecoder(bytes.NewReader(text))
		err = checkValue(decoder, "")
		at = decoder.InputOffset()
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(text[:at], []byte("\n")), err)
}

// checkValue finds in the value of a field what the decoder overlooks: fields that are there twice, and null where
// it is not a missing bound.
func checkValue(decoder *json.Decoder, field string) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	switch token {
	case nil:
		if field != "bounds" && field != "domain" && field != "transform" {
			return fmt.Errorf("field %s: null", field)
		}
	case json.Delim('['):
		for decoder.More() {
			if err := checkValue(decoder, field); err != nil {
				return err
			}
		}
		_, err = decoder.Token()
	case json.Delim('{'):
		return checkFields(decoder)
	}
	return err
}

// checkFields is checkValue of every field of an object.
func checkFields(decoder *json.Decoder) error {
	seen := map[string]bool{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		name := fmt.Sprint(key)
		if seen[name] {
			return fmt.Errorf("field %s is there twice", name)
		}
		seen[name] = true
		if err := checkValue(decoder, name); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}

// model defines what the file says and makes the settings.
func (f *modelFile) model() (*Model, error) {
	if f.Format != fileFormat {
		return nil, fmt.Errorf("field format: expected %q, found %q", fileFormat, f.Format)
	}
	if f.Name == "" {
		return nil, fmt.Errorf("field name is missing")
	}
	items, err := f.items()
	if err != nil {
		return nil, err
	}
	m, err := Define(f.Name, strings.Join(f.Equations, "\n"), items...)
	if err != nil {
		return nil, err
	}
	for _, p := range f.Parameters {
		if err := p.set(m); err != nil {
			return nil, fmt.Errorf("field parameters: %q: %w", p.Name, err)
		}
	}
	return m, m.Err()
}

// items are those of the definition.
func (f *modelFile) items() ([]Item, error) {
	for _, list := range []struct {
		name string
		size int
	}{{"equations", len(f.Equations)}, {"states", len(f.States)}, {"parameters", len(f.Parameters)},
		{"ports", len(f.Ports)}, {"tables", len(f.Tables)}, {"presets", len(f.Presets)}, {"references", len(f.References)}} {
		if list.size > maxEntries {
			return nil, fmt.Errorf("field %s: %d entries, more than %d", list.name, list.size, maxEntries)
		}
	}
	items := []Item{Family(f.Family)}
	seen := map[string]bool{}
	for _, s := range f.States {
		if seen[s.Name] {
			return nil, fmt.Errorf("field states: %q is there twice", s.Name)
		}
		seen[s.Name] = true
		list, err := s.items()
		if err != nil {
			return nil, fmt.Errorf("field states: %q: %w", s.Name, err)
		}
		items = append(items, list...)
	}
	for _, p := range f.Parameters {
		if p.Default == nil {
			return nil, fmt.Errorf("field parameters: %q has no default", p.Name)
		}
		domain := Free
		if p.Domain != nil {
			domain = p.Domain.t
		}
		items = append(items, Parameter(p.Name, *p.Default, p.Unit, domain, p.Meaning))
	}
	for _, p := range f.Ports {
		items = append(items, Port(p.Name, p.Unit))
	}
	for _, t := range f.Tables {
		item, err := t.item()
		if err != nil {
			return nil, fmt.Errorf("field tables: %q: %w", t.Name, err)
		}
		items = append(items, item)
	}
	for _, p := range f.Presets {
		items = append(items, Preset(p.Name, p.Values))
	}
	for _, r := range f.References {
		items = append(items, Reference(r))
	}
	return items, nil
}

func (s stateFile) items() ([]Item, error) {
	if len(s.Initial) != 2 {
		return nil, fmt.Errorf("initial: expected [lo, hi], found %d numbers", len(s.Initial))
	}
	list := []Item{State(s.Name, s.Initial[0], s.Initial[1], s.Meaning)}
	if s.Bounds != nil {
		lo, hi, err := boundsOf(s.Bounds)
		if err != nil {
			return nil, fmt.Errorf("bounds: %w", err)
		}
		how := HardClip
		if s.Bound != nil {
			how = Bounding{s.Bound.Reflecting, s.Bound.Smooth}
		}
		list = append(list, Bounds(s.Name, lo, hi, how))
	}
	if s.Bounds == nil && s.Bound != nil {
		return nil, fmt.Errorf("bounding: there are no bounds")
	}
	return list, nil
}

func (t tableFile) item() (Item, error) {
	var values []float64
	for i, row := range t.Values {
		if len(row) != len(t.Values[0]) {
			return Item{}, fmt.Errorf("values: %d in row %d, %d in the first", len(row), i+1, len(t.Values[0]))
		}
		values = append(values, row...)
	}
	rows := len(t.Values)
	switch {
	case len(values) == 0:
		return Item{}, fmt.Errorf("values: expected numbers, found none")
	case len(t.Axes) == 1 && rows == 1:
		return Table1D(t.Name, t.Unit, Axis(t.Axes[0]), values), nil
	case len(t.Axes) == 2:
		return Table2D(t.Name, t.Unit, Axis(t.Axes[0]), Axis(t.Axes[1]), mat.NewDense(rows, len(values)/rows, values)), nil
	}
	return Item{}, fmt.Errorf("expected two axes, or one and one row of values, found %d and %d", len(t.Axes), rows)
}

// set gives the parameter of a model its values, and learns it.
func (p parameterFile) set(m *Model) error {
	if p.Values != nil {
		m.Set(p.Name, p.Values)
	}
	if p.Learned == nil {
		return nil
	}
	if p.Learned.Transform == nil {
		return fmt.Errorf("learned without a transform")
	}
	for s := Shared; s <= PerRegionAndLane; s++ {
		if s.String() == p.Learned.Scope {
			m.Learn(p.Name, p.Learned.Transform.t, s)
			return nil
		}
	}
	return fmt.Errorf("learned: unknown scope %q", p.Learned.Scope)
}
