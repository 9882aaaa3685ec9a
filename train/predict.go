package train

import (
	"context"
	"fmt"
	"io"

	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/tasks"
)

// A trained predictor is judged as the baselines are.
var _ tasks.LaneForecaster = (*layers.Predictor)(nil)

// PredictSettings of the training of a predictor. Zeros are replaced by the values named.
type PredictSettings struct {
	Updates int // iterations of L-BFGS at most, counted from the beginning; 100
	Round   int // updates on the same windows, with one memory of L-BFGS; 50
	Windows int // of the training part, side by side in lanes; 100, fewer where the series is short
	Warmup  int // first samples of a window, which are shown and not judged; 30
	Steps   int // samples of a window that are judged; 100
	Every   int // updates between evaluations; 10
	// Horizon is how far free runs go, from 20 starts in the validation part, that choose the best values
	// and the ridge of their readout: free runs need not only a small error but a stable loop. 1: one step
	// is what counts, as in noisy recordings. 1
	Horizon int

	MemoryBudget int64

	// Progress, if not nil, gets a line per second at most, and the last. Log gets each evaluation as a
	// line of JSON.
	Progress io.Writer
	Log      io.Writer
	// Callback, if not nil, is called after every evaluation; its error ends the training and is
	// returned with what there is. [ErrStop] ends it without one.
	Callback func(PredictEvaluation) error
	// Resume continues from Predicted.State, at the end of a round, to the same bits.
	Resume []byte
}

// PredictEvaluation is the state of the training of a predictor at an evaluation. Errors are mean squares
// over those of persistence, which predicts that nothing changes.
type PredictEvaluation struct {
	Update     int     `json:"update"`
	Loss       float64 `json:"loss"`       // one step ahead, of the windows, ridge included
	Validation float64 `json:"validation"` // on the validation part, see Horizon; math.MaxFloat64: the network diverges
	Ridge      float64 `json:"ridge"`      // of the readout; the search has one that may be smaller
	Seconds    float64 `json:"seconds"`
}

// Predicted is what the training of a predictor has come to.
type Predicted struct {
	Updates    int
	Best       PredictEvaluation // whose values the predictor has
	Parameters int               // numbers that learned by gradient
	Seconds    float64
	Curve      []PredictEvaluation // the first before training
	Reason     string              // why it ended
	State      []byte              // for PredictSettings.Resume
}

// TrainPredictor trains a predictor on a series by the gradient through the solve: windows of the training part
// are shown, and L-BFGS lowers the error one step ahead that the best readout leaves, a function of
// all else that learns. Noise-free signals take it to where an error of 1e-5 is left, from which a free run
// stays with the truth for a long time; Adam does not come there. Every round takes other windows.
//
// The predictor has the values with the smallest error on the validation part, and their readout from
// the whole training part. Same settings, same bits, at any GOMAXPROCS.
func TrainPredictor(ctx context.Context, p *layers.Predictor, s *tasks.Series, settings PredictSettings) (*Predicted, error) {
	settings, err := settings.withDefaults()
	if err != nil {
		return nil, err
	}
	t, err := newPredictorTraining(ctx, p, s, settings)
	if err != nil {
		return nil, err
	}
	return t.finish(t.run())
}

func (s PredictSettings) withDefaults() (PredictSettings, error) {
	for _, d := range []struct {
		field *int
		value int
	}{{&s.Updates, 100}, {&s.Round, 50}, {&s.Windows, 100}, {&s.Warmup, 30}, {&s.Steps, 100}, {&s.Every, 10}, {&s.Horizon, 1}} {
		if *d.field < 0 {
			return s, fmt.Errorf("train: prediction: expected no negative setting, found %d", *d.field)
		}
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	return s, nil
}
