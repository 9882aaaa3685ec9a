package train

import (
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/graph"
	"gonum.org/v1/gonum/mat"
)

// Watched is a recorded variable of the network, and the means over time that its regions may have: a rate whose
// region leaves the range has left the state of rest.
type Watched struct {
	Address   string
	Low, High float64 // in its unit; both 0: any
}

// SweepPoint is what was found at a value.
type SweepPoint struct {
	Value float64
	Comparison
	Means   []Mean // in the order of SweepSettings.Watch
	Stable  bool   // the run stayed finite, and means over time within their ranges
	Why     string // it is not
	Seconds float64
}

// FCDistance is the mean square difference of the FC's pairs less what is chance, as far as FCNoise tells: an
// estimate of that of endless simulations, which may come out below 0.
func (c *Comparison) FCDistance() float64 {
	chance := c.FCNoise
	if math.IsNaN(chance) {
		chance = 0
	}
	return c.FCRMSE*c.FCRMSE - chance*chance
}

// Mean is the mean over time and runs of a variable: over the regions, and of the regions with the least and most.
type Mean struct {
	Address, Unit         string
	Mean, Lowest, Highest float64
}

// measure compares what was recorded.
func (s *sweep) measure(result *graph.Result, p *SweepPoint) error {
	signal, err := recordedSeries(result, s.Signal)
	if err != nil {
		return err
	}
	s.mutex.Lock()
	s.labels = signal.Labels
	s.mutex.Unlock()
	var signals []*mat.Dense
	for lane := range s.Seeds {
		signals = append(signals, signal.Matrix(lane))
	}
	c, err := s.Analysis.Compare(s.Empirical, signal.Dt, signals...)
	if err != nil {
		return err
	}
	p.Comparison, p.Stable = *c, true
	for _, w := range s.Watch {
		series, err := recordedSeries(result, w.Address)
		if err != nil {
			return err
		}
		m := meanOf(series)
		p.Means = append(p.Means, m)
		if (w.Low != 0 || w.High != 0) && !(m.Lowest >= w.Low && m.Highest <= w.High) {
			p.Stable = false
			p.Why = fmt.Sprintf("means of %s from %.3g to %.3g %s, outside %g to %g", w.Address, m.Lowest, m.Highest, m.Unit, w.Low, w.High)
		}
	}
	return nil
}

// recordedSeries turns the panic about a variable that is not there into an error.
func recordedSeries(r *graph.Result, address string) (s *graph.Series, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	return r.Series(address), nil
}

// meanOf is the mean over lanes and time of every region, and of these.
func meanOf(s *graph.Series) Mean {
	n := len(s.Labels)
	sums := make([]float64, n)
	for i, v := range s.Data {
		sums[i%n] += v
	}
	m := Mean{Address: s.Address, Unit: s.Unit, Lowest: math.Inf(1), Highest: math.Inf(-1)}
	for _, sum := range sums {
		mean := sum / float64(len(s.Data)/n)
		m.Mean += mean / float64(n)
		m.Lowest, m.Highest = min(m.Lowest, mean), max(m.Highest, mean)
	}
	return m
}
