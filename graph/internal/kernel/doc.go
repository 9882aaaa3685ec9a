// Package kernel holds the loops over floats that a compiled step graph and its
// engine spend their time in: elementwise arithmetic, elementary functions, normal
// samples, sums, products of dense or sparse matrices, and the blocked multiply-adds
// of delayed couplings.
//
// Every kernel is portable Go, generic over float32 and float64, and most are AVX2
// assembly beside it; elementary functions, normals, arithmetic on longer vectors, products of dense
// matrices and delayed couplings are AVX-512 too, of processors from Ice Lake and Zen 4 on.
// The program chooses when it starts. The environment can ask for less, which only the time shows: with
// EURYALE_KERNELS=portable it is portable Go, with avx2 nothing above AVX2; avx512 and all
// else stand for the best there is. With the build tag purego there is nothing but portable
// Go. Rules that hold for all kernels:
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
// Elementary functions of float32 arguments are evaluated in float64 and rounded, but for
// those of narrow.go. The assembly of those in exp.go, slopes.go, log.go, pow.go, single.go
// and narrow.go is compiled from that Go (avo/compile.go). The largest error in units in the
// last place, found with some 10⁶ arguments each over the whole range, subnormal results
// included, with 10⁸ for those of narrow.go; and ns per element of 84 with AVX2 and AVX-512
// on a busy EPYC (Zen 5):
//
//	         float64            float32
//	exp      0.88  1.43  0.76   0.91  0.50  0.32
//	expm1    0.80  1.48  0.80   0.51  0.99  0.60
//	ln       0.86  1.71  1.00   0.85  0.67  0.40
//	log1p    0.72  1.98  1.13   0.51  1.39  0.84
//	pow      0.84  6.50  3.53   0.51  2.69  1.48
//	tanh     1.11  2.02  1.10   1.05  0.77  0.44
//	sigmoid  1.58  1.43  0.78   1.64  0.54  0.35
//	softplus 1.60  3.80  2.05   0.51  2.51  1.43
//	exprel   1.51  1.52  0.81   0.51  1.14  0.68
//	linoid   1.51  1.63  0.88   0.51  1.28  0.74
//	exprel'  3.6   2.39  1.30   0.51  2.65  1.49
//	linoid'  3.5   2.88  1.53   0.51  3.12  1.72
//
// The assembly is written by the module in the folder avo; go generate runs it. It
// reads the numbers of both forms from constants.go. Its loops cover all chains of
// two operations, all choices, and the chains of three that the repository's models
// compile to (avo/long.go); the others run in portable Go.
package kernel

// Float is the element type of a kernel.
type Float interface{ float32 | float64 }
