package nmm

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// fileFormat begins every file of a model. A reader refuses another one.
const fileFormat = "euryale model 1"

// modelFile is the content of a file: what Define is given, and the settings.
type modelFile struct {
	Format     string          `json:"format"`
	Name       string          `json:"name"`
	Family     string          `json:"family,omitempty"`
	Equations  []string        `json:"equations"`
	States     []stateFile     `json:"states,omitempty"`
	Parameters []parameterFile `json:"parameters,omitempty"`
	Ports      []portFile      `json:"ports,omitempty"`
	Tables     []tableFile     `json:"tables,omitempty"`
	Presets    []presetFile    `json:"presets,omitempty"`
	References []string        `json:"references,omitempty"`
}

type stateFile struct {
	Name    string     `json:"name"`
	Initial []float64  `json:"initial"`
	Bounds  []*float64 `json:"bounds,omitempty"` // null is no bound
	Bound   *boundFile `json:"bounding,omitempty"`
	Meaning string     `json:"meaning,omitempty"`
}

type parameterFile struct {
	Name    string         `json:"name"`
	Unit    string         `json:"unit"`
	Default *float64       `json:"default"`
	Domain  *transformFile `json:"domain,omitempty"` // none is free
	Meaning string         `json:"meaning,omitempty"`
	Values  []float64      `json:"values,omitempty"` // none are the default
	Learned *learnedFile   `json:"learned,omitempty"`
}

type learnedFile struct {
	Transform *transformFile `json:"transform"`
	Scope     string         `json:"scope"`
}

type portFile struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
}

// boundFile says how a state is kept within its bounds, if it is not clipped.
type boundFile struct {
	Reflecting bool    `json:"reflecting,omitempty"`
	Smooth     float64 `json:"smooth,omitempty"` // width of the floor
}

// tableFile has a row of values per value of the first argument of two, and one row for one argument.
type tableFile struct {
	Name   string      `json:"name"`
	Unit   string      `json:"unit"`
	Axes   []axisFile  `json:"axes"`
	Values [][]float64 `json:"values"`
}

type axisFile struct {
	Start float64 `json:"start"`
	Step  float64 `json:"step"`
	Unit  string  `json:"unit"`
}

type presetFile struct {
	Name   string             `json:"name"`
	Values map[string]float64 `json:"values"`
}

// file returns the content of the model's file.
func (m *Model) file() (*modelFile, error) {
	if err := m.Err(); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(m.functions)) {
		base := strings.TrimRight(name, "'") // a table's derivatives have primes
		if !slices.ContainsFunc(m.tables, func(t *table) bool { return t.name == base }) {
			return nil, fmt.Errorf("nmm: model %s cannot be written: its function %q is Go code", m.name, name)
		}
	}
	f := &modelFile{Format: fileFormat, Name: m.name, Family: m.family, Equations: m.equationLines(), References: m.references}
	for _, s := range m.states {
		line := stateFile{Name: s.Name, Initial: []float64{s.Lo, s.Hi}, Meaning: s.Meaning}
		if !math.IsInf(s.Min, -1) || !math.IsInf(s.Max, 1) {
			line.Bounds = boundsFile(s.Min, s.Max)
		}
		if s.Bounding != HardClip {
			line.Bound = &boundFile{s.Bounding.reflecting, s.Bounding.width}
		}
		f.States = append(f.States, line)
	}
	for _, p := range m.parameters {
		f.Parameters = append(f.Parameters, p.file())
	}
	for _, p := range m.ports {
		f.Ports = append(f.Ports, portFile(p))
	}
	for _, t := range m.tables {
		f.Tables = append(f.Tables, t.file())
	}
	for _, p := range m.Presets() {
		f.Presets = append(f.Presets, presetFile(p))
	}
	return f, nil
}

func (p ParameterInfo) file() parameterFile {
	f := parameterFile{Name: p.Name, Unit: p.Unit, Default: &p.Default, Meaning: p.Meaning}
	if !p.Domain.equal(Free) {
		f.Domain = &transformFile{p.Domain}
	}
	if len(p.Values) != 1 || math.Float64bits(p.Values[0]) != math.Float64bits(p.Default) {
		f.Values = p.Values
	}
	if p.Learned {
		f.Learned = &learnedFile{&transformFile{p.Transform}, p.Scope.String()}
	}
	return f
}

func (t *table) file() tableFile {
	f := tableFile{Name: t.name, Unit: t.unit}
	for _, a := range t.axes {
		f.Axes = append(f.Axes, axisFile(a))
	}
	columns := t.sizes[len(t.axes)-1]
	for row := range slices.Chunk(t.values, columns) {
		f.Values = append(f.Values, row)
	}
	return f
}

// WriteJSON writes the model as text that [Read] makes the same model of: its equations, parameters, states,
// ports, tables, presets and references, and its settings. Every state and parameter has a line. A model with functions
// in Go cannot be written.
func (m *Model) WriteJSON(w io.Writer) error {
	f, err := m.file()
	if err != nil {
		return err
	}
	out := &fileWriter{w: bufio.NewWriter(w)}
	out.field("format", f.Format)
	out.field("name", f.Name)
	if f.Family != "" {
		out.field("family", f.Family)
	}
	writeList(out, "equations", f.Equations)
	writeList(out, "states", f.States)
	writeList(out, "parameters", f.Parameters)
	writeList(out, "ports", f.Ports)
	writeList(out, "tables", f.Tables)
	writeList(out, "presets", f.Presets)
	writeList(out, "references", f.References)
	return out.close()
}

// Save writes the model to a .json file, see WriteJSON; [Load] gets the same model back. The file appears when
// it is complete.
func (m *Model) Save(path string) error {
	if strings.ToLower(filepath.Ext(path)) != ".json" {
		return fmt.Errorf("nmm: %s: a model is saved as .json", path)
	}
	var text bytes.Buffer
	if err := m.WriteJSON(&text); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".nmm-*")
	if err != nil {
		return fmt.Errorf("nmm: %w", err)
	}
	defer os.Remove(f.Name()) // fails once it is renamed
	_, err = f.Write(text.Bytes())
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("nmm: %s: %w", path, err)
	}
	return nil
}

// fileWriter writes an object of fields, a line per field and per entry of a list.
type fileWriter struct {
	w     *bufio.Writer
	begun bool
	err   error
}

// open begins a field.
func (f *fileWriter) open(name string) {
	if f.begun {
		f.w.WriteString(",\n")
	} else {
		f.w.WriteString("{\n")
	}
	f.begun = true
	fmt.Fprintf(f.w, "  %q: ", name)
}

// value writes a value on the line.
func (f *fileWriter) value(v any) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // which would hide the < of a condition
	if err := encoder.Encode(v); err != nil && f.err == nil {
		f.err = err
	}
	f.w.Write(bytes.TrimSpace(text.Bytes()))
}

func (f *fileWriter) field(name string, v any) {
	f.open(name)
	f.value(v)
}

// writeList writes a list, unless it is empty.
func writeList[T any](f *fileWriter, name string, list []T) {
	if len(list) == 0 {
		return
	}
	f.open(name)
	separator := "[\n    "
	for _, v := range list {
		f.w.WriteString(separator)
		f.value(v)
		separator = ",\n    "
	}
	f.w.WriteString("\n  ]")
}

func (f *fileWriter) close() error {
	f.w.WriteString("\n}\n")
	if err := f.w.Flush(); f.err == nil {
		f.err = err
	}
	if f.err != nil {
		return fmt.Errorf("nmm: %w", f.err)
	}
	return nil
}
