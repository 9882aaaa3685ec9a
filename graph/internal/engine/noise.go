package engine

import (
	"hash/fnv"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// Stream returns the stream number of a noise source from its address, so that samples do not depend
// on what else is in the network. The sources of a network must have different ones.
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
			kernel.Normals(into, v.N, steps, l.in.Seeds[l.numbers[lane]], t0, v.Stream)
			for s := 0; s < steps && l.lanes > 1; s++ {
				copy(all[(s*l.lanes+lane)*v.N:][:v.N], into[s*v.N:])
			}
		}
	}
}
