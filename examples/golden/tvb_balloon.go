package main

import (
	"strings"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// tvbBalloon is the result of TVB's balloon model driven by an input [step][node].
type tvbBalloon struct {
	Dt         float64 `json:"dt_s"`
	Input      array
	Every      int `json:"record_every"`
	Parameters map[string]float64
	Output     map[string]array
}

// finer is how many times shorter the steps are in which both forms of the equations agree to
// balloonLimit, the error of Heun's rule there.
const (
	finer        = 16
	balloonLimit = 1e-4
)

// run compares the outputs, and our model's with that of the plain equations.
func (b *tvbBalloon) run() outcome {
	if len(b.Input.shape) != 2 || b.Every < 1 || !(b.Dt > 0) {
		return failed("expected an input [step][node], a step and an interval, found %v, %g s and %d", b.Input.shape, b.Dt, b.Every)
	}
	plain, err := newPlainBalloon()
	if err != nil {
		return failed("%v", err)
	}
	var cmp comparison
	for _, name := range sortedKeys(b.Output) {
		form, revised, _ := strings.Cut(name, "_RBM=")
		observable := map[string]string{"nonlinear": "bold", "linear": "linear"}[form]
		if observable == "" {
			return skipped("needs the output %s", form)
		}
		got, err := b.simulated(plain, revised == "True", observable, 1)
		if err != nil {
			return failed("%s: %v", name, err)
		}
		cmp.near(name, got, b.Output[name].data, tvbPointwise, 0)
		if observable != "bold" {
			continue
		}
		want, err := b.simulated(plain, revised == "True", "bold", finer)
		if err != nil {
			return failed("%s: %v", name, err)
		}
		if got, err = b.simulated(nmm.BalloonWindkessel(), revised == "True", "bold", finer); err != nil {
			return failed("%s: %v", name, err)
		}
		cmp.near("our model", got, want, balloonLimit, 0)
	}
	return cmp.outcome()
}

// set gives a model the parameters of the file, whose V0 is in percent. Its classic constants are those
// of Friston 2000 with k_2 = 2 ρ, the others those of Stephan 2007.
func (b *tvbBalloon) set(m *nmm.Model, revised bool) *nmm.Model {
	p := b.Parameters
	m = m.Set("epsilon", 1).Set("kappa", 1/p["tau_s"]).Set("gamma", 1/p["tau_f"]).Set("tau", p["tau_o"]).Set("alpha", p["alpha"]).
		Set("rho", p["E0"]).Set("V_0", p["V0"]).Set("k_3", 1-p["epsilon"])
	if revised {
		return m.Set("k_1", 4.3*p["nu_0"]*p["E0"]*p["TE"]).Set("k_2", p["epsilon"]*p["r_0"]*p["E0"]*p["TE"])
	}
	return m.Set("k_1", 7*p["E0"]).Set("k_2", 2*p["E0"])
}

// simulated is an observable every so many of the file's steps, from rest on. TVB's step k holds the
// input of time k+1.
func (b *tvbBalloon) simulated(m *nmm.Model, revised bool, observable string, finer int) ([]float64, error) {
	run := balloonRun{model: b.set(m, revised), input: b.Input.rows()[1:], dt: 1000 * b.Dt, finer: finer, scheme: graph.Heun}
	got, err := run.run(observable)
	if err != nil {
		return nil, err
	}
	x := make([]float64, b.Input.dim(1)) // at rest
	for k, row := range got[observable] {
		if (k+1)%b.Every == 0 {
			x = append(x, row...)
		}
	}
	return x, nil
}
