package tasks

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// ReservoirSettings are those of an echo state network. Zeros are replaced by the values named.
type ReservoirSettings struct {
	Units   int     // 300
	Radius  float64 // spectral radius of the recurrent weights; 0.9
	Degree  float64 // mean number of recurrent inputs of a unit; 6
	Input   float64 // inputs have weights in ±Input; 0.1
	Leak    float64 // 1: no memory but the recurrent one
	Ridge   float64 // 1e-6
	Washout int     // first steps left out of the fit; 100
	Seed    uint64
}

// Reservoir is an echo state network: random recurrent weights that are not trained, and a readout by
// ridge regression,
//
//	h ← (1 - leak) h + leak tanh(W h + V x + b)
//	x(t+1) = R [1, x, h, h² of every second unit]
//
// The squares break the symmetry of tanh, without which the sign symmetry of Lorenz is learned wrongly
// (Pathak et al. 2018, doi:10.1103/PhysRevLett.120.024102). It is the baseline for prediction: nothing is
// trained through time.
//
// Jaeger & Haas 2004, doi:10.1126/science.1091277.
type Reservoir struct {
	settings  ReservoirSettings
	recurrent []synapse
	input     *mat.Dense // [unit, 1 + channel], the bias first
	readout   *mat.Dense // [feature, channel]
	channels  int
}

type synapse struct {
	to, from int
	weight   float64
}

func (s ReservoirSettings) filled() ReservoirSettings {
	fill := func(value *float64, usual float64) {
		if *value == 0 {
			*value = usual
		}
	}
	fill(&s.Radius, 0.9)
	fill(&s.Degree, 6)
	fill(&s.Input, 0.1)
	fill(&s.Leak, 1)
	fill(&s.Ridge, 1e-6)
	if s.Units == 0 {
		s.Units = 300
	}
	if s.Washout == 0 {
		s.Washout = 100
	}
	return s
}

// FitReservoir draws a reservoir and fits its readout to data [time, channel].
func FitReservoir(data *mat.Dense, settings ReservoirSettings) (*Reservoir, error) {
	settings = settings.filled()
	n, channels := data.Dims()
	if settings.Units < 1 || settings.Washout < 0 || n < settings.Washout+10 {
		return nil, fmt.Errorf("tasks: a reservoir of %d units from %d samples, the first %d left out", settings.Units, n, settings.Washout)
	}
	for _, v := range []float64{settings.Radius, settings.Degree, settings.Input, settings.Leak, settings.Ridge} {
		if !(v > 0) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("tasks: a reservoir with a setting of %g; all are to be positive numbers", v)
		}
	}
	r := &Reservoir{settings: settings, channels: channels}
	r.draw()
	features := r.run(data, make([]float64, settings.Units))
	_, width := features.Dims()
	x := features.Slice(settings.Washout, n-1, 0, width).(*mat.Dense)
	var err error
	if r.readout, err = ridgeRegression(x, data.Slice(settings.Washout+1, n, 0, channels), settings.Ridge); err != nil {
		return nil, fmt.Errorf("tasks: reservoir: %w", err)
	}
	return r, nil
}

// draw makes sparse recurrent weights of the wanted radius, and input weights.
func (r *Reservoir) draw() {
	s, units := newStream(r.settings.Seed, Train, 0, forChoice), r.settings.Units
	for range int(math.Round(r.settings.Degree * float64(units))) {
		r.recurrent = append(r.recurrent, synapse{s.below(units), s.below(units), s.uniform(-1, 1)})
	}
	scale := r.settings.Radius / spectralRadius(r.recurrent, units)
	for i := range r.recurrent {
		r.recurrent[i].weight *= scale
	}
	r.input = mat.NewDense(units, 1+r.channels, nil)
	r.input.Apply(func(_, _ int, _ float64) float64 { return s.uniform(-1, 1) * r.settings.Input }, r.input)
}

// spectralRadius is the greatest modulus of the eigenvalues, by the growth of powers: with a complex pair
// in front a single step swings, so the growth over many is averaged.
func spectralRadius(w []synapse, units int) float64 {
	v, next := make([]float64, units), make([]float64, units)
	for i := range v {
		v[i] = 1 / math.Sqrt(float64(units)) * float64(1-2*(i%2))
	}
	const settle, average = 200, 400
	growth := 0.0
	for step := range settle + average {
		clear(next)
		for _, s := range w {
			next[s.to] += s.weight * v[s.from]
		}
		norm := 0.0
		for _, x := range next {
			norm += x * x
		}
		if norm = math.Sqrt(norm); norm == 0 {
			return 1 // nilpotent: any scale will do
		}
		for i, x := range next {
			v[i] = x / norm
		}
		if step >= settle {
			growth += math.Log(norm)
		}
	}
	return math.Exp(growth / average)
}

// step advances the state by one input.
func (r *Reservoir) step(state, drive, x []float64) {
	for i := range drive {
		row := r.input.RawRowView(i)
		drive[i] = row[0]
		for j, v := range x {
			drive[i] += row[1+j] * v
		}
	}
	for _, s := range r.recurrent {
		drive[s.to] += s.weight * state[s.from]
	}
	leak := r.settings.Leak
	for i, d := range drive {
		state[i] += leak * (math.Tanh(d) - state[i])
	}
}

func (r *Reservoir) fill(row, state, x []float64) {
	row[0] = 1
	copy(row[1:], x)
	copy(row[1+len(x):], state)
	for i := 0; i < len(state); i += 2 {
		row[1+len(x)+len(state)+i/2] = state[i] * state[i]
	}
}

func (r *Reservoir) width() int { return 1 + r.channels + r.settings.Units + (r.settings.Units+1)/2 }

// run drives the reservoir by data from a state, which it leaves at the end, and returns the features.
func (r *Reservoir) run(data *mat.Dense, state []float64) *mat.Dense {
	n, _ := data.Dims()
	out := mat.NewDense(n, r.width(), nil)
	drive := make([]float64, len(state))
	for t := range n {
		r.step(state, drive, data.RawRowView(t))
		r.fill(out.RawRowView(t), state, data.RawRowView(t))
	}
	return out
}

func (r *Reservoir) check(data *mat.Dense) error {
	if _, channels := data.Dims(); channels != r.channels {
		return fmt.Errorf("tasks: reservoir of %d channels, data with %d", r.channels, channels)
	}
	return nil
}

// Predict predicts each next row, from a state of 0 before the first.
func (r *Reservoir) Predict(data *mat.Dense) (*mat.Dense, error) {
	if err := r.check(data); err != nil {
		return nil, err
	}
	var out mat.Dense
	out.Mul(r.run(data, make([]float64, r.settings.Units)), r.readout)
	return &out, nil
}

// Forecast runs freely after a history.
func (r *Reservoir) Forecast(history *mat.Dense, steps int) (*mat.Dense, error) {
	if err := checkForecast(history, steps); err != nil {
		return nil, err
	}
	if err := r.check(history); err != nil {
		return nil, err
	}
	n, _ := history.Dims()
	state, drive := make([]float64, r.settings.Units), make([]float64, r.settings.Units)
	features := r.run(history, state).RawRowView(n - 1)
	out := mat.NewDense(steps, r.channels, nil)
	for i := range steps {
		next := mat.NewVecDense(r.channels, out.RawRowView(i))
		next.MulVec(r.readout.T(), mat.NewVecDense(len(features), features))
		r.step(state, drive, out.RawRowView(i))
		r.fill(features, state, out.RawRowView(i))
	}
	return out, nil
}
