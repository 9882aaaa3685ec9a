package train

import (
	"context"
	"testing"

	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/tasks"
)

// A stack of two layers is trained as any network, through both: go/no-go is learned.
func TestTrainSequential(t *testing.T) {
	task, err := tasks.New("gonogo", tasks.Timing{Dt: 100})
	if err != nil {
		t.Fatal(err)
	}
	fresh := func() *layers.Recurrent {
		r, err := layers.Sequential(
			layers.RecurrentSettings{Cell: layers.HORNCell(), Units: 12, Inputs: task.Inputs(), Dt: task.Dt(), Seed: 1},
			layers.RecurrentSettings{Cell: layers.HORNCell(), Units: 12, Outputs: task.Outputs(), Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	lower := func(r *layers.Recurrent) []float64 {
		w, err := r.Network().Get("encoder_1/weights")
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	stack := fresh()
	done, err := Train(context.Background(), stack, task, TaskSettings{Updates: 60, Batch: 32, Trials: 128, Target: 0.99, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if done.Accuracy < 0.95 {
		t.Errorf("%.1f %% after %d updates", 100*done.Accuracy, done.Updates)
	}
	before, after := lower(fresh()), lower(stack)
	for i := range after {
		if after[i] == before[i] {
			t.Errorf("weight %d of the lower layer has not learned", i)
		}
	}
}
