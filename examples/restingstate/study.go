package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/mat"
)

// study is the program's work, and in results what it found.
type study struct {
	results
	*brain
	config     *config
	connectome *datasets.Connectome
	data       *recordings
	analysis   train.Analysis
	empirical  *train.Empirical
	band       forward.Band
	truth      *regional // hidden parameters, that the data were made by; nil: real data
	sweep      *train.SweepResult
	candidates []*candidate
	progress   io.Writer
}

// candidate is a network with parameters that were found, and what it does.
type candidate struct {
	name       string
	net        *graph.Network
	r          *regional // nil where the parameters are in the network only
	comparison *train.Comparison
}

// newStudy reads and checks everything before the work.
func newStudy(ctx context.Context, c *config, progress io.Writer) (*study, error) {
	model, err := findLocal(c.model)
	if err != nil {
		return nil, err
	}
	sc, err := loadConnectome(c)
	if err != nil {
		return nil, err
	}
	s := &study{config: c, connectome: sc, progress: progress, analysis: train.Analysis{Preprocessing: c.preprocessing()}}
	if c.hidden == 0 {
		if s.data, err = loadRecordings(c, sc); err != nil {
			return nil, err
		}
	} else {
		s.data = &recordings{tr: trOr(c.tr, 2), from: fmt.Sprintf("hidden parameters of seed %d", c.hidden)}
	}
	s.brain = &brain{
		local: model, labels: sc.Labels, weights: sc.Weights, lengths: sc.TractLengths, speed: c.speed,
		tr: s.data.tr * msPerSecond, dt: c.dt, fic: c.fic && model.inhibited, rate: c.rate,
	}
	if c.hidden != 0 && !s.fic {
		return nil, fmt.Errorf("-hidden needs -model %s with -fic", locals[0].name)
	}
	if err := prepareFolder(c); err != nil {
		return nil, err
	}
	return s, s.prepare(ctx)
}

// prepare finds the couplings to try and the FC that is looked for.
func (s *study) prepare(ctx context.Context) error {
	if s.fic {
		r, err := ratesOf(s.model())
		if err != nil {
			return err
		}
		if s.Critical, err = r.critical(s.rate, s.recurrence(), s.weights); err != nil {
			return err
		}
		s.band = boldBand(forward.Balloon("cortex."+s.state, s.tr).Model, s.tr, s.analysis.Preprocessing)
	}
	if err := s.chooseCouplings(); err != nil {
		return err
	}
	if s.config.hidden != 0 {
		if err := s.makeHidden(ctx); err != nil {
			return err
		}
	}
	if s.data.fc != nil {
		s.empirical = &train.Empirical{FC: s.data.fc}
		return nil
	}
	var err error
	s.empirical, err = s.analysis.Empirical(s.tr, s.data.bold...)
	return err
}

// chooseCouplings makes the grid, where none is given.
func (s *study) chooseCouplings() error {
	if s.config.values != nil {
		return nil
	}
	unit := s.Critical
	if unit == 0 {
		radius, err := s.connectome.SpectralRadius()
		if err != nil || radius == 0 {
			return fmt.Errorf("the weights do not say which couplings to try: give -couplings (%v)", err)
		}
		unit = s.reach / radius
	}
	step, _ := strconv.ParseFloat(strconv.FormatFloat(unit/8, 'g', 2, 64), 64)
	for k := 1; k <= 10; k++ {
		v, _ := strconv.ParseFloat(strconv.FormatFloat(step*float64(k), 'g', 6, 64), 64)
		s.config.values = append(s.config.values, v)
	}
	return nil
}

// makeHidden records BOLD of hidden parameters.
func (s *study) makeHidden(ctx context.Context) error {
	hidden := s.hide(s.config.hidden, s.Critical)
	fmt.Fprintf(s.progress, "making %d minutes of BOLD by hidden parameters\n", hiddenMinutes)
	bold, err := s.record(ctx, hidden, s.config.hidden)
	for errors.Is(err, train.ErrUnbalanced) && hidden.coupling > 0.2*s.Critical {
		hidden.coupling *= 0.9
		fmt.Fprintf(s.progress, "they cannot be balanced: a smaller coupling\n")
		bold, err = s.record(ctx, hidden, s.config.hidden)
	}
	if err != nil {
		return err
	}
	s.data.bold = []*mat.Dense{bold}
	s.truth = hidden
	return nil
}

// prepareFolder makes -out and sees, before the work, that it can be written to. A sweep that is not to be resumed
// is begun anew.
func prepareFolder(c *config) error {
	if err := os.MkdirAll(c.out, 0o777); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	probe := filepath.Join(c.out, ".probe")
	if err := os.WriteFile(probe, nil, 0o666); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	if err := os.Remove(probe); err != nil || c.resume {
		return err
	}
	old, err := filepath.Glob(filepath.Join(c.sweepDir(), "value_*.json"))
	for _, name := range old {
		if err == nil {
			err = os.Remove(name)
		}
	}
	return err
}

// work does all steps and prints as they are done.
func (s *study) work(ctx context.Context, out io.Writer) error {
	var err error
	if s.sweep, err = s.sweepCouplings(ctx, s.brain, s.config.seeds, s.config.sweepDir()); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%v\n", s.sweep)
	if s.sweep.Best < 0 {
		return fmt.Errorf("no coupling of the sweep is stable: give smaller -couplings (found why above)")
	}
	s.readSweep()
	if s.candidates, err = s.fit(ctx, s.brain, s.sweep, s.config.rounds); err != nil {
		return err
	}
	for _, c := range s.candidates {
		if err := s.verify(ctx, s.brain, c); err != nil {
			return err
		}
		s.addRow(c.name, c.comparison)
	}
	if err := s.readFit(); err != nil {
		return err
	}
	if s.config.nulls {
		if err := s.nullModels(ctx); err != nil {
			return err
		}
	}
	if s.truth != nil {
		if err := s.judge(ctx); err != nil {
			return err
		}
	}
	return s.crossValidate(ctx)
}

// sweepCouplings is the sweep of a brain.
func (s *study) sweepCouplings(ctx context.Context, b *brain, seeds int, dir string) (*train.SweepResult, error) {
	net, err := b.network(s.config.values[0])
	if err != nil {
		return nil, err
	}
	settings := train.SweepSettings{
		Address: couplingGain, Values: s.config.values, Signal: observed, Empirical: s.empirical, Analysis: s.analysis,
		Seeds: seedsFrom(s.config.seed, seeds), Watch: []train.Watched{b.watched}, Dir: dir, Note: s.note(), Progress: s.progress,
	}
	if b.fic {
		settings.Prepare = func(ctx context.Context, net *graph.Network, _ float64) error {
			return b.balance(ctx, net, s.config.seed)
		}
	}
	return train.Sweep(ctx, net, b.run(s.config.minutes), settings)
}

// note says how the networks are prepared.
func (s *study) note() string {
	text := fmt.Sprintf("model %s, weights normalised: %s", s.name, s.config.scale)
	if s.lengths != nil {
		text += fmt.Sprintf(", delays at %g m/s", s.speed)
	}
	if s.fic {
		text += fmt.Sprintf(", inhibition balanced at %g Hz", s.rate)
	}
	if s.config.columns != "" {
		text += fmt.Sprintf("; columns %s of %s", s.config.columns, s.data.from)
	}
	return text
}

func seedsFrom(first uint64, count int) []uint64 {
	var list []uint64
	for k := range count {
		list = append(list, first+uint64(k))
	}
	return list
}

// verifySeeds of noise that no search has seen judge what was found.
const verifySeeds = 8

// verify simulates a candidate with new noise.
func (s *study) verify(ctx context.Context, b *brain, c *candidate) error {
	fmt.Fprintf(s.progress, "simulating with new noise: %s\n", c.name)
	bold, err := b.simulate(ctx, c.net, s.config.minutes, seedsFrom(s.config.seed+1_000_000, verifySeeds)...)
	if err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	c.comparison, err = s.analysis.Compare(s.empirical, s.tr, bold...)
	return err
}

// readSweep takes coupling and stable range from the sweep.
func (s *study) readSweep() {
	values := make([]float64, len(s.sweep.Points))
	for i, p := range s.sweep.Points {
		values[i] = p.Value
	}
	k := s.sweep.Best
	s.CouplingOnGrid, s.CouplingSweep = values[k], s.vertex(k)
	s.Coupling = s.CouplingSweep
	s.GridStep = values[min(k+1, len(values)-1)] - values[k]
	if k > 0 && (k == len(values)-1 || values[k]-values[k-1] > s.GridStep) {
		s.GridStep = values[k] - values[k-1]
	}
	s.StableFrom, s.StableTo, _ = s.sweep.StableRange()
}

// vertex is the coupling at which the parabola through the best point of the sweep and its neighbours, unless one
// is missing or not stable, has its smallest distance of FC.
func (s *study) vertex(k int) float64 {
	p := s.sweep.Points
	if k == 0 || k == len(p)-1 || !p[k-1].Stable || !p[k+1].Stable {
		return p[k].Value
	}
	left, right := p[k-1].Value-p[k].Value, p[k+1].Value-p[k].Value
	dl, dr := p[k-1].FCDistance()-p[k].FCDistance(), p[k+1].FCDistance()-p[k].FCDistance()
	curvature := (dl/left - dr/right) / (left - right)
	if !(curvature > 0) {
		return p[k].Value
	}
	slope := dl/left - curvature*left
	return p[k].Value + max(left/2, min(right/2, -slope/(2*curvature)))
}

// opening says what is going to be done.
func (s *study) opening() string {
	var b strings.Builder
	density := float64(links(s.weights)) / float64(len(s.labels)*(len(s.labels)-1))
	fmt.Fprintf(&b, "%d regions, %.0f %% of the pairs linked; data: %s", len(s.labels), 100*density, s.data.from)
	for _, x := range s.data.bold {
		samples, _ := x.Dims()
		fmt.Fprintf(&b, ", %d volumes at %g s", samples, s.data.tr)
	}
	fmt.Fprintf(&b, "\n%s\n", s.note())
	fmt.Fprintf(&b, "%d couplings from %.4g to %.4g, %d × %g simulated minutes each, steps of %g ms\n",
		len(s.config.values), s.config.values[0], s.config.values[len(s.config.values)-1], s.config.seeds, s.config.minutes, s.dt)
	if s.Critical > 0 {
		fmt.Fprintf(&b, "without noise the balanced network would be unstable from %.4g on\n", s.Critical)
	}
	return b.String()
}

func nan() number { return number(math.NaN()) }
