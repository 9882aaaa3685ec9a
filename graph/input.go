package graph

import "gonum.org/v1/gonum/mat"

// Input is a series added to a port: step k, counted from 0 at the start of the run (warm-up
// included), adds row k, constant during the step. Its address is input:NAME.
type Input struct {
	Name string
	To   string // "population.port", or the state that the port drives
	// Values has one row per step and one column per region, or one column for all. It may be nil:
	// then it must be set, or given at run time, with a column per region.
	Values mat.Matrix
}

// input is an attached Input.
type input struct {
	Input
	pop    *population
	port   string
	series *value
}

var _ Part = (*Input)(nil)

// Attach checks the input and adds it.
func (in *Input) Attach(n *Network) error {
	if err := checkName("input", in.Name); err != nil {
		return err
	}
	p, port, err := n.findPort(in.To)
	if err != nil {
		return within(err, "input %s", in.Name)
	}
	attached := &input{Input: *in, pop: p, port: port.Name}
	attached.series = &value{
		Address: "input:" + in.Name, Unit: port.Unit, Kind: inputKind, Cols: p.n(), N: p.n(), Labels: p.labels, pop: p,
	}
	if err := attached.series.setMatrix(in.Values); err != nil {
		return err
	}
	attached.Values = nil
	n.inputs = append(n.inputs, attached)
	return n.add(attached.series)
}
