package graph

import (
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/nmm"
)

// observersOf lists the observers that a run has.
func (n *Network) observersOf(run *Run) []*observer {
	if run.Unobserved {
		return nil
	}
	return n.observers
}

// observe compiles the observers. Their parameters join the network's list.
func (c *compiled) observe(n *Network, run *Run, learned map[string]bool) error {
	for _, o := range n.observersOf(run) {
		if err := c.addObserver(n, o, run, learned); err != nil {
			return within(err, "observer %s", o.Name)
		}
	}
	return nil
}

func (c *compiled) addObserver(n *Network, o *observer, run *Run, learned map[string]bool) error {
	eo := engine.Observer{Average: o.Average, Moments: o.Moments}
	var err error
	if eo.Ratio, eo.Every, err = o.pace(run.Dt); err != nil {
		return err
	}
	if _, recorded := run.steps(); o.Moments && recorded/(eo.Ratio*eo.Every) < 2 {
		return fmt.Errorf("a covariance takes two samples at least, of %d steps each; the run records %d steps", eo.Ratio*eo.Every, recorded)
	}
	sub := o.copies()
	if o.net != nil {
		if sub, err = o.compile(run.Dt*float64(eo.Ratio), learned); err != nil {
			return err
		}
	}
	if err := c.seen(&eo, n, o, learned); err != nil {
		return err
	}
	c.project(sub, o, learned)
	sub.model.Prepare()
	sub.model.Share(&c.model.Params)
	eo.Model = sub.model
	sub.records, err = o.recorded(sub.records[0])
	if err != nil {
		return err
	}
	c.observers = append(c.observers, sub)
	c.model.Observers = append(c.model.Observers, eo)
	return nil
}

// recorded describes what is recorded: samples of an output, or moments.
func (o *observer) recorded(r recordInfo) ([]recordInfo, error) {
	if r.Address = o.Name; !o.Moments {
		return []recordInfo{r}, nil
	}
	square, err := nmm.ExpressionUnit("x^2", map[string]string{"x": r.Unit})
	mean, covariance := r, r
	mean.Address, covariance.Address, covariance.Unit = o.Name+"/mean", o.Name+"/covariance", square
	return []recordInfo{mean, covariance}, err
}

// compile compiles the network of the observer's model, but for what it records.
func (o *observer) compile(step float64, learned map[string]bool) (*compiled, error) {
	own := Run{Dt: step, Duration: step, Integrator: o.Integrator, Record: []string{o.Name + "." + o.Output}}
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
	return o.net.assemble(&own, learned)
}

// copies is what stands in the place of a model: one state, the value seen last, which no program computes
// and which has no initial value.
func (o *observer) copies() *compiled {
	state := stepState{Address: o.Name, Name: o.Name, N: o.pop.n(), Labels: o.pop.labels, Unit: o.unit, Min: math.Inf(-1), Max: math.Inf(1)}
	return &compiled{
		model: &engine.Model{
			States:  []engine.StateVar{{Address: state.Address, Labels: state.Labels, N: state.N}},
			Records: []engine.Record{{Address: state.Address, Labels: state.Labels, N: state.N}},
		},
		step:    &stepGraph{states: []stepState{state}, driven: 1},
		records: []recordInfo{{state.Address, state.Unit, state.Labels}},
	}
}

// seen compiles the variable that an observer sees, as a record is compiled.
func (c *compiled) seen(eo *engine.Observer, n *Network, o *observer, learned map[string]bool) error {
	var r engine.Record
	var err error
	if identity(o.Pre) {
		r, _, err = c.newRecord(n, o.From, learned)
	} else {
		r, err = c.expression(n, o, learned)
	}
	eo.State, eo.Source, eo.Backward, eo.N = r.State, r.Forward, r.Adjoint, r.N
	return err
}

// expression compiles what an observer sees if it is more than a variable.
func (c *compiled) expression(n *Network, o *observer, learned map[string]bool) (engine.Record, error) {
	graph, err := n.expressionGraph(o.pop, o.From, o.Pre, c.step.states[n.stateCount():])
	if err != nil {
		return engine.Record{}, within(err, "pre %q", o.Pre)
	}
	r := engine.Record{Address: o.Name + " observed", Labels: o.pop.labels, N: o.pop.n()}
	return r, within(c.observable(&r, graph, learned), "pre %q", o.Pre)
}
