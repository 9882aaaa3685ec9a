package tasks

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Forecaster predicts a signal [time, channel]. A trained network is one, and so are the baselines that it
// is compared with: Persistence, AR and Reservoir.
type Forecaster interface {
	// Predict gives for each row of the data the prediction of the next row, from the data up to it.
	Predict(data *mat.Dense) (*mat.Dense, error)
	// Forecast continues a history by steps rows, each from the prediction before it.
	Forecast(history *mat.Dense, steps int) (*mat.Dense, error)
}

// LaneForecaster is a Forecaster that continues many histories of one length at once, as a network does
// in its lanes. ValidTimes and NRMSEAt use it where it is there.
type LaneForecaster interface {
	Forecaster
	ForecastLanes(histories []*mat.Dense, steps int) ([]*mat.Dense, error)
}

var (
	_ Forecaster = Persistence{}
	_ Forecaster = (*AR)(nil)
	_ Forecaster = (*Reservoir)(nil)
)

// Persistence predicts that nothing changes.
type Persistence struct{}

// Predict returns a copy of the data.
func (Persistence) Predict(data *mat.Dense) (*mat.Dense, error) { return mat.DenseCopyOf(data), nil }

// Forecast repeats the last row.
func (Persistence) Forecast(history *mat.Dense, steps int) (*mat.Dense, error) {
	if err := checkForecast(history, steps); err != nil {
		return nil, err
	}
	n, channels := history.Dims()
	out := mat.NewDense(steps, channels, nil)
	for i := range steps {
		out.SetRow(i, history.RawRowView(n-1))
	}
	return out, nil
}

// checkForecast refuses what cannot be continued.
func checkForecast(history *mat.Dense, steps int) error {
	if history == nil || history.IsEmpty() || steps < 1 {
		return fmt.Errorf("tasks: a forecast of %d steps takes a history and at least one step", steps)
	}
	return nil
}

// AR is a vector autoregression of some order,
//
//	x(t+1) = c + Σ_k A_k x(t-k),  k = 0 … order-1.
type AR struct {
	order, channels int
	coefficients    *mat.Dense // [1 + order·channels, channels]: c, A_0, A_1, …
}

// FitAR fits an autoregression by least squares with a ridge; a ridge of 0 is allowed where the samples
// outnumber the coefficients and no channel is a sum of others.
func FitAR(data *mat.Dense, order int, ridge float64) (*AR, error) {
	n, channels := data.Dims()
	a := &AR{order: order, channels: channels}
	if order < 1 || n <= order+a.features() {
		return nil, fmt.Errorf("tasks: autoregression of order %d over %d channels from %d samples", order, channels, n)
	}
	rows := n - order
	x := mat.NewDense(rows, a.features(), nil)
	for i := range rows {
		a.fill(x.RawRowView(i), data, order-1+i)
	}
	var err error
	if a.coefficients, err = ridgeRegression(x, data.Slice(order, n, 0, channels), ridge); err != nil {
		return nil, fmt.Errorf("tasks: autoregression of order %d: %w", order, err)
	}
	return a, nil
}

func (a *AR) features() int { return 1 + a.order*a.channels }

// fill writes the features at time t. What would lie before the data is their first row.
func (a *AR) fill(row []float64, data *mat.Dense, t int) {
	row[0] = 1
	for k := range a.order {
		copy(row[1+k*a.channels:], data.RawRowView(max(0, t-k)))
	}
}

// Coefficient is the weight in the prediction of channel to of channel from, lag steps back, where 0 is
// the present.
func (a *AR) Coefficient(to, from, lag int) float64 {
	return a.coefficients.At(1+lag*a.channels+from, to)
}

func (a *AR) check(data *mat.Dense) error {
	if _, channels := data.Dims(); channels != a.channels {
		return fmt.Errorf("tasks: autoregression of %d channels, data with %d", a.channels, channels)
	}
	return nil
}

// Predict predicts each next row.
func (a *AR) Predict(data *mat.Dense) (*mat.Dense, error) {
	if err := a.check(data); err != nil {
		return nil, err
	}
	n, _ := data.Dims()
	x := mat.NewDense(n, a.features(), nil)
	for t := range n {
		a.fill(x.RawRowView(t), data, t)
	}
	var out mat.Dense
	out.Mul(x, a.coefficients)
	return &out, nil
}

// Forecast runs freely from a history.
func (a *AR) Forecast(history *mat.Dense, steps int) (*mat.Dense, error) {
	if err := checkForecast(history, steps); err != nil {
		return nil, err
	}
	if err := a.check(history); err != nil {
		return nil, err
	}
	n, _ := history.Dims()
	keep := min(n, a.order)
	all := mat.NewDense(keep+steps, a.channels, nil)
	all.Copy(history.Slice(n-keep, n, 0, a.channels))
	row := make([]float64, a.features())
	for i := range steps {
		a.fill(row, all, keep-1+i)
		var next mat.VecDense
		next.MulVec(a.coefficients.T(), mat.NewVecDense(len(row), row))
		all.SetRow(keep+i, next.RawVector().Data)
	}
	return all.Slice(keep, keep+steps, 0, a.channels).(*mat.Dense), nil
}

// ridgeRegression solves (XᵀX + ridge·I) W = XᵀY.
func ridgeRegression(x *mat.Dense, y mat.Matrix, ridge float64) (*mat.Dense, error) {
	var gram, cross, w mat.Dense
	gram.Mul(x.T(), x)
	cross.Mul(x.T(), y)
	n, _ := gram.Dims()
	symmetric := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			symmetric.SetSym(i, j, gram.At(i, j))
		}
		symmetric.SetSym(i, i, gram.At(i, i)+ridge)
	}
	var factor mat.Cholesky
	if !factor.Factorize(symmetric) {
		return nil, fmt.Errorf("the normal equations are singular with a ridge of %g: give a larger one", ridge)
	}
	if err := factor.SolveTo(&w, &cross); err != nil {
		if _, poor := err.(mat.Condition); !poor {
			return nil, err
		}
		// A poor condition only says that some weights are arbitrary; the predictions are not.
	}
	return &w, nil
}
