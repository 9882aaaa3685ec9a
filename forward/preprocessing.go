package forward

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Preprocessing is what is done to a recording before anything is computed of it, in this order: columns
// are chosen, censored volumes interpolated, trends subtracted, a band passed, censored volumes left out, regions
// z-scored. One value is applied to everything that is compared, and printed with every result, as FC depends on
// it. The zero value does nothing.
//
// Interpolating before a filter and censoring after it: Power et al. 2014, doi:10.1016/j.neuroimage.2013.08.048.
type Preprocessing struct {
	Columns  []int   `json:"columns,omitempty"`  // chosen regions, from 0, in this order; nil: all
	Censored []int   `json:"censored,omitempty"` // volumes, from 0, in rising order
	Detrend  bool    `json:"detrend"`            // subtract each region's least-squares line
	Low      float64 `json:"low_hz"`             // edges of the band in Hz; 0: no such edge
	High     float64 `json:"high_hz"`
	Order    int     `json:"order,omitempty"` // of the [Butterworth] filter; 0: 2
	ZScore   bool    `json:"zscore"`
}

// Recorded is whether anything is done that concerns one recording only, columns or volumes.
func (p Preprocessing) Recorded() bool { return p.Columns != nil || len(p.Censored) > 0 }

// Simulated is what of it is done to a simulation, which has neither columns to choose nor bad volumes.
func (p Preprocessing) Simulated() Preprocessing {
	p.Columns, p.Censored = nil, nil
	return p
}

// String says what is done, to be stored with results.
func (p Preprocessing) String() string {
	var done []string
	if p.Columns != nil {
		done = append(done, "columns "+ranges(p.Columns)+" (from 1)")
	}
	if n := len(p.Censored); n > 0 {
		done = append(done, fmt.Sprintf("%d volumes censored: %s (from 1)", n, ranges(p.Censored)))
	}
	if p.Detrend {
		done = append(done, "linear trend subtracted")
	}
	switch {
	case p.Low > 0 && p.High > 0:
		done = append(done, fmt.Sprintf("band-pass %g to %g Hz%s", p.Low, p.High, p.filterName()))
	case p.Low > 0:
		done = append(done, fmt.Sprintf("high-pass %g Hz%s", p.Low, p.filterName()))
	case p.High > 0:
		done = append(done, fmt.Sprintf("low-pass %g Hz%s", p.High, p.filterName()))
	}
	if p.ZScore {
		done = append(done, "z-scored")
	}
	if done == nil {
		return "none"
	}
	return strings.Join(done, "; ")
}

func (p Preprocessing) filterName() string {
	return fmt.Sprintf(" (Butterworth, order %d, zero phase)", p.order())
}

func (p Preprocessing) order() int {
	if p.Order == 0 {
		return 2
	}
	return p.Order
}

func (p Preprocessing) filters() bool { return p.Low != 0 || p.High != 0 }

// filter of samples that are period ms apart.
func (p Preprocessing) filter(period float64) Butterworth {
	return Butterworth{Order: p.order(), Low: p.Low, High: p.High, Rate: 1000 / period}
}

// ranges writes whole numbers from 0 as ranges of numbers from 1: "1:3, 7".
func ranges(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j] == list[j-1]+1 {
			j++
		}
		part := fmt.Sprint(list[i] + 1)
		if j > i+1 {
			part += fmt.Sprint(":", list[j-1]+1)
		}
		parts, i = append(parts, part), j
	}
	return strings.Join(parts, ", ")
}

// Apply does it to a series [time, region] whose samples are period ms apart, and returns a new one. Columns and
// volumes that do not exist, a band that the sampling does not hold, and a series too short for the filter are
// errors.
func (p Preprocessing) Apply(series *mat.Dense, period float64) (*mat.Dense, error) {
	x, err := p.chosen(series)
	if err != nil {
		return nil, err
	}
	samples, _ := x.Dims()
	if err := p.checkCensored(samples); err != nil {
		return nil, err
	}
	interpolate(x, p.Censored)
	if p.Detrend {
		if x, err = Detrend(x); err != nil {
			return nil, fmt.Errorf("forward: preprocessing: %w", err)
		}
	}
	if p.filters() {
		if !(period > 0) {
			return nil, fmt.Errorf("forward: preprocessing: a filter needs the time between samples, found %v ms", period)
		}
		if x, err = p.filter(period).Filter(x); err != nil {
			return nil, fmt.Errorf("forward: preprocessing: %w", err)
		}
	}
	x = without(x, p.Censored)
	if p.ZScore {
		if samples, _ := x.Dims(); samples < 2 {
			return nil, fmt.Errorf("forward: preprocessing: a z-score needs 2 samples, found %d", samples)
		}
		x = ZScore(x)
	}
	return x, nil
}

// Node is [Preprocessing.Apply] of every lane of x, shape (lane, time, region), of a simulation: choosing columns
// and censoring are refused.
func (p Preprocessing) Node(x *G.Node, period float64) (*G.Node, error) {
	if p.Recorded() {
		return nil, fmt.Errorf("forward: preprocessing: a simulation has no columns to choose and no volumes to censor, use Simulated; found: %v", p)
	}
	steps := []struct {
		wanted bool
		node   func(*G.Node) (*G.Node, error)
	}{
		{p.Detrend, func(x *G.Node) (*G.Node, error) { return DetrendNode(x) }},
		{p.filters(), p.filter(period).FilterNode},
		{p.ZScore, ZScoreNode},
	}
	for _, s := range steps {
		if !s.wanted {
			continue
		}
		var err error
		if x, err = s.node(x); err != nil {
			return nil, fmt.Errorf("forward: preprocessing: %w", err)
		}
	}
	return x, nil
}

// chosen copies the chosen columns.
func (p Preprocessing) chosen(series *mat.Dense) (*mat.Dense, error) {
	if p.Columns == nil {
		return mat.DenseCopyOf(series), nil
	}
	samples, regions := series.Dims()
	if len(p.Columns) == 0 {
		return nil, fmt.Errorf("forward: preprocessing: no column is chosen")
	}
	out := mat.NewDense(samples, len(p.Columns), nil)
	for k, j := range p.Columns {
		if j < 0 || j >= regions {
			return nil, fmt.Errorf("forward: preprocessing: column %d is not among the series' %d", j+1, regions)
		}
		out.SetCol(k, mat.Col(nil, j, series))
	}
	return out, nil
}

func (p Preprocessing) checkCensored(samples int) error {
	for k, t := range p.Censored {
		if t < 0 || t >= samples || k > 0 && t <= p.Censored[k-1] {
			return fmt.Errorf("forward: preprocessing: expected censored volumes in rising order from 1 to %d, found %d at place %d", samples, t+1, k+1)
		}
	}
	if samples == len(p.Censored) {
		return fmt.Errorf("forward: preprocessing: all %d volumes are censored", samples)
	}
	return nil
}

// interpolate replaces censored samples by the straight line between their neighbours, at the ends by the nearest.
func interpolate(x *mat.Dense, censored []int) {
	samples, _ := x.Dims()
	for k := 0; k < len(censored); {
		last := k
		for last+1 < len(censored) && censored[last+1] == censored[last]+1 {
			last++
		}
		before, after := censored[k]-1, censored[last]+1
		for _, t := range censored[k : last+1] {
			row := x.RawRowView(t)
			switch {
			case before < 0:
				copy(row, x.RawRowView(after))
			case after >= samples:
				copy(row, x.RawRowView(before))
			default:
				part := float64(t-before) / float64(after-before)
				a, b := x.RawRowView(before), x.RawRowView(after)
				for i := range row {
					row[i] = (1-part)*a[i] + part*b[i]
				}
			}
		}
		k = last + 1
	}
}

// without leaves censored samples out.
func without(x *mat.Dense, censored []int) *mat.Dense {
	if len(censored) == 0 {
		return x
	}
	samples, regions := x.Dims()
	var data []float64
	for t := range samples {
		if _, bad := slices.BinarySearch(censored, t); !bad {
			data = append(data, x.RawRowView(t)...)
		}
	}
	return mat.NewDense(samples-len(censored), regions, data)
}
