package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/datasets"
)

// tvbConnectivity is a connectivity file: a connectome and what the helpers of TVB's Connectivity make
// of it. Its keys are taken with and without units; what has another name or form is skipped by name.
type tvbConnectivity struct {
	keys map[string]json.RawMessage
	sc   *datasets.Connectome
}

// tvbScalings are the modes of scaled_weights.
var tvbScalings = map[string]datasets.Scaling{"tract": datasets.ByMaximum, "region": datasets.ByInput}

// readTVBConnectivity makes a case of every scaling, every delay matrix and the Euclidean lengths.
func readTVBConnectivity(d *document) ([]instance, error) {
	f := &tvbConnectivity{keys: d.keys}
	if d.keys["weights"] == nil {
		return []instance{{"file", func() outcome { return skipped("no weights: its layout is not known") }}}, nil
	}
	if err := f.connectome(); err != nil {
		return nil, err
	}
	inputs := []string{"meta", "layout", "weights", "tract_lengths", "tract_lengths_mm", "centres", "centres_mm", "region_labels", "labels",
		"speed", "speed_mm_per_ms", "dt", "dt_ms"}
	var all []instance
	for _, key := range sortedKeys(d.keys) {
		switch {
		case slices.Contains(inputs, key):
		case key == "scaled_weights":
			all = append(all, f.each(key, d.keys[key], f.scaled)...)
		case key == "idelays":
			all = append(all, f.each(key, d.keys[key], f.delays)...)
		case strings.Contains(key, "euclid") || strings.Contains(key, "compute_tract_lengths"):
			all = append(all, instance{key, reading(d.keys[key], f.euclidean)})
		default:
			all = append(all, instance{key, func() outcome { return skipped("%s: what it holds is not known", key) }})
		}
	}
	return all, nil
}

// connectome reads the inputs.
func (f *tvbConnectivity) connectome() error {
	weights, err := f.matrix("weights")
	if err != nil {
		return err
	}
	n, _ := weights.Dims()
	f.sc = &datasets.Connectome{Weights: weights, Labels: make([]string, n)}
	if f.sc.TractLengths, err = f.matrix("tract_lengths_mm", "tract_lengths"); err != nil {
		return err
	}
	if f.sc.Centres, err = f.matrix("centres_mm", "centres"); err != nil {
		return err
	}
	return f.sc.Check()
}

// matrix reads a matrix by the first of the keys that there is; nil if there is none.
func (f *tvbConnectivity) matrix(keys ...string) (*mat.Dense, error) {
	for _, key := range keys {
		if f.keys[key] == nil {
			continue
		}
		var a array
		if err := json.Unmarshal(f.keys[key], &a); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		if len(a.shape) != 2 || a.shape[0] == 0 || a.shape[1] == 0 {
			return nil, fmt.Errorf("%s has the shape %v, expected a matrix", key, a.shape)
		}
		return mat.NewDense(a.shape[0], a.shape[1], a.data), nil
	}
	return nil, nil
}

// number reads a number by the first of the keys that there is; 0 if there is none.
func (f *tvbConnectivity) number(keys map[string]json.RawMessage, names ...string) float64 {
	for _, name := range names {
		var a array
		if raw := keys[name]; raw != nil && json.Unmarshal(raw, &a) == nil && len(a.data) == 1 {
			return a.data[0]
		}
	}
	return 0
}

// each makes cases of what a key holds: one array, arrays by name, or a list of records of an array
// and its settings.
func (f *tvbConnectivity) each(key string, raw json.RawMessage, run func(name string, settings map[string]json.RawMessage, want *array) outcome) []instance {
	one := func(name string, settings map[string]json.RawMessage, raw json.RawMessage) instance {
		return instance{name, reading(raw, func(want *array) outcome { return run(name, settings, want) })}
	}
	var named map[string]json.RawMessage
	if json.Unmarshal(raw, &named) == nil && named != nil {
		var all []instance
		for _, name := range sortedKeys(named) {
			all = append(all, one(name, nil, named[name]))
		}
		return all
	}
	var records []map[string]json.RawMessage
	if json.Unmarshal(raw, &records) != nil {
		return []instance{one(key, nil, raw)}
	}
	var all []instance
	for k, record := range records {
		name, found := fmt.Sprintf("%s[%d]", key, k), false
		for _, part := range []string{key, "out", "output", "result", "values"} {
			if record[part] != nil && !found {
				all, found = append(all, one(name, record, record[part])), true
			}
		}
		if !found {
			all = append(all, instance{name, func() outcome { return skipped("%s has no array of a known name", name) }})
		}
	}
	return all
}

// scaled compares scaled weights.
func (f *tvbConnectivity) scaled(name string, settings map[string]json.RawMessage, want *array) outcome {
	mode := name
	var text string
	if json.Unmarshal(settings["mode"], &text) == nil {
		mode = text
	}
	by, ok := tvbScalings[strings.TrimPrefix(mode, "mode=")]
	if !ok {
		return skipped("scaling %q is none of tract and region", mode)
	}
	scaled, err := f.sc.Scaled(by)
	if err != nil {
		return failed("%v", err)
	}
	return compared("scaled weights", rowMajor(scaled.Weights), want.data)
}

var settingNumber = regexp.MustCompile(`(speed|dt)[^0-9]*([0-9.]+(?:e[-+]?\d+)?)`)

// delays compares delays in steps, at the speed and step of the record, of the name, or of the file.
func (f *tvbConnectivity) delays(name string, settings map[string]json.RawMessage, want *array) outcome {
	speed, dt := f.number(settings, "speed", "speed_mm_per_ms"), f.number(settings, "dt", "dt_ms")
	for _, m := range settingNumber.FindAllStringSubmatch(name, -1) {
		x, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			continue
		}
		if m[1] == "dt" {
			dt = x
		} else {
			speed = x
		}
	}
	if speed == 0 {
		speed = f.number(f.keys, "speed", "speed_mm_per_ms")
	}
	if dt == 0 {
		dt = f.number(f.keys, "dt", "dt_ms")
	}
	if speed == 0 || dt == 0 {
		return skipped("%s tells no speed or no dt", name)
	}
	steps, err := f.sc.DelaySteps(speed, dt)
	if err != nil {
		return failed("%v", err)
	}
	var got []float64
	for _, step := range slices.Concat(steps...) {
		got = append(got, float64(step))
	}
	var c comparison
	c.near("delays", got, want.data, 0, 0)
	return c.outcome()
}

// euclidean compares the distances of the centres.
func (f *tvbConnectivity) euclidean(want *array) outcome {
	straight, err := f.sc.WithDistances(1)
	if err != nil {
		return failed("%v", err)
	}
	return compared("distances", rowMajor(straight.TractLengths), want.data)
}
