package main

import (
	"github.com/euryale-ml/euryale/forward"
)

// brainmassSignal is an example signal [time][region] and its FC.
type brainmassSignal struct {
	Signal array
	FC     array
}

// readBrainmassDatasets makes a case of every block. Only the signal's FC is the result of a computation.
func readBrainmassDatasets(d *document) ([]instance, error) {
	var all []instance
	for _, block := range sortedKeys(d.keys) {
		run := func() outcome {
			return skipped("data that brainmass makes for its examples, or draws with numpy's generator: nothing to compute from it")
		}
		if block == "example_signal" {
			run = reading(d.keys[block], func(s *brainmassSignal) outcome {
				return compared("FC", rowMajor(forward.FC(s.Signal.matrix())), s.FC.data)
			})
		}
		all = append(all, instance{block, run})
	}
	return all, nil
}
