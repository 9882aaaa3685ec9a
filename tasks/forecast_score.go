package tasks

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// OneStep is the error of predicting each next sample from the true past.
type OneStep struct {
	MSE             float64 // mean square, over time and channels
	R2              float64 // against the mean of the data
	OverPersistence float64 // R² against persistence: 0 is no better than repeating the present
}

// ScoreOneStep predicts the data, and judges all but the first skip predictions.
func ScoreOneStep(f Forecaster, data *mat.Dense, skip int) (OneStep, error) {
	n, channels := data.Dims()
	if skip < 0 || n-skip < 2 {
		return OneStep{}, fmt.Errorf("tasks: %d samples, of which %d are skipped", n, skip)
	}
	predicted, err := f.Predict(data)
	if err != nil {
		return OneStep{}, err
	}
	var wrong, still, spread float64
	for j := range channels {
		mean := stat.Mean(mat.Col(nil, j, data)[skip+1:], nil)
		for t := skip; t < n-1; t++ {
			next := data.At(t+1, j)
			wrong += square(predicted.At(t, j) - next)
			still += square(data.At(t, j) - next)
			spread += square(next - mean)
		}
	}
	return OneStep{wrong / float64((n-1-skip)*channels), 1 - wrong/spread, 1 - wrong/still}, nil
}

// scaleOf is the root of the summed variances of all channels.
func scaleOf(x *mat.Dense) float64 {
	_, channels := x.Dims()
	sum := 0.0
	for j := range channels {
		sum += stat.PopVariance(mat.Col(nil, j, x), nil)
	}
	return math.Sqrt(sum)
}

// ValidSteps is how many rows of a forecast are within a distance ‖forecast - truth‖ of the truth, before
// the first that is not; a NaN is not. It panics when the shapes differ.
func ValidSteps(forecast, truth *mat.Dense, distance float64) int {
	n, channels := truth.Dims()
	if r, c := forecast.Dims(); r != n || c != channels {
		panic(fmt.Sprintf("tasks: forecast of %d×%d, truth of %d×%d", r, c, n, channels))
	}
	for t := range n {
		e := 0.0
		for j := range channels {
			e += square(forecast.At(t, j) - truth.At(t, j))
		}
		if !(math.Sqrt(e) <= distance) {
			return t
		}
	}
	return n
}

// Starts says from where forecasts are judged. The zero value is 50 starts, spread evenly over the test
// part, after 200 steps of true history.
type Starts struct {
	Number int
	Warmup int
}

func (s Starts) filled() Starts {
	if s.Number == 0 {
		s.Number = 50
	}
	if s.Warmup == 0 {
		s.Warmup = 200
	}
	return s
}

// Cut gives the history before each start and the steps rows of truth after it, in the test part.
func (s Starts) Cut(series *Series, steps int) (histories, truths []*mat.Dense, err error) {
	return s.cut(series, Test, steps)
}

func (s Starts) cut(series *Series, part Split, steps int) (histories, truths []*mat.Dense, err error) {
	s = s.filled()
	data := series.Part(part)
	n, channels := data.Dims()
	room := n - s.Warmup - steps
	if s.Number < 1 || s.Warmup < 1 || steps < 1 || room < 0 {
		return nil, nil, fmt.Errorf("tasks: series %s: %d forecasts of %d steps after %d of history, from %d samples",
			series.Name, s.Number, steps, s.Warmup, n)
	}
	for i := range s.Number {
		from := room * i / max(1, s.Number-1)
		at := from + s.Warmup
		histories = append(histories, data.Slice(from, at, 0, channels).(*mat.Dense))
		truths = append(truths, data.Slice(at, at+steps, 0, channels).(*mat.Dense))
	}
	return histories, truths, nil
}

// forecasts continues the history of every start.
func (s Starts) forecasts(f Forecaster, series *Series, part Split, steps int) (forecasts, truths []*mat.Dense, err error) {
	histories, truths, err := s.cut(series, part, steps)
	if err != nil {
		return nil, nil, err
	}
	if together, possible := f.(LaneForecaster); possible {
		forecasts, err = together.ForecastLanes(histories, steps)
		return forecasts, truths, err
	}
	for _, history := range histories {
		forecast, err := f.Forecast(history, steps)
		if err != nil {
			return nil, nil, err
		}
		forecasts = append(forecasts, forecast)
	}
	return forecasts, truths, nil
}

// validThreshold is the customary error at which a forecast of chaos has failed, in units of the root of
// the summed variances.
const validThreshold = 0.4

// ValidTimes are how long forecasts of steps rows into the test part hold, until their error is above
// 0.4 of the root mean square of the signal: sorted, in Lyapunov times where the series knows its
// exponent, else in its unit of time. Their median is the figure to report.
func ValidTimes(f Forecaster, s *Series, starts Starts, steps int) ([]float64, error) {
	forecasts, truths, err := starts.forecasts(f, s, Test, steps)
	if err != nil {
		return nil, err
	}
	// The scale of the error is that of the whole test part: a short stretch may hardly move.
	distance, unit := validThreshold*scaleOf(s.Part(Test)), s.Dt
	if s.Lyapunov > 0 {
		unit *= s.Lyapunov
	}
	times := make([]float64, len(truths))
	for i, truth := range truths {
		times[i] = unit * float64(ValidSteps(forecasts[i], truth, distance))
	}
	sort.Float64s(times)
	return times, nil
}

// NRMSEAt is the root mean square error exactly horizon steps ahead (84 is customary for Mackey-Glass),
// over starts in the test part, divided by the standard deviation of that part.
func NRMSEAt(f Forecaster, s *Series, starts Starts, horizon int) (float64, error) {
	forecasts, truths, err := starts.forecasts(f, s, Test, horizon)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for i, truth := range truths {
		for j, v := range truth.RawRowView(horizon - 1) {
			sum += square(forecasts[i].At(horizon-1, j) - v)
		}
	}
	return math.Sqrt(sum/float64(len(truths))) / scaleOf(s.Part(Test)), nil
}

// FreeError is the mean square error of free runs of some steps, the geometric mean over starts in a part
// of the series: in chaos some starts are a thousand times harder than others, and should not decide alone.
// No single error counts for more than 2, in standard deviations of the training part, about that of a
// guess, so that a run that diverges is bad, and not all. It chooses between forecasters.
func FreeError(f Forecaster, s *Series, part Split, starts Starts, steps int) (float64, error) {
	forecasts, truths, err := starts.forecasts(f, s, part, steps)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for i, truth := range truths {
		sum += math.Log(cappedError(forecasts[i], truth))
	}
	return math.Exp(sum / float64(len(truths))), nil
}

// cappedError is the mean square error of a forecast.
func cappedError(forecast, truth *mat.Dense) float64 {
	const worst = 2 * 2
	n, channels := truth.Dims()
	sum := 0.0
	for t := range n {
		for j := range channels {
			e := square(forecast.At(t, j) - truth.At(t, j))
			if !(e < worst) { // or NaN
				e = worst
			}
			sum += e
		}
	}
	return sum / float64(n*channels)
}
