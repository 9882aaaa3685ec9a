package dynamics

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// Branch is a branch of fixed points, in order along it, from the end that is nearer to the range's From.
type Branch struct {
	System, Parameter, Unit string
	States, Units           []string // names of the states and their units
	Points                  []BranchPoint
	Special                 []Special
}

// BranchPoint is a fixed point at a value of the parameter.
type BranchPoint struct {
	Value float64
	FixedPoint
}

// Bifurcation is what happens at a special point.
type Bifurcation string

const (
	Fold           Bifurcation = "fold"         // the branch turns round: a saddle-node bifurcation, or limit point
	Hopf           Bifurcation = "Hopf"         // a pair of complex eigenvalues crosses the imaginary axis
	BranchCrossing Bifurcation = "branch point" // another branch crosses: transcritical or pitchfork
	Kink           Bifurcation = "kink"         // the flow is not smooth, and eigenvalues jump across the imaginary axis
)

// Special is a special point.
type Special struct {
	Kind  Bifurcation
	After int // the point lies between Points[After] and the next one
	BranchPoint
	// Frequency is that of the cycle that is born at a Hopf bifurcation, in Hz.
	Frequency float64
}

// Folds lists the values of the parameter at the folds of the branch, in order along it.
func (b *Branch) Folds() []float64 { return b.values(Fold) }

// Hopfs lists the values of the parameter at the Hopf bifurcations, in order along it.
func (b *Branch) Hopfs() []float64 { return b.values(Hopf) }

func (b *Branch) values(kind Bifurcation) []float64 {
	var list []float64
	for _, s := range b.Special {
		if s.Kind == kind {
			list = append(list, s.Value)
		}
	}
	return list
}

// reverse lets the branch run the other way.
func (b *Branch) reverse() {
	slices.Reverse(b.Points)
	slices.Reverse(b.Special)
	for i := range b.Special {
		b.Special[i].After = len(b.Points) - 2 - b.Special[i].After
	}
}

// At lists the fixed points of the branch at a value of the parameter, in order along it, as the straight lines between
// its points have them, with the eigenvalues of the nearer point: enough to start Newton's method from.
func (b *Branch) At(value float64) []FixedPoint {
	var list []FixedPoint
	for k := range b.Points[:max(len(b.Points)-1, 0)] {
		p, q := b.Points[k], b.Points[k+1]
		if (p.Value-value)*(q.Value-value) > 0 || q.Value == value && k < len(b.Points)-2 {
			continue
		}
		w := 0.0
		if q.Value != p.Value {
			w = (value - p.Value) / (q.Value - p.Value)
		}
		point := FixedPoint{State: make([]float64, len(p.State)), Eigenvalues: p.Eigenvalues}
		if w > 0.5 {
			point.Eigenvalues = q.Eigenvalues
		}
		for i := range p.State {
			point.State[i] = (1-w)*p.State[i] + w*q.State[i]
		}
		list = append(list, point)
	}
	return list
}

// String prints a table: the ends of the branch and its special points, and the kind of the points between them.
func (b *Branch) String() string {
	if len(b.Points) == 0 {
		return "no points\n"
	}
	var out bytes.Buffer
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\t%s\t\tthen\n", b.heading(), strings.Join(headings(b.States, b.Units), "\t"))
	b.row(w, "end", b.Points[0], b.kindBehind(0))
	for _, s := range b.Special {
		name := string(s.Kind)
		if s.Kind == Hopf {
			name += fmt.Sprintf(", %s Hz", number(s.Frequency))
		}
		b.row(w, name, s.BranchPoint, b.kindBehind(s.After+1))
	}
	b.row(w, "end", b.Points[len(b.Points)-1], "")
	w.Flush()
	return out.String()
}

func (b *Branch) heading() string { return heading(b.Parameter, b.Unit) }

// heading is a name with its unit.
func heading(name, unit string) string {
	if unit == "" || unit == "1" {
		return name
	}
	return fmt.Sprintf("%s (%s)", name, unit)
}

// headings are those of all states.
func headings(states, units []string) []string {
	list := make([]string, len(states))
	for i, s := range states {
		list[i] = heading(s, units[i])
	}
	return list
}

func (b *Branch) row(w *tabwriter.Writer, name string, p BranchPoint, then string) {
	fmt.Fprintf(w, "%s\t", number(p.Value))
	for _, v := range p.State {
		fmt.Fprintf(w, "%s\t", number(v))
	}
	fmt.Fprintf(w, "%s\t%s\n", name, then)
}

// kindBehind is the kind of most points from the k-th on to the next special one.
func (b *Branch) kindBehind(k int) string {
	end := len(b.Points) - 1
	for _, s := range b.Special {
		if s.After >= k {
			end = min(end, s.After)
		}
	}
	counts, best := map[string]int{}, ""
	for i := k; i <= end; i++ {
		kind := b.Points[i].Kind()
		if counts[kind]++; counts[kind] > counts[best] {
			best = kind
		}
	}
	return best
}

// extent is the range of the values, of parameter and of state i.
func (b *Branch) extent(i int) (x, y [2]float64) {
	x, y = [2]float64{math.Inf(1), math.Inf(-1)}, [2]float64{math.Inf(1), math.Inf(-1)}
	for _, p := range b.Points {
		x = [2]float64{min(x[0], p.Value), max(x[1], p.Value)}
		y = [2]float64{min(y[0], p.State[i]), max(y[1], p.State[i])}
	}
	return x, y
}
