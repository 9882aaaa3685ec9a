package datasets

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// ExponentialDistance makes a connectome of n regions from the exponential distance
// rule alone, the null model of cortical wiring: the same for the same arguments. The
// number of axons to i from j is a Poisson number of mean
//
//	c exp(-d_ij / decay)
//
// with d the tract length in mm, 1.3 times the distance, and c such that the expected
// density, the part of the pairs with any axon, is the one asked for, between 0 and 1.
// Weights are the numbers of axons divided by the largest. Regions lie as those of
// [Synthetic], which adds the scatter and the homotopic links of real brains.
//
// It fails if n is below 2, if an argument is out of range, and if regions lie too
// far apart for the decay: then more than 1e12 axons would join the closest ones.
//
// Ercsey-Ravasz et al., Neuron 80 (2013) 184-197, doi:10.1016/j.neuron.2013.07.036.
func ExponentialDistance(n int, decay, density float64, seed uint64) (*Connectome, error) {
	switch {
	case n < 2:
		return nil, fmt.Errorf("datasets: ExponentialDistance of %s, expected at least 2", plural(n, "region"))
	case !(decay > 0) || notFinite(decay):
		return nil, fmt.Errorf("datasets: ExponentialDistance: decay is %v mm, expected a length above 0", decay)
	case !(density > 0 && density < 1):
		return nil, fmt.Errorf("datasets: ExponentialDistance: density is %v, expected a number between 0 and 1", density)
	}
	random := rand.New(rand.NewPCG(seed, 0x64697374616e6365))
	c := &Connectome{
		Weights: mat.NewDense(n, n, nil), TractLengths: mat.NewDense(n, n, nil), Centres: mat.NewDense(n, 3, nil),
		Cortical: make([]bool, n), RightHemisphere: make([]bool, n),
	}
	c.placeRegions(random)
	c.measureTracts()
	shortest := c.shortest()
	rule := func(i, j int) float64 { return math.Exp((shortest - c.TractLengths.At(i, j)) / decay) }
	axons, err := axonsFor(density, rule, n)
	if err != nil {
		return nil, fmt.Errorf("datasets: ExponentialDistance: decay of %g mm, shortest tract of %.3g mm: %w", decay, shortest, err)
	}
	c.Weights.Apply(func(i, j int, _ float64) float64 {
		if i == j {
			return 0
		}
		return distuv.Poisson{Lambda: axons * rule(i, j), Src: random}.Rand()
	}, c.Weights)
	c.Weights = c.Normalised()
	return c, nil
}

// shortest is the smallest tract length between different regions.
func (c *Connectome) shortest() float64 {
	least := math.Inf(1)
	for i := 0; i < c.Regions(); i++ {
		for j := 0; j < i; j++ {
			least = math.Min(least, c.TractLengths.At(i, j))
		}
	}
	return least
}

// axonsFor finds, by halving an interval of logarithms, the number of axons at rule 1
// for which the expected part of the pairs with any is the density.
func axonsFor(density float64, rule func(i, j int) float64, n int) (float64, error) {
	const most = 1e12
	var rules []float64
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			if i != j {
				rules = append(rules, rule(i, j))
			}
		}
	}
	expected := func(axons float64) float64 {
		sum := 0.0
		for _, r := range rules {
			sum -= math.Expm1(-axons * r)
		}
		return sum / float64(len(rules))
	}
	if reached := expected(most); reached < density {
		return 0, fmt.Errorf("density %.3g cannot be had: %.0e axons between the closest regions give %.3g", density, most, reached)
	}
	low, high := math.Log(density)-1, math.Log(most) // expected(x) is at most x
	for k := 0; k < 60; k++ {
		if middle := (low + high) / 2; expected(math.Exp(middle)) < density {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Exp(high), nil
}

// WattsStrogatz makes a small-world connectome of n regions on a ring: each is linked
// with its nearest neighbours, half of them on either side, and each link is moved, with
// the probability rewire, to end at a region drawn among those not yet linked with its
// start. Links go both ways and weigh 1. The ring has a radius of 70 mm, the size of a
// brain; tract lengths are 1.3 times the distances.
//
// It fails if neighbours is not even, below 2 or not below n, and if rewire is outside
// 0 to 1.
//
// Watts & Strogatz, Nature 393 (1998) 440-442, doi:10.1038/30918.
func WattsStrogatz(n, neighbours int, rewire float64, seed uint64) (*Connectome, error) {
	switch {
	case neighbours < 2 || neighbours%2 != 0 || neighbours >= n:
		return nil, fmt.Errorf("datasets: WattsStrogatz: %d neighbours of each of %s, expected an even number from 2 to below the number of regions", neighbours, plural(n, "region"))
	case !(rewire >= 0 && rewire <= 1):
		return nil, fmt.Errorf("datasets: WattsStrogatz: probability to rewire is %v, expected 0 to 1", rewire)
	}
	const radius = 70.0                                 // mm
	random := rand.New(rand.NewPCG(seed, 0x736d616c6c)) // "small"
	c := &Connectome{Weights: mat.NewDense(n, n, nil), TractLengths: mat.NewDense(n, n, nil), Centres: mat.NewDense(n, 3, nil), Labels: numbered(n)}
	for i := 0; i < n; i++ {
		angle := 2 * math.Pi * float64(i) / float64(n)
		c.Centres.SetRow(i, []float64{radius * math.Cos(angle), radius * math.Sin(angle), 0})
		for step := 1; step <= neighbours/2; step++ {
			c.link(i, (i+step)%n, 1)
		}
	}
	for step := 1; step <= neighbours/2; step++ {
		for i := 0; i < n; i++ {
			if random.Float64() < rewire {
				c.rewire(i, (i+step)%n, random)
			}
		}
	}
	c.measureTracts()
	return c, nil
}

// link sets the weights of both directions.
func (c *Connectome) link(i, j int, w float64) {
	c.Weights.Set(i, j, w)
	c.Weights.Set(j, i, w)
}

// rewire moves the link of i and j to a region not yet linked with i, if there is one.
func (c *Connectome) rewire(i, j int, random *rand.Rand) {
	var free []int
	for k, w := range c.Weights.RawRowView(i) {
		if k != i && w == 0 {
			free = append(free, k)
		}
	}
	if len(free) > 0 {
		c.link(i, j, 0)
		c.link(i, free[random.IntN(len(free))], 1)
	}
}

// Modular makes a connectome of modules of equal size: two regions are linked with the
// probability within if they share a module, between if not. Links go both ways and
// weigh 1. Modules lie spread over the brain as the regions of [Synthetic] do, their
// members about them with a standard deviation of 8 mm in each direction; tract lengths
// are 1.3 times the distances. Region 3 of module 2 is "M2.3".
//
// It fails if there are no modules or no regions in them, and if a probability is
// outside 0 to 1.
//
// Planted partition: Girvan & Newman, PNAS 99 (2002) 7821-7826,
// doi:10.1073/pnas.122653799.
func Modular(modules, size int, within, between float64, seed uint64) (*Connectome, error) {
	switch {
	case modules < 1 || size < 1:
		return nil, fmt.Errorf("datasets: Modular: %s of %s, expected at least one", plural(modules, "module"), plural(size, "region"))
	case !(within >= 0 && within <= 1) || !(between >= 0 && between <= 1):
		return nil, fmt.Errorf("datasets: Modular: probability of links is %v within and %v between modules, expected 0 to 1", within, between)
	}
	const spread = 8.0 // mm
	n := modules * size
	random := rand.New(rand.NewPCG(seed, 0x6d6f64756c6573)) // "modules"
	c := &Connectome{Weights: mat.NewDense(n, n, nil), TractLengths: mat.NewDense(n, n, nil), Centres: mat.NewDense(n, 3, nil)}
	middles := Synthetic(modules, seed).Centres
	for i := 0; i < n; i++ {
		c.Labels = append(c.Labels, fmt.Sprintf("M%d.%d", i/size+1, i%size+1))
		for axis, x := range middles.RawRowView(i / size) {
			c.Centres.Set(i, axis, x+spread*random.NormFloat64())
		}
		for j := 0; j < i; j++ {
			chance := between
			if i/size == j/size {
				chance = within
			}
			if random.Float64() < chance {
				c.link(i, j, 1)
			}
		}
	}
	c.measureTracts()
	return c, nil
}
