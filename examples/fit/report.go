package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// result is what the program found; its JSON form is -json's object. Numbers that do
// not exist (the test half of a given FC) are null.
type result struct {
	Model               string  `json:"model"`
	Regions             int     `json:"regions"`
	Parameters          int     `json:"parameters"`
	Iterations          int     `json:"iterations"` // of both stages
	Seconds             float64 `json:"seconds"`
	SecondsPerIteration float64 `json:"seconds_per_iteration"`
	Loss                number  `json:"loss"` // without regularisation
	FCTrain             number  `json:"fc_train"`
	FCRMSETrain         number  `json:"fc_rmse_train"`
	FCTest              number  `json:"fc_test"`
	FCRMSETest          number  `json:"fc_rmse_test"`
	FCCopy              number  `json:"fc_copy"`
	FCSimulated         number  `json:"fc_simulated"`
	FCRMSESimulated     number  `json:"fc_rmse_simulated"`
	LagTrain            number  `json:"lag_train"`
	LagTest             number  `json:"lag_test"`
	LargestRealPart     number  `json:"largest_real_part_per_s"`
	Seed                uint64  `json:"seed"`
	Cancelled           bool    `json:"cancelled"`

	data                 *data
	network              *network
	rows                 []row
	empirical, simulated *mat.Dense
	notes                []string
	dot                  bool
	fitting              float64 // s
}

// row is a line of the report: a model's or a baseline's FC against both halves.
type row struct {
	name        string
	train, test fitness
}

// fitness of an FC and, where it has one, a lagged covariance.
type fitness struct{ r, rmse, lag number }

// fit runs both stages and their simulations. A cancelled context ends the stages;
// what they found so far is simulated and reported, unless that is nothing.
func fit(ctx context.Context, c *config, d *data, progress io.Writer) (*result, error) {
	r := &result{Model: "hopf", Regions: len(d.labels), Seed: c.seed, data: d, dot: c.dot, empirical: d.train.FC}
	fmt.Fprintln(progress, "stage a: analytic covariance of the linear network")
	a, err := fitLinear(ctx, startNetwork(d, c.seed, c.nonNegative), d, c, progress)
	if err != nil && !(errors.Is(err, context.Canceled) && a != nil) {
		return nil, err
	}
	r.Parameters = len(a.X) - absentEdges(d.edges)
	r.timed(a)
	if err := r.add("stage a", "analytic", a, c); err != nil {
		return nil, err
	}
	r.Cancelled = err != nil || c.refine > 0 && ctx.Err() != nil
	if c.refine > 0 && !r.Cancelled {
		if err := r.refine(ctx, a.network, c, progress); err != nil {
			return nil, err
		}
	}
	r.addBaselines()
	return r, nil
}

// timed counts a stage's iterations.
func (r *result) timed(f *fitted) {
	r.Iterations += f.Iterations
	r.fitting += f.Elapsed.Seconds()
	r.SecondsPerIteration = r.fitting / math.Max(1, float64(r.Iterations))
}

// refine adds stage b.
func (r *result) refine(ctx context.Context, start *network, c *config, progress io.Writer) error {
	run := settings(r.data.train.TR, refineMinutes, c.seed)
	fmt.Fprintf(progress, "stage b: through %d × %d simulated minutes, Heun, step %.4g ms\n", refineLanes, refineMinutes, run.Dt)
	if note := start.eulerNote(run.Dt / msPerSecond); note != "" {
		fmt.Fprintln(progress, note)
		r.notes = append(r.notes, note)
	}
	b, err := refine(ctx, start, r.data, c, progress)
	r.Cancelled = errors.Is(err, context.Canceled)
	if r.Cancelled && b == nil {
		return nil // stage a is what there is
	}
	if err != nil && !r.Cancelled {
		return fmt.Errorf("stage b: %w", err)
	}
	r.timed(b)
	return r.add("stage b", "fitted", b, c)
}

func absentEdges(edges *mat.Dense) int {
	absent := 0
	for _, v := range edges.RawMatrix().Data {
		if v == 0 {
			absent++
		}
	}
	return absent
}

// add reports a stage: the correlations its loss was taken of, and a simulation with
// new seeds.
func (r *result) add(stage, kind string, f *fitted, c *config) error {
	own := r.row(stage+", "+kind, f.fc, f.lag)
	r.rows = append(r.rows, own)
	p := f.network
	r.network = p
	r.FCTrain, r.FCRMSETrain, r.LagTrain = own.train.r, own.train.rmse, own.train.lag
	r.FCTest, r.FCRMSETest, r.LagTest = own.test.r, own.test.rmse, own.test.lag
	r.Loss = number(dataLoss(f.fc, f.lag, r.data.train))
	largest, err := forward.LargestRealPart(p.jacobian())
	if err != nil {
		return err
	}
	r.LargestRealPart = number(largest)
	x, err := simulate(p, r.data, reportedMinutes, c.seed+1_000_000)
	if err != nil {
		return fmt.Errorf("simulation of %s: %w", stage, err)
	}
	z := forward.ZScore(x)
	r.simulated = mat.DenseCopyOf(forward.FC(z))
	simulated := r.row(fmt.Sprintf("%s, %d min simulated", stage, reportedMinutes), r.simulated, forward.LaggedCovariance(z, 1))
	r.rows = append(r.rows, simulated)
	r.FCSimulated, r.FCRMSESimulated = simulated.train.r, simulated.train.rmse
	return nil
}

// addBaselines are what no model is needed for.
func (r *result) addBaselines() {
	r.FCCopy = nan
	if r.data.test == nil {
		return
	}
	copied := r.row("copy of the first half", r.data.train.FC, r.data.train.Lag)
	r.FCCopy = copied.test.r
	r.rows = append(r.rows, copied)
	n := len(r.data.labels)
	scaled, zero := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	scaled.Scale(0.7, r.data.train.FC)
	r.rows = append(r.rows, r.row("0.7 × copy", scaled, nil), r.row("zero", zero, nil))
}

func (r *result) row(name string, fc, lag *mat.Dense) row {
	return row{name, compare(fc, lag, r.data.train), compare(fc, lag, r.data.test)}
}

func compare(fc, lag *mat.Dense, t *target) fitness {
	if t == nil {
		return fitness{nan, nan, nan}
	}
	a, b := abovePairs(fc), abovePairs(t.FC)
	f := fitness{r: correlation(a, b), rmse: number(rmse(a, b)), lag: nan}
	if lag != nil && t.Lag != nil {
		f.lag = correlation(offPairs(lag), offPairs(t.Lag))
	}
	return f
}

// dataLoss is the loss without regularisation.
func dataLoss(fc, lag *mat.Dense, t *target) float64 {
	e := rmse(abovePairs(fc), abovePairs(t.FC))
	loss := e * e
	if t.Lag != nil {
		e = rmse(lag.RawMatrix().Data, t.Lag.RawMatrix().Data)
		loss += lagWeight * e * e
	}
	return loss
}

func abovePairs(m mat.Matrix) []float64 {
	var v []float64
	n, _ := m.Dims()
	for i := 0; i < n; i++ {
		for j := i + 1; j < n; j++ {
			v = append(v, m.At(i, j))
		}
	}
	return v
}

func offPairs(m mat.Matrix) []float64 {
	var v []float64
	n, _ := m.Dims()
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			if i != j {
				v = append(v, m.At(i, j))
			}
		}
	}
	return v
}

func correlation(a, b []float64) number { return number(stat.Correlation(a, b, nil)) }

func rmse(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += (a[i] - b[i]) * (a[i] - b[i])
	}
	return math.Sqrt(sum / float64(len(a)))
}

func (r *result) String() string {
	var b strings.Builder
	if r.Cancelled {
		fmt.Fprintf(&b, "\nINTERRUPTED after %d iterations: these results are partial.\n", r.Iterations)
	}
	fmt.Fprintf(&b, "\n%-30s %-17s %-17s %s\n", "", "first half", "second half", "lag 1 TR")
	fmt.Fprintf(&b, "%-30s %7s %8s  %7s %8s  %7s %7s\n", "FC against", "r", "RMSE", "r", "RMSE", "first", "second")
	for _, w := range r.rows {
		fmt.Fprintf(&b, "%-30s %7s %8s  %7s %8s  %7s %7s\n", w.name, w.train.r, w.train.rmse, w.test.r, w.test.rmse, w.train.lag, w.test.lag)
	}
	b.WriteString("r and RMSE over the pairs above the diagonal, lag: r over the pairs off the diagonal\n")
	fmt.Fprintf(&b, "\n%-14s %13s %14s %14s %10s   %s\n", "region", "bifurcation/s", "relaxation/s", "frequency/Hz", "noise/√s", "strongest input, 1/s")
	relaxation := r.network.relaxation()
	for i, label := range r.data.labels {
		j := strongest(r.network.Weights.RawRowView(i))
		fmt.Fprintf(&b, "%-14s %13.3f %14.3f %14.4f %10.4f   %+.3f from %s\n", label, r.network.Bifurcation[i], relaxation[i],
			r.network.Frequency[i], r.network.Amplitude*r.network.Noise[i], r.network.Weights.At(i, j), r.data.labels[j])
	}
	for _, note := range r.notes {
		fmt.Fprintln(&b, note)
	}
	fmt.Fprintf(&b, "\n%d parameters, %d iterations, %.1f s; largest real part of the Jacobian's eigenvalues %s /s\n", r.Parameters, r.Iterations, r.Seconds, r.LargestRealPart)
	return b.String()
}

func strongest(row []float64) int {
	best := 0
	for j, w := range row {
		if math.Abs(w) > math.Abs(row[best]) {
			best = j
		}
	}
	return best
}
