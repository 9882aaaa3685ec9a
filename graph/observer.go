package graph

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

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
	if past := o.Model.Delays(); len(past) > 0 {
		return fmt.Errorf("model %s reads %s: an observer keeps no past", o.Model.Name(), past[0].Name)
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
