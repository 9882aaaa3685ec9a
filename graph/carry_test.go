package graph

import (
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// A controller between windows: after each of three windows, x is pulled towards the mean of y and z is
// reset. Its gradient is exact.
func TestControllerBetweenWindows(t *testing.T) {
	net := observed(t, 2)
	for address, scope := range map[string]nmm.Scope{
		"cortex.a": nmm.Shared, "cortex.x->cortex.x/weights": nmm.PerEdge, "slow.tau": nmm.Shared, "init:cortex.y": nmm.PerRegion,
	} {
		if err := net.Learn(address, nmm.Free, scope); err != nil {
			t.Fatal(err)
		}
	}
	g := G.NewGraph()
	var from, loss *G.Node
	var learn G.Nodes
	for k := 0; k < 3; k++ {
		roll, err := net.Rollout(g, Run{Dt: 0.5, Duration: 12, Lanes: 2, Seed: 3, From: from})
		if err != nil {
			t.Fatal(err)
		}
		x, err := roll.End("cortex.x")
		if err != nil {
			t.Fatal(err)
		}
		y, err := roll.End("cortex.y")
		if err != nil {
			t.Fatal(err)
		}
		z, err := roll.End("slow.z")
		if err != nil {
			t.Fatal(err)
		}
		pulled := G.Must(G.Add(G.Must(G.HadamardProd(G.NewConstant(0.7), x)), G.Must(G.HadamardProd(G.NewConstant(0.3), G.Must(G.Tanh(y))))))
		if from, err = roll.CarryWith(nil, "cortex.x", pulled); err != nil {
			t.Fatal(err)
		}
		if from, err = roll.CarryWith(from, "slow.z", G.Must(G.HadamardProd(G.NewConstant(0.5), z))); err != nil {
			t.Fatal(err)
		}
		term := G.Must(G.Sum(G.Must(G.Square(roll.Node("slow")))))
		if loss == nil {
			loss, learn = term, roll.Learnables()
		} else {
			loss = G.Must(G.Add(loss, term))
		}
	}
	checkNodeGradients(t, g, loss, learn)
}

func TestCarryErrors(t *testing.T) {
	net := observed(t, 2)
	g := G.NewGraph()
	roll, err := net.Rollout(g, Run{Dt: 0.5, Duration: 12})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := roll.End("cortex.z"); err == nil || !strings.Contains(err.Error(), "did you mean cortex.") {
		t.Errorf("error %v", err)
	}
	y, err := roll.End("cortex.y")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := roll.CarryWith(nil, "cortex.x", G.Must(G.Sum(y, 0))); err == nil || !strings.Contains(err.Error(), "expected a node of shape (1, 2)") {
		t.Errorf("error %v", err)
	}
	other := longNetwork(t, 2)
	if _, err := other.Rollout(g, Run{Dt: 0.5, Duration: 12, From: roll.Carry()}); err == nil || !strings.Contains(err.Error(), "carry of shape") {
		t.Errorf("error %v", err)
	}
}
