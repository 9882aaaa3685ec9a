package engine

import (
	"fmt"
	"math/bits"
	"unsafe"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// plan says how the steps of a window are cut into segments, and how many segment starts are kept.
type plan struct {
	lanes    int // most lanes of a tile
	bundles  int // of those: see bundleLanes
	segment  int // steps per segment, whole blocks
	lap      int // steps that are solved in the same rows where no tape is wanted, whole blocks
	count    int // segments
	resident bool
	slots    int // checkpoints per tile, the first segment's included
	bytes    int64
	factor   float64 // steps solved in all per step of the run, the first solve included
}

// checkpoint is the state at a segment's start: the state row, and the past of every delayed source,
// [source][lane][region][pastColumns]. Resident tapes also keep the segment's rows.
type checkpoint[T kernel.Float] struct {
	state []T
	past  []T
	x, s  []T // states [segment+1][width] and sums [segment][sumWidth], resident only

	observed []T   // states and running sums of the observers
	slow     [][]T // rows of the observers, resident only
}

// sizes returns the numbers of values per lane of one checkpoint, of one segment's tape and of a
// workspace.
func (m *Model) sizes(segment int) (point, tape, work int) {
	point = m.width
	work = (segment + 1) * m.width
	for i := range m.Sources {
		if s := &m.Sources[i]; s.delayed {
			point += s.N * s.pastColumns()
			work += s.N * (s.pastColumns() + segment)
		}
	}
	for i := range m.Sums {
		if c := &m.Couplings[m.Sums[i].Coupling]; c.delayed && m.Sums[i].Source >= 0 {
			work += c.NTo * (m.Sources[m.Sums[i].Source].pastColumns() + segment)
		}
	}
	tape = (segment+1)*m.width + segment*m.sumWidth
	for i := range m.Observers {
		o := &m.Observers[i]
		rows := o.rows(segment) * (o.Model.width + o.N)
		point, tape, work = point+o.Model.width+o.N, tape+rows, work+rows+o.momentsWork()
	}
	return point, tape, work + segment*m.sumWidth
}

// tileBytes is the length of the vectors of all regions and lanes of a tile: long enough for what an
// instruction costs beside its loop, and short enough for the nearest cache.
const tileBytes = 6 << 10

// layout plans tiles of as many bundles as there are lanes for: of more than one only if they are equal, all
// tapes fit into memory, and no goroutine has more lanes to solve than it had in tiles of one.
func (e *Engine[T]) layout(lanes, bundle, workers int, keep bool) (plan, error) {
	all := segments(lanes, bundle)
	for n := bits.Len(uint(e.longest()/bundle)) - 1; n > 0; n-- {
		tiles, some := all>>n, 1<<n
		if lanes%(bundle*some) != 0 || all > maxGroups || segments(tiles, workers)*some > segments(all, workers) {
			continue
		}
		if p, err := e.plan(bundle*some, lanes, workers, keep); err == nil && p.factor == 1 {
			p.bundles = some
			return p, nil
		}
	}
	p, err := e.plan(bundle, lanes, workers, keep)
	p.bundles = 1
	return p, err
}

// longest is the number of lanes whose vectors have tileBytes.
func (e *Engine[T]) longest() int {
	var zero T
	return tileBytes / int(unsafe.Sizeof(zero)) / e.Model.widest()
}

// bundleLanes is the number of lanes of a bundle. The gradients of what lanes share are summed bundle by
// bundle, so that it depends on the model and the number of lanes alone; how many bundles make a tile changes
// no bit.
func (e *Engine[T]) bundleLanes(lanes int) int {
	if !e.Model.tileable {
		return 1
	}
	n := e.Settings.Tile
	if n == 0 {
		n = min(e.longest(), lanes/8) // at least eight for the goroutines
		if n > 1 && n <= 16 {
			return 1 << (bits.Len(uint(n)) - 1) // as products take four lanes at once, and batches are powers of two
		}
	}
	if n < 2 {
		return 1
	}
	tiles := segments(lanes, n)
	if n = segments(lanes, tiles); n > 16 {
		n = min(roundUp(n, 8), lanes)
	}
	return n
}

// widest is the number of regions of the largest population.
func (m *Model) widest() int {
	n := 1
	for i := range m.States {
		n = max(n, m.States[i].N)
	}
	return n
}

// farthest is the most regions times steps of a segment: edges count places in its past in 32 bits.
const farthest = 1 << 28

// plan chooses segments within the memory budget, the cheapest in recomputation, for tiles of side lanes.
func (e *Engine[T]) plan(side, lanes, workers int, keep bool) (plan, error) {
	var zero T
	size := int64(4)
	if _, double := any(zero).(float64); double {
		size = 8
	}
	longest := Block
	for i := range e.Model.Sources {
		longest = max(longest, e.Model.Sources[i].pastColumns())
	}
	tiles := segments(lanes, side)
	workers = min(workers, tiles)
	total := roundUp(e.Settings.Steps, Block) + Block // a run may start inside a block
	memory := func(segment, slots int, resident bool) int64 {
		point, tape, work := e.Model.sizes(segment)
		per := int64(slots) * int64(point)
		if resident {
			per += int64(slots) * int64(tape)
		}
		return size * int64(side) * (per*int64(tiles) + int64(work)*int64(workers))
	}
	lap := min(max(roundUp(256/side, Block), roundUp(longest, Block)), total)
	if !keep {
		return plan{lanes: side, segment: lap, lap: lap, count: segments(total, lap), factor: 1, bytes: memory(lap, 0, false)}, nil
	}
	s := min(max(256, roundUp(2*longest, Block)), total)
	p := plan{lanes: side, segment: s, lap: s, count: segments(total, s), resident: true, factor: 1}
	p.slots, p.bytes = p.count, memory(s, p.count, true)
	if e.Settings.Budget == 0 || p.bytes <= e.Settings.Budget {
		return p, nil
	}
	p, least := e.checkpointed(total, e.Settings.Budget, memory)
	if p.factor < 0 && e.Settings.Elastic {
		p, _ = e.checkpointed(total, elastic*least, memory)
	}
	if p.lanes, p.lap = side, min(lap, p.segment); p.factor < 0 {
		return p, fmt.Errorf("graph: memory budget of %d bytes is below the minimum of %d bytes for this run", e.Settings.Budget, least)
	}
	return p, nil
}

// elastic is how many times the least memory an elastic budget is raised to: the least alone would have one
// checkpoint, from which every segment is reached again.
const elastic = 4

// checkpointed looks for the segment length whose checkpoints fit and cost least, factor −1 if none does,
// and for the least budget.
func (e *Engine[T]) checkpointed(total int, budget int64, memory func(int, int, bool) int64) (best plan, least int64) {
	best, least = plan{factor: -1}, -1
	most := min(total, max(farthest/e.Model.widest(), Block))
	for s := Block; s <= most; s = roundUp(s+s/4, Block) {
		n := segments(total, s)
		need := memory(s, 1, false)
		if least < 0 || need < least {
			least = need
		}
		if need > budget {
			continue
		}
		slots := 1 + int((budget-need)/max(memory(s, 2, false)-need, 1))
		slots = min(slots, n)
		f := 1 + float64(advances(n, slots))/float64(n)
		// among equals the longer segment, as long as a segment stays in cache
		if best.factor < 0 || f < best.factor || f == best.factor && s <= 512 {
			best = plan{segment: s, count: n, slots: slots, factor: f, bytes: memory(s, slots, false)}
		}
	}
	return best, least
}

func segments(total, s int) int { return (total + s - 1) / s }

func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }

// reach is the number of segments that slots checkpoints, the first segment's included, reverse when
// none is solved more than repeats times before its turn: the binomial coefficient
// (slots+repeats choose slots).
func reach(slots, repeats int) int {
	more, few := max(slots, repeats), min(slots, repeats)
	n := 1
	for i := 1; i <= few; i++ {
		n = n * (more + i) / i
		if n > 1<<40 {
			return n
		}
	}
	return n
}

// repeats is how often a segment has to be solved before its turn, at most, to reverse n of them.
func repeats(n, slots int) int {
	r := 0
	for reach(slots, r) < n {
		r++
	}
	return r
}

// split returns how many of n segments to advance before the next checkpoint, with free ≥ 1 free ones
// besides that of the first segment: the most that is among the cheapest, because the first solve
// advances without extra cost.
func split(n, free int) int {
	r := repeats(n, free+1)
	return min(reach(free+1, r-1), n-reach(free, r-1))
}

// advances counts the segments solved while reversing n segments whose first start is held, with
// slots checkpoints in all, after a first solve that stored the checkpoints on its way. Each segment's
// solve for its own reversal is among them.
func advances(n, slots int) int {
	if n < 2 {
		return n
	}
	r := repeats(n, slots)
	count := n + r*n - reach(slots+1, r-1) // Griewank and Walther (2000), equation 3
	for left, free := n, slots-1; left > 1 && free > 0; free-- {
		k := split(left, free)
		count -= k // already advanced by the first solve
		left -= k
	}
	return count
}
