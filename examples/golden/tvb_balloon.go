package main

import (
	"context"
	"fmt"
	"strings"

	"gonum.org/v1/gonum/mat"

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

// plainBalloon has the equations of nmm.BalloonWindkessel with flow, volume and deoxyhaemoglobin
// themselves as states: the steps of Heun's rule are others than in logarithms.
const plainBalloon = `
	ds/dt = (epsilon*z_in - kappa*s - gamma*(f - 1)) * 0.001[s/ms]                            : 1/s
	df/dt = s * 0.001[s/ms]                                                                   : 1
	dv/dt = (f - v^(1/alpha))/tau * 0.001[s/ms]                                               : 1
	dq/dt = (f*(1 - (1 - rho)^(1/f))/rho - v^(1/alpha)*q/v)/tau * 0.001[s/ms]                 : 1
	nonlinear = V_0*(k_1*(1 - q) + k_2*(1 - q/v) + k_3*(1 - v))                               : 1
	linear = V_0*((k_1 + k_2)*(1 - q) + (k_3 - k_2)*(1 - v))                                  : 1`

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
	var cmp comparison
	for _, name := range sortedKeys(b.Output) {
		form, revised, _ := strings.Cut(name, "_RBM=")
		plain, err := b.model(revised == "True")
		if err != nil {
			return failed("%v", err)
		}
		got, err := b.simulated(plain, form, 1)
		if err != nil {
			return failed("%s: %v", name, err)
		}
		cmp.near(name, got, b.Output[name].data, tvbPointwise, 0)
		if form != "nonlinear" {
			continue
		}
		want, err := b.simulated(plain, form, finer)
		if err != nil {
			return failed("%s: %v", name, err)
		}
		if got, err = b.simulated(b.set(nmm.BalloonWindkessel(), revised == "True"), "bold", finer); err != nil {
			return failed("%s: %v", name, err)
		}
		cmp.near("our model", got, want, balloonLimit, 0)
	}
	return cmp.outcome()
}

// model defines the plain equations.
func (b *tvbBalloon) model(revised bool) (*nmm.Model, error) {
	items := []nmm.Item{nmm.Port("z_in", "1"), nmm.State("s", 0, 0, ""), nmm.State("f", 1, 1, ""), nmm.State("v", 1, 1, ""), nmm.State("q", 1, 1, "")}
	for _, p := range nmm.BalloonWindkessel().Parameters() {
		items = append(items, nmm.Parameter(p.Name, p.Default, p.Unit, nmm.Free, ""))
	}
	m, err := nmm.Define("Balloon", plainBalloon, items...)
	if err != nil {
		return nil, err
	}
	return b.set(m, revised), nil
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

// simulated records an observable every so many of the file's steps, from rest on. TVB's step k holds the
// input of time k+1.
func (b *tvbBalloon) simulated(m *nmm.Model, output string, finer int) ([]float64, error) {
	steps, n := b.Input.dim(0), b.Input.dim(1)
	input := mat.NewDense((steps-1)*finer, n, nil)
	for k := 0; k < (steps-1)*finer; k++ {
		input.SetRow(k, b.Input.row(1+k/finer).data)
	}
	net, err := graph.NewNetwork(graph.Population("balloon", graph.Regions(n), m), &graph.Input{Name: "z", To: "balloon.z_in", Values: input})
	if err != nil {
		return nil, err
	}
	dt := 1000 * b.Dt / float64(finer)
	r, err := net.Simulate(context.Background(), graph.Run{Dt: dt, Duration: dt * float64((steps-1)*finer), Record: []string{"balloon." + output}, Every: finer})
	if err != nil {
		return nil, fmt.Errorf("balloon: %w", err)
	}
	x := make([]float64, n) // at rest
	for k, row := range r.Series("balloon." + output).Lane(0) {
		if (k+1)%b.Every == 0 {
			x = append(x, row...)
		}
	}
	return x, nil
}
