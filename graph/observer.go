package graph

import (
	"fmt"
	"slices"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/nmm"
)

// Observer is a model that runs behind the network without acting back on it: a filter, a monitor, a
// balloon. It makes one step of Ratio·Run.Dt for every Ratio steps of the network, in the same solve
// and in the same reverse pass, so that what it observes is never stored.
//
// Its port receives the observed variable: the mean over the Ratio steps with Average, else the last
// value. Every observer steps, Output is recorded under the address Name. Parameters and initial
// states of the model have addresses Name.parameter and init:Name.state, and learn like others.
type Observer struct {
	Name       string
	From       string     // "population.state" or observable
	Model      *nmm.Model // one per region of the population
	Port       string     // of the model; also the state that the port drives
	Output     string     // state or observable of the model
	Ratio      int        // network steps per observer step
	Every      int        // observer steps per sample; default 1
	Average    bool
	Integrator Integrator // default Heun
}

// observer is an attached Observer: its model is a network of its own.
type observer struct {
	Observer
	net *Network
}

var _ Part = (*Observer)(nil)

const observedInput = "observed"

// Attach checks the observer against the network and adds it.
func (o *Observer) Attach(n *Network) error {
	a := &observer{Observer: *o}
	if err := a.attach(n); err != nil {
		return within(err, "observer %s", o.Name)
	}
	n.observers = append(n.observers, a)
	return nil
}

func (o *observer) attach(n *Network) error {
	if o.Ratio < 1 || o.Every < 0 {
		return fmt.Errorf("expected Ratio ≥ 1 and Every ≥ 0, found %d and %d", o.Ratio, o.Every)
	}
	if o.Every == 0 {
		o.Every = 1
	}
	if _, err := n.population(o.Name); err == nil {
		return fmt.Errorf("a population has that name")
	}
	p, _, err := n.split(o.From)
	if err != nil {
		return err
	}
	if !slices.Contains(n.recordable(), o.From) {
		return fmt.Errorf("unknown variable %q%s", o.From, nearest(o.From, n.recordable()))
	}
	o.net, err = NewNetwork(Population(o.Name, p.labels, o.Model), &Input{Name: observedInput, To: o.Name + "." + o.Port})
	if err != nil {
		return err
	}
	if out := o.Name + "." + o.Output; !slices.Contains(o.net.recordable(), out) {
		return fmt.Errorf("unknown output %q%s", out, nearest(out, o.net.recordable()))
	}
	for _, address := range o.net.order {
		if v := o.net.values[address]; v.Kind == paramKind || v.Kind == initKind {
			if err := n.add(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// observe compiles the observers. Their parameters join the network's list.
func (c *compiled) observe(n *Network, run *Run, learned map[string]bool) error {
	for _, o := range n.observers {
		sub, err := o.compile(run, learned)
		if err != nil {
			return within(err, "observer %s", o.Name)
		}
		eo := engine.Observer{Model: sub.model, Ratio: o.Ratio, Average: o.Average, Every: o.Every}
		if err := c.observed(&eo, n, o.From, learned); err != nil {
			return within(err, "observer %s", o.Name)
		}
		sub.model.Share(&c.model.Params)
		sub.records[0].Address = o.Name
		c.observers = append(c.observers, sub)
		c.model.Observers = append(c.model.Observers, eo)
	}
	return nil
}

func (o *observer) compile(run *Run, learned map[string]bool) (*compiled, error) {
	own := Run{Dt: run.Dt * float64(o.Ratio), Duration: run.Dt * float64(o.Ratio), Integrator: o.Integrator, Record: []string{o.Name + "." + o.Output}}
	own, err := own.withDefaults()
	if err != nil {
		return nil, err
	}
	own.observer = true
	if learned != nil { // the adjoint of the input is what the network needs
		with := map[string]bool{"input:" + observedInput: true}
		for address := range learned {
			with[address] = true
		}
		learned = with
	}
	return o.net.compile(&own, learned)
}

// observed compiles the variable that an observer sees, as a record is compiled.
func (c *compiled) observed(o *engine.Observer, n *Network, address string, learned map[string]bool) error {
	r, _, err := c.newRecord(n, address, learned)
	o.State, o.Source, o.Backward, o.N = r.State, r.Forward, r.Adjoint, r.N
	return err
}
