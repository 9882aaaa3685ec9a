package main

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
)

// neurolibStimulus is a stimulus sampled at times dt, 2 dt, … (neurolib.md §7): sample k is what step k
// takes, so that its own time 0 is a step before the run's.
type neurolibStimulus struct {
	Type     string
	Kwargs   neurolibArguments
	Duration float64 // ms
	Dt       float64
	Shape    []int
	Out      []float64 // first row
	All      array     `json:"out_all"`
	X0       []float64
}

// neurolibArguments are those of the types; start and end are in ms, frequencies in Hz.
type neurolibArguments struct {
	Step        float64 `json:"step_size"`
	Amplitude   float64
	Frequency   float64
	Bias        bool     `json:"dc_bias"`
	Height      float64  `json:"inp_max"`
	Ramp        float64  `json:"ramp_length"`
	Coefficient *float64 `json:"exp_coef"`
	Kind        string   `json:"exp_type"`
	Start, End  *float64
	Mu, Tau     float64
}

// readNeurolibStimuli makes a case of every entry of `cases`.
func readNeurolibStimuli(d *document) ([]instance, error) {
	all, err := casesOf("case", d.raw, (*neurolibStimulus).run)
	for i, name := range blockCases("cases", d.keys["cases"]) {
		if i < len(all) {
			all[i].name = name
		}
	}
	return all, err
}

// run compares the samples.
func (s *neurolibStimulus) run() outcome {
	if s.X0 != nil {
		return s.relaxing()
	}
	w := s.waveform()
	if w == nil {
		return skipped("needs the stimulus %s", s.Type)
	}
	got := layers.Samples(s.Duration, s.Dt, w)
	var cmp comparison
	cmp.near("samples", got.RawMatrix().Data, s.Out, neurolibFunction, 0)
	return cmp.outcome()
}

// waveform is ours; nil if there is none. Sums and concatenations have their numbers in their names.
func (s *neurolibStimulus) waveform() layers.Waveform {
	a, own := s.Kwargs, func(w layers.Waveform) layers.Waveform { return w.Delayed(-s.Dt) }
	var p, q, r, t float64
	if n, _ := fmt.Sscanf(s.Type, "Sum: Sin(%g,%gHz)+Step(%g,start=%g)", &p, &q, &r, &t); n == 4 {
		return layers.Add(own(layers.Sine(p, q, 0)), layers.Constant(r).During(s.until(t), s.Duration))
	}
	if n, _ := fmt.Sscanf(s.Type, "Concat: Step(%g) & Ramp(%g,%g) & Zero, equal ratios", &p, &q, &r); n == 3 {
		return layers.Constant(p).Then(s.Duration/3, own(layers.Ramp(q, r)).Then(s.Duration/3, layers.Constant(0)))
	}
	if s.Type == "RectifiedInput" {
		part := s.Duration / 6 // of 0.5, 2.5, 0.5, 1.5 and 1 of six
		rise := layers.Add(layers.Rise(a.Amplitude, 2.5*part/12.5), layers.Constant(-a.Amplitude))
		fall := layers.Decay(a.Amplitude, 1.5*part/7.5)
		return layers.Constant(-a.Amplitude).Then(0.5*part, own(rise).Then(2.5*part,
			layers.Constant(a.Amplitude).Then(0.5*part, own(fall).Then(1.5*part, layers.Constant(0)))))
	}
	w := s.simple()
	if w == nil {
		return nil
	}
	start, end := 0.0, s.Duration
	if a.Start != nil {
		start = s.until(*a.Start)
	}
	if a.End != nil {
		end = s.until(*a.End)
	}
	return own(w).Delayed(start).During(start, end)
}

// until is the time of the last sample up to a time, as neurolib counts it: the binary dt + k·dt may be
// a little more than the time, 30.000000000000004 ms for 30 ms, and the sample is then after it.
func (s *neurolibStimulus) until(time float64) float64 {
	k := 0
	for s.Dt+float64(k)*s.Dt <= time {
		k++
	}
	return math.Round(float64(k)*s.Dt*1e9) / 1e9 // as layers.Samples counts times
}

// simple is a stimulus of one type, in its own time.
func (s *neurolibStimulus) simple() layers.Waveform {
	a := s.Kwargs
	bias := layers.Constant(0)
	if a.Bias {
		bias = layers.Constant(a.Amplitude)
	}
	switch s.Type {
	case "StepInput":
		return layers.Constant(a.Step)
	case "SinusoidalInput":
		return layers.Add(layers.Sine(a.Amplitude, a.Frequency, 0), bias)
	case "SquareInput":
		return layers.Add(layers.Square(a.Amplitude, a.Frequency), bias)
	case "LinearRampInput":
		return layers.Ramp(a.Height, a.Ramp)
	case "ZeroInput":
		return layers.Constant(0)
	case "ExponentialInput":
		coefficient := 30.
		if a.Coefficient != nil {
			coefficient = *a.Coefficient
		}
		if a.Kind == "decay" {
			return layers.Decay(a.Height, s.Duration/coefficient)
		}
		return layers.Rise(a.Height, s.Duration/coefficient)
	}
	return nil
}

// relaxing compares an Ornstein-Uhlenbeck process without noise, by Euler's steps from the given start,
// which is the first sample.
func (s *neurolibStimulus) relaxing() outcome {
	n := len(s.X0)
	if err := s.All.needs("samples", n, -1); err != nil || s.All.dim(1) < 2 {
		return failed("expected samples of %d series: %v", n, err)
	}
	class := passive([]string{"s"})
	net, err := graph.NewNetwork(graph.Population(cortex, graph.Regions(n), class.model()),
		&graph.ColouredNoise{Name: "ou", To: cortex + ".c0", Tau: s.Kwargs.Tau, Deviation: []float64{0}, Mean: []float64{s.Kwargs.Mu}})
	if err != nil {
		return failed("%v", err)
	}
	if err := net.Set("init:ou.x", s.X0); err != nil {
		return failed("%v", err)
	}
	steps := s.All.dim(1) - 1
	r, err := net.Simulate(context.Background(), graph.Run{Dt: s.Dt, Duration: s.Dt * float64(steps), Integrator: graph.Euler, Record: []string{"ou.x"}})
	if err != nil {
		return failed("%v", err)
	}
	got := mat.NewDense(steps+1, n, append(append([]float64(nil), s.X0...), r.Series("ou.x").Data...))
	var cmp comparison
	for i := range n {
		cmp.near(fmt.Sprintf("series %d", i), mat.Col(nil, i, got), s.All.row(i).data, neurolibFunction, 0)
	}
	return cmp.outcome()
}
