package graph

import (
	"math"
	"testing"
)

// A change of any operand, in any place, changes the sum; so do two numbers that trade places.
func TestChecksum(t *testing.T) {
	operands := [][]float64{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {0.5}, nil, {-1, 0, 1}}
	sum := checksum(operands)
	for i, list := range operands {
		for k := range list {
			x := list[k]
			for _, other := range []float64{-x, x * (1 + 1e-15), x + 1e-300, list[(k+1)%len(list)], list[(k+4)%len(list)]} {
				list[k] = other
				if changed := checksum(operands) != sum; changed != (math.Float64bits(other) != math.Float64bits(x)) {
					t.Errorf("operand %d, number %d: %v for %v: changed %v", i, k, other, x, changed)
				}
			}
			list[k] = x
		}
	}
	long := operands[0]
	for _, d := range []int{1, 4} {
		long[2], long[2+d] = long[2+d], long[2]
		if checksum(operands) == sum {
			t.Errorf("two numbers %d apart trade places", d)
		}
		long[2], long[2+d] = long[2+d], long[2]
	}
}

func BenchmarkChecksum(b *testing.B) {
	operands := [][]float64{make([]float64, 1<<18)}
	b.SetBytes(8 << 18)
	for b.Loop() {
		checksum(operands)
	}
}
