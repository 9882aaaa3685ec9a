package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// Tape is what Forward leaves for Reverse.
type Tape[T kernel.Float] struct {
	plan   plan
	tiles  []tileTape[T]
	Masked []bool
}

// Bytes is the memory that the tape and its plan take, Factor the steps solved per step of the run.
func (t *Tape[T]) Bytes() int64    { return t.plan.bytes }
func (t *Tape[T]) Factor() float64 { return t.plan.factor }

// tileTape holds the checkpoints of a tile, by segment; those of resident segments hold states too.
type tileTape[T kernel.Float] struct {
	saved map[int]*checkpoint[T]
	means [][]float64 // of the observers' moments, at the end of the window
}
