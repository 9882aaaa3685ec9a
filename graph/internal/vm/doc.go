// Package vm compiles a Gorgonia expression graph into a register program over
// float slices and runs it.
//
// The graph is read through Gorgonia's public API alone: children in argument
// order, the printed name of every op, the values of constants. It is one time
// step of a network, or its adjoint; the program is run once per step:
//
//	p, err := vm.Compile(inputs, outputs)
//	f := vm.NewFrame[float32](p)
//	f.Bind(0, eta)                      // invariant: once per run
//	f.Begin()                           // prologue: what depends on invariants alone
//	for t := range steps {
//		f.Bind(1, state[t])         // varying: every step, zero copy
//		f.BindOutput(0, state[t+1])
//		f.Step()
//	}
//	f.Finish(1, gradEta)                // accumulated outputs
//
// # Lengths
//
// Gorgonia confuses a vector of length one with a scalar, so the graph of a
// one-region population is built with a dummy shape. The compiler therefore takes
// lengths from the inputs and infers all others through the ops; node shapes only
// tell scalars from vectors from matrices.
//
// # What the compiler does
//
//	lower     nodes → values: an expression graph of our own, simplified and with
//	          common subexpressions merged while it is built (lower.go, build.go)
//	peel      linear maps around an accumulated output move behind the time loop (peel.go)
//	fuse      chains of + - × ÷ and bounds with one use become one instruction (fuse.go)
//	schedule  values → prologue, body, epilogue (schedule.go)
//	allocate  registers, reused as soon as their last reader is done (allocate.go)
//
// A frame then joins neighbouring instructions on vectors of one length to sequences,
// each of which is a single call (frame.go, kernel.Sequence).
//
// # Lanes
//
// Program.Tile gives the program for several lanes, each a copy of the network, whose vectors lie
// behind one another; a lane has the bits it has alone (tile.go). Programs on long vectors run strip
// by strip, which goroutines may share (strip.go).
//
// # Ops without a kernel
//
// An op without a kernel runs its own Do on tensors: correct, slow, allocating.
//
// A Program is immutable and may be shared by goroutines; a Frame belongs to one.
// Results depend on the program, the precision and the data alone.
package vm
