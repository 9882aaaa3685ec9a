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
		if e := r.validation(f); best == nil || e < least {
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
func (r *report) validation(f tasks.Forecaster) float64 {
	trained, channels := r.series.Part(tasks.Train).Dims()
	held, _ := r.series.Part(tasks.Validation).Dims()
	lead := min(warmup, trained)
	data := r.series.Data.Slice(trained-lead, trained+held, 0, channels).(*mat.Dense)
	if r.recorded() {
		score, err := tasks.ScoreOneStep(f, data, lead-1)
		if err != nil {
			return math.Inf(1)
		}
		return score.MSE
	}
	return freeError(f, data, lead)
}

// freeError is the mean square error of free runs of 84 steps from 20 starts, no single one above 4,
// about that of a guess.
func freeError(f tasks.Forecaster, data *mat.Dense, lead int) float64 {
	const starts, worst = 20, 4
	n, channels := data.Dims()
	sum := 0.0
	for i := range starts {
		from := (n - lead - mackeyAhead) * i / (starts - 1)
		run, err := f.Forecast(data.Slice(from, from+lead, 0, channels).(*mat.Dense), mackeyAhead)
		if err != nil {
			return math.Inf(1)
		}
		for t := range mackeyAhead {
			for c := range channels {
				d := run.At(t, c) - data.At(from+lead+t, c)
				if e := d * d; e < worst {
					sum += e
				} else { // or NaN
					sum += worst
				}
			}
		}
	}
	return sum / float64(starts*mackeyAhead*channels)
}
