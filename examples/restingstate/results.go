package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// number is a float64 whose NaN is JSON's null and prints as a dash.
type number float64

func (v number) MarshalJSON() ([]byte, error) {
	if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return json.Marshal(f)
	}
	return []byte("null"), nil
}

func (v number) String() string {
	if math.IsNaN(float64(v)) {
		return "-"
	}
	return fmt.Sprintf("%.3f", float64(v))
}

// results are -json's object.
type results struct {
	Model          string  `json:"model"`
	Regions        int     `json:"regions"`
	Data           string  `json:"data"`
	Preprocessing  string  `json:"preprocessing"`
	Setup          string  `json:"setup"`
	Coupling       float64 `json:"coupling"`         // of the regional fit, the mean over regions; of the sweep without one
	CouplingSweep  float64 `json:"coupling_sweep"`   // between the values of the sweep, by a parabola through the distance of FC
	CouplingOnGrid float64 `json:"coupling_on_grid"` // the best value of the sweep
	GridStep       float64 `json:"grid_step"`
	StableFrom     float64 `json:"stable_from"`
	StableTo       float64 `json:"stable_to"`
	Critical       float64 `json:"critical_without_noise,omitempty"`

	FCSweep       number `json:"fc_sweep"` // correlation with the empirical FC of the best point of the sweep, with new noise
	RMSESweep     number `json:"rmse_sweep"`
	FCFit         number `json:"fc_fit"` // the same of the fit
	RMSEFit       number `json:"rmse_fit"`
	Gain          number `json:"fc_gain"`
	FitIterations int    `json:"fit_iterations"`

	Rows      []row     `json:"comparisons"` // all with new noise
	FoldsOver string    `json:"folds_over,omitempty"`
	HeldOut   []heldOut `json:"held_out,omitempty"`
	Hidden    *found    `json:"hidden,omitempty"`
	Seed      uint64    `json:"seed"`
	Seconds   float64   `json:"seconds"`
}

// row compares a model's FC with the empirical one.
type row struct {
	Name          string `json:"name"`
	FCCorrelation number `json:"fc_correlation"`
	FCRMSE        number `json:"fc_rmse"`
	FCDKS         number `json:"fcd_ks"`
	Metastability number `json:"metastability"`
}

// heldOut compares a prediction with the FC it was made from and with one left out, means over folds.
type heldOut struct {
	Name     string `json:"name"`
	Train    number `json:"fc_train"`
	Test     number `json:"fc_test"`
	TestRMSE number `json:"rmse_test"`
}

func (h *heldOut) average(folds int) {
	for _, v := range []*number{&h.Train, &h.Test, &h.TestRMSE} {
		*v /= number(folds)
	}
}

// found is how well hidden parameters were found.
type found struct {
	Coupling   float64 `json:"coupling"`
	Steps      float64 `json:"coupling_error_steps"` // of the grid
	Recurrence number  `json:"recurrence_correlation"`
	Gain       number  `json:"gain_correlation"`
	Noise      number  `json:"noise_correlation"`
}

func (s *study) addRow(name string, c *train.Comparison) {
	s.Rows = append(s.Rows, row{name, number(c.FCCorrelation), number(c.FCRMSE), number(c.FCDKS), number(c.Metastability)})
}

// sortSurrogates orders what a map has given.
func (s *study) sortSurrogates() {
	slices.SortStableFunc(s.Rows, func(a, b row) int {
		if strings.HasPrefix(a.Name, "surrogate") && strings.HasPrefix(b.Name, "surrogate") {
			return strings.Compare(a.Name, b.Name)
		}
		return 0
	})
}

// readFit takes the numbers of the fit. Its coupling is better than the sweep's, whose equal regions make up by
// stronger or weaker coupling for what differs between real ones, and whose best value may be the last stable one.
func (s *study) readFit() error {
	if len(s.candidates) > 1 {
		gains, err := s.candidates[1].net.Get(couplingGain)
		if err != nil {
			return err
		}
		s.Coupling = stat.Mean(gains, nil)
	}
	s.Model, s.Regions, s.Data, s.Seed = s.name, len(s.labels), s.data.from, s.config.seed
	s.Preprocessing, s.Setup = s.analysis.String(), s.note()
	if s.config.columns != "" {
		s.Preprocessing += "; columns " + s.config.columns
	}
	if s.data.fc != nil {
		s.Preprocessing += " (of simulations; that of the FC's recording is unknown)"
	}
	first, last := s.candidates[0].comparison, s.candidates[len(s.candidates)-1].comparison
	s.FCSweep, s.RMSESweep = number(first.FCCorrelation), number(first.FCRMSE)
	s.FCFit, s.RMSEFit, s.Gain = number(last.FCCorrelation), number(last.FCRMSE), number(last.FCCorrelation-first.FCCorrelation)
	return nil
}

// predicted adds a fold's prediction.
func (s *study) predicted(name string, fc mat.Matrix, training, test *mat.SymDense) {
	i := slices.IndexFunc(s.HeldOut, func(h heldOut) bool { return h.Name == name })
	if i < 0 {
		i = len(s.HeldOut)
		s.HeldOut = append(s.HeldOut, heldOut{Name: name})
	}
	h := &s.HeldOut[i]
	fitted, _, _ := train.CompareFC(fc, training) // of one size, by construction
	tested, rmse, _ := train.CompareFC(fc, test)
	h.Train += number(fitted)
	h.Test += number(tested)
	h.TestRMSE += number(rmse)
}

// judge compares what was found with what was hidden.
func (s *study) judge(ctx context.Context) error {
	hidden := &candidate{name: "hidden parameters themselves", r: s.truth}
	var err error
	if hidden.net, err = s.balanced(ctx, s.truth, s.config.seed); err != nil {
		return err
	}
	if err := s.verify(ctx, s.brain, hidden); err != nil {
		return err
	}
	s.addRow(hidden.name, hidden.comparison)
	s.Hidden = &found{Coupling: s.truth.coupling, Steps: (s.Coupling - s.truth.coupling) / s.GridStep}
	for _, c := range s.candidates {
		if c.r == nil || c.r.edges == nil {
			continue
		}
		s.Hidden.Recurrence = number(stat.Correlation(c.r.recurrence, s.truth.recurrence, nil))
		s.Hidden.Gain = number(stat.Correlation(c.r.gain, s.truth.gain, nil))
		s.Hidden.Noise = number(stat.Correlation(c.r.noise, s.truth.noise, nil))
		break // the regional fit
	}
	return nil
}

// closing prints what was found.
func (s *study) closing() string {
	var b strings.Builder
	fmt.Fprintf(&b, "coupling %.4g (by the sweep alone %.4g, its best value %.4g, step %.4g, stable from %.4g to %.4g)\n\n", s.Coupling, s.CouplingSweep, s.CouplingOnGrid, s.GridStep, s.StableFrom, s.StableTo)
	fmt.Fprintf(&b, "%-42s %8s %8s %8s %14s\n", fmt.Sprintf("against the FC, %d × %g min of new noise", verifySeeds, s.config.minutes), "FC r", "FC RMSE", "FCD KS", "metastability")
	for _, r := range s.Rows {
		fmt.Fprintf(&b, "%-42s %8v %8v %8v %14v\n", r.Name, r.FCCorrelation, r.FCRMSE, r.FCDKS, r.Metastability)
	}
	if s.HeldOut != nil {
		fmt.Fprintf(&b, "\n%-42s %8s %8s %8s\n", fmt.Sprintf("held out, %d folds over %s", s.config.folds, s.FoldsOver), "r train", "r test", "RMSE")
		for _, h := range s.HeldOut {
			fmt.Fprintf(&b, "%-42s %8v %8v %8v\n", h.Name, h.Train, h.Test, h.TestRMSE)
		}
	}
	if h := s.Hidden; h != nil {
		fmt.Fprintf(&b, "\nhidden coupling %.4g: found within %.2f steps of the grid; correlation of the regional fit's parameters with the hidden: gain %v, noise %v, recurrence %v\n",
			h.Coupling, math.Abs(h.Steps), h.Gain, h.Noise, h.Recurrence)
	}
	fmt.Fprintf(&b, "\nthe fit is %v above the best of the sweep in FC r; %.0f s\n%s\n", s.Gain, s.Seconds, s.Preprocessing)
	return b.String()
}

func (s *study) writeJSON(w io.Writer) error { return json.NewEncoder(w).Encode(s.results) }
