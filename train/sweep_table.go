package train

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/euryale-ml/euryale/datasets"
)

// String prints the sweep as a table, what it was computed with, and the best value. The stable range is marked
// by a bar, the best value by a star.
func (r *SweepResult) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%s\tFC r\tFC RMSE\tof it noise\tFCD KS\tmetastability\tsynchrony\t", r.heading())
	for _, m := range r.watched() {
		fmt.Fprintf(w, "%s (%s)\trange\t", m.Address, m.Unit)
	}
	fmt.Fprintln(w, "stable\t")
	for i := range r.Points {
		r.row(w, i)
	}
	w.Flush()
	for _, p := range r.Points {
		if !p.Stable {
			fmt.Fprintf(&b, "not stable at %.5g: %s\n", p.Value, p.Why)
		}
	}
	if low, high, ok := r.StableRange(); ok {
		fmt.Fprintf(&b, "stable from %.5g to %.5g; best %s = %.5g\n", low, high, r.heading(), r.Points[r.Best].Value)
	} else {
		b.WriteString("no value is stable\n")
	}
	fmt.Fprintln(&b, r.Analysis)
	if r.Note != "" {
		fmt.Fprintln(&b, r.Note)
	}
	return b.String()
}

// heading is the swept address with its unit.
func (r *SweepResult) heading() string {
	if r.Unit == "" || r.Unit == "1" {
		return r.Address
	}
	return fmt.Sprintf("%s (%s)", r.Address, r.Unit)
}

// watched are the means of a point that has them, for the headings.
func (r *SweepResult) watched() []Mean {
	for _, p := range r.Points {
		if p.Means != nil {
			return p.Means
		}
	}
	return nil
}

func (r *SweepResult) row(w io.Writer, i int) {
	p := &r.Points[i]
	fmt.Fprintf(w, "%.5g\t%s\t%s\t%s\t%s\t%s\t%s\t", p.Value, digits(p.FCCorrelation), digits(p.FCRMSE), digits(p.FCNoise), digits(p.FCDKS), digits(p.Metastability), digits(p.Synchrony))
	for k := range r.watched() {
		if k < len(p.Means) {
			m := p.Means[k]
			fmt.Fprintf(w, "%.4g\t%.3g … %.3g\t", m.Mean, m.Lowest, m.Highest)
		} else {
			fmt.Fprint(w, "-\t-\t")
		}
	}
	mark := "·"
	if p.Stable {
		mark = "|"
	}
	if i == r.Best {
		mark = "* |"
	}
	fmt.Fprintf(w, "%s\t\n", mark)
}

func digits(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

// StableRange is the range of stable values around the best one: none between them is unstable.
func (r *SweepResult) StableRange() (low, high float64, ok bool) {
	if r.Best < 0 {
		return 0, 0, false
	}
	first, last := r.Best, r.Best
	for first > 0 && r.Points[first-1].Stable {
		first--
	}
	for last+1 < len(r.Points) && r.Points[last+1].Stable {
		last++
	}
	return r.Points[first].Value, r.Points[last].Value, true
}

// WriteCSV writes a line per value, after comments that say what it was computed with. What is not there is empty.
func (r *SweepResult) WriteCSV(w io.Writer) error {
	fmt.Fprintf(w, "# %v\n", r.Analysis)
	if r.Note != "" {
		fmt.Fprintf(w, "# %s\n", r.Note)
	}
	out := csv.NewWriter(w)
	header := []string{r.heading(), "fc_correlation", "fc_rmse", "fc_noise", "fcd_ks", "metastability", "synchrony"}
	for _, m := range r.watched() {
		name := fmt.Sprintf("%s (%s)", m.Address, m.Unit)
		header = append(header, "mean "+name, "lowest "+name, "highest "+name)
	}
	out.Write(append(header, "stable", "best", "why not stable"))
	for i, p := range r.Points {
		row := []string{number(p.Value), number(p.FCCorrelation), number(p.FCRMSE), number(p.FCNoise), number(p.FCDKS), number(p.Metastability), number(p.Synchrony)}
		for k := range r.watched() {
			m := Mean{Mean: math.NaN(), Lowest: math.NaN(), Highest: math.NaN()}
			if k < len(p.Means) {
				m = p.Means[k]
			}
			row = append(row, number(m.Mean), number(m.Lowest), number(m.Highest))
		}
		out.Write(append(row, strconv.FormatBool(p.Stable), strconv.FormatBool(i == r.Best), p.Why))
	}
	out.Flush()
	return out.Error()
}

// SaveNPZ writes the sweep to a .npz file, which numpy.load reads: an array for every column of the table, NaN
// where there is nothing, and the FC of every value, with the labels of the regions and what it was computed with.
func (r *SweepResult) SaveNPZ(path string) error {
	points, n := len(r.Points), len(r.Labels)
	column := func(name string, f func(*SweepPoint) float64) datasets.Array {
		a := datasets.Array{Name: name, Shape: []int{points}, Numbers: make([]float64, points)}
		for i := range r.Points {
			a.Numbers[i] = f(&r.Points[i])
		}
		return a
	}
	one := map[bool]float64{true: 1}
	arrays := []datasets.Array{
		{Name: "address", Texts: []string{r.Address}}, {Name: "unit", Texts: []string{r.Unit}}, {Name: "analysis", Texts: []string{r.Analysis.String()}},
		{Name: "note", Texts: []string{r.Note}}, {Name: "labels", Shape: []int{n}, Texts: r.Labels}, {Name: "best", Numbers: []float64{float64(r.Best)}},
		column("values", func(p *SweepPoint) float64 { return p.Value }),
		column("stable", func(p *SweepPoint) float64 { return one[p.Stable] }),
		column("fc_correlation", func(p *SweepPoint) float64 { return p.FCCorrelation }),
		column("fc_rmse", func(p *SweepPoint) float64 { return p.FCRMSE }),
		column("fc_noise", func(p *SweepPoint) float64 { return p.FCNoise }),
		column("fcd_ks", func(p *SweepPoint) float64 { return p.FCDKS }),
		column("metastability", func(p *SweepPoint) float64 { return p.Metastability }),
		column("synchrony", func(p *SweepPoint) float64 { return p.Synchrony }),
	}
	for k, m := range r.watched() {
		arrays = append(arrays, column("mean "+m.Address+" ("+m.Unit+")", func(p *SweepPoint) float64 {
			if k < len(p.Means) {
				return p.Means[k].Mean
			}
			return math.NaN()
		}))
	}
	fc := datasets.Array{Name: "fc", Shape: []int{points, n, n}}
	for _, p := range r.Points {
		for i := range n * n {
			if p.FC == nil {
				fc.Numbers = append(fc.Numbers, math.NaN())
			} else {
				fc.Numbers = append(fc.Numbers, p.FC.At(i/n, i%n))
			}
		}
	}
	return datasets.SaveArrays(path, append(arrays, fc)...)
}

// number is exact, and empty for NaN.
func number(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
