package main

import (
	"fmt"
	"sort"
	"strings"
)

// sortedKeys returns the keys of a map in order, so that every run reports in the same order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func hasSuffix(s, suffix string) bool { return strings.HasSuffix(s, suffix) }

// sizeOf returns the number of nodes: the longest array of a state.
func sizeOf(states map[string]array) int {
	n := 1
	for _, a := range states {
		n = max(n, len(a.data))
	}
	return n
}

// spreadAll gives every array one value per node.
func spreadAll(m map[string]array, n int) (map[string][]float64, error) {
	out := map[string][]float64{}
	for name, a := range m {
		v, err := a.spread(name, n)
		if err != nil {
			return nil, fmt.Errorf("%w", err)
		}
		out[name] = v
	}
	return out, nil
}

// flat drops the shapes of a map of arrays.
func flat(m map[string]array) map[string][]float64 {
	out := map[string][]float64{}
	for name, a := range m {
		out[name] = a.data
	}
	return out
}

// join puts rows behind one another.
func join(rows [][]float64) []float64 {
	var out []float64
	for _, r := range rows {
		out = append(out, r...)
	}
	return out
}
