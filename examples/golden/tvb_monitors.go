package main

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
)

// tvbMonitor is a monitor file: what a monitor makes of an activity that a formula gives.
type tvbMonitor struct {
	name   string
	Input  tvbActivity
	Period float64
	Steps  int   `json:"n_steps"`
	Mask   array // the group of each node
	Time   array
	Output array // [sample][voi][node, group or sensor][mode]

	Gain      array    `json:"gain_vertices"` // of EEG, [sensor][vertex]
	Mapping   []int    `json:"region_mapping"`
	Sensors   []string `json:"sensor_labels"`
	Reference string   // "", "average" or a sensor
}

// tvbActivity is a formula for variables of interest of nodes, [voi][node] each:
//
//	x(step) = off + amp sin(2π frq t + ph) (1 + 0.5 sin(2π slow t)), t = step dt
type tvbActivity struct {
	Dt            float64
	Nodes         int   `json:"n_nodes"`
	Variables     int   `json:"n_voi"`
	Amplitude     array `json:"amp"`
	Frequency     array `json:"frq_per_ms"`
	Phase         array `json:"ph"`
	Offset        array `json:"off"`
	SlowFrequency array `json:"slow_per_ms"`
}

// of returns a variable's activity after steps 1 … steps, [step][node].
func (a *tvbActivity) of(variable, steps int) *mat.Dense {
	x := mat.NewDense(steps, a.Nodes, nil)
	for k := range steps {
		t := 2 * math.Pi * float64(k+1) * a.Dt
		for j := range a.Nodes {
			at := func(p array) float64 { return p.at(variable, j) }
			x.Set(k, j, at(a.Offset)+at(a.Amplitude)*math.Sin(at(a.Frequency)*t+at(a.Phase))*(1+0.5*math.Sin(at(a.SlowFrequency)*t)))
		}
	}
	return x
}

// readTVBMonitors makes one case of a file. What monitor it is of, and of which variables of interest if
// not of all, only its name says.
func readTVBMonitors(d *document) ([]instance, error) {
	name := strings.TrimSuffix(filepath.Base(d.path), ".json")
	if d.has("kernel") {
		return readTVBBold(name, d)
	}
	m := tvbMonitor{name: name}
	if err := json.Unmarshal(d.raw, &m); err != nil {
		return nil, err
	}
	return []instance{{name, m.run}}, nil
}

// run compares the samples and times of all variables.
func (m *tvbMonitor) run() outcome {
	if m.Output.dim(3) != 1 {
		return skipped("has %d modes", m.Output.dim(3))
	}
	var cmp comparison
	for v, variable := range m.variables() {
		monitor, err := m.monitor()
		switch {
		case err != nil:
			return failed("%v", err)
		case monitor == nil:
			return skipped("needs a monitor %s", m.name)
		}
		res, err := observed(m.Input.of(variable, m.Steps), m.Input.Dt, monitor)
		if err != nil {
			return failed("%v", err)
		}
		s := res.Series(monitor.Name)
		cmp.near("time", sampleTimes(s), m.Time.data, tvbPointwise, 0)
		var want []float64
		for k := range m.Output.dim(0) {
			want = append(want, m.Output.row(k).row(v).data...)
		}
		cmp.near(fmt.Sprintf("variable %d", variable), m.ordered(s), want, tvbPointwise, 0)
	}
	return cmp.outcome()
}

// variables lists the variables of interest: all, or the one that the name ends in.
func (m *tvbMonitor) variables() []int {
	if _, which, ok := strings.Cut(m.name, "_voi"); ok {
		if v, err := strconv.Atoi(which); err == nil {
			return []int{v}
		}
	}
	all := make([]int, m.Input.Variables)
	for v := range all {
		all[v] = v
	}
	return all
}

// monitor is ours of the file's name, nil if there is none. TVB rounds periods to whole steps.
func (m *tvbMonitor) monitor() (*graph.Observer, error) {
	period := m.Input.Dt * math.RoundToEven(m.Period/m.Input.Dt)
	switch {
	case m.Gain.data != nil:
		return m.eeg(period)
	case strings.Contains(m.name, "SubSample"):
		return forward.SubSample(activity, period), nil
	case strings.Contains(m.name, "TemporalAverage"):
		return forward.TemporalAverage(activity, period), nil
	case strings.Contains(m.name, "GlobalAverage"):
		return forward.GlobalAverage(activity, period), nil
	case strings.Contains(m.name, "SpatialAverage"):
		return forward.SpatialAverage(activity, period, m.groups()), nil
	}
	return nil, nil
}

// eeg is a lead field from vertices, without noise.
func (m *tvbMonitor) eeg(period float64) (*graph.Observer, error) {
	gain, err := forward.VertexMap{Region: m.Mapping, Regions: m.Input.Nodes}.Reduce(dense(m.Gain.rows()))
	if err != nil {
		return nil, err
	}
	field := &forward.LeadField{Gain: gain, Sensors: m.Sensors, Reference: m.Reference}
	if m.Reference == "average" {
		field.Reference = forward.AverageReference
	}
	return field.Monitor(activity, period)
}

// groups names the mask's groups.
func (m *tvbMonitor) groups() []string {
	var names []string
	for _, g := range m.Mask.data {
		names = append(names, fmt.Sprint(g))
	}
	return names
}

// ordered returns a series' data with groups in the order of their numbers.
func (m *tvbMonitor) ordered(s *graph.Series) []float64 {
	if !strings.Contains(m.name, "SpatialAverage") {
		return s.Data
	}
	numbers := slices.Clone(m.Mask.data)
	slices.Sort(numbers)
	var data []float64
	for _, row := range s.Lane(0) {
		for _, g := range slices.Compact(slices.Clone(numbers)) {
			data = append(data, row[slices.Index(s.Labels, fmt.Sprint(g))])
		}
	}
	return data
}
