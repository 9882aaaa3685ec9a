package main

import (
	"github.com/euryale-ml/euryale/forward"
)

// readBrainmassForward makes a case of every block.
func readBrainmassForward(d *document) ([]instance, error) {
	var all []instance
	for _, block := range sortedKeys(d.keys) {
		raw := d.keys[block]
		switch block {
		case "temporal_average":
			all = append(all, instance{block, reading(raw, (*brainmassAverage).run)})
		case "leadfield":
			all = append(all, instance{block, reading(raw, (*brainmassLeadField).run)})
		case "leadfield_readout":
			cases, err := readBrainmassReadout(block, raw)
			if err != nil {
				return nil, err
			}
			all = append(all, cases...)
		default:
			for _, name := range blockCases(block, raw) {
				all = append(all, instance{name, func() outcome { return skipped("needs forward models") }})
			}
		}
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
