package train

import (
	"fmt"
	"io"
	"math"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/tasks"
)

// TaskSettings of a training on a task. Zeros are replaced by the values named.
type TaskSettings struct {
	Method   Adam                     // the rate of the network's cell, clipped at norm 1
	Schedule func(update int) float64 // factor of the rate; nil: 1
	Plateau  int                      // evaluations in a row without a lower loss that halve the rate; 0: never
	Penalty  Penalty                  // added to the loss; none
	Updates  int                      // at most, counted from the beginning; 300
	Batch    int                      // trials per update; 64
	Seed     uint64                   // of the network's noise; the trials' is the task's

	// Curriculum are easier tasks that are trained on first, one after the other, each until it is
	// learned to 90 % of its ceiling at an evaluation; see [Curriculum]. Accuracies are those of the task
	// itself nevertheless.
	Curriculum []*tasks.Task

	Every  int     // updates between evaluations; 5
	Trials int     // fresh validation trials per evaluation; 512
	Target float64 // accuracy, as a part of the ceiling, at which training stops; 0: none

	// LastValues judges and keeps the values after the last update, instead of their mean over the last
	// tenth of the updates.
	LastValues bool

	Precision    graph.Precision
	MemoryBudget int64

	// Dir, if not "", is a directory for what can be looked at while the training goes on: curve.jsonl,
	// the evaluations as lines of JSON; an event file, which TensorBoard shows; and checkpoint.json for
	// Resume, at most ten seconds old. It is made if it is not there; a resumed training carries the
	// files on, any other replaces them.
	Dir string
	// Progress, if not nil, gets a line per second at most, and the last. Log gets each evaluation as a
	// line of JSON.
	Progress io.Writer
	Log      io.Writer
	// Callback, if not nil, is called after every evaluation; its error ends the training and is
	// returned with what there is. [ErrStop] ends it without one.
	Callback func(*Evaluation) error
	// Resume continues from what Trained.State or Evaluation.State gave, to the same bits. Updates, Target
	// and all that does not change what is learned may be others.
	Resume []byte
}

func (s TaskSettings) withDefaults(r *layers.Recurrent) (TaskSettings, error) {
	if s.Updates < 0 || s.Batch < 0 || s.Every < 0 || s.Trials < 0 || s.Plateau < 0 || !(s.Target >= 0) {
		return s, fmt.Errorf("train: expected no negative setting, found updates %d, batch %d, every %d, trials %d, plateau %d, target %g",
			s.Updates, s.Batch, s.Every, s.Trials, s.Plateau, s.Target)
	}
	if !(s.Method.Rate >= 0) || math.IsInf(s.Method.Rate, 0) || !(s.Method.ClipNorm >= 0) || !(s.Method.Decay >= 0) {
		return s, fmt.Errorf("train: expected a rate, a longest gradient and a decay of 0 or more, found %+v", s.Method)
	}
	if err := s.Penalty.check(); err != nil {
		return s, err
	}
	for _, d := range []struct {
		field *int
		value int
	}{{&s.Updates, 300}, {&s.Batch, 64}, {&s.Every, 5}, {&s.Trials, 512}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if s.Method.Rate == 0 {
		s.Method.Rate = r.Settings().Cell.Rate
	}
	if s.Method.ClipNorm == 0 {
		s.Method.ClipNorm = 1
	}
	s.Method = s.Method.withDefaults()
	return s, nil
}

// fits says whether the network has the task's inputs and outputs.
func fits(r *layers.Recurrent, task *tasks.Task) error {
	if err := task.Err(); err != nil {
		return err
	}
	s := r.Settings()
	if s.Inputs != task.Inputs() || s.Outputs != task.Outputs() || s.Dt != task.Dt() {
		return fmt.Errorf("train: expected a network for task %s, with %d inputs, %d outputs and a step of %g ms; found %d, %d and %g ms",
			task.Name(), task.Inputs(), task.Outputs(), task.Dt(), s.Inputs, s.Outputs, s.Dt)
	}
	return nil
}
