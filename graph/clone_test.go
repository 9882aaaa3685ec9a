package graph_test

import (
	"context"
	"slices"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
)

func TestCloneHasTheValuesAndIsApart(t *testing.T) {
	net, err := graph.NewNetwork(
		graph.Population("cortex", []string{"a", "b"}, nmm.Hopf().Set("a", -0.02)),
		layers.Couple("cortex.x", "cortex.x").Named("c").Weights(mat.NewDense(2, 2, []float64{0, 1, 1, 0})).Gain(0.01),
		layers.WhiteNoise("cortex.x", 0.02))
	if err != nil {
		t.Fatal(err)
	}
	set := func(n *graph.Network, address string, x any) {
		t.Helper()
		if err := n.Set(address, x); err != nil {
			t.Fatal(err)
		}
	}
	set(net, "cortex.a", []float64{-0.01, -0.03})
	set(net, "c/gain", 0.02)
	if err := net.Learn("cortex.omega", nmm.Free, nmm.PerRegion); err != nil {
		t.Fatal(err)
	}
	states := func(n *graph.Network) []float64 {
		r, err := n.Simulate(context.Background(), graph.Run{Dt: 1, Duration: 50, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return r.Series("cortex.x").Data
	}
	clone, err := net.Clone()
	if err != nil {
		t.Fatal(err)
	}
	before := states(net)
	if !slices.Equal(states(clone), before) || clone.String() != net.String() {
		t.Errorf("expected a clone to run and read like its original, found\n%v\n%v", clone, net)
	}
	set(clone, "c/gain", 0.03)
	set(clone, "cortex.a", -0.5)
	set(clone, "init:cortex.x", 1)
	if !slices.Equal(states(net), before) {
		t.Error("setting values of the clone changed the original")
	}
	if slices.Equal(states(clone), before) {
		t.Error("setting values of the clone changed nothing")
	}
	again, err := clone.Clone()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(states(again), states(clone)) {
		t.Error("expected the clone of a clone to run like it")
	}
}

func TestCloneOfChangedParts(t *testing.T) {
	c := &graph.Coupling{Name: "c", From: "cortex.x", To: "cortex.x", Weights: mat.NewDense(1, 1, []float64{1})}
	net, err := graph.NewNetwork(graph.Population("cortex", []string{"a"}, nmm.Hopf()), c)
	if err != nil {
		t.Fatal(err)
	}
	c.Name = "d"
	if _, err := net.Clone(); err == nil {
		t.Error("expected an error for a part that was renamed")
	}
}
