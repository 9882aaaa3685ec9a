package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// brainmassKernel is an entry of coupling.json: couplings on a matrix x[to][from] of source values and
// the targets' own values y, with the gradients of Σ out².
type brainmassKernel struct {
	NOut   int `json:"n_out"`
	NIn    int `json:"n_in"`
	X      array
	Y      array
	Conn   array
	K      array
	Args   string
	Values map[string]array
	Grads  map[string]map[string]array
}

// readBrainmassCoupling makes a case of every entry of `cases`, and of each further block.
func readBrainmassCoupling(d *document) ([]instance, error) {
	var f struct {
		Cases     []brainmassKernel
		Laplacian brainmassLaplacian
		Delays    brainmassDelays `json:"delay_steps_table"`
	}
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for i := range f.Cases {
		c := &f.Cases[i]
		all = append(all, instance{fmt.Sprintf("kernels of %d from %d [%d]", c.NOut, c.NIn, i), c.run})
	}
	return append(all,
		instance{"laplacian", f.Laplacian.run},
		instance{"delay_steps_table", f.Delays.run},
	), nil
}

// run evaluates and differentiates every coupling of the case.
func (c *brainmassKernel) run() outcome {
	var cmp comparison
	for _, kind := range sortedKeys(c.Values) {
		l, offset, o := c.link(kind)
		if o != nil {
			return *o
		}
		out, grads, err := c.evaluate(l, offset)
		if err != nil {
			return failed("%s: %v", kind, err)
		}
		cmp.near(kind, out, c.Values[kind].data, brainmassTrajectory, 0)
		for _, name := range sortedKeys(c.Grads[kind]) {
			if want := c.Grads[kind][name]; want.text == "" {
				cmp.near(kind+" gradient of "+name, grads[name], want.data, brainmassGradient, 0)
			}
		}
	}
	return cmp.outcome()
}

var assignment = regexp.MustCompile(`(\w+)=([-+.\deE]+)`)
var stretched = regexp.MustCompile(`on ([.\d]+)\*x`)

// arguments reads what Args says of a kind: its parameters, and the factor of x under the name "x".
func (c *brainmassKernel) arguments(kind string) map[string]string {
	args := map[string]string{"x": "1"}
	for _, clause := range strings.Split(c.Args, ";") {
		if words := strings.Fields(clause); len(words) == 0 || words[0] != kind {
			continue
		}
		for _, m := range assignment.FindAllStringSubmatch(clause, -1) {
			args[m[1]] = "(" + m[2] + ")"
		}
		if m := stretched.FindStringSubmatch(clause); m != nil {
			args["x"] = m[1]
		}
	}
	return args
}

// link translates a kind (brainmass.md §4); offset is added to the output.
func (c *brainmassKernel) link(kind string) (l link, offset float64, o *outcome) {
	a := c.arguments(kind)
	switch kind {
	case "diffusive":
		l.pre, l.post = []string{"x", "1"}, "S1 - S2*x"
	case "additive":
		var err error
		if offset, err = strconv.ParseFloat(strings.Trim(a["b"], "()"), 64); err != nil {
			return l, 0, decline(failed("additive: no b in %q", c.Args))
		}
	case "sigmoidal":
		l.post = fmt.Sprintf("sigmoid(%s*(%s*S1 + %s - %s))", a["slope"], a["a"], a["b"], a["midpoint"])
	case "tanh":
		l.post = fmt.Sprintf("tanh(%s*S1)", a["scale"])
	case "sigmoidal_jansen_rit":
		l.pre = []string{fmt.Sprintf("%s + (%s - %s)*sigmoid(%s*(%s*x - %s))", a["cmin"], a["cmax"], a["cmin"], a["r"], a["x"], a["midpoint"])}
	default:
		return l, 0, decline(skipped("needs coupling %s", kind))
	}
	return l, offset, nil
}

// network puts the coupling between passive populations, ds/dt = c. The sources' values k steps ago are
// row k−1 of x, and the edges to target i have a delay of i + 1 steps, so that each sees its own row.
func (c *brainmassKernel) network(l link, offset float64) (*graph.Network, error) {
	passive, err := nmm.Define("Passive", "ds/dt = c : 1", nmm.Port("c", "1/ms"))
	if err != nil {
		return nil, err
	}
	delays := make([][]int, c.NOut)
	for i := range delays {
		for range c.NIn {
			delays[i] = append(delays[i], i+1)
		}
	}
	net, err := graph.NewNetwork(
		graph.Population("source", graph.Regions(c.NIn), passive),
		graph.Population("target", graph.Regions(c.NOut), passive),
		&graph.Coupling{Name: "kernel", From: "source.s", To: "target.c", Pre: l.pre, Post: l.post,
			Weights: dense(c.Conn.rows()), DelaySteps: delays, Gain: c.K.data},
		&graph.Input{Name: "offset", To: "target.c", Values: mat.NewDense(1, 1, []float64{offset})})
	if err != nil {
		return nil, err
	}
	past := c.X.rows()
	for i, k := 0, len(past)-1; i < k; i, k = i+1, k-1 {
		past[i], past[k] = past[k], past[i] // oldest first
	}
	scope := map[string]nmm.Scope{"history:source.s": nmm.PerRegion, "init:target.s": nmm.PerRegion, "kernel/weights": nmm.PerEdge, "kernel/gain": nmm.Shared}
	if err := net.Set("history:source.s", dense(past)); err != nil {
		return nil, err
	}
	if err := net.Set("init:target.s", c.Y.data); err != nil {
		return nil, err
	}
	for _, address := range sortedKeys(scope) {
		if err := net.Learn(address, nmm.Free, scope[address]); err != nil {
			return nil, err
		}
	}
	return net, nil
}

// evaluate takes one Euler step of 1 ms: the output is what it adds to the targets.
func (c *brainmassKernel) evaluate(l link, offset float64) ([]float64, map[string][]float64, error) {
	net, err := c.network(l, offset)
	if err != nil {
		return nil, nil, err
	}
	g := G.NewGraph()
	roll, err := net.Rollout(g, graph.Run{Dt: 1, Duration: 1, Integrator: graph.Euler, Record: []string{"target.s"}})
	if err != nil {
		return nil, nil, err
	}
	before := G.NewConstant(tensor.New(tensor.WithShape(1, 1, c.NOut), tensor.WithBacking(append([]float64(nil), c.Y.data...))))
	output, err := G.Sub(roll.Node("target.s"), before)
	if err != nil {
		return nil, nil, err
	}
	loss, err := meanSquare(output, 1)
	if err != nil {
		return nil, nil, err
	}
	var outValue G.Value
	G.Read(output, &outValue)
	_, ours, err := backward(g, loss, roll)
	if err != nil {
		return nil, nil, err
	}
	out, err := floats(outValue)
	if err != nil {
		return nil, nil, err
	}
	return out, c.gradients(ours, out), nil
}

// gradients names them as the file does: x with the history's rows turned round, y without what the
// loss, which takes the present value away as a constant, makes of it.
func (c *brainmassKernel) gradients(ours map[string][]float64, out []float64) map[string][]float64 {
	past := rows(ours["history:source.s"], c.NIn)
	var x []float64
	for k := len(past) - 1; k >= 0; k-- {
		x = append(x, past[k]...)
	}
	return map[string][]float64{
		"x": x, "conn": ours["kernel/weights"], "k": ours["kernel/gain"],
		"y": add(ours["init:target.s"], scaled(out, -2)),
	}
}
