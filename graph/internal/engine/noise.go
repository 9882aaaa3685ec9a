package engine

import (
	"hash/fnv"
	"math"
	"math/bits"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// Stream returns the stream number of a noise source from its address, so that samples do not depend
// on what else is in the network.
func Stream(address string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(address))
	return h.Sum32()
}

// draw makes the noise of steps t0 … t1−1, which are of one block, as far as it is wanted.
func (l *tile[T]) draw(t0, t1 int64, wanted []bool) {
	for i := range l.m.Noise {
		v := &l.m.Noise[i]
		if v.Samples >= 0 || !wanted[i] {
			continue
		}
		first, steps := int(t0&(Block-1)), int(t1-t0)
		all := of(l, l.noise, Block*v.offset, Block*v.N)[first*l.lanes*v.N:]
		for lane := range l.lanes {
			into := all
			if l.lanes > 1 {
				into = l.drawn
			}
			for s := range steps {
				Normals(into[s*v.N:][:v.N], l.in.Seeds[l.first+lane], t0+int64(s), v.Stream)
			}
			for s := 0; s < steps && l.lanes > 1; s++ {
				copy(all[(s*l.lanes+lane)*v.N:][:v.N], into[s*v.N:])
			}
		}
	}
}

// noiseOf is the noise of step t, [lane][region].
func (l *tile[T]) noiseOf(i int, t int64) []T {
	v := &l.m.Noise[i]
	if v.Samples >= 0 {
		return of(l, l.series, l.m.Series[v.Samples].offset, v.N)
	}
	return l.slot(of(l, l.noise, Block*v.offset, Block*v.N), t, l.lanes*v.N)
}

// philox is the counter-based generator Philox-4x32-10 of Salmon et al. (2011),
// doi:10.1145/2063384.2063405.
func philox(c0, c1, c2, c3, k0, k1 uint32) (uint32, uint32, uint32, uint32) {
	for round := 0; round < 10; round++ {
		h0, l0 := bits.Mul32(0xD2511F53, c0)
		h1, l1 := bits.Mul32(0xCD9E8D57, c2)
		c0, c1, c2, c3 = h1^c1^k0, l1, h0^c3^k1, l0
		k0 += 0x9E3779B9
		k1 += 0xBB67AE85
	}
	return c0, c1, c2, c3
}

// Normals fills dst with the standard normal samples of (seed, step, stream), one per region:
// a pure function of its arguments (Box and Muller 1958, doi:10.1214/aoms/1177706645).
func Normals[T kernel.Float](dst []T, seed uint64, step int64, stream uint32) {
	k0, k1 := uint32(seed), uint32(seed>>32)
	for i := 0; i < len(dst); i += 4 {
		a, b, c, d := philox(uint32(i/4), stream, uint32(step), uint32(step>>32), k0, k1)
		var z [4]T
		z[0], z[1] = boxMuller[T](a, b)
		z[2], z[3] = boxMuller[T](c, d)
		copy(dst[i:], z[:])
	}
}

func boxMuller[T kernel.Float](a, b uint32) (T, T) {
	const unit = 1.0 / (1 << 32)
	r := math.Sqrt(-2 * math.Log((float64(a)+0.5)*unit))
	sin, cos := math.Sincos(2 * math.Pi * (float64(b) + 0.5) * unit)
	return T(r * cos), T(r * sin)
}
