package layers

import (
	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
)

// Stimulus adds a series to a port, "cortex.v": row k of values during step k, counted from the start
// of the run. It has one column per region, or one for all. Values may be nil: then they are set
// later, at the address input:name, or given at run time.
func Stimulus(name, to string, values mat.Matrix) graph.Part {
	return &graph.Input{Name: name, To: to, Values: values}
}
