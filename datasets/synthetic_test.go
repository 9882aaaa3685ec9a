package datasets

import (
	"math"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/stat"
)

func TestSyntheticIsReproducible(t *testing.T) {
	a, b, other := Synthetic(20, 7), Synthetic(20, 7), Synthetic(20, 8)
	if !reflect.DeepEqual(a, b) {
		t.Error("the same seed gave two connectomes")
	}
	if reflect.DeepEqual(a.Weights, other.Weights) || reflect.DeepEqual(a.Centres, other.Centres) {
		t.Error("two seeds gave the same connectome")
	}
}

func TestSyntheticIsSound(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 28, 84, 85} {
		c := Synthetic(n, 1)
		if err := c.Check(); err != nil {
			t.Fatalf("%d regions: %v", n, err)
		}
		if c.Regions() != n {
			t.Errorf("%d regions, expected %d", c.Regions(), n)
		}
		for i := 0; i < n; i++ {
			if c.Weights.At(i, i) != 0 || c.TractLengths.At(i, i) != 0 {
				t.Errorf("%d regions: diagonal of region %d is not 0", n, i)
			}
			received := 0.0
			for j, w := range c.Weights.RawRowView(i) {
				received += w
				if j != i && !(c.TractLengths.At(i, j) > 0) {
					t.Errorf("%d regions: no way from %d to %d", n, j, i)
				}
			}
			if n > 1 && received == 0 {
				t.Errorf("%d regions: region %d receives nothing", n, i)
			}
		}
		if largest := maxOf(c.Weights.RawMatrix().Data); n > 1 && largest != 1 {
			t.Errorf("%d regions: largest weight %g, expected 1", n, largest)
		}
	}
}

func maxOf(x []float64) float64 {
	m := math.Inf(-1)
	for _, v := range x {
		m = math.Max(m, v)
	}
	return m
}

// TestSyntheticFollowsItsRule checks the promises of the documentation on 200 regions.
func TestSyntheticFollowsItsRule(t *testing.T) {
	const n = 200
	c := Synthetic(n, 3)
	var length, logWeight []float64
	links, oneWay, homotopic, asymmetric := 0, 0, 0, false
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			w := c.Weights.At(i, j)
			if w == 0 {
				continue
			}
			links++
			if c.Weights.At(j, i) == 0 {
				oneWay++
			}
			asymmetric = asymmetric || w != c.Weights.At(j, i)
			switch i - j {
			case n / 2, -n / 2:
				homotopic++
			default:
				length = append(length, c.TractLengths.At(i, j))
				logWeight = append(logWeight, math.Log(w))
			}
		}
	}
	if d := float64(links) / (n * (n - 1)); math.Abs(d-density) > 0.01 {
		t.Errorf("%.3f of the pairs are connected, expected %g", d, density)
	}
	if !asymmetric || oneWay == 0 || oneWay > links/3 {
		t.Errorf("%d of %d links go one way: expected some, but most to be mutual", oneWay, links)
	}
	if homotopic < 3*n/4 {
		t.Errorf("%d of %d regions have their homotopic link", homotopic, n)
	}
	// Keeping only heavy links flattens the slope of -1/30 per mm, never its sign.
	_, slope := stat.LinearRegression(length, logWeight, nil, false)
	if slope > -0.003 || slope < -1/decayLength {
		t.Errorf("log weight changes by %.4f per mm, expected a fall no steeper than 1/30", slope)
	}
}

func TestSyntheticHemispheres(t *testing.T) {
	c := Synthetic(7, 1)
	if want := []string{"L1", "L2", "L3", "R1", "R2", "R3", "M"}; !reflect.DeepEqual(c.Labels, want) {
		t.Errorf("labels %q, expected %q", c.Labels, want)
	}
	for k := 0; k < 3; k++ {
		left, right := c.Centres.RawRowView(k), c.Centres.RawRowView(3+k)
		if left[0] >= 0 || left[0] != -right[0] || left[1] != right[1] || left[2] != right[2] {
			t.Errorf("L%d at %v and R%d at %v are no mirror images", k+1, left, k+1, right)
		}
		if c.RightHemisphere[k] || !c.RightHemisphere[3+k] {
			t.Errorf("hemispheres of pair %d", k+1)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("Synthetic(0) did not panic")
		}
	}()
	Synthetic(0, 1)
}
