package engine

// edgeRows tell where the edges of some regions are. They are parted into blocks of the regions at their
// other ends, one block after the other: those of region i in block b are ends[b n+i] … ends[b n+i+1]−1.
type edgeRows struct {
	n, side int // regions; regions of a block at the other ends
	ends    []int32
}

const (
	nearest  = 32 << 10 // bytes of the nearest cache for what a block's edges read
	shortest = 16       // edges of a region in a block, on average, that are worth their sums' way through memory
)

// side is the number of regions in a block whose last steps, so many of each, stay in the nearest cache
// while the sums over their edges into or from n regions are formed. A block is never so small that few
// edges of a region are left in it.
func side(edges, n, others, steps int) int {
	least := max(nearest/(8*steps), shortest*n*others/max(edges, 1), 1)
	if blocks := others / least; blocks > 1 {
		return segments(others, blocks)
	}
	return max(others, 1)
}

// begin makes room for the edges of n regions.
func (r *edgeRows) begin(n, others, side int) {
	r.n, r.side = n, side
	r.ends = cleared(r.ends, segments(others, side)*n+1)
}

// blocks is their number, at least one.
func (r *edgeRows) blocks() int { return max((len(r.ends)-1)/max(r.n, 1), 1) }

// count notes an edge of region i, and other at its other end.
func (r *edgeRows) count(i, other int) { r.ends[other/r.side*r.n+i+1]++ }

// counted ends the count.
func (r *edgeRows) counted() {
	for i, n := range r.ends[:len(r.ends)-1] {
		r.ends[i+1] += n
	}
}

// starts is where the edges of each block and region begin; place takes one of them.
func (r *edgeRows) starts() []int32 { return append([]int32(nil), r.ends...) }

func (r *edgeRows) place(starts []int32, i, other int) int32 {
	at := &starts[other/r.side*r.n+i]
	*at++
	return *at - 1
}

// in are the ends of regions from … to−1 in a block, and the start of the first.
func (r *edgeRows) in(block, from, to int) []int32 {
	return r.ends[block*r.n+from : block*r.n+to+1]
}

// of is where the edges of region i in a block are.
func (r *edgeRows) of(block, i int) (from, to int32) {
	at := block*r.n + i
	return r.ends[at], r.ends[at+1]
}
