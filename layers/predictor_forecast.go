package layers

import (
	"context"
	"fmt"

	"github.com/euryale-ml/euryale/graph"
	"gonum.org/v1/gonum/mat"
)

// Features drives the network by signals [time, channel] of one length, its lanes, and gives for each
// what the readout sees after every sample: the states read times their Scale, the sample itself, and 1. Row t of the
// result, times [Predictor.Readout], is the change from sample t to the next that is predicted.
func (p *Predictor) Features(ctx context.Context, signals []*mat.Dense) ([]*mat.Dense, error) {
	res, err := p.simulate(ctx, signals, 0)
	if err != nil {
		return nil, err
	}
	out := make([]*mat.Dense, len(signals))
	for l, signal := range signals {
		var states []*mat.Dense
		for _, read := range p.settings.Cell.Reads {
			states = append(states, res.Series("cortex."+read.State).Matrix(l))
		}
		n, _ := signal.Dims()
		out[l] = mat.NewDense(n, p.Width(), nil)
		for t := range n {
			p.fill(out[l].RawRowView(t), states, signal, t)
		}
	}
	return out, nil
}

// fill writes a row of features.
func (p *Predictor) fill(row []float64, states []*mat.Dense, signal *mat.Dense, t int) {
	for k, read := range p.settings.Cell.Reads {
		for i, x := range states[k].RawRowView(t) {
			row[i] = read.Factor() * x
		}
		row = row[p.settings.Units:]
	}
	row[copy(row, signal.RawRowView(t))] = 1
}

// Width is the number of features.
func (p *Predictor) Width() int {
	return len(p.settings.Cell.Reads)*p.settings.Units + p.settings.Channels + 1
}

// blocks calls do for each part of the readout with its address and its rows.
func (p *Predictor) blocks(do func(address string, from, to int) error) error {
	at := 0
	for _, read := range p.settings.Cell.Reads {
		if err := do(readoutOf(read)+"/weights", at, at+p.settings.Units); err != nil {
			return err
		}
		at += p.settings.Units
	}
	if err := do("direct/weights", at, at+p.settings.Channels); err != nil {
		return err
	}
	return do("signal.c", p.Width()-1, p.Width())
}

// SetReadout gives the readout its weights [feature, channel], in the order of [Predictor.Features].
func (p *Predictor) SetReadout(w *mat.Dense) error {
	if rows, cols := w.Dims(); rows != p.Width() || cols != p.settings.Channels {
		return fmt.Errorf("layers: expected a readout of %d features to %d channels, found %d × %d", p.Width(), p.settings.Channels, rows, cols)
	}
	return p.blocks(func(address string, from, to int) error {
		block := mat.DenseCopyOf(w.Slice(from, to, 0, p.settings.Channels).T())
		return p.net.Set(address, block.RawMatrix().Data)
	})
}

// Readout is the readout's weights [feature, channel].
func (p *Predictor) Readout() (*mat.Dense, error) {
	w := mat.NewDense(p.Width(), p.settings.Channels, nil)
	err := p.blocks(func(address string, from, to int) error {
		v, err := p.net.Get(address)
		if err != nil {
			return err
		}
		if len(v) == 1 { // c, the same for all channels
			for range p.settings.Channels - 1 {
				v = append(v, v[0])
			}
		}
		w.Slice(from, to, 0, p.settings.Channels).(*mat.Dense).Copy(mat.NewDense(p.settings.Channels, to-from, v).T())
		return nil
	})
	return w, err
}

// Predict gives for each sample of the data [time, channel] the prediction of the next one.
func (p *Predictor) Predict(data *mat.Dense) (*mat.Dense, error) {
	features, err := p.Features(context.Background(), []*mat.Dense{data})
	if err != nil {
		return nil, err
	}
	w, err := p.Readout()
	if err != nil {
		return nil, err
	}
	var next mat.Dense
	next.Mul(features[0], w)
	next.Add(&next, data)
	return &next, nil
}

// Forecast is shown a history, [time, channel], and then runs alone for some steps.
func (p *Predictor) Forecast(history *mat.Dense, steps int) (*mat.Dense, error) {
	out, err := p.ForecastLanes([]*mat.Dense{history}, steps)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// ForecastLanes continues histories of one length, all at once. Where a run diverges it is NaN.
func (p *Predictor) ForecastLanes(histories []*mat.Dense, steps int) ([]*mat.Dense, error) {
	if steps < 1 {
		return nil, fmt.Errorf("layers: a forecast of %d steps", steps)
	}
	res, err := p.simulate(context.Background(), histories, steps)
	if err != nil {
		return nil, err
	}
	out := make([]*mat.Dense, len(histories))
	for l, history := range histories {
		n, channels := history.Dims()
		out[l] = mat.DenseCopyOf(res.Series("signal.s").Matrix(l).Slice(n, n+steps, 0, channels))
	}
	return out, nil
}

// simulate shows signals of one length, and then lets the network run freely for some steps.
func (p *Predictor) simulate(ctx context.Context, signals []*mat.Dense, free int) (*graph.Result, error) {
	shown, err := p.sameLength(signals)
	if err != nil {
		return nil, err
	}
	run := p.run(shown+free, len(signals), graph.Run{NonFinite: graph.MaskLane})
	u, gate := run.Values["input:u"].(*mat.Dense), run.Values["input:gate"].(*mat.Dense)
	for l, signal := range signals {
		for t := range shown {
			copy(u.RawRowView(l)[t*p.settings.Channels:], signal.RawRowView(t))
		}
		clear(gate.RawRowView(l)[shown*p.settings.Channels:])
	}
	return p.net.Simulate(ctx, run)
}

func (p *Predictor) sameLength(signals []*mat.Dense) (int, error) {
	if len(signals) == 0 {
		return 0, fmt.Errorf("layers: predictor: expected at least one signal")
	}
	first, _ := signals[0].Dims()
	for l, signal := range signals {
		if n, channels := signal.Dims(); n != first || channels != p.settings.Channels {
			return 0, fmt.Errorf("layers: predictor: expected signals of one length and %d channels; found %d × %d in lane %d, %d × … in the first", p.settings.Channels, n, channels, l, first)
		}
	}
	return first, nil
}
