package graph

import (
	"context"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
)

// A run of which only the observers' signals are wanted stores no states.
func TestRecordNone(t *testing.T) {
	net := observed(t, 2)
	run := Run{Dt: 0.5, Duration: 60, Record: []string{}}
	none, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	roll, err := net.Rollout(G.NewGraph(), run)
	if err != nil {
		t.Fatal(err)
	}
	if got := roll.Recorded(); slices.Contains(got, "cortex.x") || !slices.Contains(got, "slow") {
		t.Errorf("recorded %v", got)
	}
	run.Record = nil
	all, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "slow", none.Series("slow").Data, all.Series("slow").Data, 0)
	if all.Series("cortex.x").Samples != 120 {
		t.Error("states were not recorded")
	}
}
