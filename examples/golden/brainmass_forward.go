package main

import (
	"encoding/json"
	"fmt"

	"github.com/euryale-ml/euryale/forward"
)

// readBrainmassForward makes a case of every block, or of every entry of its `cases`.
func readBrainmassForward(d *document) ([]instance, error) {
	var all []instance
	for _, block := range sortedKeys(d.keys) {
		raw := d.keys[block]
		var cases []instance
		var err error
		switch block {
		case "temporal_average":
			cases = []instance{{block, reading(raw, (*brainmassAverage).run)}}
		case "leadfield":
			cases = []instance{{block, reading(raw, (*brainmassLeadField).run)}}
		case "leadfield_readout":
			cases, err = casesOf(block, raw, (*brainmassReadout).run)
		case "balloon":
			cases, err = casesOf(block, raw, (*brainmassBalloon).run)
		case "hrf_kernels":
			cases, err = readBrainmassKernels(block, raw)
		case "hrf_bold":
			cases, err = readBrainmassHRF(block, raw)
		default:
			cases = []instance{{block, func() outcome { return skipped("needs the block %s", block) }}}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", block, err)
		}
		all = append(all, cases...)
	}
	return all, nil
}

// casesOf makes an instance of every entry of a block's `cases`.
func casesOf[C any](block string, raw json.RawMessage, run func(*C) outcome) ([]instance, error) {
	var f struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for i, c := range f.Cases {
		all = append(all, instance{fmt.Sprintf("%s[%d]", block, i), reading(c, run)})
	}
	return all, nil
}

// brainmassAverage are means over periods of a signal, [time][node].
type brainmassAverage struct {
	Signal array
	Dt     float64 `json:"dt_ms"`
	Period float64 `json:"period_ms"`
	Output array
}

func (a *brainmassAverage) run() outcome {
	monitor := forward.TemporalAverage(activity, a.Period)
	res, err := observed(dense(a.Signal.rows()), a.Dt, monitor)
	if err != nil {
		return failed("%v", err)
	}
	var cmp comparison
	cmp.near("output", res.Series(monitor.Name).Data, a.Output.data, brainmassPointwise, 0)
	return cmp.outcome()
}
