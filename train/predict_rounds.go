package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/tasks"
)

// predictorTraining is a training of a predictor that is going on.
type predictorTraining struct {
	PredictSettings
	ctx       context.Context
	predictor *layers.Predictor
	series    *tasks.Series
	now       predictorCheckpoint
	state     []byte // after the last whole round
	search    *predictorSearch
	roundEnd  int // update at which the round ends
	start     time.Time
	lastLine  time.Time
}

// predictorCheckpoint is all that a training goes on from.
type predictorCheckpoint struct {
	Series  string              `json:"series"`
	Round   int                 `json:"round"` // rounds done
	Update  int                 `json:"update"`
	Seconds float64             `json:"seconds"`
	X       []float64           `json:"x"` // where the search is
	Best    PredictEvaluation   `json:"best"`
	BestX   []float64           `json:"bestX"`
	Curve   []PredictEvaluation `json:"curve"`
}

// shortest is how many samples are judged at least, per window.
const shortest = 10

func newPredictorTraining(ctx context.Context, p *layers.Predictor, s *tasks.Series, settings PredictSettings) (*predictorTraining, error) {
	n, channels := s.Part(tasks.Train).Dims()
	if p.Settings().Channels != channels {
		return nil, fmt.Errorf("train: expected a predictor of the %d channels of series %s, found one of %d", channels, s.Name, p.Settings().Channels)
	}
	t := &predictorTraining{PredictSettings: settings, ctx: ctx, predictor: p, series: s, start: time.Now()}
	if n < t.Warmup+shortest+1 {
		return nil, fmt.Errorf("train: series %s: expected at least %d samples for training after a warm-up of %d, found %d", s.Name, shortest+1, t.Warmup, n-t.Warmup)
	}
	if held, _ := s.Part(tasks.Validation).Dims(); t.Horizon > 1 && held < leadIn+t.Horizon {
		return nil, fmt.Errorf("train: series %s: expected at least %d samples for validation by free runs of %d, found %d", s.Name, leadIn+t.Horizon, t.Horizon, held)
	}
	t.Steps = min(t.Steps, n-t.Warmup-1)
	t.Windows = min(t.Windows, n/t.Steps+1)
	t.now = predictorCheckpoint{Series: s.Name}
	if t.Resume == nil {
		return t, nil
	}
	if err := json.Unmarshal(t.Resume, &t.now); err != nil {
		return nil, fmt.Errorf("train: saved training: %w", err)
	}
	if t.now.Series != s.Name {
		return nil, fmt.Errorf("train: saved training: expected one on series %s, found %s", s.Name, t.now.Series)
	}
	t.state = t.Resume
	return t, nil
}

// errConverged ends a training in which a whole round has found no step.
var errConverged = errors.New("no step lowers the loss further")

// run is the loop over rounds.
func (t *predictorTraining) run() error {
	for t.now.Update < t.Updates {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		if err := t.round(); err != nil {
			return err
		}
	}
	return nil
}

// round makes updates on the same windows.
func (t *predictorTraining) round() error {
	if err := t.prepare(); err != nil {
		return err
	}
	t.roundEnd = t.now.Update + t.Round
	asked := min(t.roundEnd, t.Updates) - t.now.Update
	found, err := Minimize(t.ctx, Problem{Initial: t.now.X, Func: t.search.problem.Func}, Settings{
		Method: LBFGS{Memory: 30, FirstStep: 0.01}, Iterations: asked, Callback: t.update,
	})
	switch {
	case err != nil:
		return err
	case found.Reason == ErrStop.Error():
		return ErrStop
	case found.Iterations == 0:
		return errConverged
	case found.Iterations == t.Round || found.Iterations < asked: // a longer training would have done the same
		return t.keepRound()
	}
	return nil
}

// prepare makes the search of the next round.
func (t *predictorTraining) prepare() error {
	if err := t.close(); err != nil {
		return err
	}
	var err error
	if t.search, err = newPredictorSearch(t.ctx, t.predictor, t.windows(), t.MemoryBudget); err != nil {
		return err
	}
	if t.now.X == nil {
		t.now.X = t.search.problem.Values()
	}
	if err := t.search.keep(t.now.X); err != nil {
		return err
	}
	if t.search.power, _, err = t.bestRidge(smallestRidge, 1); err != nil {
		return err
	}
	t.search.ridge = decade(t.search.power)
	if t.now.Update > 0 {
		return nil
	}
	loss, err := t.search.problem.Func(t.now.X, nil)
	if err != nil {
		return err
	}
	return t.evaluate(t.now.X, math.Exp(loss))
}

// windows of the next round: evenly spread, from another offset every time.
func (t *predictorTraining) windows() *windows {
	data := t.series.Part(tasks.Train)
	n, channels := data.Dims()
	w := &windows{lanes: t.Windows, steps: t.Warmup + t.Steps + 1, warmup: t.Warmup, channels: channels}
	const golden = 0.6180339887498949 // multiples of it fill the space between the windows most evenly
	_, offset := math.Modf(golden * float64(t.now.Round))
	for l := range w.lanes {
		from := int(float64(n-w.steps+1) * (float64(l) + offset) / float64(w.lanes))
		for i := range w.steps {
			w.u = append(w.u, data.RawRowView(from+i)...)
		}
	}
	return w
}

// keepRound makes the state that a training can be resumed from.
func (t *predictorTraining) keepRound() error {
	t.now.Round++
	t.now.Seconds, t.start = t.seconds(), time.Now()
	var err error
	t.state, err = json.Marshal(t.now)
	return err
}

// update follows an iteration of the search.
func (t *predictorTraining) update(r Report) error {
	t.now.Update++
	t.now.X = append([]float64(nil), r.X...)
	if t.now.Update%t.Every == 0 || t.now.Update == t.roundEnd || t.now.Update == t.Updates {
		if err := t.evaluate(t.now.X, math.Exp(r.Loss)); err != nil {
			return err
		}
	}
	if t.Progress != nil && (time.Since(t.lastLine) >= time.Second || t.now.Update == t.Updates) {
		t.lastLine = time.Now()
		left := t.seconds() / float64(t.now.Update) * float64(t.Updates-t.now.Update)
		fmt.Fprintf(t.Progress, "update %d/%d  error %.2e, at best %.2e on the validation part  %.1f s, up to %.0f s left\n",
			t.now.Update, t.Updates, math.Exp(r.Loss/2), math.Sqrt(t.now.Best.Validation), t.seconds(), math.Ceil(left))
	}
	return nil
}

// evaluate judges the values x, and gives them to the predictor.
func (t *predictorTraining) evaluate(x []float64, loss float64) error {
	if err := t.search.keep(x); err != nil {
		return err
	}
	power, validation, err := t.bestRidge(t.search.power, t.Horizon)
	if err != nil {
		return err
	}
	e := PredictEvaluation{Update: t.now.Update, Loss: loss, Validation: validation, Ridge: decade(power), Seconds: t.seconds()}
	t.now.Curve = append(t.now.Curve, e)
	if len(t.now.Curve) == 1 || validation < t.now.Best.Validation {
		t.now.Best, t.now.BestX = e, x
	}
	return t.report(e)
}

func (t *predictorTraining) report(e PredictEvaluation) error {
	if t.Log != nil {
		if err := json.NewEncoder(t.Log).Encode(e); err != nil {
			return fmt.Errorf("train: writing the log: %w", err)
		}
	}
	if t.Callback != nil {
		return t.Callback(e)
	}
	return nil
}

func (t *predictorTraining) seconds() float64 { return t.now.Seconds + time.Since(t.start).Seconds() }

func (t *predictorTraining) close() error {
	if t.search == nil {
		return nil
	}
	return t.search.problem.Close()
}

// finish gives the predictor the best values.
func (t *predictorTraining) finish(err error) (*Predicted, error) {
	done := &Predicted{Updates: t.now.Update, Best: t.now.Best, Seconds: t.seconds(), Curve: t.now.Curve, Reason: "all updates done", State: t.state}
	switch {
	case errors.Is(err, errConverged) || errors.Is(err, ErrStop):
		done.Reason, err = err.Error(), nil
	case errors.Is(err, ErrNotFinite) && t.now.Best.Validation < math.MaxFloat64: // windows of another round, on which it diverges
		done.Reason, err = err.Error(), nil
	case err != nil:
		done.Reason = err.Error()
	}
	if t.search == nil && t.now.BestX != nil && err == nil { // resumed where nothing was left to do
		err = t.prepare()
	}
	if t.search == nil || t.now.BestX == nil {
		return done, err
	}
	done.Parameters = len(t.now.BestX)
	return done, errors.Join(err, t.fit(t.now.BestX, t.now.Best.Ridge), t.close())
}
