package tasks

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Series is a signal [time, channel], simulated or recorded, in three parts that follow one another:
// training, validation, test. Data are standardised by the mean and standard deviation of the training
// part.
type Series struct {
	Name     string
	Data     *mat.Dense
	Dt       float64 // time between samples, in the system's unit
	Lyapunov float64 // largest Lyapunov exponent per unit of the same time; 0: unknown
	Mean, SD []float64

	ends [3]int // of the parts
}

// NewSeries standardises data [time, channel] and cuts them: the first 70 % for training, 15 % for
// validation, 15 % for the test. dt is the time between samples.
func NewSeries(name string, data mat.Matrix, dt float64) (*Series, error) {
	if d, dense := data.(*mat.Dense); data == nil || dense && d == nil {
		return nil, fmt.Errorf("tasks: series %s: no data", name)
	}
	n, _ := data.Dims()
	return newSeries(name, data, dt, n*70/100, n*15/100)
}

func newSeries(name string, data mat.Matrix, dt float64, train, validation int) (*Series, error) {
	n, channels := data.Dims()
	if train < 2 || validation < 2 || n-train-validation < 2 {
		return nil, fmt.Errorf("tasks: series %s: %d samples are too few for training, validation and test", name, n)
	}
	if !(dt > 0) || math.IsInf(dt, 0) {
		return nil, fmt.Errorf("tasks: series %s: %g between samples, not a positive time", name, dt)
	}
	s := &Series{Name: name, Data: mat.DenseCopyOf(data), Dt: dt, ends: [3]int{train, train + validation, n}}
	for j := range channels {
		if err := s.standardise(j); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Series) standardise(channel int) error {
	column := mat.Col(nil, channel, s.Data)
	sum, squares := 0.0, 0.0
	for i, v := range column {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("tasks: series %s: sample %d of channel %d is %g", s.Name, i+1, channel+1, v)
		}
		if i < s.ends[0] {
			sum += v
		}
	}
	mean := sum / float64(s.ends[0])
	for _, v := range column[:s.ends[0]] {
		squares += square(v - mean)
	}
	sd := math.Sqrt(squares / float64(s.ends[0]))
	if sd == 0 {
		return fmt.Errorf("tasks: series %s: channel %d does not change", s.Name, channel+1)
	}
	for i, v := range column {
		s.Data.Set(i, channel, (v-mean)/sd)
	}
	s.Mean, s.SD = append(s.Mean, mean), append(s.SD, sd)
	return nil
}

// Part is the standardised data [time, channel] of one split: a view, not a copy.
func (s *Series) Part(split Split) *mat.Dense {
	from, to := s.bounds(split)
	_, channels := s.Data.Dims()
	return s.Data.Slice(from, to, 0, channels).(*mat.Dense)
}

func (s *Series) bounds(split Split) (from, to int) {
	if split > Train {
		from = s.ends[split-1]
	}
	return from, s.ends[split]
}

// Windows says how a series becomes trials. The zero value is a window of 100 steps and no warm-up.
type Windows struct {
	Steps  int // whose next value is to be predicted
	Warmup int // before them, shown without being judged
}

// NewPrediction is next-step prediction: at each step of a window the inputs are a sample and the targets
// the next one. Windows begin anywhere within the split's part. The score is the part of persistence's
// squared error that is avoided, so that a slow signal is not an easy one.
func NewPrediction(s *Series, w Windows) (*Task, error) {
	if w.Steps == 0 {
		w.Steps = 100
	}
	if s == nil {
		return nil, fmt.Errorf("tasks: prediction of no series")
	}
	if w.Steps < 0 || w.Warmup < 0 {
		return nil, fmt.Errorf("tasks: windows of %d steps after %d", w.Steps, w.Warmup)
	}
	need := w.Steps + w.Warmup + 1
	for _, split := range []Split{Train, Validation, Test} {
		if from, to := s.bounds(split); to-from < need {
			return nil, fmt.Errorf("tasks: series %s: the %v part has %d samples; a window takes %d", s.Name, split, to-from, need)
		}
	}
	t := prediction(s, w)
	return t, t.err
}

func prediction(s *Series, w Windows) *Task {
	_, n := s.Data.Dims()
	return build(&definition{
		name: s.Name, title: "prediction of the next sample", source: s.Name,
		dt: 1, stepwise: true, loss: MeanSquare, rule: skillRule{},
		inputs: channels("channel", n), outputs: channels("next", n),
		conditions: func(*Task) []Condition { return named("window") },
		variants: single([]span{
			{"warmup", fixed(float64(w.Warmup)), false}, {"prediction", fixed(float64(w.Steps)), false},
		}, func(tr *Trial) {
			from, to := s.bounds(tr.Split)
			start := from + tr.choice.below(to-from-tr.Steps)
			for i := range tr.Steps {
				copy(tr.Inputs[i*n:], s.Data.RawRowView(start+i))
				copy(tr.Targets[i*n:], s.Data.RawRowView(start+i+1))
			}
			e := tr.epoch("prediction")
			tr.Answers = []Answer{{Start: e.Start, Stop: e.Stop, Class: -1}}
			tr.onlyAnswers()
			tr.Condition = tr.task.Conditions()[0]
		}),
		check: func(t *Task) error {
			// Lengths may have been given anew.
			for _, split := range []Split{Train, Validation, Test} {
				if from, to := s.bounds(split); to-from <= t.MaxSteps() {
					return fmt.Errorf("tasks: series %s: the %v part has %d samples; a window takes %d", s.Name, split, to-from, t.MaxSteps()+1)
				}
			}
			return nil
		},
	}, Timing{})
}
