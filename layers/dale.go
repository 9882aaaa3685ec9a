package layers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
)

// Dale asks for Dale's law: what a unit sends has one sign, whoever receives it.
//
// Of cells whose couplings have either sign (HORN, rate, Hopf …) a part of the units is inhibitory, and
// the weights are a sign per unit times a positive number that learns. Inhibitory units do not project
// out: neither the readout nor a layer above sees them. The couplings start as [Balanced], at the spectral
// radius that the cell's own would have.
//
// Cells that have excitatory and inhibitory populations in each unit (Wilson-Cowan) keep the excitatory
// couplings between units only, as fibres between regions are, and inhibition within the units.
type Dale struct {
	Inhibitory float64 // part of the units, as in 0.2
}

func (d *Dale) check() error {
	if d != nil && !(d.Inhibitory >= 0 && d.Inhibitory < 1) {
		return fmt.Errorf("layers: Dale's law: expected a part of inhibitory units from 0 to below 1, found %v", d.Inhibitory)
	}
	return nil
}

// InhibitoryUnits says which of n units are inhibitory: the given part of them, evenly spread.
func InhibitoryUnits(n int, part float64) []bool {
	units := make([]bool, n)
	before := 0.0
	for i := range units {
		upTo := math.Floor(part*float64(i+1) + 1e-9)
		units[i] = upTo > before
		before = upTo
	}
	return units
}

// Balanced is another's weights by Dale's law: positive from excitatory units, negative from the
// [InhibitoryUnits], which are multiplied by the ratio of the numbers of both, so that excitation and
// inhibition of a unit cancel in the mean. Balancing makes the spectral radius larger; rescale
// afterwards, as in SpectralRadius(1.1, Balanced(0.2, Normal(1))).
//
// Song, Yang and Wang, PLoS Comput. Biol. 12 (2016) e1004792, doi:10.1371/journal.pcbi.1004792.
func Balanced(inhibitory float64, of Initial) Initial {
	return func(rng *rand.Rand, to, from int) *mat.Dense {
		w := of(rng, to, from)
		balance(w, InhibitoryUnits(from, inhibitory))
		return w
	}
}

func balance(w *mat.Dense, inhibitory []bool) {
	count := 0
	for _, is := range inhibitory {
		if is {
			count++
		}
	}
	factor := -float64(len(inhibitory)-count) / math.Max(1, float64(count))
	w.Apply(func(_, j int, v float64) float64 {
		if inhibitory[j] {
			return factor * math.Abs(v)
		}
		return math.Abs(v)
	}, w)
}

// signed reports whether the weights of the link may have either sign.
func (l *Link) signed() bool { return l.Learn.Forward(-100) < 0 }

// daleProjections are a link by Dale's law: one coupling from the excitatory units and one, with the
// opposite gain, from the inhibitory ones. Both have positive weights.
func daleProjections(p projection, inhibitory []bool) []projection {
	if !p.link.signed() {
		if p.gain < 0 {
			return nil
		}
		return []projection{p}
	}
	excited, inhibited := daleWeights(p.weights, inhibitory)
	p.weights, p.learn = excited, nmm.Positive
	list := []projection{p}
	if len(inhibited.V) > 0 {
		p.name, p.gain, p.weights = p.name+"_inhibition", -p.gain, inhibited
		list = append(list, p)
	}
	return list
}

// smallest is a weight that stands for 0, which no transform to positive numbers has.
const smallest = 1e-6

// daleWeights are the sizes of the balanced weights, from excitatory and from inhibitory units.
func daleWeights(weights mat.Matrix, inhibitory []bool) (excited, inhibited *graph.Sparse) {
	balanced := mat.DenseCopyOf(weights)
	radius := largestEigenvalue(balanced)
	balance(balanced, inhibitory)
	if now := largestEigenvalue(balanced); radius > 0 && now > 0 {
		balanced.Scale(radius/now, balanced)
	}
	return divided(edgesOf(weights), balanced, inhibitory)
}

// divided are the sizes of weights w where there are edges, from excitatory and from inhibitory units.
func divided(edges *graph.Sparse, w mat.Matrix, inhibitory []bool) (excited, inhibited *graph.Sparse) {
	excited, inhibited = &graph.Sparse{Rows: edges.Rows, Cols: edges.Cols}, &graph.Sparse{Rows: edges.Rows, Cols: edges.Cols}
	for k, j := range edges.J {
		half := excited
		if inhibitory[j] {
			half = inhibited
		}
		i := edges.I[k]
		half.I, half.J, half.V = append(half.I, i), append(half.J, j), append(half.V, math.Max(math.Abs(w.At(i, j)), smallest))
	}
	return excited, inhibited
}

// edgesOf are the entries that are connections: all of a dense matrix, as its zeros learn too.
func edgesOf(w mat.Matrix) *graph.Sparse {
	if s, ok := w.(*graph.Sparse); ok {
		return s
	}
	return everyEntry(w.Dims())
}

// inhibitory says which units of the network are, as a whole.
func (s *RecurrentSettings) inhibitory() []bool {
	if s.Dale != nil && slices.ContainsFunc(s.Cell.Links, func(l Link) bool { return l.signed() }) {
		return InhibitoryUnits(s.Units, s.Dale.Inhibitory)
	}
	return make([]bool, s.Units)
}

// seen is what the readout's weights of a state are multiplied by, [output][unit]: the scale, and 0 for
// units that do not project out.
func (r *Recurrent) seen(read Read) []float64 {
	inhibitory, outputs := r.settings.inhibitory(), r.settings.Outputs
	scales := make([]float64, 0, outputs*len(inhibitory))
	for range outputs {
		for _, is := range inhibitory {
			if is {
				scales = append(scales, 0)
			} else {
				scales = append(scales, read.Factor())
			}
		}
	}
	return scales
}
