package train

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/tasks"
	"gonum.org/v1/gonum/mat"
)

// aSeries is a stretch of Lorenz that is learned in a moment.
func aSeries(t *testing.T) *tasks.Series {
	t.Helper()
	s, err := tasks.NewSeries("short lorenz", tasks.Lorenz([3]float64{1, 2, 20}, 0.02, 2000), 0.02)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustPredictor(t *testing.T, s layers.PredictorSettings) *layers.Predictor {
	t.Helper()
	p, err := layers.NewPredictor(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The derivative of what the best readout leaves, through solve and least squares, along random
// directions and for every learnable by itself.
func TestPredictionGradient(t *testing.T) {
	s := aSeries(t)
	for _, c := range []struct {
		model string
		delay int
	}{{"damped horn", 0}, {"damped horn", 4}, {"wilsoncowan", 0}, {"montbriopazoroxin", 0}} {
		cell := layers.DampedHORNCell()
		if c.model != "damped horn" {
			var err error
			if cell, err = layers.CellByName(c.model); err != nil {
				t.Fatal(err)
			}
		}
		p := mustPredictor(t, layers.PredictorSettings{Cell: cell, Units: 5, Channels: 3, MaxDelay: c.delay, Seed: 1})
		settings, _ := PredictSettings{Windows: 3, Steps: 30, Warmup: 8}.withDefaults()
		tr, err := newPredictorTraining(context.Background(), p, s, settings)
		if err != nil {
			t.Fatal(err)
		}
		if err := tr.prepare(); err != nil {
			t.Fatal(err)
		}
		tr.search.ridge = 1e-4 // so that the penalty shows
		checkSlope(t, c.model, tr.search.problem)
		if err := tr.close(); err != nil {
			t.Fatal(err)
		}
	}
}

// checkSlope compares a problem's gradient with central differences along each block of variables.
func checkSlope(t *testing.T, what string, p *GraphProblem) {
	t.Helper()
	x := p.Values()
	grad, at := make([]float64, len(x)), make([]float64, len(x))
	if _, err := p.Func(x, grad); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(4, 2))
	from := 0
	for k, v := range p.values {
		direction := make([]float64, len(x))
		slope := 0.0
		for i := range v {
			direction[from+i] = rng.NormFloat64()
			slope += direction[from+i] * grad[from+i]
		}
		from += len(v)
		value := func(h float64) float64 {
			for i := range x {
				at[i] = x[i] + h*direction[i]
			}
			f, err := p.Func(at, nil)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		const h = 1e-4 // fourth order: error of some h⁴, rounding 1e-13/h of values around 1
		want := (8*(value(h)-value(-h)) - value(2*h) + value(-2*h)) / (12 * h)
		if !(math.Abs(slope-want) <= 1e-6*math.Max(math.Abs(want), 1e-2)) {
			t.Errorf("%s, %s: gradient %v, differences %v", what, p.learn[k].Name(), slope, want)
		}
	}
}

var briefly = PredictSettings{Updates: 30, Round: 15, Windows: 12, Steps: 60, Every: 6}

// 16 units and 30 updates: training lowers the error on samples never seen by much more than the best
// readout of the untrained network does.
func TestPredictLearns(t *testing.T) {
	s := aSeries(t)
	p := mustPredictor(t, layers.PredictorSettings{Units: 16, Channels: 3, Seed: 1})
	var progress, log bytes.Buffer
	settings := briefly
	settings.Progress, settings.Log = &progress, &log
	done, err := TrainPredictor(context.Background(), p, s, settings)
	if err != nil {
		t.Fatal(err)
	}
	first := done.Curve[0]
	t.Logf("error on the validation part %.2e before, %.2e after", math.Sqrt(first.Validation), math.Sqrt(done.Best.Validation))
	if first.Update != 0 || first.Validation > 0.01 || done.Best.Validation > first.Validation/20 {
		t.Errorf("validation %g before training, %g after", first.Validation, done.Best.Validation)
	}
	score, err := tasks.ScoreOneStep(p, s.Part(tasks.Test), 50)
	if err != nil || score.OverPersistence < 1-first.Validation/5 {
		t.Errorf("test %+v, %v", score, err)
	}
	if done.Updates != 30 || len(done.Curve) != 7 || done.Parameters != 16*3+16*16+3*16 {
		t.Errorf("%+v", done)
	}
	if !strings.Contains(progress.String(), "update 30/30") || strings.Count(log.String(), "\n") != 7 {
		t.Errorf("progress %q, log %q", progress.String(), log.String())
	}
}

// A network that diverges is an error that says so, not a silent NaN.
func TestPredictDiverges(t *testing.T) {
	p := mustPredictor(t, layers.PredictorSettings{Units: 4, Channels: 3})
	if err := p.Network().Set("cortex.gamma", -1.0); err != nil {
		t.Fatal(err)
	}
	done, err := TrainPredictor(context.Background(), p, aSeries(t), briefly)
	if err == nil || !strings.Contains(err.Error(), "diverged") {
		t.Errorf("%+v, %v", done, err)
	}
}

// Same settings, same bits, at any GOMAXPROCS, and where a training was left and resumed.
func TestPredictIsDeterministic(t *testing.T) {
	s := aSeries(t)
	train := func(settings PredictSettings) (*Predicted, *mat.Dense) {
		p := mustPredictor(t, layers.PredictorSettings{Units: 8, Channels: 3, Seed: 2})
		done, err := TrainPredictor(context.Background(), p, s, settings)
		if err != nil {
			t.Fatal(err)
		}
		w, err := p.Readout()
		if err != nil {
			t.Fatal(err)
		}
		return done, w
	}
	all, readout := train(briefly)
	same := func(what string, other *Predicted, w *mat.Dense) {
		t.Helper()
		if !mat.Equal(w, readout) || len(other.Curve) != len(all.Curve) {
			t.Fatalf("%s: other bits", what)
		}
		for i, e := range other.Curve {
			if e.Loss != all.Curve[i].Loss || e.Validation != all.Curve[i].Validation {
				t.Errorf("%s: evaluation %+v, expected %+v", what, e, all.Curve[i])
			}
		}
	}
	before := runtime.GOMAXPROCS(1)
	other, w := train(briefly)
	runtime.GOMAXPROCS(before)
	same("one processor", other, w)

	half := briefly
	half.Updates = 18 // the resumed one goes on from the end of the round, after 15
	left, _ := train(half)
	rest := briefly
	rest.Resume = left.State
	other, w = train(rest)
	same("resumed", other, w)

	half.Updates = 15
	left, _ = train(half)
	rest.Resume = left.State
	other, w = train(rest)
	same("resumed after a round", other, w)

	rest.Updates = 15 // nothing is left to do
	if done, _ := train(rest); done.Updates != 15 || done.Best.Update != 15 {
		t.Errorf("resumed at its end: %+v", done)
	}
}

func TestPredictStops(t *testing.T) {
	s := aSeries(t)
	p := mustPredictor(t, layers.PredictorSettings{Units: 4, Channels: 3})
	settings := briefly
	settings.Callback = func(e PredictEvaluation) error {
		if e.Update >= 12 {
			return ErrStop
		}
		return nil
	}
	done, err := TrainPredictor(context.Background(), p, s, settings)
	if err != nil || done.Updates != 12 || done.Reason != ErrStop.Error() {
		t.Errorf("%+v, %v", done, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	settings.Callback = func(e PredictEvaluation) error {
		if e.Update == 12 {
			cancel()
		}
		return nil
	}
	done, err = TrainPredictor(ctx, p, s, settings)
	if !errors.Is(err, context.Canceled) || done == nil || done.Best.Update != 12 {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestPredictErrors(t *testing.T) {
	s := aSeries(t)
	p := mustPredictor(t, layers.PredictorSettings{Units: 4, Channels: 3})
	other, _ := json.Marshal(predictorCheckpoint{Series: "another"})
	small, _ := json.Marshal(predictorCheckpoint{Series: s.Name, X: []float64{1}})
	for what, settings := range map[string]PredictSettings{
		"negative":      {Updates: -1},
		"horizon":       {Horizon: 5000},
		"warm-up":       {Warmup: 5000},
		"no JSON":       {Resume: []byte("x")},
		"another":       {Resume: other},
		"other network": {Resume: small},
	} {
		if _, err := TrainPredictor(context.Background(), p, s, settings); err == nil || !strings.Contains(err.Error(), "train: ") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := TrainPredictor(context.Background(), mustPredictor(t, layers.PredictorSettings{}), s, PredictSettings{}); err == nil {
		t.Error("one channel for three")
	}
}
