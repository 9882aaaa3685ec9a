package graph

import (
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// The adjoint reads the functions that the step computes, of every stage, and none that depends on
// parameters alone; one whose value its gradient has no use for is not kept.
func TestKeptFunctions(t *testing.T) {
	m, err := nmm.Define("Kept", `dx/dt = (tanh(x + x_in)*exp(a) - log(x + 3)) / 1[ms] : 1`, nmm.Parameter("a", 0.5, "1", nmm.Free, "a"), nmm.Port("x_in", "1"))
	if err != nil {
		t.Fatal(err)
	}
	net := must(t, Population("p", Regions(3), m), &Coupling{From: "p.x", To: "p.x", Weights: mat.NewDense(3, 3, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9})})
	for _, c := range []struct {
		method  Integrator
		learned map[string]bool
		want    int
	}{
		{Euler, nil, 0},
		{Euler, map[string]bool{"p.a": true}, 1}, // the logarithm's derivative does not need it
		{Heun, map[string]bool{"p.a": true}, 3},  // but the state of the second stage needs the first one
	} {
		run, err := Run{Dt: 0.1, Duration: 1, Integrator: c.method}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		compiled, err := net.compile(&run, c.learned)
		if err != nil {
			t.Fatal(err)
		}
		kept := compiled.model.Kept
		if len(kept) != c.want {
			t.Errorf("%s: %d values are kept, expected %d", c.method.Name, len(kept), c.want)
		}
		if c.learned == nil {
			continue
		}
		if text := compiled.model.Adjoint.Program.String(); strings.Contains(text, "map tanh") || strings.Contains(text, "map ln") || !strings.Contains(text, "once") {
			t.Errorf("%s: the adjoint computes a function in every step, or none once:\n%s", c.method.Name, text)
		}
	}
}
