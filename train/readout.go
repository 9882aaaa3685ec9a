package train

import (
	"errors"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/layers"
	"gonum.org/v1/gonum/mat"
)

// regression is a linear readout of features X to targets Y by least squares,
//
//	min_W ‖X W - Y‖² + ridge · rows · ‖W‖²
//
// The penalty is on the weights as such. One in the size of each feature would let the search shrink
// features and lengthen weights at no cost; loops that it closes were less stable.
type regression struct {
	x, y   *mat.Dense // [row, feature], [row, target]
	gram   *mat.SymDense
	cross  mat.Dense
	w      mat.Dense // [feature, target]
	wrong  mat.Dense // X W - Y
	square float64   // ‖Y‖²
	loss   float64   // the minimum over ‖Y‖²
}

func newRegression(rows, features, targets int) *regression {
	return &regression{
		x: mat.NewDense(rows, features, nil), y: mat.NewDense(rows, targets, nil),
		gram: mat.NewSymDense(features, nil), w: *mat.NewDense(features, targets, nil),
	}
}

// load takes in what x and y hold.
func (r *regression) load() {
	r.gram.SymOuterK(1, r.x.T())
	r.cross.Mul(r.x.T(), r.y)
	r.square = squares(r.y)
}

// solve finds the weights.
func (r *regression) solve(ridge float64) error {
	rows, features := r.x.Dims()
	penalised := mat.NewSymDense(features, nil)
	penalised.CopySym(r.gram)
	for f := range features {
		penalised.SetSym(f, f, r.gram.At(f, f)+ridge*float64(rows))
	}
	var factor mat.Cholesky
	if !factor.Factorize(penalised) {
		return fmt.Errorf("train: readout of %d features from %d samples, ridge %g: %w", features, rows, ridge, errSingular)
	}
	if err := factor.SolveTo(&r.w, &r.cross); err != nil {
		if _, poor := err.(mat.Condition); !poor {
			return fmt.Errorf("train: readout: %w", err)
		}
		// A poor condition only says that some weights are arbitrary; the predictions are not.
	}
	r.miss(&r.w)
	sum := squares(&r.wrong)
	for f := range features {
		sum += ridge * float64(rows) * squares(r.w.RowView(f))
	}
	r.loss = sum / r.square
	return nil
}

// miss computes what weights w leave wrong.
func (r *regression) miss(w *mat.Dense) {
	r.wrong.Mul(r.x, w)
	r.wrong.Sub(&r.wrong, r.y)
}

var errSingular = errors.New("the normal equations have no solution: the network has diverged, or nearly")

func squares(m mat.Matrix) float64 { return math.Pow(mat.Norm(m, 2), 2) }

// slope adds k times the derivative of the minimum with respect to features from … of a row. The weights
// need no derivative: at the minimum they have none.
func (r *regression) slope(out []float64, row, from int, k float64) {
	wrong := r.wrong.RawRowView(row)
	for i := range out {
		w := r.w.RawRowView(from + i)
		sum := 0.0
		for c, e := range wrong {
			sum += w[c] * e
		}
		out[i] += 2 * k / r.square * sum
	}
}

// windows are stretches of a signal, shown to a network in its lanes.
type windows struct {
	lanes, steps, warmup, channels int
	u                              []float64 // [lane][step][channel]
}

// bestReadout is the logarithm of the part of the signal's changes that the best readout of the recorded
// states leaves unexplained: a scalar node, of nodes of shape (lane, step, unit). It is variable
// projection (Golub and Pereyra 1973, doi:10.1137/0710036): the readout is no variable of the search, and
// the rest is not trained for a readout that is yet to come. The logarithm makes gradients of size 1,
// however small the error has become.
func bestReadout(win *windows, units int, reads []layers.Read, ridge *float64) *forward.NodeFunction {
	kept := win.steps - win.warmup - 1
	r := newRegression(win.lanes*kept, len(reads)*units+win.channels+1, win.channels)
	each := func(do func(row, at int)) {
		for row := range win.lanes * kept {
			do(row, row/kept*win.steps+win.warmup+row%kept)
		}
	}
	dims := make([]int, len(reads))
	for k := range dims {
		dims[k] = 3
	}
	return &forward.NodeFunction{
		Name: "unexplained by the best readout", Inputs: dims, Output: 0,
		Shape: func([][]int) ([]int, error) { return nil, nil },
		Value: func(in []forward.Array, out forward.Array) error {
			each(func(row, at int) { win.fill(r, row, at, in, reads) })
			r.load()
			if err := r.solve(*ridge); errors.Is(err, errSingular) {
				r.loss = math.Inf(1) // states that have diverged, or all but: the search steps back
				r.w.Zero()
				r.miss(&r.w)
			} else if err != nil {
				return err
			}
			out.Data[0] = math.Log(r.loss)
			return nil
		},
		// Gradient uses what Value, which comes before it in every run, has left.
		Gradient: func(k int, _ []forward.Array, _, outGrad, inGrad forward.Array) error {
			each(func(row, at int) {
				r.slope(inGrad.Data[at*units:][:units], row, k*units, reads[k].Factor()*outGrad.Data[0]/r.loss)
			})
			return nil
		},
	}
}

// fill writes features and targets of a step, counted over the lanes, as layers.Predictor.Features does.
func (w *windows) fill(r *regression, row, at int, states []forward.Array, reads []layers.Read) {
	x, now := r.x.RawRowView(row), w.u[at*w.channels:]
	for k, s := range states {
		units := s.Shape[2]
		scale := reads[k].Factor()
		for i, v := range s.Data[at*units:][:units] {
			x[i] = scale * v
		}
		x = x[units:]
	}
	x[copy(x, now[:w.channels])] = 1
	for c, y := range now[w.channels:][:w.channels] {
		r.y.Set(row, c, y-now[c])
	}
}
