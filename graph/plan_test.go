package graph

import (
	"fmt"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// plan returns the plan of the only coupling of a 3-region network.
func plan(t *testing.T, c *Coupling, learn bool, dt float64) *couplingPlan {
	t.Helper()
	c.Name, c.From, c.To = "c", "a.x", "a.x"
	net := must(t, Population("a", Regions(3), nmm.Hopf()), c)
	if learn {
		if err := net.Learn("c/weights", nmm.Free, nmm.PerEdge); err != nil {
			t.Fatal(err)
		}
	}
	plans, err := net.couplingPlans(dt)
	if err != nil {
		t.Fatal(err)
	}
	return plans[0]
}

func weights3() *mat.Dense {
	return mat.NewDense(3, 3, []float64{0, 2, 0, 3, 0, 4, 0, 0, 5})
}

func TestPlanEdges(t *testing.T) {
	// Lengths over a speed of 2 mm/ms in steps of 1 ms: 0.5 → 0 and 1.5 → 2 (half to even), 2.5 → 2.
	lengths := mat.NewDense(3, 3, []float64{9, 1, 9, 3, 9, 5, 9, 9, 2})
	delayed := func() *Coupling { return &Coupling{Weights: weights3(), Lengths: lengths, Speed: nmm.Q(2, "m/s")} }
	p := plan(t, delayed(), false, 1)
	if got := fmt.Sprint(p.I, p.J, p.Delay, p.Entry, p.MaxDelay, p.Dense); got != "[0 1 1 2] [1 0 2 2] [0 2 2 1] [1 3 5 8] 2 false" {
		t.Errorf("edges %s", got)
	}
	if p := plan(t, delayed(), true, 1); len(p.I) != 9 || p.MaxDelay != 4 || p.Delay[0] != 4 {
		t.Errorf("learned: %d edges, delays %v", len(p.I), p.Delay)
	}
	if p := plan(t, &Coupling{Weights: weights3()}, false, 1); !p.Dense || len(p.I) != 4 {
		t.Errorf("undelayed: dense %v, %d edges", p.Dense, len(p.I))
	}
	sparse := &Coupling{Weights: &Sparse{3, 3, []int{0, 2}, []int{2, 0}, []float64{0, 7}}, Delays: lengths}
	p = plan(t, sparse, false, 1)
	if got := fmt.Sprint(p.I, p.J, p.Delay, p.Entry, p.Dense); got != "[0 2] [2 0] [9 9] [0 1] false" {
		t.Errorf("sparse edges %s", got)
	}
	steps := &Coupling{Weights: weights3(), DelaySteps: [][]int{{0, 7, 0}, {1, 0, 2}, {0, 0, 3}}}
	if p := plan(t, steps, false, 0.1); fmt.Sprint(p.Delay) != "[7 1 2 3]" {
		t.Errorf("delays in steps %v", p.Delay)
	}
}

func TestPlanPre(t *testing.T) {
	p := plan(t, &Coupling{Weights: weights3(), Pre: []string{"x", "1", "x*y"}, Post: "S1 - S2*x + S3"}, false, 1)
	if p.Pre[0] != nil {
		t.Errorf("x is not the identity: %+v", p.Pre[0])
	}
	if !p.Pre[1].Constant || p.Pre[1].Value != 1 {
		t.Errorf("1 is not constant: %+v", p.Pre[1])
	}
	if got := p.Pre[2].Sources; len(got) != 2 || got[0].Gradient == nil || got[1].Gradient == nil || got[0].State == got[1].State {
		t.Errorf("x*y has sources %+v", got)
	}
}
