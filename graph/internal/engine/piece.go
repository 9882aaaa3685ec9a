package engine

import (
	"sync"

	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// Kind says what a program's input or output is joined to.
type Kind int

const (
	State     Kind = iota // a state variable at the present step
	Param                 // a parameter, constant during a run
	Sum                   // a weighted sum over sources
	Series                // a row of a run-time input
	Noise                 // standard normal samples
	Cotangent             // adjoint of the program's value: of next state k, or of the only output
	Signal                // the only output of a source or record program
	Kept                  // a value of the step that its adjoint reads
)

// Wire joins one program input or output to element Index of a Kind.
type Wire struct {
	Kind  Kind
	Index int
}

// Piece is a program with its wiring.
type Piece struct {
	Program *vm.Program
	In, Out []Wire

	mu    sync.Mutex
	tiles map[string]*vm.Program // for several lanes, by the inputs that are scalars of each lane
}

// tiled returns the program for tiles in which scalar inputs differ from lane to lane where laned says so.
func (p *Piece) tiled(laned func(Wire) bool) *vm.Program {
	mask := make([]bool, len(p.In))
	key := make([]byte, len(p.In))
	for i, w := range p.In {
		if p.Program.ScalarInput(i) && laned(w) {
			mask[i], key[i] = true, 1
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tiles[string(key)] == nil {
		program, err := p.Program.Tile(mask)
		if err != nil {
			panic(err) // it compiled for one lane, and it is tileable
		}
		if p.tiles == nil {
			p.tiles = map[string]*vm.Program{}
		}
		p.tiles[string(key)] = program
	}
	return p.tiles[string(key)]
}

// reads says which elements of a kind matter to the program.
func (p *Piece) reads(kind Kind, elements int) []bool {
	which := make([]bool, elements)
	for i := 0; p != nil && i < len(p.In); i++ {
		if w := p.In[i]; w.Kind == kind && p.Program.Reads(i) {
			which[w.Index] = true
		}
	}
	return which
}
