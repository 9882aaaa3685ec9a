package main

import (
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/tasks"
	"gonum.org/v1/gonum/mat"
)

// What baselines are chosen from, by their error on the validation part.
var (
	orders = []int{1, 2, 3, 4, 8, 16}
	ridges = []float64{1e-8, 1e-6, 1e-4, 1e-2, 1, 10, 100, 1000}
	inputs = []float64{0.1, 0.5} // of reservoirs
)

// baselines measures what the network is compared with.
func (r *report) baselines() error {
	if err := r.judge("persistence", tasks.Persistence{}); err != nil {
		return err
	}
	for _, orders := range [][]int{orders[:1], orders[1:]} {
		if err := r.judgeBest(r.autoregressions(orders)); err != nil {
			return err
		}
	}
	return r.judgeBest(r.reservoirs())
}

// candidate is a way to fit a baseline.
type candidate struct {
	name string
	fit  func() (tasks.Forecaster, error)
}

func (r *report) autoregressions(orders []int) (list []candidate) {
	data := r.series.Part(tasks.Train)
	for _, order := range orders {
		for _, ridge := range ridges {
			list = append(list, candidate{fmt.Sprintf("AR(%d)", order), func() (tasks.Forecaster, error) {
				return tasks.FitAR(data, order, ridge)
			}})
		}
	}
	return list
}

func (r *report) reservoirs() (list []candidate) {
	units := r.config.units
	for _, input := range inputs {
		for _, ridge := range ridges {
			list = append(list, candidate{fmt.Sprintf("reservoir of %d units", units), func() (tasks.Forecaster, error) {
				return tasks.FitReservoir(r.series.Part(tasks.Train), tasks.ReservoirSettings{Units: units, Input: input, Ridge: ridge, Washout: 30, Seed: r.config.seed})
			}})
		}
	}
	return list
}

// judgeBest measures the candidate that is best on the validation part. Those that cannot be fitted, as
// an order too high for a short recording, are left out, if any is left.
func (r *report) judgeBest(list []candidate) error {
	var best tasks.Forecaster
	var name string
	var failed error
	least := math.Inf(1)
	for _, c := range list {
		f, err := c.fit()
		if err != nil {
			failed = err
			continue
		}
		e, err := r.validation(f)
		if err != nil {
			return err
		}
		if best == nil || e < least {
			best, name, least = f, c.name, e
		}
	}
	if best == nil {
		return failed
	}
	return r.judge(name, best)
}

// validation is an error on the validation part: in free runs where they are what counts, in one step in
// a recording.
func (r *report) validation(f tasks.Forecaster) (float64, error) {
	if !r.recorded() {
		return tasks.FreeError(f, r.series, tasks.Validation, tasks.Starts{Number: 20, Warmup: warmup}, freeHorizon)
	}
	trained, channels := r.series.Part(tasks.Train).Dims()
	held, _ := r.series.Part(tasks.Validation).Dims()
	lead := min(warmup, trained)
	score, err := tasks.ScoreOneStep(f, r.series.Data.Slice(trained-lead, trained+held, 0, channels).(*mat.Dense), lead-1)
	return score.MSE, err
}
