package train

import (
	"encoding/json"
	"fmt"
	"math"
)

// Adam is stochastic gradient descent with moments of the gradient,
//
//	m ← β₁ m + (1−β₁) g        v ← β₂ v + (1−β₂) g²
//	x ← x − rate ( m/(1−β₁ᵏ) / (√(v/(1−β₂ᵏ)) + ε) + decay x )
//
// A step that leads to values that are not finite is taken back and tried at half
// the length; the length recovers afterwards. Its state can be saved and resumed.
//
// Kingma and Ba 2015, arXiv:1412.6980; decoupled decay: Loshchilov and Hutter
// 2019, arXiv:1711.05101.
type Adam struct {
	Rate         float64 // default 0.01
	Beta1, Beta2 float64 // default 0.9, 0.999
	Epsilon      float64 // default 1e-8
	Decay        float64 // AdamW's weight decay, 1 per unit rate; default 0
	ClipNorm     float64 // longest gradient (norm over all variables); 0: no limit
}

func (a Adam) String() string { return fmt.Sprintf("Adam, rate %g", a.withDefaults().Rate) }

func (a Adam) withDefaults() Adam {
	for _, d := range []struct {
		field *float64
		value float64
	}{{&a.Rate, 0.01}, {&a.Beta1, 0.9}, {&a.Beta2, 0.999}, {&a.Epsilon, 1e-8}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	return a
}

// adamState is everything the next iteration depends on.
type adamState struct {
	Step      int       `json:"step"`
	X         []float64 `json:"x"`
	Direction []float64 `json:"direction"` // last step at full length
	Scale     float64   `json:"scale"`     // part of the direction that was taken
	M         []float64 `json:"m"`
	V         []float64 `json:"v"`
	Best      *float64  `json:"best"`
	BestX     []float64 `json:"best_x"`
}

// maxHalvings is the number of halvings (down to 1e-6 of a step) before Adam gives up.
const maxHalvings = 20

func (a Adam) minimize(s *search) error {
	a = a.withDefaults()
	st, err := a.start(s)
	if err != nil {
		return err
	}
	grad := make([]float64, len(st.X))
	s.state = func() ([]byte, error) {
		if isFinite(s.best) {
			st.Best, st.BestX = &s.best, s.bestX
		}
		return json.Marshal(st)
	}
	for {
		f, err := st.evaluateOrBackOff(s.evaluate, grad)
		if err != nil {
			return err
		}
		at := append([]float64{}, st.X...)
		gradientNorm := append([]float64{}, grad...)
		a.step(st, grad)
		if err := s.iterated(f, at, gradientNorm); err != nil {
			return err
		}
	}
}

func newAdamState(initial []float64) *adamState {
	n := len(initial)
	return &adamState{X: append([]float64{}, initial...), Direction: make([]float64, n), Scale: 1, M: make([]float64, n), V: make([]float64, n)}
}

func (a Adam) start(s *search) (*adamState, error) {
	if s.settings.Resume == nil {
		return newAdamState(s.problem.Initial), nil
	}
	st := new(adamState)
	if err := json.Unmarshal(s.settings.Resume, st); err != nil {
		return nil, fmt.Errorf("train: Adam's saved state: %w", err)
	}
	n := len(st.X)
	if len(s.problem.Initial) != 0 && len(s.problem.Initial) != n {
		return nil, fmt.Errorf("train: Adam's saved state: expected %d variables, found %d", len(s.problem.Initial), n)
	}
	if len(st.M) != n || len(st.V) != n || len(st.Direction) != n || n == 0 {
		return nil, fmt.Errorf("train: Adam's saved state: expected moments of one length, found x %d, m %d, v %d, direction %d", n, len(st.M), len(st.V), len(st.Direction))
	}
	s.bestX = append([]float64{}, st.X...)
	if st.Best != nil && len(st.BestX) == n {
		s.best = *st.Best
		copy(s.bestX, st.BestX)
	}
	return st, nil
}

// evaluateOrBackOff evaluates at X, or half as far along the last step, and so on.
func (st *adamState) evaluateOrBackOff(evaluate func(x, grad []float64) (float64, bool, error), grad []float64) (float64, error) {
	for k := 0; k < maxHalvings; k++ {
		f, finite, err := evaluate(st.X, grad)
		if err != nil {
			return f, err
		}
		if finite {
			return f, nil
		}
		if st.Step == 0 {
			break
		}
		for i, d := range st.Direction {
			st.X[i] += st.Scale / 2 * d
		}
		st.Scale /= 2
	}
	return math.Inf(1), fmt.Errorf("train: Adam: step %d: %w", st.Step, ErrNotFinite)
}

func (a Adam) step(st *adamState, grad []float64) {
	if length := norm(grad); a.ClipNorm > 0 && length > a.ClipNorm {
		for i := range grad {
			grad[i] *= a.ClipNorm / length
		}
	}
	a.update(st, grad)
}

// update is step without clipping.
func (a Adam) update(st *adamState, grad []float64) {
	st.Step++
	st.Scale = math.Min(1, st.Scale*1.25)
	c1 := 1 - math.Pow(a.Beta1, float64(st.Step))
	c2 := 1 - math.Pow(a.Beta2, float64(st.Step))
	for i, g := range grad {
		st.M[i] = a.Beta1*st.M[i] + (1-a.Beta1)*g
		st.V[i] = a.Beta2*st.V[i] + (1-a.Beta2)*g*g
		st.Direction[i] = a.Rate * (st.M[i]/c1/(math.Sqrt(st.V[i]/c2)+a.Epsilon) + a.Decay*st.X[i])
		st.X[i] -= st.Scale * st.Direction[i]
	}
}
