package train

import (
	"context"
	"errors"
	"math"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/tasks"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// predictorSearch is what a round minimises.
type predictorSearch struct {
	predictor *layers.Predictor
	roll      *graph.Rollout
	problem   *GraphProblem
	power     int     // of ten, the ridge of the readout
	ridge     float64 // 10^power
}

func newPredictorSearch(ctx context.Context, p *layers.Predictor, win *windows, budget int64) (*predictorSearch, error) {
	roll, err := p.Rollout(G.NewGraph(), win.steps, win.lanes, graph.Run{MemoryBudget: budget, NonFinite: graph.MaskLane})
	if err != nil {
		return nil, err
	}
	roll.SetContext(ctx)
	copy(roll.Input("input:u").Value().Data().([]float64), win.u)
	s := &predictorSearch{predictor: p, roll: roll}
	var states G.Nodes
	for _, read := range p.Settings().Cell.Reads {
		states = append(states, roll.Node("cortex."+read.State))
	}
	loss, err := bestReadout(win, p.Settings().Units, p.Settings().Cell.Reads, &s.ridge).Apply(states...)
	if err != nil {
		return nil, err
	}
	s.problem, err = NewGraphProblem(loss, roll.Learnables())
	return s, err
}

// keep gives the predictor the values x.
func (s *predictorSearch) keep(x []float64) error {
	return errors.Join(s.problem.SetValues(x), s.predictor.Keep(s.roll))
}

// fit gives the predictor the values x and the readout of a ridge that is best for them on the training
// part.
func (t *predictorTraining) fit(x []float64, ridge float64) error {
	if err := t.search.keep(x); err != nil {
		return err
	}
	data, _, err := t.parts()
	if err != nil {
		return err
	}
	return t.readout(data, ridge)
}

func (t *predictorTraining) readout(data *regression, ridge float64) error {
	if err := data.solve(ridge); err != nil {
		return err
	}
	return t.predictor.SetReadout(&data.w)
}

// bestRidge gives the predictor, whose values are those of the search, the readout with the smallest mean
// square error on the validation part over that of persistence, in free runs as far as horizon: of the
// powers of ten from 10^from on.
func (t *predictorTraining) bestRidge(from, horizon int) (best int, least float64, err error) {
	data, check, err := t.parts()
	if err != nil {
		return 0, 0, err
	}
	best, least = largestRidge, math.MaxFloat64
	for power := from; power <= largestRidge; power++ {
		if err := t.readout(data, decade(power)); errors.Is(err, errSingular) {
			continue
		} else if err != nil {
			return 0, 0, err
		}
		e, err := t.validation(data, check, horizon)
		if err != nil {
			return 0, 0, err
		}
		if e < least {
			best, least = power, e
		}
	}
	if least == math.MaxFloat64 { // the network diverges, and there is no readout to give
		return best, least, nil
	}
	return best, least, t.readout(data, decade(best))
}

func decade(power int) float64 { return math.Pow(10, float64(power)) }

// validation is the error of the predictor with the readout of data.
func (t *predictorTraining) validation(data, check *regression, horizon int) (float64, error) {
	if horizon == 1 {
		check.miss(&data.w)
		return squares(&check.wrong) / squares(check.y), nil
	}
	free, err := t.freeError(t.predictor, horizon)
	if err != nil {
		return 0, err
	}
	still, err := t.freeError(tasks.Persistence{}, horizon)
	return free / still, err
}

func (t *predictorTraining) freeError(f tasks.Forecaster, horizon int) (float64, error) {
	return tasks.FreeError(f, t.series, tasks.Validation, tasks.Starts{Number: 20, Warmup: leadIn}, horizon)
}

const (
	smallestRidge = -11 // powers of ten; with less, Cholesky's rounding is what regularises
	largestRidge  = 1

	laneOfPart = 1000 // samples, about, of the lanes in which a part is shown
	leadIn     = 200  // samples that are shown before those of the validation part that are judged
)

// parts are features and changes of the training part, and of the validation part.
func (t *predictorTraining) parts() (training, validation *regression, err error) {
	all := t.series.Part(tasks.Train)
	n, channels := all.Dims()
	held, _ := t.series.Part(tasks.Validation).Dims()
	lanes := max(1, n/laneOfPart)
	var signals []*mat.Dense
	for l := range lanes {
		signals = append(signals, all.Slice(n/lanes*l, n/lanes*(l+1), 0, channels).(*mat.Dense))
	}
	if training, err = t.rows(signals, t.Warmup); err != nil {
		return nil, nil, err
	}
	lead := min(n, leadIn)
	signals = []*mat.Dense{t.series.Data.Slice(n-lead, n+held, 0, channels).(*mat.Dense)}
	validation, err = t.rows(signals, lead-1) // from the change to its first sample
	return training, validation, err
}

// rows are features and changes of signals, but for the first skip samples.
func (t *predictorTraining) rows(signals []*mat.Dense, skip int) (*regression, error) {
	features, err := t.predictor.Features(context.Background(), signals) // short, and needed when a training is called off
	if err != nil {
		return nil, err
	}
	n, channels := signals[0].Dims()
	kept := n - 1 - skip
	r := newRegression(len(signals)*kept, t.predictor.Width(), channels)
	for l, signal := range signals {
		for i := range kept {
			r.x.SetRow(l*kept+i, features[l].RawRowView(skip+i))
			for c := range channels {
				r.y.Set(l*kept+i, c, signal.At(skip+i+1, c)-signal.At(skip+i, c))
			}
		}
	}
	r.load()
	return r, nil
}
