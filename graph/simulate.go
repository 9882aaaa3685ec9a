package graph

import (
	"context"
	"fmt"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph/internal/engine"
)

// Simulate solves the network with its current values and returns what was recorded. Nothing is
// stored but that, so that Run.MemoryBudget, Window and Horizon, which are about gradients, make no
// difference. It stops with ctx's error when ctx ends; nil is a context without an end.
func (n *Network) Simulate(ctx context.Context, run Run) (*Result, error) {
	run, err := run.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := n.simulable(&run); err != nil {
		return nil, err
	}
	c, err := n.compile(&run, nil)
	if err != nil {
		return nil, err
	}
	if err := c.checkSize(&run); err != nil {
		return nil, err
	}
	in, err := c.present(n, &run)
	if err != nil {
		return nil, err
	}
	if ctx == nil {
		ctx = context.Background()
	}
	warmup, recorded := run.steps()
	set := run.settings(0, warmup+recorded)
	set.Progress, _ = run.progress(0)
	out := c.outputs(set, run.Lanes, make([]float64, c.outputSize(set, run.Lanes)))
	_, masked, err := newSolver(c.model, run.Precision).with(set).forward(ctx, in, out, false)
	if err != nil {
		return nil, run.explain(err)
	}
	return c.result(&run, set, out, masked), nil
}

// simulable refuses what only a rollout can do.
func (n *Network) simulable(run *Run) error {
	if run.Nodes != nil || run.From != nil || run.Readouts != nil {
		return fmt.Errorf("graph: Run.Nodes, Run.From and Run.Readouts are for Rollout, not for Simulate")
	}
	return n.checkValues(run)
}

// Result is what a simulation recorded.
type Result struct {
	series []*Series
	masked []bool
}

// Series is one recorded variable.
type Series struct {
	Address string
	Unit    string
	Labels  []string // of the regions
	Start   float64  // ms, time of the first sample since the start of the run
	Dt      float64  // ms between samples
	Lanes   int
	Samples int
	Data    []float64 // [lane][sample][region]
}

func (c *compiled) result(run *Run, set engine.Settings, out *engine.Outputs, masked []bool) *Result {
	r := &Result{masked: masked}
	data := out.Records
	for _, records := range out.Observed {
		data = append(data, records...)
	}
	for i, rec := range c.samplings(set) {
		r.series = append(r.series, &Series{
			Address: rec.Address, Unit: rec.Unit, Labels: rec.Labels, Lanes: run.Lanes, Samples: rec.count,
			Start: (float64(rec.warmup+rec.every) - rec.early) * run.Dt, Dt: float64(rec.every) * run.Dt, Data: data[i],
		})
	}
	return r
}

// Series returns the recorded variable at an address; it panics, naming what there is, if that was
// not recorded.
func (r *Result) Series(address string) *Series {
	var names []string
	for _, s := range r.series {
		if s.Address == address {
			return s
		}
		names = append(names, s.Address)
	}
	panic(fmt.Sprintf("graph: %s was not recorded%s", address, nearest(address, names)))
}

// Recorded lists all series.
func (r *Result) Recorded() []*Series { return r.series }

// Masked tells for each lane whether it diverged and was masked, see Run.NonFinite.
func (r *Result) Masked() []bool { return r.masked }

// String lists what was recorded.
func (r *Result) String() string {
	var b strings.Builder
	for _, s := range r.series {
		fmt.Fprintln(&b, s)
	}
	return b.String()
}

// Lane returns the samples of one lane, [sample][region]; it shares memory with Data.
func (s *Series) Lane(l int) [][]float64 {
	n := len(s.Labels)
	rows := make([][]float64, s.Samples)
	for t := range rows {
		at := (l*s.Samples + t) * n
		rows[t] = s.Data[at : at+n : at+n]
	}
	return rows
}

// String says what the series holds.
func (s *Series) String() string {
	return fmt.Sprintf("%s [%s]: %d lanes × %d samples × %d regions, every %g ms from %g ms",
		s.Address, s.Unit, s.Lanes, s.Samples, len(s.Labels), s.Dt, s.Start)
}

// Matrix returns the samples of one lane as a matrix [sample][region], sharing memory with Data.
func (s *Series) Matrix(lane int) *mat.Dense {
	size := s.Samples * len(s.Labels)
	return mat.NewDense(s.Samples, len(s.Labels), s.Data[lane*size:(lane+1)*size])
}
