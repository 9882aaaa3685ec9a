package kernel

// The numbers of normal samples, some of which sine and cosine share; the generator of their assembly
// reads them here.

// Coefficients are named for the power they stand at. All are minimax polynomials, found with
// Remez's algorithm in 40 digits and then rounded; the error given is that before rounding.
const (
	// sin x ≈ x + sin3 x³ + … for |x| ≤ π/4, to 2^-57.9 relative.
	sin3  = -0x1.5555555555548p-3
	sin5  = 0x1.111111110f7d0p-7
	sin7  = -0x1.a01a019bfdf0dp-13
	sin9  = 0x1.71de3567d4a6cp-19
	sin11 = -0x1.ae5e5a92682ecp-26
	sin13 = 0x1.5d8fd1e25654dp-33

	// cos x ≈ 1 - x²/2 + cos4 x⁴ + … for |x| ≤ π/4, to 2^-64.2.
	cos4  = 0x1.555555555554cp-5
	cos6  = -0x1.6c16c16c15184p-10
	cos8  = 0x1.a01a019cb26e6p-16
	cos10 = -0x1.27e4f80a75b9ap-22
	cos12 = 0x1.1ee9ec472d2e3p-29
	cos14 = -0x1.8faecee0b833bp-37

	// ln((1+s)/(1-s)) ≈ s (2 + log2 s² + log4 s⁴ + …) for (1+s)/(1-s) in [√½, √2], to 2^-59.5
	// relative.
	log2  = 0x1.5555555555592p-1
	log4  = 0x1.999999997fdb8p-2
	log6  = 0x1.24924941f119cp-2
	log8  = 0x1.c71c520964f7ap-3
	log10 = 0x1.74663ee6f6c97p-3
	log12 = 0x1.39a1bada90f65p-3
	log14 = 0x1.2f056235b1ecap-3

	// Those of single precision: sine to 2^-28.0 relative and cosine to 2^-33.3 for |x| ≤ π/4,
	// and ln(1+x) ≈ x - x²/2 + single3Log x³ + … for x in [-1/4, 1/2], to 2^-27.6 relative.
	single3Sin  = -0x1.555546p-3
	single5Sin  = 0x1.11073ap-7
	single7Sin  = -0x1.9943e0p-13
	single4Cos  = 0x1.55554ap-5
	single6Cos  = -0x1.6c0c8cp-10
	single8Cos  = 0x1.9a025ap-16
	single3Log  = 0x1.5555a4p-2
	single4Log  = -0x1.000040p-2
	single5Log  = 0x1.9969b0p-3
	single6Log  = -0x1.54efdcp-3
	single7Log  = 0x1.28847ep-3
	single8Log  = -0x1.0d8a8cp-3
	single9Log  = 0x1.ac90a2p-4
	single10Log = -0x1.714088p-5
)

// Of Philox-4x32: multipliers, and increments of the keys.
const (
	philoxM0, philoxM1 = 0xD2511F53, 0xCD9E8D57
	philoxW0, philoxW1 = 0x9E3779B9, 0xBB67AE85
)

// Of the transform of Box and Muller.
const (
	sqrtHalfBits  = 0x3fe6a09e667f3bcd               // of √½ in float64
	sqrtHalfLow   = sqrtHalfBits - 64<<52            // of √½ 2^-64, less than any argument's
	threeQuarters = 0x3f400000                       // of ¾ in float32
	eighth        = 1 << 29                          // of a turn of 2^32
	perTurn       = 0x1.921fb54442d18p+2 / (1 << 32) // radians of a turn's 2^32nd
)

// Flush puts zeros in the place of numbers below these.
const (
	flushed32 = 0x1p-100
	flushed64 = 0x1p-900
)
