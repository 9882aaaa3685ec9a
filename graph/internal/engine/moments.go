package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// momentBlock is how many samples wait for the products of all pairs of regions to be added at once: one by
// one they take four times as long.
const momentBlock = 16

// moments are the running mean and the sums of squared deviations from it of samples of n numbers, in
// float64 whatever the precision of the solve. The mean is that of differences from the first sample, and
// deviations are from the mean before the block, so that little cancels (Chan, Golub and LeVeque 1983,
// doi:10.1080/00031305.1983.10483115), and the squares of what is constant are 0.
type moments struct {
	n, lanes    int
	count, held int                      // samples in the mean, and in the block
	first, mean []float64                // [lane][n]; the mean is less the first sample
	square      []kernel.Matrix[float64] // by lane; what is below the diagonal means nothing
	block       []float64                // [lane][momentBlock][n]
	sum, share  []float64
}

func newMoments(n, lanes int) *moments {
	m := &moments{n: n, lanes: lanes, first: make([]float64, lanes*n), mean: make([]float64, lanes*n), block: make([]float64, lanes*momentBlock*n), sum: make([]float64, n), share: make([]float64, n)}
	for range lanes {
		m.square = append(m.square, kernel.NewMatrix[float64](n, n))
	}
	return m
}

// momentsWidth is how many numbers carry the moments of n numbers from window to window.
func momentsWidth(n int) int { return 2*n + n*(n+1)/2 }

// eachPair pairs the upper triangle of a matrix with what a carry has of it.
func eachPair(square kernel.Matrix[float64], carry []float64, n int, do func(row, carry []float64)) {
	for i := range n {
		do(square.Data[i*square.Stride+i:][:n-i], carry[:n-i])
		carry = carry[n-i:]
	}
}

// enter reads a lane's part of a carry in which there are count samples.
func (m *moments) enter(lane int, carry []float64, count int) {
	m.count, m.held = count, 0
	copy(m.first[lane*m.n:][:m.n], carry)
	copy(m.mean[lane*m.n:][:m.n], carry[m.n:])
	eachPair(m.square[lane], carry[2*m.n:], m.n, func(row, carry []float64) { copy(row, carry) })
}

// clear starts anew.
func (m *moments) clear() {
	m.count, m.held = 0, 0
	clear(m.first)
	clear(m.mean)
	for _, s := range m.square {
		clear(s.Data)
	}
}

// leave writes a lane's part of a carry, after a flush.
func (m *moments) leave(lane int, carry []float64) {
	copy(carry, m.first[lane*m.n:][:m.n])
	copy(carry[m.n:], m.mean[lane*m.n:][:m.n])
	eachPair(m.square[lane], carry[2*m.n:], m.n, func(row, carry []float64) { copy(carry, row) })
}

// means returns those of all lanes, [lane][n], after a flush.
func (m *moments) means() []float64 {
	means := make([]float64, m.lanes*m.n)
	kernel.AddVV(means, m.first[:len(means)], m.mean[:len(means)])
	return means
}

// covariance writes that of a lane, divisor count − 1, after a flush.
func (m *moments) covariance(lane int, into []float64) {
	s := m.square[lane]
	for i := range m.n {
		for j := i; j < m.n; j++ {
			c := s.Data[i*s.Stride+j] / float64(m.count-1)
			into[i*m.n+j], into[j*m.n+i] = c, c
		}
	}
}

// next is where the next sample of a lane goes; taken says that all lanes have theirs.
func (m *moments) next(lane int) []float64 {
	return m.block[(lane*momentBlock+m.held)*m.n:][:m.n]
}

func (m *moments) taken() {
	if m.held++; m.held == momentBlock {
		m.flush()
	}
}

// flush adds the block.
func (m *moments) flush() {
	for lane := 0; lane < m.lanes && m.held > 0; lane++ {
		m.flushLane(lane)
	}
	m.count, m.held = m.count+m.held, 0
}

func (m *moments) flushLane(lane int) {
	first, mean, block := m.first[lane*m.n:][:m.n], m.mean[lane*m.n:][:m.n], m.block[lane*momentBlock*m.n:][:m.held*m.n]
	if m.count == 0 {
		copy(first, block)
	}
	clear(m.sum)
	for at := 0; at < len(block); at += m.n {
		for i, c := range mean {
			block[at+i] = block[at+i] - first[i] - c
			m.sum[i] += block[at+i]
		}
	}
	rows := kernel.Matrix[float64]{Data: block, Stride: m.n}
	kernel.RankK(m.square[lane], rows, rows, m.n, m.n, m.held)
	for i, s := range m.sum {
		m.share[i] = -s / float64(m.count+m.held)
		mean[i] -= m.share[i]
	}
	kernel.RankK(m.square[lane], kernel.Matrix[float64]{Data: m.share}, kernel.Matrix[float64]{Data: m.sum}, m.n, m.n, 1)
}

// momentsBack is the adjoint of the moments at the end of a window. With k samples up to there of mean m,
// and G the adjoint of the squares, that of a sample y is (G + Gᵀ)(y − m) + m̄/k: what the mean in the
// squares adds is 0, because deviations from it are so in sum.
type momentsBack struct {
	n, count  int
	mean      []float64                // [lane][n]
	slope     []kernel.Matrix[float64] // G + Gᵀ by lane
	share     []float64                // m̄/k, [lane][n]
	deviation []float64
	adjoint   []float64
}

func newMomentsBack(n, lanes int) *momentsBack {
	m := &momentsBack{n: n, share: make([]float64, lanes*n), deviation: make([]float64, n), adjoint: make([]float64, n)}
	for range lanes {
		m.slope = append(m.slope, kernel.NewMatrix[float64](n, n))
	}
	return m
}

// clear starts with the moments of count samples, of the given means.
func (m *momentsBack) clear(mean []float64, count int) {
	m.mean, m.count = mean, count
	clear(m.share)
	for _, s := range m.slope {
		clear(s.Data)
	}
}

// addCarry adds the adjoint of what a carry has of a lane. What follows takes the mean and the first sample
// only together, so that both have the adjoint of the mean.
func (m *momentsBack) addCarry(lane int, carry []float64) {
	m.addMean(lane, carry[:m.n])
	s, carry := m.slope[lane], carry[2*m.n:]
	for i := range m.n {
		for j := i; j < m.n; j++ {
			g := carry[j-i]
			s.Data[i*s.Stride+j] += g
			s.Data[j*s.Stride+i] += g
		}
		carry = carry[m.n-i:]
	}
}

// addMean adds the adjoint of a lane's mean.
func (m *momentsBack) addMean(lane int, adjoint []float64) {
	if m.count > 0 {
		for i, g := range adjoint {
			m.share[lane*m.n+i] += g / float64(m.count)
		}
	}
}

// addCovariance adds the adjoint of a lane's covariance.
func (m *momentsBack) addCovariance(lane int, adjoint []float64) {
	s, divisor := m.slope[lane], float64(m.count-1)
	for i := range m.n {
		for j := range m.n {
			s.Data[i*s.Stride+j] += (adjoint[i*m.n+j] + adjoint[j*m.n+i]) / divisor
		}
	}
}

// of returns the adjoint of a sample of a lane, in memory that the next one overwrites, as it does that of
// deviation, where the sample may be.
func (m *momentsBack) of(lane int, sample []float64) []float64 {
	m.slopes(lane, sample)
	for i, g := range m.share[lane*m.n:][:m.n] {
		m.adjoint[i] += g
	}
	return m.adjoint
}

// slopes sets the adjoint to (G + Gᵀ)(x − m).
func (m *momentsBack) slopes(lane int, x []float64) {
	for i, c := range m.mean[lane*m.n:][:m.n] {
		m.deviation[i] = x[i] - c
	}
	kernel.MatMul(kernel.Matrix[float64]{Data: m.adjoint}, m.slope[lane], kernel.Matrix[float64]{Data: m.deviation}, m.n, m.n, 1)
}

// begun writes the adjoint of the carry before the window, in which there are count samples.
func (m *momentsBack) begun(lane int, before []float64, count int, into []float64) {
	kernel.AddVV(m.deviation, before[:m.n], before[m.n:2*m.n])
	m.slopes(lane, m.deviation)
	for i, g := range m.adjoint {
		into[i] = float64(count) * (g + m.share[lane*m.n+i])
	}
	copy(into[m.n:2*m.n], into)
	eachPair(m.slope[lane], into[2*m.n:], m.n, func(row, into []float64) {
		copy(into, row)
		into[0] /= 2
	})
}
