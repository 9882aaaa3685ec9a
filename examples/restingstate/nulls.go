package main

import (
	"context"
	"fmt"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// nullModels do the same with a shuffled connectome, and look at surrogates of the recording.
func (s *study) nullModels(ctx context.Context) error {
	if err := s.shuffled(ctx); err != nil {
		return err
	}
	s.addRow("connectome itself", s.compareFC(s.weights))
	if s.data.bold == nil {
		return nil
	}
	for name, surrogate := range map[string]func(*mat.Dense) (*mat.Dense, error){
		"AR(1) of each region": func(x *mat.Dense) (*mat.Dense, error) { return train.ARSurrogate(x, s.config.seed) },
		"VAR(1) of all":        func(x *mat.Dense) (*mat.Dense, error) { return train.VARSurrogate(x, 0, s.config.seed) },
	} {
		var list []*mat.Dense
		for _, x := range s.data.bold {
			y, err := surrogate(x)
			if err != nil {
				return err
			}
			list = append(list, y)
		}
		c, err := s.analysis.Compare(s.empirical, s.tr, list...)
		if err != nil {
			return err
		}
		s.addRow("surrogate: "+name, c)
	}
	s.sortSurrogates()
	return nil
}

// shuffled sweeps and fits a connectome whose weights are permuted over its links.
func (s *study) shuffled(ctx context.Context) error {
	shuffled, err := s.connectome.Shuffled(datasets.WeightsOverEdges, s.config.seed)
	if err == nil && links(s.weights) == len(s.labels)*(len(s.labels)-1) {
		shuffled, err = s.connectome.Shuffled(datasets.EdgesOverPairs, s.config.seed)
	}
	if err != nil {
		return err
	}
	b := *s.brain
	b.weights = shuffled.Weights
	fmt.Fprintln(s.progress, "null model: shuffled connectome")
	sweep, err := s.sweepCouplings(ctx, &b, 1, "")
	if err != nil || sweep.Best < 0 {
		return err
	}
	list, err := s.fit(ctx, &b, sweep, 1)
	if err != nil {
		return err
	}
	for _, c := range list {
		if err := s.verify(ctx, &b, c); err != nil {
			return err
		}
		s.addRow("shuffled links: "+c.name, c.comparison)
	}
	return nil
}

// compareFC compares a matrix that is no signal's FC.
func (s *study) compareFC(m mat.Matrix) *train.Comparison {
	c := &train.Comparison{FCDKS: float64(nan()), Metastability: float64(nan()), FCRMSE: float64(nan())}
	symmetric := mat.NewDense(len(s.labels), len(s.labels), nil)
	symmetric.Add(m, m.T())
	c.FCCorrelation = stat.Correlation(forward.UpperTriangle(symmetric, 1), forward.UpperTriangle(s.empirical.FC, 1), nil)
	return c
}

// crossValidate predicts the FC of data that were left out: blocks of time, or subjects.
func (s *study) crossValidate(ctx context.Context) error {
	folds, p, err := s.folds()
	if err != nil || folds == nil {
		return err
	}
	points := map[int]*workingPoint{}
	for _, f := range folds {
		training, err := train.PooledFC(p, s.tr, f.Train)
		if err != nil {
			return err
		}
		test, err := train.PooledFC(p, s.tr, f.Test)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.progress, "held out: %s\n", f.Name)
		if err := s.predictFold(ctx, points, training, test); err != nil {
			return err
		}
	}
	for i := range s.HeldOut {
		s.HeldOut[i].average(len(folds))
	}
	return nil
}

// folds are those of the data, and what each piece is preprocessed with.
func (s *study) folds() ([]train.Fold, forward.Preprocessing, error) {
	p := s.analysis.Preprocessing
	if s.config.folds == 0 || s.data.bold == nil {
		return nil, p, nil
	}
	if subjects := len(s.data.bold); subjects > 1 {
		s.FoldsOver = "subjects"
		folds, err := train.Subjects(s.data.bold, min(s.config.folds, subjects))
		return folds, p, err
	}
	s.FoldsOver = "blocks of time"
	x := s.data.bold[0]
	if p.Recorded() { // volumes are counted in the whole recording
		y, err := p.Apply(x, s.tr)
		if err != nil {
			return nil, p, err
		}
		x, p = y, forward.Preprocessing{}
	}
	const gap = 5 // volumes, some times the haemodynamic response
	folds, err := train.TimeBlocks(x, s.config.folds, gap)
	return folds, p, err
}

// predictFold predicts a test FC by what the training FC leads to: the sweep's best point, regional fits from there,
// and the training FC itself.
func (s *study) predictFold(ctx context.Context, points map[int]*workingPoint, training, test *mat.SymDense) error {
	best := -1
	for i, p := range s.sweep.Points {
		if !p.Stable {
			continue
		}
		_, rmse, err := train.CompareFC(p.FC, training)
		if err != nil {
			return err
		}
		if best >= 0 {
			if _, least, err := train.CompareFC(s.sweep.Points[best].FC, training); err != nil || least <= rmse {
				continue
			}
		}
		best = i
	}
	point := s.sweep.Points[best]
	s.predicted("best of the sweep", point.FC, training, test)
	if s.fic {
		if err := s.predictByMoments(ctx, points, best, training, test); err != nil {
			return err
		}
	}
	s.predicted("copy of the training FC", training, training, test)
	return nil
}

// predictByMoments fits the training FC from the sweep's point.
func (s *study) predictByMoments(ctx context.Context, points map[int]*workingPoint, best int, training, test *mat.SymDense) error {
	point := s.sweep.Points[best]
	start := uniform(len(s.labels), point.Value, s.recurrence())
	if points[best] == nil {
		net, err := s.balanced(ctx, start, s.config.seed)
		if err != nil {
			return err
		}
		if points[best], err = s.workingPoint(ctx, net, start, point.FC, s.band, s.config.seed); err != nil {
			return err
		}
	}
	r := start
	for _, edges := range []bool{false, true} {
		if edges && !s.config.edges {
			continue
		}
		next, _, err := s.fitMoments(ctx, points[best], r, edges, training, s.band, train.Settings{Iterations: s.config.iterations})
		if err != nil {
			return err
		}
		fc, err := points[best].predict(next, s.weights, s.band)
		if err != nil {
			return err
		}
		name := "regional fit"
		if edges {
			name = "with gains of edges"
		}
		s.predicted(name, fc, training, test)
		r = next
	}
	return nil
}
