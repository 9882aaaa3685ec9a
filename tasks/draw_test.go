package tasks

import (
	"math"
	"slices"
	"testing"
)

// Known answers of the authors' Random123.
func TestPhilox(t *testing.T) {
	const ones = 0xffffffff
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{ones, ones, ones, ones}, [2]uint32{ones, ones}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := philox(c.counter, c.key); got != c.want {
			t.Errorf("philox(%x, %x) = %x, expected %x", c.counter, c.key, got, c.want)
		}
	}
}

func TestStreamsDiffer(t *testing.T) {
	first := func(seed uint64, split Split, trial int, purpose uint32) uint32 {
		return newStream(seed, split, trial, purpose).word()
	}
	base := first(1, Train, 5, forChoice)
	for i, other := range []uint32{first(2, Train, 5, forChoice), first(1<<32|1, Train, 5, forChoice), first(1, Test, 5, forChoice),
		first(1, Train, 6, forChoice), first(1, Train, 1<<32|5, forChoice), first(1, Train, 5, forNoise)} {
		if other == base {
			t.Errorf("stream %d begins as the first", i)
		}
	}
	if first(1, Train, 5, forChoice) != base {
		t.Error("a stream does not repeat")
	}
}

func TestNormalMoments(t *testing.T) {
	s := newStream(3, Train, 0, forNoise)
	const n = 100_000
	var moments [5]float64
	for range n {
		x := s.normal()
		for k, p := 1, x; k < 5; k, p = k+1, p*x {
			moments[k] += p / n
		}
	}
	// Standard errors of the sample moments: √(1, 2, 15, 96)/√n; five of them.
	for k, c := range [][2]float64{{}, {0, 1}, {1, 2}, {0, 15}, {3, 96}} {
		if off := math.Abs(moments[k] - c[0]); off > 5*math.Sqrt(c[1]/n) {
			t.Errorf("moment %d is %.4f, expected %g", k, moments[k], c[0])
		}
	}
}

func TestPermutedIsAPermutation(t *testing.T) {
	for _, n := range []int{1, 2, 5, 64, 100} {
		first := permutation(n, 0)
		sorted := slices.Sorted(slices.Values(first))
		for i, v := range sorted {
			if v != i {
				t.Fatalf("of %d: %v", n, first)
			}
		}
		if n > 10 && (slices.Equal(first, permutation(n, 1)) || slices.IsSorted(first)) {
			t.Errorf("%d items are not shuffled anew", n)
		}
	}
}

func permutation(n, round int) []int {
	places := make([]int, n)
	for i := range places {
		places[i] = newStream(9, Train, round, forOrder).permuted(i, n)
	}
	return places
}

func TestLawsOfLength(t *testing.T) {
	for _, c := range []struct {
		law             law
		low, high, mean float64
		sd              float64
	}{
		{fixed(300), 300, 300, 300, 0},
		{between(300, 600), 300, 600, 450, 300 / math.Sqrt(12)},
		{among(0, 1000, 2000), 0, 2000, 1000, 2000 / math.Sqrt(6)},
		// Mean of an exponential of mean m cut to [a, b]: m + (a e^{-a/m} - b e^{-b/m})/(e^{-a/m} - e^{-b/m}).
		{exponential(600, 300, 3000), 300, 3000, 600 + (300*math.Exp(-.5)-3000*math.Exp(-5))/(math.Exp(-.5)-math.Exp(-5)), 600},
	} {
		s := newStream(1, Train, 0, forTiming)
		const n = 5000
		mean := 0.0
		for range n {
			ms := c.law.draw(s)
			if ms < c.low || ms > c.high {
				t.Fatalf("%v: %g ms", c.law, ms)
			}
			mean += ms / n
		}
		if math.Abs(mean-c.mean) > 5*c.sd/math.Sqrt(n)+1e-9 {
			t.Errorf("%v: mean %.1f, expected %.1f", c.law, mean, c.mean)
		}
	}
}
