package train

import (
	"context"
	"testing"

	"github.com/euryale-ml/euryale/tasks"
)

// stages of a task that a few updates teach, so that a training goes through all of them.
func stages(t *testing.T) (task *tasks.Task, list []*tasks.Task) {
	t.Helper()
	task = mustTask(t, "gonogo", 100)
	list, err := Curriculum(task, "delay", 0, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	return task, list
}

func throughStages(t *testing.T, s TaskSettings) *Trained {
	t.Helper()
	task, list := stages(t)
	s.Curriculum, s.Batch, s.Trials, s.Every = list, 16, 32, 2
	done, err := Train(context.Background(), mustNetwork(t, "horn", task, 16), task, s)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// A stage ends at the evaluation at which it is learned, and not before; accuracies are the task's.
func TestCurriculumAdvances(t *testing.T) {
	task, list := stages(t)
	done := throughStages(t, TaskSettings{Updates: 40})
	stage := 0
	for _, e := range done.Curve {
		if e.Stage != stage {
			t.Errorf("update %d: expected stage %d, found %d", e.Update, stage, e.Stage)
		}
		if stage < len(list) && e.StageAccuracy >= 0.9*list[stage].Ceiling() {
			stage++
		}
	}
	if first, last := done.Curve[0], done.Curve[len(done.Curve)-1]; first.Stage != 0 || last.Stage != len(list) || last.Accuracy < 0.9*task.Ceiling() {
		t.Errorf("expected stages 0 to %d and a task that is learned, found %+v to %+v", len(list), first, last)
	}
}

// A training that is interrupted in any stage goes on to the same bits.
func TestCurriculumResumes(t *testing.T) {
	whole := throughStages(t, TaskSettings{Updates: 24})
	seen := map[int]bool{}
	for _, e := range whole.Curve[:len(whole.Curve)-1] {
		if !seen[e.Stage] {
			seen[e.Stage] = true
			part := throughStages(t, TaskSettings{Updates: e.Update + 1}) // between evaluations
			same(t, "resumed", whole, throughStages(t, TaskSettings{Updates: 24, Resume: part.State}))
		}
	}
	if len(seen) < 2 {
		t.Errorf("expected several stages, found %v", seen)
	}
}

func TestCurriculumErrors(t *testing.T) {
	task, list := stages(t)
	if _, err := Curriculum(task, "coherence", 2); err == nil {
		t.Error("go/no-go has no coherence: expected an error")
	}
	if _, err := Curriculum(task, "delay", -1); err == nil {
		t.Error("a negative factor: expected an error")
	}
	if err := trainError(mustNetwork(t, "horn", task, 4), task, TaskSettings{Curriculum: []*tasks.Task{list[0], mustTask(t, "ctx", 100)}}); err == nil {
		t.Error("a stage with other channels: expected an error")
	}
}
