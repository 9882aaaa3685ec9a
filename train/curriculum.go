package train

import (
	"fmt"

	"github.com/euryale-ml/euryale/tasks"
)

// Curriculum makes stages of a task for TaskSettings.Curriculum: the task with one of its difficulties
// turned, see tasks.Task.With, by each of the factors.
//
//	train.Curriculum(task, "delay", 0.25, 0.5)     // short delays first
//	train.Curriculum(task, "coherence", 4, 2)      // strong evidence first
//	train.Curriculum(task, "noise", 0, 0.5)        // none first
func Curriculum(task *tasks.Task, knob string, factors ...float64) ([]*tasks.Task, error) {
	var stages []*tasks.Task
	for _, f := range factors {
		stage, err := task.With(knob, f)
		if err != nil {
			return nil, fmt.Errorf("train: curriculum: %w", err)
		}
		stages = append(stages, stage)
	}
	return stages, nil
}

// advanceAt is the part of its ceiling at which a stage has been learned.
const advanceAt = 0.9

// stage is the task that is trained at present.
func (t *trainer) stage() *tasks.Task {
	if t.saved.Stage < len(t.Curriculum) {
		return t.Curriculum[t.saved.Stage]
	}
	return t.task
}

// judgeStage judges the network on a stage before the last, and goes on to the next if it is learned.
func (t *trainer) judgeStage(e *Evaluation) error {
	if t.saved.Stage == len(t.Curriculum) {
		return nil
	}
	results, err := t.judged(t.stage())
	if err != nil {
		return err
	}
	e.StageAccuracy = results.Accuracy
	if results.Accuracy >= advanceAt*t.stage().Ceiling() {
		t.saved.Stage++
	}
	return nil
}
