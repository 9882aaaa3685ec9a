package main

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/tasks"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// report collects what the forecasters came to.
type report struct {
	config  *config
	series  *tasks.Series
	methods []method
	trained *train.Predicted
}

// method is how good a forecaster is on the test part.
type method struct {
	Name string `json:"name"`
	// Error is the root mean square error one step ahead, in standard deviations.
	Error           number      `json:"one_step_error"`
	R2              number      `json:"one_step_r2"`
	OverPersistence number      `json:"one_step_r2_over_persistence"`
	Valid           *[3]float64 `json:"valid_time_quartiles,omitempty"` // Lyapunov times
	NRMSE84         *number     `json:"nrmse84,omitempty"`
	Free            *free       `json:"free_run,omitempty"`
}

// free says what a long free run looks like.
type free struct {
	Spectrum   number `json:"spectrum_distance"`
	StateSpace number `json:"state_space_nats"`
	Outside    number `json:"outside"`
	FC         number `json:"fc_correlation"` // NaN below three channels
}

// number is a float64 that is JSON's null where it is not finite, as after a run that diverges.
type number float64

func (v number) MarshalJSON() ([]byte, error) {
	if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return json.Marshal(f)
	}
	return []byte("null"), nil
}

const (
	warmup       = 200 // samples shown before a free run
	validHorizon = 15  // Lyapunov times that forecasts are followed
	mackeyAhead  = 84
	freeHorizon  = 100 // samples of free runs by which forecasters of generated series are chosen
	freeSteps    = 5000
)

// judge measures a forecaster.
func (r *report) judge(name string, f tasks.Forecaster) error {
	m := method{Name: name}
	n, _ := r.series.Data.Dims()
	test, _ := r.series.Part(tasks.Test).Dims()
	from := max(0, n-test-warmup)
	_, channels := r.series.Data.Dims()
	data := r.series.Data.Slice(from, n, 0, channels).(*mat.Dense)
	one, err := tasks.ScoreOneStep(f, data, n-test-from-1)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	m.Error, m.R2, m.OverPersistence = number(math.Sqrt(one.MSE)), number(one.R2), number(one.OverPersistence)
	if err := r.ahead(&m, f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if m.Free, err = r.free(f, data.Slice(0, n-test-from, 0, channels).(*mat.Dense)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r.methods = append(r.methods, m)
	return nil
}

// ahead measures forecasts of the generated series from 50 starts.
func (r *report) ahead(m *method, f tasks.Forecaster) error {
	s := r.series
	switch {
	case s.Lyapunov > 0:
		times, err := tasks.ValidTimes(f, s, tasks.Starts{Warmup: warmup}, int(validHorizon/(s.Lyapunov*s.Dt)))
		if err != nil {
			return err
		}
		m.Valid = new([3]float64)
		for k := range m.Valid {
			m.Valid[k] = stat.Quantile(0.25*float64(k+1), stat.LinInterp, times, nil)
		}
	case r.mackey():
		e, err := tasks.NRMSEAt(f, s, tasks.Starts{Warmup: warmup}, mackeyAhead)
		if err != nil {
			return err
		}
		m.NRMSE84 = new(number)
		*m.NRMSE84 = number(e)
	}
	return nil
}

// recorded says that the series is no system of equations that could be followed for long.
func (r *report) recorded() bool { return r.series.Lyapunov == 0 && !r.mackey() }

func (r *report) mackey() bool {
	return r.config.series == "mackeyglass17" || r.config.series == "mackeyglass30"
}

// free compares a long free run with the whole series.
func (r *report) free(f tasks.Forecaster, history *mat.Dense) (*free, error) {
	n, _ := r.series.Data.Dims()
	run, err := f.Forecast(history, min(n, freeSteps))
	if err != nil {
		return nil, err
	}
	alike, err := tasks.CompareFreeRun(run, r.series.Data)
	if err != nil || math.IsNaN(alike.Spectrum) {
		return nil, err // a run that diverged is like nothing
	}
	return &free{number(alike.Spectrum), number(alike.StateSpace), number(alike.Outside), number(alike.Correlation)}, nil
}
