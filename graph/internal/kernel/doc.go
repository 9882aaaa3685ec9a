// Package kernel holds the loops over floats that a compiled step graph and its
// engine spend their time in: elementwise arithmetic, elementary functions, normal
// samples, sums, products of dense or sparse matrices, and the blocked multiply-adds
// of delayed couplings.
//
// Every kernel is portable Go, generic over float32 and float64, and most are AVX2
// assembly beside it, which is chosen when the program starts on a processor that
// has it. EURYALE_KERNELS=portable in the environment and the build tag purego
// choose portable Go. Rules that hold for all kernels:
//
//   - Assembly and portable Go give the same bits on every processor: no product and
//     sum are fused into one rounding, which a conversion T(x * y) also tells the Go
//     compiler. Only which of several NaNs is passed on is not specified.
//   - A sum is formed in one fixed order, which is documented and depends on the
//     lengths alone, so equal inputs give equal bits.
//   - The destination's length rules: operands must be at least as long, or the
//     kernel panics like any slice expression that is out of range.
//   - The destination of an elementwise kernel may be one of its operands; any
//     other overlap is a mistake of the caller.
//
// Elementary functions of float32 arguments are evaluated in float64 and rounded.
// Their assembly is compiled from the portable Go (avo/compile.go): what exp.go says
// is what both compute.
//
// The assembly is written by the module in the folder avo; go generate runs it. It
// reads the numbers of both forms from constants.go. Its loops cover all chains of
// two operations, all choices, and the chains of three that the repository's models
// compile to (avo/long.go); the others run in portable Go.
package kernel

// Float is the element type of a kernel.
type Float interface{ float32 | float64 }
