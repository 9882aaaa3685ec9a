package datasets

import (
	"math"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// made makes one network of each kind with a seed.
func made(t *testing.T, seed uint64) map[string]*Connectome {
	t.Helper()
	networks := map[string]*Connectome{}
	keep := func(name string, c *Connectome, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		networks[name] = c
	}
	c, err := ExponentialDistance(30, 30, 0.3, seed)
	keep("ExponentialDistance", c, err)
	c, err = WattsStrogatz(30, 6, 0.3, seed)
	keep("WattsStrogatz", c, err)
	c, err = Modular(3, 10, 0.6, 0.05, seed)
	keep("Modular", c, err)
	return networks
}

func TestNetworksAreSoundAndReproducible(t *testing.T) {
	again, others := made(t, 4), made(t, 5)
	for name, c := range made(t, 4) {
		if err := c.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(c, again[name]) {
			t.Errorf("%s: the same seed gave two networks", name)
		}
		if reflect.DeepEqual(c.Weights, others[name].Weights) {
			t.Errorf("%s: two seeds gave the same network", name)
		}
		for i := 0; i < c.Regions(); i++ {
			a, b := c.Centres.RawRowView(i), c.Centres.RawRowView((i+1)%30)
			distance := math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
			if got := c.TractLengths.At(i, (i+1)%30); math.Abs(got-1.3*distance) > 1e-9 {
				t.Errorf("%s: tract of %g mm over %g mm", name, got, distance)
			}
			if c.Weights.At(i, i) != 0 {
				t.Errorf("%s: region %d is linked with itself", name, i)
			}
		}
	}
}

// TestExponentialDistanceFollowsItsRule checks density, range and decay: the logarithm
// of the mean weight at a length falls by 1/decay per mm, whatever the density.
func TestExponentialDistanceFollowsItsRule(t *testing.T) {
	for _, test := range []struct{ decay, density float64 }{{20, 0.3}, {40, 0.1}, {40, 0.7}, {1000, 0.5}} {
		c, err := ExponentialDistance(200, test.decay, test.density, 2)
		if err != nil {
			t.Fatal(err)
		}
		links := len(c.Edges().To)
		// 39,800 independent pairs: four standard deviations of the density are below 0.0101.
		if got := float64(links) / (200 * 199); math.Abs(got-test.density) > 0.0101 {
			t.Errorf("%+v: density %.3f", test, got)
		}
		if largest := maxOf(c.Weights.RawMatrix().Data); largest != 1 {
			t.Errorf("%+v: largest weight %g, expected 1", test, largest)
		}
		const bin = 10.0
		sums, counts := map[int]float64{}, map[int]float64{}
		for i := 0; i < 200; i++ {
			for j := 0; j < 200; j++ {
				if i != j {
					k := int(c.TractLengths.At(i, j) / bin)
					sums[k] += c.Weights.At(i, j)
					counts[k]++
				}
			}
		}
		var lengths, logs []float64
		for k := 2; k < 10; k++ { // 20 to 100 mm
			lengths, logs = append(lengths, bin*float64(k)), append(logs, math.Log(sums[k]/counts[k]))
		}
		if _, slope := stat.LinearRegression(lengths, logs, nil, false); math.Abs(slope+1/test.decay) > 0.1/test.decay+2e-4 {
			t.Errorf("%+v: slope %g per mm", test, slope)
		}
	}
}

func TestWattsStrogatz(t *testing.T) {
	ring, err := WattsStrogatz(7, 4, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := ring.Weights.RawRowView(0); !reflect.DeepEqual(got, []float64{0, 1, 1, 0, 0, 1, 1}) {
		t.Errorf("neighbours of region 0: %v", got)
	}
	// Rewiring keeps the number of links and the symmetry, and makes ways short long
	// before it undoes the clusters.
	previous, lattice := 0.0, 0.0
	for _, rewire := range []float64{0, 0.1, 1} {
		c, err := WattsStrogatz(200, 10, rewire, 1)
		if err != nil {
			t.Fatal(err)
		}
		if links := len(c.Edges().To); links != 2000 || !mat.Equal(c.Weights, c.Weights.T()) {
			t.Errorf("rewire %g: %d links, expected 2000, both ways", rewire, links)
		}
		clusters, steps := clustering(c), meanSteps(c)
		switch rewire {
		case 0:
			if math.Abs(clusters-2./3) > 1e-12 { // 3(k-2)/(4(k-1)) for k = 10
				t.Errorf("clustering of the lattice %g, expected 2/3", clusters)
			}
			previous, lattice = steps, clusters
		case 0.1:
			if steps > previous/2 || clusters < lattice/2 {
				t.Errorf("rewire 0.1: %.2f steps and clustering %.2f after %.2f and %.2f: no small world", steps, clusters, previous, lattice)
			}
		case 1:
			if clusters > 0.1 {
				t.Errorf("rewire 1: clustering %.2f, expected about 10/200", clusters)
			}
		}
	}
	full, err := WattsStrogatz(5, 4, 1, 1)
	if err != nil || mat.Sum(full.Weights) != 20 {
		t.Errorf("%v, %v: nowhere to rewire to, expected all links", full, err)
	}
}

// clustering is the part of the pairs of a region's neighbours that are linked.
func clustering(c *Connectome) float64 {
	linked, pairs := 0.0, 0.0
	for i := 0; i < c.Regions(); i++ {
		for j := 0; j < c.Regions(); j++ {
			for k := 0; k < j; k++ {
				if c.Weights.At(i, j)*c.Weights.At(i, k) != 0 {
					pairs++
					linked += c.Weights.At(j, k)
				}
			}
		}
	}
	return linked / pairs
}

// meanSteps is the mean number of links on the shortest way from region 0.
func meanSteps(c *Connectome) float64 {
	steps := map[int]int{0: 0}
	sum := 0
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		for j, w := range c.Weights.RawRowView(queue[0]) {
			if _, seen := steps[j]; w != 0 && !seen {
				steps[j] = steps[queue[0]] + 1
				sum += steps[j]
				queue = append(queue, j)
			}
		}
	}
	return float64(sum) / float64(len(steps)-1)
}

func TestModular(t *testing.T) {
	c, err := Modular(4, 50, 0.5, 0.02, 3)
	if err != nil {
		t.Fatal(err)
	}
	if c.Labels[0] != "M1.1" || c.Labels[199] != "M4.50" || !mat.Equal(c.Weights, c.Weights.T()) {
		t.Errorf("%v, or not symmetric", c)
	}
	var links, pairs, lengths [2]float64 // between, within
	for i := 0; i < 200; i++ {
		for j := 0; j < i; j++ {
			k := 0
			if i/50 == j/50 {
				k = 1
			}
			pairs[k]++
			links[k] += c.Weights.At(i, j)
			lengths[k] += c.TractLengths.At(i, j)
		}
	}
	// 4,900 pairs within, 15,000 between: four standard deviations are 0.029 and 0.0046.
	if w, b := links[1]/pairs[1], links[0]/pairs[0]; math.Abs(w-0.5) > 0.029 || math.Abs(b-0.02) > 0.0046 {
		t.Errorf("densities %.3f within, %.4f between", w, b)
	}
	if lengths[1]/pairs[1] > 0.5*lengths[0]/pairs[0] {
		t.Errorf("modules are not apart: mean tracts %.0f mm within, %.0f mm between", lengths[1]/pairs[1], lengths[0]/pairs[0])
	}
}

func TestNetworkErrors(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		want string
		make func() (*Connectome, error)
	}{
		{"ExponentialDistance of 1 region, expected at least 2", func() (*Connectome, error) { return ExponentialDistance(1, 30, 0.2, 1) }},
		{"decay is 0 mm", func() (*Connectome, error) { return ExponentialDistance(9, 0, 0.2, 1) }},
		{"decay is NaN mm", func() (*Connectome, error) { return ExponentialDistance(9, nan, 0.2, 1) }},
		{"density is 1, expected", func() (*Connectome, error) { return ExponentialDistance(9, 30, 1, 1) }},
		{"density is NaN", func() (*Connectome, error) { return ExponentialDistance(9, 30, nan, 1) }},
		{"density 0.9 cannot be had: 1e+12 axons", func() (*Connectome, error) { return ExponentialDistance(9, 0.01, 0.9, 1) }},
		{"3 neighbours of each of 9 regions, expected an even number", func() (*Connectome, error) { return WattsStrogatz(9, 3, 0.2, 1) }},
		{"0 neighbours", func() (*Connectome, error) { return WattsStrogatz(9, 0, 0.2, 1) }},
		{"4 neighbours of each of 4 regions", func() (*Connectome, error) { return WattsStrogatz(4, 4, 0.2, 1) }},
		{"rewire is 1.5", func() (*Connectome, error) { return WattsStrogatz(9, 4, 1.5, 1) }},
		{"rewire is NaN", func() (*Connectome, error) { return WattsStrogatz(9, 4, nan, 1) }},
		{"0 modules of 3 regions", func() (*Connectome, error) { return Modular(0, 3, 1, 0, 1) }},
		{"2 modules of 0 regions", func() (*Connectome, error) { return Modular(2, 0, 1, 0, 1) }},
		{"links is 2 within and 0 between", func() (*Connectome, error) { return Modular(2, 2, 2, 0, 1) }},
		{"NaN between", func() (*Connectome, error) { return Modular(2, 2, 1, nan, 1) }},
	} {
		_, err := test.make()
		wantError(t, err, test.want)
	}
	// The hardest sizes that are allowed.
	for _, n := range []int{2, 3} {
		if c, err := ExponentialDistance(n, 1e-3, 0.1, 1); err != nil || c.Check() != nil {
			t.Errorf("%d regions: %v", n, err)
		}
	}
}
