package kernel

import (
	"math"
	"math/bits"
)

// Normals sets dst[s n + i] to the standard normal sample of region i < n at step first + s, s < steps.
// A sample is a pure function of seed, step, stream and region: four of them come from one block of
// the counter-based generator Philox-4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405) with
// the counter (i/4, stream, step) and the key seed, by the method of Box and Muller (1958),
// doi:10.1214/aoms/1177706645,
//
//	√(-2 ln u) cos 2πv,  √(-2 ln u) sin 2πv,  u = (a + ½)/2³², v = (b + ½)/2³²
//
// for two words a and b. Samples thus lie within ±√(66 ln 2) = ±6.764, beyond which a normal variable is
// once in 7·10¹⁰ times; a radius √(-2 ln u) above √(2 ln 2³²⁻ᵏ) is one of 2ᵏ. float64 samples are within
// 2⁻⁵¹ of the radius of what the formula gives. float32 samples are evaluated in float32 from the same
// words, the tails and the neighbourhood of zero included: they are within 2⁻²² of the radius.
func Normals[T Float](dst []T, n, steps int, seed uint64, first int64, stream uint32) {
	dst = dst[:n*steps]
	if len(dst) == 0 {
		return
	}
	c := newCounters(n, seed, first, stream)
	if n%4 == 0 {
		whole := len(dst) &^ 31
		normals(dst[:whole], &c)
		dst = dst[whole:]
	}
	var some [32]T
	for at := 0; at < len(dst); {
		index := int(c.index[0])
		normals(some[:], &c)
		for left := some[:]; len(left) > 0 && at < len(dst); {
			run := min(int(c.perStep)-index, len(left)/4)
			copy(dst[at:], left[:4*run]) // what is beyond the row's end the next row overwrites
			at += min(4*run, n-4*index)
			left = left[4*run:]
			if index += run; index == int(c.perStep) {
				index = 0
			}
		}
	}
}

// counters are those of the next eight blocks of four samples. Blocks follow each other through
// the regions of a step and then through the steps. The assembly relies on the order of the fields.
type counters struct {
	index, step     [8]uint64 // of the blocks, see lanes
	perStep, last   uint64    // blocks of a step, and one less
	indexBy, stepBy uint64    // eight blocks on: 8 = stepBy × perStep + indexBy
	stream          uint64
	keys            [10][2]uint32 // of the rounds
}

// lanes are the elements of counters that hold the eight blocks in turn: such that the assembly's samples
// come out of two vectors in order.
var lanes = [8]int{0, 2, 4, 6, 1, 3, 5, 7}

func newCounters(n int, seed uint64, first int64, stream uint32) counters {
	per := uint64(n+3) / 4
	c := counters{perStep: per, last: per - 1, indexBy: 8 % per, stepBy: 8 / per,
		stream: uint64(stream), keys: roundKeys(seed)}
	index, step := uint64(0), uint64(first)
	for _, lane := range lanes {
		c.index[lane], c.step[lane] = index, step
		if index++; index == per {
			index, step = 0, step+1
		}
	}
	return c
}

func roundKeys(seed uint64) (keys [10][2]uint32) {
	for round := range uint32(10) {
		keys[round] = [2]uint32{uint32(seed) + round*philoxW0, uint32(seed>>32) + round*philoxW1}
	}
	return keys
}

// normals fills dst, a multiple of 32 samples.
func normals[T Float](dst []T, c *counters) {
	if simd {
		normalsVector(dst, c)
		return
	}
	for ; len(dst) > 0; dst = dst[32:] {
		for block, lane := range lanes {
			i, s := &c.index[lane], &c.step[lane]
			w := philox([4]uint32{uint32(*i), uint32(c.stream), uint32(*s), uint32(*s >> 32)}, &c.keys)
			z := dst[4*block:][:4]
			z[0], z[1] = boxMuller[T](w[0], w[1])
			z[2], z[3] = boxMuller[T](w[2], w[3])
			*s += c.stepBy
			if *i += c.indexBy; *i > c.last {
				*i, *s = *i-c.perStep, *s+1
			}
		}
	}
}

func philox(c [4]uint32, keys *[10][2]uint32) [4]uint32 {
	for _, k := range keys {
		h0, l0 := bits.Mul32(philoxM0, c[0])
		h1, l1 := bits.Mul32(philoxM1, c[2])
		c = [4]uint32{h1 ^ c[1] ^ k[0], l1, h0 ^ c[3] ^ k[1], l0}
	}
	return c
}

func boxMuller[T Float](a, b uint32) (x, y T) {
	if single[T]() {
		x, y := boxMuller32(a, b)
		return T(x), T(y)
	}
	p, q := boxMuller64(a, b)
	return T(p), T(q)
}

// boxMuller64: v = (b + ½)/2³² turns are q right angles and an angle between ±π/4, by its bits.
func boxMuller64(a, b uint32) (x, y float64) {
	// a + ½ = 2^e g with g in [√½, √2)
	i := math.Float64bits(float64(a)+0.5) - sqrtHalfLow
	e := float64(i>>52) - (64 + 32)
	f := math.Float64frombits(i&(1<<52-1)+sqrtHalfBits) - 1
	s := f / (f + 2)
	z := float64(s * s)
	l := log2 + float64(z*(log4+float64(z*(log6+float64(z*(log8+float64(z*(log10+float64(z*(log12+float64(z*log14)))))))))))
	l = float64(e*math.Ln2) + (f - float64(s*(f-float64(z*l))))
	radius := math.Sqrt(-2 * l)

	turn := b + eighth
	r := float64((float64(turn&(1<<30-1)) - (eighth - 0.5)) * perTurn)
	z = float64(r * r)
	sin := sin5 + float64(z*(sin7+float64(z*(sin9+float64(z*(sin11+float64(z*sin13)))))))
	sin = r + float64(float64(r*z)*(sin3+float64(z*sin)))
	cos := cos4 + float64(z*(cos6+float64(z*(cos8+float64(z*(cos10+float64(z*(cos12+float64(z*cos14)))))))))
	cos = 1 + float64(z*(float64(z*cos)-0.5))
	if turn>>30&1 != 0 {
		sin, cos = cos, sin
	}
	return flip(radius*cos, turn^turn<<1), flip(radius*sin, turn)
}

// boxMuller32 takes the complement of u near 1, so that the logarithm keeps its bits.
func boxMuller32(a, b uint32) (x, y float32) {
	upper := a>>30 == 3
	if upper {
		a = ^a
	}
	v := float32(float32(a>>16)*(1<<16)) + (float32(a&(1<<16-1)) + 0.5)
	i := math.Float32bits(v) - threeQuarters
	e := int32(i)>>23 - 32
	f := math.Float32frombits(i&(1<<23-1)+threeQuarters) - 1
	if upper {
		e, f = 0, float32(v*-0x1p-32)
	}
	l := single3Log + float32(f*(single4Log+float32(f*(single5Log+float32(f*(single6Log+float32(f*(single7Log+
		float32(f*(single8Log+float32(f*(single9Log+float32(f*single10Log)))))))))))))
	l = float32(float32(e)*ln2) + (f + float32(float32(f*f)*(float32(f*l)-0.5)))
	radius := float32(math.Sqrt(float64(-2 * l)))

	turn := b + eighth
	r := float32(float32(int32(b<<2)>>1|1) * (perTurn / 2))
	z := float32(r * r)
	sin := single3Sin + float32(z*(single5Sin+float32(z*single7Sin)))
	sin = r + float32(float32(r*z)*sin)
	cos := single4Cos + float32(z*(single6Cos+float32(z*single8Cos)))
	cos = 1 + float32(z*(float32(z*cos)-0.5))
	if turn>>30&1 != 0 {
		sin, cos = cos, sin
	}
	return flip32(radius*cos, turn^turn<<1), flip32(radius*sin, turn)
}

// flip changes x's sign if the highest bit is set.
func flip(x float64, bit uint32) float64 {
	return math.Float64frombits(math.Float64bits(x) ^ uint64(bit>>31)<<63)
}

func flip32(x float32, bit uint32) float32 {
	return math.Float32frombits(math.Float32bits(x) ^ bit>>31<<31)
}
