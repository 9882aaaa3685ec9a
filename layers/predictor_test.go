package layers

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// aPredictor of two channels has a random readout.
func aPredictor(t *testing.T, cell *Cell, delay int) *Predictor {
	t.Helper()
	p, err := NewPredictor(PredictorSettings{Cell: cell, Units: 6, Channels: 2, MaxDelay: delay, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	if err := p.SetReadout(drawn(p.Width(), 2, func() float64 { return 0.05 * rng.NormFloat64() })); err != nil {
		t.Fatal(err)
	}
	return p
}

func waves(n int) *mat.Dense {
	x := mat.NewDense(n, 2, nil)
	for i := range n {
		x.SetRow(i, []float64{math.Sin(0.3 * float64(i)), math.Cos(0.2 * float64(i))})
	}
	return x
}

// A free run is the network that is shown its own predictions: sample by sample, Predict on the history
// and what it has forecast so far gives the next one. Every integrator, and delays.
func TestForecastIsItsOwnPrediction(t *testing.T) {
	for name, cell := range predictorCells(t) {
		for _, delay := range []int{0, 3} {
			p := aPredictor(t, cell, delay)
			history := waves(20)
			run, err := p.Forecast(history, 5)
			if err != nil {
				t.Fatal(name, err)
			}
			shown := mat.NewDense(25, 2, nil)
			shown.Copy(history)
			for i := range 5 {
				next, err := p.Predict(shown.Slice(0, 20+i, 0, 2).(*mat.Dense))
				if err != nil {
					t.Fatal(name, err)
				}
				shown.SetRow(20+i, next.RawRowView(19+i))
				for c := range 2 {
					// Sums of a dozen terms in another order.
					if want, got := shown.At(20+i, c), run.At(i, c); !(math.Abs(got-want) < 1e-12) {
						t.Errorf("%s, delay %d, step %d: forecast %v, predicted %v", name, delay, i, got, want)
					}
				}
			}
		}
	}
}

func predictorCells(t *testing.T) map[string]*Cell {
	cells := map[string]*Cell{"damped horn": DampedHORNCell()}
	for _, name := range []string{"rnn", "wilsoncowan", "hopf"} {
		var err error
		if cells[name], err = CellByName(name); err != nil {
			t.Fatal(err)
		}
	}
	return cells
}

// Lanes are independent, and SetReadout and Readout are inverse.
func TestPredictorLanesAndReadout(t *testing.T) {
	p := aPredictor(t, nil, 0)
	long := waves(40)
	histories := []*mat.Dense{long.Slice(0, 20, 0, 2).(*mat.Dense), long.Slice(7, 27, 0, 2).(*mat.Dense)}
	together, err := p.ForecastLanes(histories, 8)
	if err != nil {
		t.Fatal(err)
	}
	for l, history := range histories {
		alone, err := p.Forecast(history, 8)
		if err != nil || !mat.Equal(alone, together[l]) {
			t.Errorf("lane %d: %v", l, err)
		}
	}
	w, err := p.Readout()
	if err != nil {
		t.Fatal(err)
	}
	before := mat.DenseCopyOf(w)
	if err := p.SetReadout(w); err != nil {
		t.Fatal(err)
	}
	if w, err = p.Readout(); err != nil || !mat.Equal(before, w) || mat.Norm(w, 2) == 0 {
		t.Errorf("readout changed, %v", err)
	}
}

// Before training nothing is predicted to change, in all channels, from their one offset too.
func TestPredictorBefore(t *testing.T) {
	p, err := NewPredictor(PredictorSettings{Channels: 2})
	if err != nil {
		t.Fatal(err)
	}
	data := waves(15)
	next, err := p.Predict(data)
	if err != nil || !mat.Equal(next, data) {
		t.Errorf("%v, %v", mat.Formatted(next), err)
	}
	if s := p.Settings(); s.Units != 64 || s.Dt != 1 || p.Width() != 2*64+2+1 {
		t.Errorf("%+v, width %d", s, p.Width())
	}
	if names := p.Network().Addresses(); !slices.Contains(names, "direct/weights") {
		t.Errorf("addresses %v", names)
	}
}

func TestPredictorErrors(t *testing.T) {
	for _, s := range []PredictorSettings{{Units: -1}, {Channels: -1}, {MaxDelay: -1}, {Dt: -1}, {Dt: math.NaN()}, {Cell: &Cell{}}} {
		if _, err := NewPredictor(s); err == nil || !strings.Contains(err.Error(), "predictor") {
			t.Errorf("%+v: %v", s, err)
		}
	}
	p := aPredictor(t, nil, 0)
	if _, err := p.Predict(mat.NewDense(5, 3, nil)); err == nil {
		t.Error("three channels for two")
	}
	if _, err := p.ForecastLanes(nil, 5); err == nil {
		t.Error("no history")
	}
	if _, err := p.ForecastLanes([]*mat.Dense{waves(5), waves(6)}, 5); err == nil {
		t.Error("histories of two lengths")
	}
	if _, err := p.Forecast(waves(5), 0); err == nil {
		t.Error("a forecast of no steps")
	}
	if err := p.SetReadout(mat.NewDense(3, 2, nil)); err == nil {
		t.Error("a readout of three features")
	}
}
