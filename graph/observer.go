package graph

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/nmm"
)

// Observer watches a variable of a population without acting back on it: a filter, a monitor, a balloon. It
// makes one step of its own for every Ratio steps of the network, in the same solve and in the same reverse
// pass, so that what it observes is never stored.
//
// What it sees in its step is the last value of the variable, or the mean over the network's steps with
// Average. That enters the Port of its Model, one per region; every so many steps, Output is recorded under
// the address Name. Parameters and initial states of the model have addresses Name.parameter and
// init:Name.state, and learn like others. Without a Model, what it sees is recorded as it is: a subsample,
// or temporal means.
//
// Times are given in steps, or in ms: as Step they must be whole steps of the run, as Period whole steps of
// the observer, or compiling is an error that says so. The observer counts its steps from the end of the
// warm-up: sample k is complete Every·k steps of the observer after that. Before that it runs back as
// far as whole steps go; what is left of the warm-up at the start of the run it does not see. Series.Start
// is the time of the end of the first sample's last step, for a mean without a Model that of the middle of
// what it is the mean over.
type Observer struct {
	Name string
	From string // "population.state" or observable
	Pre  string // expression that is observed, of From as x and the population's states and observables by name; default "x"

	Model  *nmm.Model // one per region of the population; nil records what is observed
	Port   string     // of the model; also the state that the port drives
	Output string     // state or observable of the model

	Ratio  int     // network steps per observer step
	Step   float64 // the same in ms; without either and without a Model, an observer step is a Period, or else a network step
	Every  int     // observer steps per sample; default 1
	Period float64 // the same in ms

	Average    bool
	Integrator Integrator // of the model; default Heun

	// Projection, outputs × regions, is applied to each sample, which then has a value for each output: a
	// lead field, averages of groups. One of a single column is applied to the mean over the regions. Its
	// address is Name/projection, of unit 1. Labels are those of the outputs.
	Projection mat.Matrix
	Labels     []string // default "output 1" …

	// Moments records, in the place of the samples, their mean and their covariance, divisor samples − 1: under
	// Name/mean one sample, and under Name/covariance one row for each region, or output. A run of any
	// length then stores no samples. The Series' Start is the time of the last one, Dt the time of all.
	Moments bool
}

// observer is an attached Observer.
type observer struct {
	Observer
	pop  *population // that it observes
	unit string      // of what it observes
	net  *Network    // its model is a network of its own; nil without one

	projection *value // nil without one
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
	if err := checkName("observer", o.Name); err != nil {
		return err
	}
	if _, err := n.population(o.Name); err == nil {
		return fmt.Errorf("a population has that name")
	}
	if slices.ContainsFunc(n.observers, func(other *observer) bool { return other.Name == o.Name }) {
		return fmt.Errorf("there is already one of that name")
	}
	for _, check := range []func(*Network) error{o.checkTimes, o.findSource, o.attachModel, o.attachProjection} {
		if err := check(n); err != nil {
			return err
		}
	}
	return nil
}

// formula prints an observer in one line.
func (o *observer) formula() string {
	text := o.From
	if !identity(o.Pre) {
		text = fmt.Sprintf("%s, x = %s", o.Pre, o.From)
	}
	if o.Average {
		text = fmt.Sprintf("mean of (%s)", text)
	}
	if o.net != nil {
		text = fmt.Sprintf("%s of %s behind %s", o.Output, o.Model.Name(), text)
	}
	if o.projection != nil {
		text = fmt.Sprintf("%d outputs of %s", o.projection.N, text)
	}
	if o.Moments {
		text = "mean and covariance of " + text
	}
	return text + o.times()
}

// findSource finds what is observed, and its unit.
func (o *observer) findSource(n *Network) error {
	p, name, err := n.split(o.From)
	if err != nil {
		return err
	}
	if !slices.Contains(n.recordable(), o.From) {
		return fmt.Errorf("unknown variable %q%s", o.From, nearest(o.From, n.recordable()))
	}
	if o.Pre == "" {
		o.Pre = "x"
	}
	units := map[string]string{}
	for _, s := range p.states {
		units[s.Name] = s.Unit
	}
	for _, v := range p.model.Observables() {
		units[v.Name] = v.Unit
	}
	units["x"] = units[name]
	o.pop = p
	if o.unit, err = nmm.ExpressionUnit(o.Pre, units); err != nil {
		return fmt.Errorf("pre %q: %w", o.Pre, err)
	}
	return nil
}

// attachModel makes a network of the model and adds its values to the network's.
func (o *observer) attachModel(n *Network) (err error) {
	if o.Model == nil {
		if o.Port != "" || o.Output != "" || o.Integrator.Name != "" {
			return fmt.Errorf("it has no model: Port %q, Output %q and Integrator %q are those of one", o.Port, o.Output, o.Integrator.Name)
		}
		return nil
	}
	o.net, err = NewNetwork(Population(o.Name, o.pop.labels, o.Model), &Input{Name: observedInput, To: o.Name + "." + o.Port})
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
