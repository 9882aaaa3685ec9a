package graph

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// Channels is an input that reaches regions through couplings: what a task shows, the currents of
// electrodes. Step k, counted from 0 at the start of the run (warm-up included), has row k of the
// values, constant during the step. A coupling from "input:NAME" adds a weighted sum of the channels
// to a port:
//
//	port_i += gain_i · post(Σ_c W_ic u_c(t))
//
// Its address is input:NAME, shape (steps, channels).
type Channels struct {
	Name   string
	Labels []string // of the channels
	Unit   string   // default "1"
	// Values has one row per step and one column per channel. It may be nil: then it must be set, or
	// given at run time.
	Values mat.Matrix
}

// channels is an attached Channels.
type channels struct {
	Name   string
	series *value
}

var _ Part = (*Channels)(nil)

// Attach checks the input and adds it.
func (c *Channels) Attach(n *Network) error {
	if err := checkName("input", c.Name); err != nil {
		return err
	}
	if err := checkLabels("graph: input "+c.Name, "channel", c.Labels); err != nil {
		return err
	}
	series := &value{
		Address: "input:" + c.Name, Unit: c.Unit, Kind: inputKind, Cols: len(c.Labels), N: len(c.Labels), Labels: append([]string(nil), c.Labels...),
	}
	if series.Unit == "" {
		series.Unit = "1"
	}
	if err := series.setMatrix(c.Values); err != nil {
		return err
	}
	n.channels = append(n.channels, &channels{Name: c.Name, series: series})
	return n.add(series)
}

// sender is what a coupling's channels are to it: a population of one state without a model. The state
// has no name that a text could use: a coupling's x it is all the same.
func (c *channels) sender() *population {
	return &population{name: c.series.Address, labels: c.series.Labels, states: []nmm.StateInfo{{Unit: c.series.Unit}}, index: -1, first: -1}
}

// findChannels resolves "input:NAME" as the source of a coupling.
func (n *Network) findChannels(address string) (*channels, error) {
	var names []string
	for _, c := range n.channels {
		if c.series.Address == address {
			return c, nil
		}
		names = append(names, c.series.Address)
	}
	for _, in := range n.inputs {
		if in.series.Address == address {
			return nil, fmt.Errorf("%s is added to %s.%s region by region: only an input of channels, as layers.Input makes one, can be coupled", address, in.pop.name, in.port)
		}
	}
	return nil, fmt.Errorf("there is no input of channels %q%s", address, nearest(address, names))
}

// checkChannels refuses what a coupling from channels cannot have.
func (c *coupling) checkChannels() error {
	if c.channels == nil {
		return nil
	}
	if c.DelaySteps != nil || c.Delays != nil || c.Lengths != nil || c.Speed != (nmm.Quantity{}) {
		return fmt.Errorf("an input has no delays, because it has no past before the run: shift its rows instead")
	}
	for _, text := range c.Pre {
		if !identity(text) {
			return fmt.Errorf("pre %q: the channels of an input are summed as they are: transform the values, or the sum in Post", text)
		}
	}
	return nil
}
