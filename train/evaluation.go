package train

import (
	"errors"

	"github.com/euryale-ml/euryale/tasks"
)

// inARow is how many evaluations in a row have to reach an accuracy for it to count.
const inARow = 3

// Evaluation is the state of a training at an evaluation.
type Evaluation struct {
	Update   int     `json:"update"`
	Loss     float64 `json:"loss"` // mean over the updates since the last evaluation, penalty included
	Accuracy float64 `json:"accuracy"`
	Ceiling  float64 `json:"ceiling"`
	Seconds  float64 `json:"seconds"` // of training, evaluations included
	Rate     float64 `json:"rate"`    // of the next update

	Penalty       float64 `json:"penalty,omitempty"`        // the part of the loss
	Stage         int     `json:"stage,omitempty"`          // of the curriculum, from 0; after the last of it the task itself
	StageAccuracy float64 `json:"stage_accuracy,omitempty"` // on the stage's task

	results *tasks.Results
	state   func() ([]byte, error)
}

// Results are the accuracies by condition.
func (e *Evaluation) Results() *tasks.Results { return e.results }

// State is what TaskSettings.Resume takes.
func (e *Evaluation) State() ([]byte, error) { return e.state() }

// Trained is what a training has come to.
type Trained struct {
	Updates    int
	Accuracy   float64 // at the last evaluation
	Ceiling    float64
	Parameters int // numbers that learned
	Seconds    float64
	Curve      []Evaluation
	Results    *tasks.Results // of the last evaluation, by condition
	Reason     string         // why it ended
	State      []byte         // for TaskSettings.Resume
}

// UpdatesTo is the first of three evaluations in a row at or above part of the ceiling, or -1.
func (t *Trained) UpdatesTo(part float64) int { return updatesTo(t.Curve, part) }

func updatesTo(curve []Evaluation, part float64) int {
	row := 0
	for i, e := range curve {
		if row++; e.Accuracy < part*e.Ceiling {
			row = 0
		}
		if row == inARow {
			return curve[i-inARow+1].Update
		}
	}
	return -1
}

// finish gives the network its values.
func (t *trainer) finish(err error) (*Trained, error) {
	done := &Trained{
		Updates: t.saved.Update, Ceiling: t.ceiling, Parameters: len(t.adam.X), Seconds: t.seconds(), Curve: t.saved.Curve, Results: t.results, Reason: "all updates done",
	}
	if t.last != nil {
		done.Curve = append(done.Curve[:len(done.Curve):len(done.Curve)], *t.last)
	}
	if n := len(done.Curve); n > 0 {
		done.Accuracy = done.Curve[n-1].Accuracy
	}
	switch {
	case errors.Is(err, errEnough):
		done.Reason, err = "target reached", nil
	case errors.Is(err, ErrStop):
		done.Reason, err = ErrStop.Error(), nil
	case err != nil:
		done.Reason = err.Error()
	}
	state, stateErr := t.state()
	done.State = state
	return done, errors.Join(err, stateErr, t.recorder.save(state), t.problem.SetValues(t.values()), t.network.Keep())
}
