package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/nmm/dynamics"
)

// report is what there is to tell of a model.
type report struct {
	config   *config
	system   *dynamics.System
	points   *dynamics.FixedPoints
	branches []*dynamics.Branch
	sweep    *dynamics.Hysteresis
	portrait *dynamics.Portrait
}

// analyse finds everything that the flags ask for. Branches that cannot be followed to an end are reported and kept.
func (r *report) analyse(ctx context.Context, stderr io.Writer) (err error) {
	c, states := r.config, r.system.States()
	if c.state = cmp.Or(c.state, states[0]); !slices.Contains(states, c.state) {
		return fmt.Errorf("-state %q: %s has the states %v", c.state, r.system.Name(), states)
	}
	if r.points, err = r.system.FixedPoints(ctx, dynamics.Search{}); err != nil {
		return err
	}
	if len(states) == 2 && c.out != "" {
		if r.portrait, err = r.system.Portrait(ctx, dynamics.Plane{Points: c.points}); err != nil {
			return err
		}
	}
	if c.parameter == "" {
		return nil
	}
	r.branches, err = r.system.Branches(ctx, dynamics.Continuation{Parameter: c.parameter, From: c.from, To: c.to})
	if errors.Is(err, dynamics.ErrStuck) {
		fmt.Fprintln(stderr, err)
		err = nil
	}
	if err == nil && c.sweep > 0 {
		r.sweep, err = r.system.Sweep(ctx, dynamics.Sweep{
			Parameter: c.parameter, From: c.from, To: c.to, Values: c.values, Settle: c.sweep / 2, Measure: c.sweep / 2,
		})
	}
	return err
}

// print writes tables, or JSON.
func (r *report) print(w io.Writer) error {
	if r.config.json {
		return r.encode(json.NewEncoder(w))
	}
	_, err := fmt.Fprintf(w, "%s: %d fixed points\n%s", r.system.Name(), len(r.points.Points), r.points)
	for k, b := range r.branches {
		_, more := fmt.Fprintf(w, "\nbranch %d of %d, %d points\n%s", k+1, len(r.branches), len(b.Points), b)
		err = errors.Join(err, more)
	}
	if r.sweep != nil {
		_, more := fmt.Fprintf(w, "\nsweep up, and down where it differs\n%s", r.sweep)
		err = errors.Join(err, more)
	}
	return err
}

// line is an object of the JSON output.
type line struct {
	Result      string             `json:"result"` // fixed point, branch, fold, Hopf, branch point, kink, up, down
	Branch      int                `json:"branch,omitempty"`
	Value       *float64           `json:"value,omitempty"` // of the parameter
	Kind        string             `json:"kind,omitempty"`
	State       map[string]float64 `json:"state,omitempty"`
	Min         map[string]float64 `json:"min,omitempty"`
	Max         map[string]float64 `json:"max,omitempty"`
	Mean        map[string]float64 `json:"mean,omitempty"`
	Eigenvalues [][2]float64       `json:"eigenvalues,omitempty"` // 1/ms; real and imaginary parts
	Frequency   float64            `json:"frequency,omitempty"`   // Hz, at a Hopf bifurcation
}

func (r *report) encode(e *json.Encoder) error {
	var err error
	write := func(l line) { err = errors.Join(err, e.Encode(l)) }
	for _, p := range r.points.Points {
		write(r.point("fixed point", p))
	}
	for k, b := range r.branches {
		at := func(result string, p dynamics.BranchPoint) line {
			l := r.point(result, p.FixedPoint)
			l.Branch, l.Value = k+1, &p.Value
			return l
		}
		for _, p := range b.Points {
			write(at("branch", p))
		}
		for _, s := range b.Special {
			l := at(string(s.Kind), s.BranchPoint)
			l.Kind, l.Frequency = "", s.Frequency
			write(l)
		}
	}
	if r.sweep != nil {
		for _, p := range r.sweep.Up {
			write(r.extremes("up", p))
		}
		for _, p := range r.sweep.Down {
			write(r.extremes("down", p))
		}
	}
	return err
}

func (r *report) point(result string, p dynamics.FixedPoint) line {
	l := line{Result: result, Kind: p.Kind(), State: r.named(p.State)}
	for _, v := range p.Eigenvalues {
		l.Eigenvalues = append(l.Eigenvalues, [2]float64{real(v), imag(v)})
	}
	return l
}

func (r *report) extremes(result string, p dynamics.Extremes) line {
	return line{Result: result, Value: &p.Value, Min: r.named(p.Min), Max: r.named(p.Max), Mean: r.named(p.Mean)}
}

// named joins numbers with the names of the states.
func (r *report) named(x []float64) map[string]float64 {
	m := map[string]float64{}
	for i, name := range r.system.States() {
		m[name] = x[i]
	}
	return m
}

// draw writes the pictures into -out.
func (r *report) draw() error {
	dir := r.config.out
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	var err error
	if len(r.branches) > 0 || r.sweep != nil {
		err = save(filepath.Join(dir, "branches.png"), dynamics.Diagram(r.config.state, r.branches, r.sweep))
	}
	if r.portrait != nil {
		err = errors.Join(err, save(filepath.Join(dir, "plane.png"), r.portrait.Image()))
	}
	return err
}

func save(path string, img image.Image) error {
	return datasets.WriteFile(path, func(w io.Writer) error { return png.Encode(w, img) })
}
