package train

import "github.com/euryale-ml/euryale/tasks"

// seeds of the noise are a function of (seed, split, trial).
func seeds(seed uint64, split tasks.Split, first, count int) []uint64 {
	list := make([]uint64, count)
	for i := range list {
		list[i] = mix(mix(seed+uint64(split))+uint64(first+i)) >> 11
	}
	return list
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
