// Package engine runs a compiled network through time and differentiates the run.
//
// A [Model] is what one time step needs, compiled: the step program, its adjoint, the weighted and
// delayed sums between regions, the recorded expressions. An [Engine] is a Model with a number of
// steps and settings. Forward solves, Reverse applies the exact adjoint of the same discrete solve.
//
// # Delays
//
// Edges are of classes by their delay. Those of [Block] steps and more are summed for a block of steps at
// once, those of half as many and more for half a block, and so on down to [Near] steps, or half of that in
// small networks, all from the past, which has a row of steps for each region. Shorter ones, and none, are
// read step by step from a ring of the last block. Undelayed dense weights are a matrix. Each lane may have
// delays of its own.
//
// The past of many regions does not fit into the nearest cache. Where their edges are many, sums over a class
// are formed for some sources after the other, for all targets each time.
//
// # Memory
//
// Time is cut into segments of whole blocks. A block is [Block] steps, anchored at multiples of
// Block of the absolute step. The tape of a segment holds, of each of its steps, states, coupling sums
// and the few values of the step that its adjoint reads ([KeptVar]), exponentials and the like; the rest
// of what a step computes in between is computed again by the adjoint program. With a memory
// budget only some segment starts are kept (state and delay history) and tapes are rebuilt from
// there, by the binomial schedule of Griewank and Walther (2000), doi:10.1145/347837.347846. Where no tape is
// wanted, steps are solved in laps, whose rows lie in the same memory again and again.
//
// # Tiles
//
// Some lanes are solved side by side, as one network of all their regions: rows are
// [variable][lane][region], an instruction works on all lanes, weights that they share multiply a matrix
// of their signals. A lane's numbers, and the gradients that are its own, have the bits of the lane alone.
//
// A tile is one bundle of lanes, or some. How many lanes a bundle has depends on the model and the number of
// lanes: gradients of what lanes share are summed bundle by bundle. How many bundles are in a tile depends on
// the goroutines too: the more, the fewer and longer vectors there are, until they leave the nearest cache.
//
// # Small adjoints
//
// Once a step, adjoints of states below 2⁻⁹⁰⁰ in float64 and 2⁻¹⁰⁰ in float32 become zero: see
// [kernel.Flush].
//
// # Determinism
//
// Every floating-point sum has one order, fixed by absolute step, lane and region: edges by class of their
// delay, from the longest on, and within a class in order of (target, source); products of a weight's gradient by blocks, over the steps of each first; blocks of time from the
// last to the first, lanes by bundles and a fixed tree. Where a segment begins, how many goroutines run and
// which tapes were rebuilt changes no bit of the result.
package engine
