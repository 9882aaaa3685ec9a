package datasets

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// Shuffling is a null model of a connectome: what a shuffled one keeps.
type Shuffling int

const (
	// WeightsOverEdges keeps which pairs are linked, and permutes the weights over them.
	WeightsOverEdges Shuffling = iota
	// EdgesOverPairs keeps only the weights, and permutes them over all pairs.
	EdgesOverPairs
	// KeepingDegrees keeps how many links each region has in and out, by swapping the ends of pairs of links
	// (Maslov and Sneppen 2002, doi:10.1126/science.1065103).
	KeepingDegrees
	// KeepingStrengths keeps the degrees and what each region receives in all, as nearly as the links allow: after
	// the swaps, weights are permuted over the links by simulated annealing. (Directed links take what they
	// bring along to the same region anyway.)
	KeepingStrengths
)

// String is the name of the constant.
func (s Shuffling) String() string {
	names := []string{"WeightsOverEdges", "EdgesOverPairs", "KeepingDegrees", "KeepingStrengths"}
	if s < 0 || int(s) >= len(names) {
		return fmt.Sprintf("Shuffling(%d)", int(s))
	}
	return names[s]
}

// Shuffled is a null model: the connectome with its links moved, the same for the same seed. Links of a region with
// itself stay. Where weights are symmetric they stay so, pairs moving as one. Tract lengths and all else stay with
// their places. It fails if c is not sound, and if the shuffling is none of the above.
func (c *Connectome) Shuffled(by Shuffling, seed uint64) (*Connectome, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(seed, 0x5f3759df))
	s := &shuffle{weights: mat.DenseCopyOf(c.Weights), rand: r}
	s.n, _ = c.Weights.Dims()
	s.symmetric = mat.Equal(c.Weights, c.Weights.T())
	strengths := s.strengths()
	switch by {
	case WeightsOverEdges:
		s.permute(s.places(true))
	case EdgesOverPairs:
		s.permute(s.places(false))
	case KeepingDegrees:
		s.rewire()
	case KeepingStrengths:
		s.rewire()
		s.anneal(strengths)
	default:
		return nil, fmt.Errorf("datasets: unknown shuffling %v", by)
	}
	out := *c
	out.Weights = s.weights
	return &out, nil
}

// shuffle is one at work.
type shuffle struct {
	n         int
	weights   *mat.Dense
	symmetric bool
	rand      *rand.Rand
}

// place is an entry of the weights, with its mirror image where these are symmetric.
type place struct{ to, from int }

// places are the entries off the diagonal, above it only where weights are symmetric; linked: that are not 0.
func (s *shuffle) places(linked bool) []place {
	var list []place
	for i := range s.n {
		for j := range s.n {
			if i == j || s.symmetric && j < i || linked && s.weights.At(i, j) == 0 {
				continue
			}
			list = append(list, place{i, j})
		}
	}
	return list
}

func (s *shuffle) at(p place) float64 { return s.weights.At(p.to, p.from) }

func (s *shuffle) set(p place, w float64) {
	s.weights.Set(p.to, p.from, w)
	if s.symmetric {
		s.weights.Set(p.from, p.to, w)
	}
}

// permute moves the weights among some places.
func (s *shuffle) permute(list []place) {
	values := make([]float64, len(list))
	for k, p := range list {
		values[k] = s.at(p)
	}
	for k, from := range s.rand.Perm(len(list)) {
		s.set(list[k], values[from])
	}
}

// swapsPerLink is how often a link is swapped on average, enough to forget where it was.
const swapsPerLink = 10

// rewire swaps the sources of pairs of links, to a from b and to c from d becoming to a from d and to c from b,
// where neither is there yet.
func (s *shuffle) rewire() {
	links := s.places(true)
	if len(links) < 2 {
		return
	}
	for range swapsPerLink * len(links) {
		k, l := s.rand.IntN(len(links)), s.rand.IntN(len(links))
		p, q := links[k], links[l]
		if s.symmetric && s.rand.IntN(2) == 1 {
			q = place{q.from, q.to}
		}
		a, b := place{p.to, q.from}, place{q.to, p.from}
		if k == l || a.to == a.from || b.to == b.from || s.at(a) != 0 || s.at(b) != 0 || s.symmetric && a == (place{b.from, b.to}) {
			continue
		}
		wp, wq := s.at(p), s.at(q)
		s.set(p, 0)
		s.set(q, 0)
		s.set(a, wp)
		s.set(b, wq)
		links[k], links[l] = a, b
	}
}

// strengths are what each region receives.
func (s *shuffle) strengths() []float64 {
	sums := make([]float64, s.n)
	for i := range sums {
		sums[i] = mat.Sum(s.weights.RowView(i))
	}
	return sums
}

// anneal swaps weights between links so that regions come to receive what they did.
func (s *shuffle) anneal(wanted []float64) {
	links := s.places(true)
	if len(links) < 2 {
		return
	}
	have, cost := s.strengths(), 0.0
	for i := range have {
		have[i] -= wanted[i] // from here on the excess
		cost += have[i] * have[i]
	}
	temperature := cost / float64(s.n)
	const rounds = 100
	for range rounds {
		for range links {
			p, q := links[s.rand.IntN(len(links))], links[s.rand.IntN(len(links))]
			d := s.at(q) - s.at(p) // what p gains
			change := s.move(have, p, q, d)
			if change <= 0 || s.rand.Float64() < math.Exp(-change/temperature) {
				wp, wq := s.at(p), s.at(q)
				s.set(p, wq)
				s.set(q, wp)
				continue
			}
			s.move(have, p, q, -d)
		}
		temperature *= 0.9
	}
}

// move adds d to p's region and takes it from q's, and returns how the sum of the squared excesses changes.
func (s *shuffle) move(excess []float64, p, q place, d float64) float64 {
	change := 0.0
	add := func(i int, d float64) {
		change += d * (2*excess[i] + d)
		excess[i] += d
	}
	add(p.to, d)
	add(q.to, -d)
	if s.symmetric {
		add(p.from, d)
		add(q.from, -d)
	}
	return change
}
