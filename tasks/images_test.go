package tasks

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func smallSequence(t *testing.T, settings ImageSettings) *Task {
	t.Helper()
	train, test := smallMNIST(t)
	task, err := NewImageSequence(train, test, settings)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// shown is the number of the image in a trial: all its pixels are that number.
func shown(tr *Trial) int { return int(math.Round(255 * tr.Inputs[0])) }

func TestImageSplits(t *testing.T) {
	task := smallSequence(t, ImageSettings{Validation: 4}).Seeded(5)
	rounds := [2][]int{}
	for i, tr := range mustBatch(t, task, Train, 0, 32).Trials {
		rounds[i/16] = append(rounds[i/16], shown(tr))
		if tr.Label != shown(tr)%3 || tr.Steps != 6 {
			t.Errorf("image %d has class %d, %d steps", shown(tr), tr.Label, tr.Steps)
		}
	}
	if slices.Equal(rounds[0], rounds[1]) {
		t.Error("both rounds have the same order")
	}
	for _, round := range rounds {
		slices.Sort(round)
		for i, image := range round {
			if i != image {
				t.Fatalf("a round through the training set shows %v", round)
			}
		}
	}
	for i, tr := range mustBatch(t, task, Validation, 0, 8).Trials {
		if shown(tr) != 16+i%4 {
			t.Errorf("validation trial %d is image %d", i, shown(tr))
		}
	}
	if n := len(mustBatch(t, task, Test, 0, 7).Trials); n != 7 {
		t.Errorf("%d test images", n)
	}
}

func TestImageErrors(t *testing.T) {
	train, test := smallMNIST(t)
	for _, c := range []struct {
		train, test *Images
		settings    ImageSettings
		want        string
	}{
		{nil, test, ImageSettings{}, "at least two"},
		{train, &Images{Rows: 3, Columns: 2, Pixels: make([]byte, 6), Labels: []int{1}}, ImageSettings{}, "2×3, for the test 3×2"},
		{train, &Images{Rows: 2, Columns: 3, Pixels: make([]byte, 5), Labels: []int{1}}, ImageSettings{}, "5 pixels are not 1 images of 2×3"},
		{&Images{Labels: []int{1, 2}}, test, ImageSettings{}, "0 pixels are not 2 images of 0×0"},
		{train, &Images{Rows: 2, Columns: 3, Pixels: make([]byte, 6), Labels: []int{-1}}, ImageSettings{}, "class -1"},
		{train, test, ImageSettings{PerStep: 1 << 40}, "do not divide"},
		{train, test, ImageSettings{Validation: 20}, "20 of 20"},
		{train, test, ImageSettings{PerStep: 4}, "do not divide"},
		{train, test, ImageSettings{PerStep: -4}, "do not divide"},
		{train, test, ImageSettings{Order: 7}, "no order number 7"},
	} {
		if _, err := NewImageSequence(c.train, c.test, c.settings); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, expected %q", err, c.want)
		}
	}
}

// psMNIST shows the same pixels in one fixed order, which the seed of the trials does not change.
func TestPermutedOrder(t *testing.T) {
	plain, permuted := NewStrokes(ImageSettings{}), NewStrokes(ImageSettings{Order: Permuted, OrderSeed: 4})
	order := pixelOrder(ImageSettings{Order: Permuted, OrderSeed: 4}, 784)
	if sorted := slices.Sorted(slices.Values(order)); sorted[0] != 0 || sorted[783] != 783 || len(slices.Compact(sorted)) != 784 {
		t.Fatal("no permutation")
	}
	for _, seed := range []uint64{0, 9} {
		a := mustBatch(t, plain.Seeded(seed), Train, 2, 1).Trials[0]
		b := mustBatch(t, permuted.Seeded(seed), Train, 2, 1).Trials[0]
		for i, from := range order {
			if b.Inputs[i] != a.Inputs[from] {
				t.Fatalf("place %d does not show pixel %d", i, from)
			}
		}
	}
	if slices.Equal(order, pixelOrder(ImageSettings{Order: Permuted, OrderSeed: 5}, 784)) {
		t.Error("two seeds give the same order")
	}
}

// The stand-in is learnable and not trivial: the nearest of ten mean images, made from 400 drawings,
// tells most of 200 others.
func TestStrokesCanBeTold(t *testing.T) {
	task := NewStrokes(ImageSettings{PerStep: 28})
	if task.Inputs() != 28 || task.MaxSteps() != 28 {
		t.Fatalf("%d channels, %d steps", task.Inputs(), task.MaxSteps())
	}
	var means [10][784]float64
	var counts [10]float64
	for _, tr := range mustBatch(t, task, Train, 0, 400).Trials {
		counts[tr.Label]++
		for k, v := range tr.Inputs {
			if v < 0 || v > 1 {
				t.Fatalf("a pixel of %g", v)
			}
			means[tr.Label][k] += v
		}
	}
	right := 0.0
	for _, tr := range mustBatch(t, task, Test, 0, 200).Trials {
		best, least := -1, math.Inf(1)
		for class := range means {
			d := 0.0
			for k, v := range tr.Inputs {
				d += square(v - means[class][k]/counts[class])
			}
			if d < least {
				best, least = class, d
			}
		}
		right += mark(best == tr.Label) / 200
	}
	if right < 0.6 || right > 0.99 {
		t.Errorf("nearest mean image is right in %.2f", right)
	}
	t.Logf("nearest mean image: %.3f", right)
}
