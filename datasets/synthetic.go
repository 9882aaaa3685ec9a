package datasets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Constants of [Synthetic]. The rule is that of the papers, the numbers are chosen
// for the human brain at the grain of an atlas: tractography of 68 regions
// (testdata/tvb68) falls off by 1/e in 34 mm of tract, with a residual standard
// deviation of the logarithm of 2.3, a median ratio of tract length to distance of
// 1.36, and 26 % of pairs connected.
const (
	decayLength    = 30.0 // mm of tract in which weights fall by 1/e
	logWeightSD    = 2.0  // standard deviation of log weights about the rule
	mutualShare    = 0.9  // part of that variance which both directions share
	tortuosity     = 1.3  // tract length / distance
	density        = 0.25 // part of the pairs that are connected
	homotopicBoost = 30   // factor on weights between mirror-image regions
)

// halfAxes of the ellipsoid on which regions lie, mm: left-right, back-front, up-down.
var halfAxes = [3]float64{65, 85, 60}

// Synthetic makes a connectome of n regions: the same for the same n and seed. It has
// what simulations need of the real thing, and no licence.
//
// Regions lie on two mirror-image hemispheres ("L1"… then "R1"…; an odd last one, "M",
// on the midline). Weights are directed and follow the exponential distance rule with
// log-normal scatter,
//
//	log w_ij = -d_ij/λ + σ ξ_ij,   λ = 30 mm,   σ = 2,   corr(ξ_ij, ξ_ji) = 0.9
//
// with d the tract length, 1.3 times the distance in mm. Links between mirror-image
// (homotopic) regions are 30 times stronger, the heaviest quarter of all links is
// kept, with them the heaviest into each region, and the largest weight is 1. The
// diagonal is 0. Tract lengths are given for all pairs.
//
// It panics if n < 1.
//
// Distance rule: Ercsey-Ravasz et al., Neuron 80 (2013) 184-197,
// doi:10.1016/j.neuron.2013.07.036; log-normal weights: Markov et al., Cereb. Cortex
// 24 (2014) 17-36, doi:10.1093/cercor/bhs270.
func Synthetic(n int, seed uint64) *Connectome {
	if n < 1 {
		panic(fmt.Sprintf("datasets: Synthetic connectome of %d regions", n))
	}
	random := rand.New(rand.NewPCG(seed, 0x65757279616c65))
	c := &Connectome{
		Weights:         mat.NewDense(n, n, nil),
		TractLengths:    mat.NewDense(n, n, nil),
		Centres:         mat.NewDense(n, 3, nil),
		Cortical:        make([]bool, n),
		RightHemisphere: make([]bool, n),
	}
	c.placeRegions(random)
	c.measureTracts()
	c.weighLinks(random)
	c.keepHeaviest()
	c.Weights = c.Normalised()
	return c
}

// placeRegions spreads centres evenly, with scatter, over the left hemisphere (a
// spiral of equal areas) and mirrors them to the right.
func (c *Connectome) placeRegions(random *rand.Rand) {
	half := c.Regions() / 2
	golden := math.Pi * (3 - math.Sqrt(5))
	for k := 0; k < half; k++ {
		lateral := (float64(k) + 0.5) / float64(half) // 0 midline, 1 outermost
		angle := golden*float64(k) + 0.3*random.NormFloat64()
		around := math.Sqrt(1 - lateral*lateral)
		x := halfAxes[0] * lateral
		y := halfAxes[1] * around * math.Cos(angle)
		z := halfAxes[2] * around * math.Sin(angle)
		c.Centres.SetRow(k, []float64{-x, y, z})
		c.Centres.SetRow(half+k, []float64{x, y, z})
		c.Labels = append(c.Labels, fmt.Sprintf("L%d", k+1))
		c.RightHemisphere[half+k] = true
	}
	for k := 0; k < half; k++ {
		c.Labels = append(c.Labels, fmt.Sprintf("R%d", k+1))
	}
	if c.Regions()%2 == 1 {
		c.Labels = append(c.Labels, "M")
	}
	for i := range c.Cortical {
		c.Cortical[i] = true
	}
}

// measureTracts sets tract lengths from the distances of the centres.
func (c *Connectome) measureTracts() {
	for i := 0; i < c.Regions(); i++ {
		for j := 0; j < c.Regions(); j++ {
			a, b := c.Centres.RawRowView(i), c.Centres.RawRowView(j)
			c.TractLengths.Set(i, j, tortuosity*math.Hypot(math.Hypot(a[0]-b[0], a[1]-b[1]), a[2]-b[2]))
		}
	}
}

// weighLinks gives every pair its weight by the distance rule.
func (c *Connectome) weighLinks(random *rand.Rand) {
	mutual, own := math.Sqrt(mutualShare), math.Sqrt(1-mutualShare)
	n := c.Regions()
	for i := 0; i < n; i++ {
		for j := 0; j < i; j++ {
			shared := mutual * random.NormFloat64()
			for _, link := range [2][2]int{{i, j}, {j, i}} {
				w := math.Exp(-c.TractLengths.At(i, j)/decayLength + logWeightSD*(shared+own*random.NormFloat64()))
				if i-j == n/2 && i < 2*(n/2) {
					w *= homotopicBoost
				}
				c.Weights.Set(link[0], link[1], w)
			}
		}
	}
}

// keepHeaviest zeroes all but the heaviest links, and the heaviest into each region.
func (c *Connectome) keepHeaviest() {
	n := c.Regions()
	sorted := slices.Clone(c.Weights.RawMatrix().Data)
	slices.Sort(sorted)
	keep := int(math.Round(density * float64(n*(n-1))))
	threshold := sorted[len(sorted)-max(1, keep)]
	for i := 0; i < n; i++ {
		row := c.Weights.RawRowView(i)
		heaviest := slices.Max(row)
		for j, w := range row {
			if w < threshold && w < heaviest {
				row[j] = 0
			}
		}
	}
}
