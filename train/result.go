package train

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/euryale-ml/euryale/datasets"
)

// Result is what a fit found. It prints itself as a table.
type Result struct {
	Minimum
	Parameters []Parameter
}

// Parameter is a fitted value, in its unit.
type Parameter struct {
	Address, Unit string
	Regions       []string // one name per value, if there is one value per region
	Shape         []int    // of the learnable node
	Start, Values []float64
}

// manyValues is the length from which a parameter is printed by its range only.
const manyValues = 200

// String prints loss, iterations, and the parameters by address, unit and region.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "loss %.6g after %d iterations, %d evaluations, %v (%s)\n", r.Loss, r.Iterations, r.Evaluations, r.Elapsed.Round(time.Millisecond), r.Reason)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "parameter\tunit\tregion\tstart\tfitted")
	for _, p := range r.Parameters {
		p.print(w)
	}
	w.Flush()
	return b.String()
}

// Save writes the parameters to a .csv or .npz file, a line per value with address, shape, region, unit,
// start and value, which [datasets.LoadParameters] reads.
func (r *Result) Save(path string) error {
	var all datasets.Parameters
	for _, p := range r.Parameters {
		if len(p.Regions) != len(p.Values) {
			p.Regions = nil
		}
		all = append(all, datasets.Parameter(p))
	}
	return all.Save(path)
}

func (p *Parameter) print(w *tabwriter.Writer) {
	if len(p.Values) > manyValues || len(p.Shape) > 1 {
		lo, hi := extent(p.Start)
		newLo, newHi := extent(p.Values)
		fmt.Fprintf(w, "%s\t%s\t%v values\t%.4g … %.4g\t%.4g … %.4g\n", p.Address, p.Unit, p.Shape, lo, hi, newLo, newHi)
		return
	}
	for i, v := range p.Values {
		region := ""
		switch {
		case len(p.Regions) == len(p.Values):
			region = p.Regions[i]
		case len(p.Values) > 1:
			region = fmt.Sprint(i + 1)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.5g\t%.5g\n", p.Address, p.Unit, region, p.Start[i], v)
	}
}

func extent(v []float64) (lo, hi float64) {
	lo, hi = v[0], v[0]
	for _, x := range v {
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}
