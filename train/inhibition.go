package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/euryale-ml/euryale/graph"
)

// ErrUnbalanced says that some regions are not within the tolerance; the error that wraps it names them.
var ErrUnbalanced = errors.New("the inhibition is not balanced")

// InhibitionRule is how the inhibition is adjusted after a simulation.
type InhibitionRule int

const (
	// RateRule starts where the mean field without noise has the target rates, and then moves every J_i by as
	// much as that mean field says that separates the rate found from the target. What is left for simulations
	// to correct is the effect of the noise, 0.2 to 3 Hz of the paper's: few of them do.
	RateRule InhibitionRule = iota
	// InputRule is the paper's: J_i goes up or down by a step Δ until the mean input of the excitatory pool,
	// over its threshold b_e/a_e, is within 0.005 nA of −0.026 nA, at which a pool without fluctuations has
	// 3.08 Hz. Δ is a region's own: half of it after it went past the target, 1.2 times as much before. With the
	// paper's noise the mean rate is then above 3 Hz, since the rate is convex in the input.
	InputRule
)

// String names the rule.
func (r InhibitionRule) String() string {
	if r == InputRule {
		return "mean input by steps (Deco et al. 2014)"
	}
	return "mean rate from the mean field"
}

// InhibitionSettings of BalanceInhibition. Zeros are replaced by the values named.
type InhibitionSettings struct {
	Population string // whose model is nmm.ReducedWongWangExcInh; the only one with its parameters
	Rule       InhibitionRule
	Target     float64 // of RateRule: mean rate of the excitatory pool of every region, Hz; 3
	// Tolerance is how far from the target a region may be: 0.1 Hz, or 0.005 nA of InputRule.
	Tolerance float64
	Step      float64 // of InputRule: the first Δ, nA; 0.1
	// Continue starts from the present J_i, which an earlier call has left, in the place of the mean field, or,
	// for InputRule, of 1 nA.
	Continue   bool
	Iterations int // simulations at most; 30, and 300 of InputRule

	Progress io.Writer // if not nil, gets a line for every simulation
	// Callback, if not nil, is called after every simulation; its error ends the balancing and is returned with
	// what was found. [ErrStop] ends it without one.
	Callback func(InhibitionReport) error
}

// InhibitionReport is the state of a balancing after a simulation.
type InhibitionReport struct {
	Iteration, Iterations int
	Worst                 float64 // largest distance from the target, Hz or nA
	Region                string  // that has it
	Missed                int     // regions that are not within the tolerance
}

func (r InhibitionReport) String() string {
	return fmt.Sprintf("simulation %d/%d  %d regions outside the tolerance, the furthest %s by %.3g", r.Iteration, r.Iterations, r.Missed, r.Region, r.Worst)
}

// Inhibition is what a balancing found, all by region. It prints itself as a table.
type Inhibition struct {
	Labels     []string
	J          []float64 // weight of the inhibition, nA
	Rates      []float64 // mean rate of the excitatory pool, Hz
	Inputs     []float64 // mean input of the excitatory pool over its threshold, nA
	Missed     []int     // regions outside the tolerance
	Iterations int       // simulations
	Worst      float64   // largest distance from the target, Hz or nA
	Rule       InhibitionRule

	squares float64 // sum of squared distances from the target
}

// BalanceInhibition is feedback inhibition control: it finds the weight J_i of the inhibition of every region, so
// that all regions have the same low rate whatever they receive from others. It has to be done anew for every
// coupling and connectome; then a network stays near the state of rest up to couplings at which it would
// otherwise have left it.
//
// The network gets the J_i found, those nearest to the target of all that were tried. None is negative. The run says what is
// simulated: its step, noise seed and duration, of which the mean is taken, 10 s in the paper and better 30 for
// noise of its strength; lanes are averaged over. Observers are left out. Same settings, same bits.
//
// If the regions do not all come within the tolerance, the error wraps [ErrUnbalanced] and names those that miss;
// with it, as with the context's error, comes what was found. So it ends, after as many simulations as it takes to
// see that, where the coupling is so strong that no inhibition makes the low rate a stable state.
//
// Deco et al., J. Neurosci. 34 (2014) 7886-7898, doi:10.1523/JNEUROSCI.5068-13.2014.
func BalanceInhibition(ctx context.Context, net *graph.Network, run graph.Run, settings InhibitionSettings) (*Inhibition, error) {
	b, err := newBalance(net, run, settings)
	if err != nil {
		return nil, fmt.Errorf("train: inhibition: %w", err)
	}
	err = b.balance(ctx)
	if errors.Is(err, ErrStop) {
		err = nil
	}
	if b.best == nil {
		return nil, fmt.Errorf("train: inhibition: %w", err)
	}
	if setErr := b.set(b.best.J); err == nil {
		err = setErr
	}
	if err != nil {
		err = fmt.Errorf("train: inhibition: %w", err)
	}
	return b.best, err
}

// balance simulates and adjusts until all regions are at the target.
func (b *balance) balance(ctx context.Context) error {
	j, err := b.start(ctx)
	if err != nil {
		return err
	}
	for k := 1; ; k++ {
		found, err := b.simulate(ctx, j)
		if err != nil {
			return err
		}
		found.Iterations = k
		if b.best == nil || found.squares < b.best.squares {
			b.best = found
		}
		b.best.Iterations = k
		if err := b.report(found); err != nil || len(found.Missed) == 0 {
			return err
		}
		if k == b.Iterations {
			return b.best.unbalanced()
		}
		if j, err = b.adjust(ctx, found); err != nil {
			return err
		}
	}
}

// report tells how far the balancing has come.
func (b *balance) report(found *Inhibition) error {
	r := InhibitionReport{Iteration: found.Iterations, Iterations: b.Iterations, Worst: found.Worst, Missed: len(found.Missed)}
	for i := range found.J {
		if b.distance(found, i) == found.Worst {
			r.Region = found.Labels[i]
		}
	}
	if b.Progress != nil {
		fmt.Fprintln(b.Progress, r)
	}
	if b.Callback != nil {
		return b.Callback(r)
	}
	return nil
}

// unbalanced names the regions that miss the target, the first of them if they are many.
func (f *Inhibition) unbalanced() error {
	var list []string
	for k, i := range f.Missed {
		if k == 5 {
			list = append(list, fmt.Sprintf("%d more", len(f.Missed)-k))
			break
		}
		list = append(list, fmt.Sprintf("%s (%.3g Hz with %.3g nA)", f.Labels[i], f.Rates[i], f.J[i]))
	}
	return fmt.Errorf("%w after %d simulations: %d of %d regions miss the target, by %.3g at most: %s",
		ErrUnbalanced, f.Iterations, len(f.Missed), len(f.J), f.Worst, strings.Join(list, ", "))
}

// String prints a line per region.
func (f *Inhibition) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s, %d simulations, %d of %d regions outside the tolerance\n", f.Rule, f.Iterations, len(f.Missed), len(f.J))
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "region\tJ_i (nA)\tmean rate (Hz)\tmean input over threshold (nA)")
	for i, label := range f.Labels {
		fmt.Fprintf(table, "%s\t%.4f\t%.3f\t%.4f\n", label, f.J[i], f.Rates[i], f.Inputs[i])
	}
	table.Flush()
	return text.String()
}

// distance of a region from the target, Hz or nA.
func (b *balance) distance(f *Inhibition, i int) float64 {
	d := math.Abs(f.Rates[i] - b.Target)
	if b.Rule == InputRule {
		d = math.Abs(f.Inputs[i] - restInput)
	}
	if math.IsNaN(d) {
		return math.Inf(1)
	}
	return d
}
