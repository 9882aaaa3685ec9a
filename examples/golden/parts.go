package main

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// port returns our ports for one of theirs.
func (p *problem) port(theirs string) ([]pair, *outcome) {
	pairs := paired(p.class.ports, theirs)
	if len(pairs) == 0 {
		return nil, decline(skipped("needs a port for %s of %s", theirs, p.class.name))
	}
	return pairs, nil
}

// linkName is the address prefix of link i into the k-th of its ports.
func linkName(i, k int) string { return fmt.Sprintf("link%d_%d", i, k) }

// addLinks makes our couplings: one for each port of ours that a link's port stands for.
func (p *problem) addLinks(parts []graph.Part) ([]graph.Part, *outcome) {
	for i, l := range p.links {
		if _, o := p.port(l.port); o != nil {
			return nil, o
		}
		source, err := p.class.state(l.from)
		if err != nil {
			return nil, decline(failed("%v", err))
		}
		if source.scale != 1 && !linear(l) {
			return nil, decline(skipped("needs a nonlinear coupling of a state in other units (%s)", l.from))
		}
		for k, q := range p.class.linked(l) {
			weights := dense(l.weights)
			if q.squared {
				weights.MulElem(weights, weights)
			}
			parts = append(parts, &graph.Coupling{
				Name: linkName(i, k), From: cortex + "." + source.ours, To: cortex + "." + q.ours,
				Pre: l.pre, Post: l.post, Weights: weights, DelaySteps: l.delays,
				Gain: times(scaled(q.factor(p.params), 1/source.scale), l.gain),
			})
		}
	}
	return parts, nil
}

// linear reports whether a link is a sum of source values, or of differences.
func linear(l link) bool { return len(l.pre) == 0 && l.post == "" || l.post == "S1 - S2*x" }

// addInputs makes one input for each port of ours that a series enters.
func (p *problem) addInputs(parts []graph.Part) ([]graph.Part, *outcome) {
	for i, in := range p.inputs {
		pairs, o := p.port(in.port)
		if o != nil {
			return nil, o
		}
		for k, q := range pairs {
			parts = append(parts, p.inputPart(inputName(i, k), q, in.rows))
		}
	}
	return parts, nil
}

func inputName(i, k int) string { return fmt.Sprintf("input%d_%d", i, k) }

// inputPart converts rows and repeats a single one.
func (p *problem) inputPart(name string, q pair, rows [][]float64) graph.Part {
	values := mat.NewDense(p.steps, p.n, nil)
	for k := range p.steps {
		values.SetRow(k, times(q.factor(p.params), rows[min(k, len(rows)-1)]))
	}
	return &graph.Input{Name: name, To: cortex + "." + q.ours, Values: values}
}

// addNoise adds each state's recorded increments. What is added to a state in one step is
// σ √dt ξ with σ = 1 in our units, so noise, stimuli and increments of any other origin add up.
func (p *problem) addNoise(parts []graph.Part) ([]graph.Part, *outcome) {
	for _, state := range sortedKeys(p.kicks) {
		s, err := p.class.state(state)
		if err != nil {
			return nil, decline(failed("%v", err))
		}
		xi := mat.NewDense(p.steps, p.n, nil)
		for k := range min(p.steps, len(p.kicks[state])) {
			xi.SetRow(k, scaled(p.kicks[state][k], s.scale/math.Sqrt(p.dt)))
		}
		parts = append(parts, &graph.Noise{To: cortex + "." + s.ours, Sigma: []float64{1}, Samples: xi})
	}
	return parts, nil
}

// addOU makes each Ornstein-Uhlenbeck input a population of its own.
func (p *problem) addOU(parts []graph.Part) ([]graph.Part, *outcome) {
	for _, u := range p.ou {
		if u.port == "" {
			continue // it has run already
		}
		pairs, o := p.port(u.port)
		if o != nil {
			return nil, o
		}
		more, err := u.parts(p.n)
		if err != nil {
			return nil, decline(failed("%v", err))
		}
		parts = append(parts, more...)
		for k, q := range pairs {
			parts = append(parts, &graph.Coupling{
				Name: fmt.Sprintf("%s_to_port%d", u.state, k), From: u.state + ".x", To: cortex + "." + q.ours,
				Weights: identity(p.n), Gain: q.factor(p.params),
			})
		}
	}
	return parts, nil
}

// passive is a class of states that only add up what enters them: dx/dt = input.
func passive(states []string) *class {
	text, items := "", []nmm.Item{}
	c := &class{peer: "tvb", name: "passive states"}
	for v, s := range states {
		port := fmt.Sprintf("c%d", v)
		text += fmt.Sprintf("d%s/dt = %s : 1\n", s, port)
		items = append(items, nmm.State(s, 0, 0, "passive"), nmm.Port(port, "1/ms"))
		c.states, c.ports = append(c.states, is(s, s)), append(c.ports, is(port, port))
	}
	c.model = func() *nmm.Model {
		m, err := nmm.Define("Passive", text, items...)
		if err != nil {
			panic(err)
		}
		return m
	}
	return c
}
