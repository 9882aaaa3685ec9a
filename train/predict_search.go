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
	ridge     float64
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

// fit gives the predictor the values x and the readout that is best for them on the training part, and
// returns the mean square error on the validation part over that of persistence.
func (t *predictorTraining) fit(x []float64, ridge float64) (float64, error) {
	if err := t.search.keep(x); err != nil {
		return 0, err
	}
	data, check, err := t.parts()
	if err != nil {
		return 0, err
	}
	if err := data.solve(ridge); err != nil {
		return 0, err
	}
	check.miss(&data.w)
	return squares(&check.wrong) / squares(check.y), t.predictor.SetReadout(&data.w)
}

// bestRidge is the one with the smallest error on the validation part.
func (t *predictorTraining) bestRidge() (float64, error) {
	data, check, err := t.parts()
	if err != nil {
		return 0, err
	}
	best, least := 1.0, math.Inf(1)
	for power := smallestRidge; power <= largestRidge; power++ {
		ridge := math.Pow(10, float64(power))
		if err := data.solve(ridge); errors.Is(err, errSingular) {
			continue
		} else if err != nil {
			return 0, err
		}
		check.miss(&data.w)
		if e := squares(&check.wrong); e < least {
			best, least = ridge, e
		}
	}
	return best, nil
}

const (
	smallestRidge = -11 // powers of ten; with less, Cholesky's rounding is what regularises
	largestRidge  = 1

	laneOfPart = 1000 // samples, about, of the lanes in which a part is shown
	leadIn     = 200  // samples before the validation part that are shown and not judged
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
