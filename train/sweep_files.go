package train

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"gonum.org/v1/gonum/mat"
)

// storedPoint is the file of a value. JSON knows no NaN: what is not there is null.
type storedPoint struct {
	Settings      string    `json:"settings"` // fingerprint
	Address       string    `json:"address"`
	Value         float64   `json:"value"`
	Stable        bool      `json:"stable"`
	Why           string    `json:"why,omitempty"`
	FCCorrelation *float64  `json:"fc_correlation"`
	FCRMSE        *float64  `json:"fc_rmse"`
	FCNoise       *float64  `json:"fc_noise"`
	FCDKS         *float64  `json:"fcd_ks"`
	Metastability *float64  `json:"metastability"`
	Synchrony     *float64  `json:"synchrony"`
	Means         []Mean    `json:"means"`
	Seconds       float64   `json:"seconds"`
	Preprocessing string    `json:"preprocessing"`
	Note          string    `json:"note,omitempty"`
	Labels        []string  `json:"labels"`
	FC            []float64 `json:"fc"` // pairs above the diagonal, row by row
	Diagonal      []float64 `json:"fc_diagonal"`
}

// open makes the directory and takes the values that are there.
func (s *sweep) open(net *graph.Network) error {
	if s.Dir == "" {
		return nil
	}
	if err := os.MkdirAll(s.Dir, 0o777); err != nil {
		return err
	}
	var err error
	if s.print, err = s.fingerprint(net); err != nil {
		return err
	}
	for k, v := range s.Values {
		if err := s.load(k, s.file(v)); err != nil {
			return err
		}
	}
	return nil
}

func (s *sweep) file(value float64) string {
	return filepath.Join(s.Dir, "value_"+strconv.FormatFloat(value, 'g', -1, 64)+".json")
}

// fingerprint is of all that the numbers depend on, the values of the sweep excepted: others may join them.
func (s *sweep) fingerprint(net *graph.Network) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, net)
	for _, address := range net.Addresses() {
		if values, err := net.Get(address); err == nil && address != s.Address {
			fmt.Fprintln(h, address, values)
		}
	}
	r := s.run
	fmt.Fprintln(h, r.Dt, r.Duration, r.Warmup, r.Integrator, r.Record, r.Every, r.Average, r.Seeds, r.Precision)
	fmt.Fprintln(h, s.Address, s.Signal, s.Analysis.String(), s.Watch, s.Note)
	if e := s.Empirical; e != nil {
		fmt.Fprintln(h, e.FCD)
		if e.FC != nil {
			fmt.Fprintln(h, mat.DenseCopyOf(e.FC).RawMatrix().Data)
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}

// load takes a value that was done, if there is a file.
func (s *sweep) load(k int, name string) error {
	text, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return nil
	}
	var p storedPoint
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if p.Settings != s.print {
		return fmt.Errorf("%s is of other settings (or of another network, run or recording): remove the directory, or name another", name)
	}
	n := len(p.Diagonal)
	if len(p.FC) != n*(n-1)/2 || p.Value != s.Values[k] {
		return fmt.Errorf("%s: expected the FC of %d regions at %g, found %d pairs at %g", name, n, s.Values[k], len(p.FC), p.Value)
	}
	s.points[k], s.labels = p.point(), p.Labels
	return nil
}

// save writes a value that is done.
func (s *sweep) save(p *SweepPoint) error {
	if s.Dir == "" {
		return nil
	}
	s.mutex.Lock()
	stored := store(p)
	stored.Settings, stored.Address, stored.Note, stored.Labels = s.print, s.Address, s.Note, s.labels
	stored.Preprocessing = s.Analysis.Preprocessing.String()
	s.mutex.Unlock()
	text, err := json.Marshal(stored)
	if err != nil {
		return err
	}
	return replaceFile(s.file(p.Value), text)
}

func store(p *SweepPoint) storedPoint {
	stored := storedPoint{
		Value: p.Value, Stable: p.Stable, Why: p.Why, Means: p.Means, Seconds: p.Seconds,
		FCCorrelation: present(p.FCCorrelation), FCRMSE: present(p.FCRMSE), FCNoise: present(p.FCNoise), FCDKS: present(p.FCDKS),
		Metastability: present(p.Metastability), Synchrony: present(p.Synchrony),
	}
	if p.FC != nil {
		stored.FC = forward.UpperTriangle(p.FC, 1)
		for i := range p.FC.SymmetricDim() {
			stored.Diagonal = append(stored.Diagonal, p.FC.At(i, i))
		}
	}
	return stored
}

func (stored *storedPoint) point() *SweepPoint {
	p := &SweepPoint{Value: stored.Value, Stable: stored.Stable, Why: stored.Why, Means: stored.Means, Seconds: stored.Seconds}
	p.Comparison = Comparison{
		FCCorrelation: absent(stored.FCCorrelation), FCRMSE: absent(stored.FCRMSE), FCNoise: absent(stored.FCNoise), FCDKS: absent(stored.FCDKS),
		Metastability: absent(stored.Metastability), Synchrony: absent(stored.Synchrony),
	}
	if n := len(stored.Diagonal); n > 0 {
		p.FC = mat.NewSymDense(n, nil)
		k := 0
		for i, d := range stored.Diagonal {
			p.FC.SetSym(i, i, d)
			for j := i + 1; j < n; j++ {
				p.FC.SetSym(i, j, stored.FC[k])
				k++
			}
		}
	}
	return p
}

// present is null for NaN, absent NaN for null.
func present(v float64) *float64 {
	if isFinite(v) {
		return &v
	}
	return nil
}

func absent(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
