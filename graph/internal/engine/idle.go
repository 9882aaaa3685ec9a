package engine

import (
	"runtime"
	"sync"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// idleTiles keeps workspaces between runs, so that a run allocates none.
type idleTiles[T kernel.Float] struct {
	mu     sync.Mutex
	tiles  []*tile[T]
	points []*checkpoint[T] // of released tapes
	sums   []float64        // memory of sums over lanes
}

// Release gives the memory of a tape back for the next run. The tape must not be used again.
func (e *Engine[T]) Release(t *Tape[T]) {
	s := e.idle
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range t.tiles { // the rows that were read last are the first to be written again
		for _, point := range t.tiles[len(t.tiles)-1-k].saved {
			s.points = append(s.points, point)
		}
	}
	t.tiles = nil
}

// tile returns a workspace that fits the plan.
func (e *Engine[T]) tile(p plan, alone bool) *tile[T] {
	l := e.idle.get(p)
	if l == nil {
		l = newTile[T](e.Model, p)
	}
	l.plan, l.set, l.idle = p, &e.Settings, e.idle
	l.alone, l.loaded = alone, false
	return l
}

func (s *idleTiles[T]) put(l *tile[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tiles) < runtime.GOMAXPROCS(0) {
		s.tiles = append(s.tiles, l)
	}
}

// get returns a workspace that fits the plan, nil if there is none.
func (s *idleTiles[T]) get(p plan) *tile[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := len(s.tiles); n > 0; n = len(s.tiles) {
		l := s.tiles[n-1]
		s.tiles = s.tiles[:n-1]
		if l.plan.lanes == p.lanes && l.plan.bundles == p.bundles && l.plan.segment == p.segment && l.plan.resident == p.resident {
			return l
		}
	}
	return nil
}

func (s *idleTiles[T]) returnPoint(p *checkpoint[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.points = append(s.points, p)
}

// point returns a released checkpoint of the given sizes, nil if there is none. Others are dropped:
// they belong to a plan that is no longer used.
func (s *idleTiles[T]) point(past, x int) *checkpoint[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := len(s.points); n > 0; n = len(s.points) {
		p := s.points[n-1]
		s.points = s.points[:n-1]
		if len(p.past) == past && len(p.x) == x {
			return p
		}
	}
	return nil
}

// takeSums returns memory that returnSums got, nil if somebody else has it.
func (s *idleTiles[T]) takeSums() (memory []float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	memory, s.sums = s.sums, nil
	return memory
}

func (s *idleTiles[T]) returnSums(memory []float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums = memory
}
