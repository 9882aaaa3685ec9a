package tasks

import (
	"math"
	"math/bits"
)

// What a stream of random numbers decides about a trial. Each purpose has numbers of its own, so
// that a trial without noise, or with another delay, is otherwise the same trial.
const (
	forChoice uint32 = iota // which rule, which stimulus, which answer
	forTiming               // lengths of epochs
	forNoise                // noise on the inputs
	forOrder                // order of recorded items
)

// stream is the sequence of random numbers that belongs to one (seed, split, trial, purpose):
// Philox-4x32-10 of Salmon et al. (2011), doi:10.1145/2063384.2063405, with the seed as its key and
// the rest in its counter. Streams that differ in any of the four share no block of numbers.
type stream struct {
	key     [2]uint32
	counter [4]uint32
	block   [4]uint32
	used    int
	normals [4]float64 // made at once from a block of their own
	left    int
}

func newStream(seed uint64, split Split, trial int, purpose uint32) *stream {
	return &stream{
		key:     [2]uint32{uint32(seed), uint32(seed >> 32)},
		counter: [4]uint32{0, uint32(split)<<8 | purpose, uint32(uint64(trial)), uint32(uint64(trial) >> 32)},
		used:    4,
	}
}

func philox(c [4]uint32, k [2]uint32) [4]uint32 {
	for round := 0; round < 10; round++ {
		h0, l0 := bits.Mul32(0xD2511F53, c[0])
		h1, l1 := bits.Mul32(0xCD9E8D57, c[2])
		c = [4]uint32{h1 ^ c[1] ^ k[0], l1, h0 ^ c[3] ^ k[1], l0}
		k[0] += 0x9E3779B9
		k[1] += 0xBB67AE85
	}
	return c
}

func (s *stream) word() uint32 {
	if s.used == 4 {
		s.block = philox(s.counter, s.key)
		s.counter[0]++
		s.used = 0
	}
	s.used++
	return s.block[s.used-1]
}

// unit is uniform in (0, 1): 52 bits and a half, so never an end.
func (s *stream) unit() float64 {
	high, low := uint64(s.word()), uint64(s.word())
	return (float64((high<<32|low)>>12) + 0.5) / (1 << 52)
}

func (s *stream) uniform(low, high float64) float64 { return low + (high-low)*s.unit() }

// below is uniform in 0 … n-1, with a bias of n/2³².
func (s *stream) below(n int) int { return int(uint64(s.word()) * uint64(n) >> 32) }

func (s *stream) coin() bool { return s.below(2) == 1 }

func (s *stream) pick(values []float64) float64 { return values[s.below(len(values))] }

// normal is a standard normal number (Box and Muller 1958, doi:10.1214/aoms/1177706645). One block of
// random words makes four: 32 bits reach 6.7 standard deviations.
func (s *stream) normal() float64 {
	if s.left == 0 {
		words := philox(s.counter, s.key)
		s.counter[0]++
		s.normals[0], s.normals[1] = boxMuller(words[0], words[1])
		s.normals[2], s.normals[3] = boxMuller(words[2], words[3])
		s.left = 4
	}
	s.left--
	return s.normals[s.left]
}

func boxMuller(a, b uint32) (float64, float64) {
	const unit = 1.0 / (1 << 32)
	radius := math.Sqrt(-2 * math.Log((float64(a)+0.5)*unit))
	sin, cos := math.Sincos(2 * math.Pi * (float64(b) + 0.5) * unit)
	return radius * sin, radius * cos
}

// permuted is the item that takes the given place when 0 … n-1 are shuffled by the stream's key and
// counter: a Feistel cipher over the next power of four, walked until it falls below n (Black and
// Rogaway 2002, doi:10.1007/3-540-45760-7_9), so that no list is kept.
func (s *stream) permuted(place, n int) int {
	half := uint(1)
	for 1<<(2*half) < n {
		half++
	}
	mask := uint32(1)<<half - 1
	for {
		left, right := uint32(place)>>half, uint32(place)&mask
		for round := uint32(0); round < 4; round++ {
			c := s.counter
			c[0] = round<<24 ^ right
			left, right = right, left^philox(c, s.key)[0]&mask
		}
		if place = int(left<<half | right); place < n {
			return place
		}
	}
}
