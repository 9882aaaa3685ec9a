// Package kernel holds the loops over floats that a compiled step graph and its
// engine spend their time in: elementwise arithmetic, elementary functions, sums,
// matrix-vector products and the blocked multiply-adds of delayed couplings.
//
// Every kernel exists once, generic over float32 and float64, in portable Go.
// Three rules hold for all of them:
//
//   - A sum is formed in one fixed order, which is documented and depends on the
//     lengths alone, so equal inputs give equal bits.
//   - The destination's length rules: operands must be at least as long, or the
//     kernel panics like any slice expression that is out of range.
//   - The destination of an elementwise kernel may be one of its operands; any
//     other overlap is a mistake of the caller.
//
// Elementary functions of float32 arguments are evaluated in float64 and rounded.
package kernel

// Float is the element type of a kernel.
type Float interface{ float32 | float64 }
