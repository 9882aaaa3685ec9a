package forward

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
)

// SubSample records under "subsample" the last value of a variable, "cortex.E" for
// example, in every period ms. Sample k is that of k periods after the warm-up, as in
// TVB. The period must be whole steps of the run; 0 is one step.
//
// It is an observer without a model, as the other monitors are, and nothing else of the
// run need be stored. Its Name may be changed, and must be where there are two in a
// network; with Pre, "x - I" for example, it sees an expression of the population's
// states.
func SubSample(from string, period float64) *graph.Observer {
	return &graph.Observer{Name: "subsample", From: from, Step: period}
}

// TemporalAverage records under "average" the mean over the steps of every period, the
// time of which is the middle of the period.
func TemporalAverage(from string, period float64) *graph.Observer {
	return &graph.Observer{Name: "average", From: from, Step: period, Average: true}
}

// GlobalAverage records under "global" the mean over the regions of the last value of
// every period, as one output.
func GlobalAverage(from string, period float64) *graph.Observer {
	return &graph.Observer{
		Name: "global", From: from, Step: period, Projection: mat.NewDense(1, 1, []float64{1}), Labels: []string{"mean"},
	}
}

// SpatialAverage records under "spatial" the means over groups of regions of the last
// value of every period. Groups has the name of each region's group, or one name for
// all; the outputs are in the order in which names come up.
func SpatialAverage(from string, period float64, groups []string) *graph.Observer {
	count := map[string]float64{}
	var labels []string
	for _, g := range groups {
		if count[g]++; count[g] == 1 {
			labels = append(labels, g)
		}
	}
	p := &mat.Dense{} // of no groups, which fits no population
	if len(groups) > 0 {
		p = mat.NewDense(len(labels), len(groups), nil)
	}
	for j, g := range groups {
		p.Set(slices.Index(labels, g), j, 1/count[g])
	}
	return &graph.Observer{Name: "spatial", From: from, Step: period, Projection: p, Labels: labels}
}

// Moments records under "moments/mean" and "moments/covariance" the mean over the run of
// the last values of all periods, and their covariance (divisor samples − 1), of which
// [CorrelationNode] makes FC: however long the run, no samples are stored for it, nor
// for its gradient.
func Moments(from string, period float64) *graph.Observer {
	return &graph.Observer{Name: "moments", From: from, Step: period, Moments: true}
}
