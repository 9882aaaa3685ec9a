package train

import (
	"context"
	"testing"

	"github.com/euryale-ml/euryale/graph"
)

// BenchmarkUpdate is one update on the delayed match: a fresh batch, loss and gradient, clipping, Adam.
func BenchmarkUpdate(b *testing.B) {
	task := mustTask(b, "dms", 40)
	t, err := newTrainer(context.Background(), mustNetwork(b, "horn", task, 64), task, TaskSettings{Precision: graph.Float32})
	if err != nil {
		b.Fatal(err)
	}
	defer t.close()
	grad := make([]float64, len(t.adam.X))
	b.ReportAllocs()
	for b.Loop() {
		if err := t.update(grad); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEvaluation judges 512 trials of it.
func BenchmarkEvaluation(b *testing.B) {
	task := mustTask(b, "dms", 40)
	t, err := newTrainer(context.Background(), mustNetwork(b, "horn", task, 64), task, TaskSettings{Precision: graph.Float32})
	if err != nil {
		b.Fatal(err)
	}
	defer t.close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.evaluation(); err != nil {
			b.Fatal(err)
		}
	}
}
