// Package kernel holds the loops over floats that a compiled step graph and its
// engine spend their time in: elementwise arithmetic, elementary functions, normal
// samples, sums, products of dense or sparse matrices, and the blocked multiply-adds
// of delayed couplings.
//
// Every kernel is portable Go, generic over float32 and float64, and most are AVX2
// assembly beside it; products of dense matrices and delayed couplings are AVX-512 too,
// of processors from Ice Lake and Zen 4 on. The program chooses when it starts. The
// environment can ask for less, which only the time shows: with EURYALE_KERNELS=portable
// it is portable Go, with avx2 nothing above AVX2; avx512 and all else stand for the best
// there is. With the build tag purego there is nothing but portable Go. Rules that hold
// for all kernels:
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
// The assembly of those in exp.go, slopes.go, log.go, pow.go and single.go is compiled
// from that Go (avo/compile.go). The largest error in units in the last place, found
// with some 10⁶ arguments each over the whole range, subnormal results included, and
// ns per element of 84 on a busy EPYC:
//
//	         float64      float32
//	exp      0.88  1.3    0.51  0.8
//	expm1    0.80  1.4    0.51  0.9
//	ln       0.86  1.5    0.51  1.0
//	log1p    0.72  1.8    0.51  1.3
//	pow      0.84  5.6    0.51  2.4
//	tanh     1.11  1.8    0.51  1.1
//	sigmoid  1.58  1.4    0.51  1.0
//	softplus 1.60  3.4    0.51  2.3
//	exprel   1.51  1.4    0.51  1.0
//	linoid   1.51  1.5    0.51  1.1
//	exprel'  3.6   2.2    0.51  2.3
//	linoid'  3.5   2.6    0.51  2.8
//
// The assembly is written by the module in the folder avo; go generate runs it. It
// reads the numbers of both forms from constants.go. Its loops cover all chains of
// two operations, all choices, and the chains of three that the repository's models
// compile to (avo/long.go); the others run in portable Go.
package kernel

// Float is the element type of a kernel.
type Float interface{ float32 | float64 }
