package layers

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
)

// Stimulus adds a series to a port, "cortex.v": row k of values during step k, counted from the start
// of the run. It has one column per region, or one for all. Values may be nil: then they are set
// later, at the address input:name, or given at run time.
func Stimulus(name, to string, values mat.Matrix) graph.Part {
	return &graph.Input{Name: name, To: to, Values: values}
}

// Input is a series of some channels that couplings bring to regions: what a task shows, through an
// encoder's weights, or the currents of electrodes, through how strongly each reaches each region.
//
//	layers.Input("u", 3)
//	layers.Couple("input:u", "cortex.in").Weights(encoder)      // regions × channels
//
// Its values, one row per step of the run and one column per channel, are set at the address input:u,
// or given at run time, for every lane ones of its own. Names of channels and a unit go into a
// [graph.Channels].
func Input(name string, channels int) graph.Part {
	labels := make([]string, max(channels, 0))
	for i := range labels {
		labels[i] = fmt.Sprintf("channel %d", i+1)
	}
	return &graph.Channels{Name: name, Labels: labels}
}
