package train

import (
	"fmt"
	"slices"

	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/mat"
)

// Fold is a part of the data to fit and a part to test on. Its pieces are recordings [time, region], or parts of
// one that follow each other without a gap.
type Fold struct {
	Name        string
	Train, Test []*mat.Dense
}

// TimeBlocks cuts a recording [time, region] into blocks of equal length, the earlier ones longer by a sample where
// they must be; each is the test of one fold, and the rest its training. Of the rest, gap samples on either side of
// the test are left out, since neighbouring volumes are alike. The parts are preprocessed one by one, not before.
func TimeBlocks(recording *mat.Dense, blocks, gap int) ([]Fold, error) {
	samples, _ := recording.Dims()
	switch {
	case blocks < 2 || gap < 0:
		return nil, fmt.Errorf("train: expected at least 2 blocks and no negative gap, found %d and %d", blocks, gap)
	case samples < 2*blocks:
		return nil, fmt.Errorf("train: %d samples are too few for %d blocks of 2 at least", samples, blocks)
	}
	var folds []Fold
	for k := range blocks {
		from, to := k*samples/blocks, (k+1)*samples/blocks
		f := Fold{Name: fmt.Sprintf("block %d of %d", k+1, blocks), Test: []*mat.Dense{part(recording, from, to)}}
		for _, rest := range [][2]int{{0, from - gap}, {to + gap, samples}} {
			if rest[1]-rest[0] >= 2 {
				f.Train = append(f.Train, part(recording, rest[0], rest[1]))
			}
		}
		if f.Train == nil {
			return nil, fmt.Errorf("train: a gap of %d samples leaves nothing to fit in fold %d of %d", gap, k+1, blocks)
		}
		folds = append(folds, f)
	}
	return folds, nil
}

func part(recording *mat.Dense, from, to int) *mat.Dense {
	_, regions := recording.Dims()
	return mat.DenseCopyOf(recording.Slice(from, to, 0, regions))
}

// Subjects makes folds of recordings of the same regions: each subject is in one test. As many folds as subjects
// leave out one at a time.
func Subjects(recordings []*mat.Dense, folds int) ([]Fold, error) {
	if folds < 2 || folds > len(recordings) {
		return nil, fmt.Errorf("train: expected from 2 folds to as many as there are recordings, %d, found %d", len(recordings), folds)
	}
	var list []Fold
	for k := range folds {
		from, to := k*len(recordings)/folds, (k+1)*len(recordings)/folds
		list = append(list, Fold{
			Name: fmt.Sprintf("subjects %d to %d", from+1, to), Test: recordings[from:to],
			Train: slices.Concat(recordings[:from], recordings[to:]),
		})
	}
	return list, nil
}

// PooledFC is the FC of pieces, preprocessed one by one: the mean of their FC weighted with their lengths.
func PooledFC(p forward.Preprocessing, period float64, pieces []*mat.Dense) (*mat.SymDense, error) {
	var sum *mat.SymDense
	total := 0.0
	for _, piece := range pieces {
		x, err := p.Simulated().Apply(piece, period)
		if err != nil {
			return nil, err
		}
		samples, n := x.Dims()
		if samples < 2 {
			return nil, fmt.Errorf("train: FC needs 2 samples, found %d", samples)
		}
		fc := forward.FC(x)
		if sum == nil {
			sum = mat.NewSymDense(n, nil)
		}
		if have := sum.SymmetricDim(); have != n {
			return nil, fmt.Errorf("train: expected pieces of the same regions, found %d and %d", have, n)
		}
		for i := range n {
			for j := i; j < n; j++ {
				sum.SetSym(i, j, sum.At(i, j)+float64(samples)*fc.At(i, j))
			}
		}
		total += float64(samples)
	}
	if sum == nil {
		return nil, fmt.Errorf("train: no pieces")
	}
	sum.ScaleSym(1/total, sum)
	return sum, nil
}
