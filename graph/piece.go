package graph

import (
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// piece collects the inputs and outputs of a program with their wiring.
type piece struct {
	inputs  []vm.Input
	outputs []vm.Output
	wires   engine.Piece
}

func (b *piece) clone() *piece {
	return &piece{
		inputs: append([]vm.Input(nil), b.inputs...), outputs: append([]vm.Output(nil), b.outputs...),
		wires: engine.Piece{In: append([]engine.Wire(nil), b.wires.In...), Out: append([]engine.Wire(nil), b.wires.Out...)},
	}
}

// in adds an input; n = 0 is a scalar.
func (b *piece) in(leaf *G.Node, name string, n int, class vm.Class, kind engine.Kind, index int) {
	b.inputs = append(b.inputs, vm.Input{Node: leaf, Name: name, Len: max(n, 1), Scalar: n == 0, Class: class})
	b.wires.In = append(b.wires.In, engine.Wire{Kind: kind, Index: index})
}

// out adds an output; nothing if there is no node for it.
func (b *piece) out(node *G.Node, name string, n int, mode vm.Mode, kind engine.Kind, index int) {
	if node == nil {
		return
	}
	b.outputs = append(b.outputs, vm.Output{Node: node, Name: name, Len: max(n, 1), Scalar: n == 0, Mode: mode})
	b.wires.Out = append(b.wires.Out, engine.Wire{Kind: kind, Index: index})
}

func (b *piece) compile() (*engine.Piece, error) {
	p, err := vm.Compile(b.inputs, b.outputs)
	if err != nil {
		return nil, err
	}
	b.wires.Program = p
	return &b.wires, nil
}
