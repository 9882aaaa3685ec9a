package graph

import (
	"fmt"
	"math"
	"reflect"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// valueKind says what an address stands for, and with it which shapes its value may have.
type valueKind int

const (
	paramKind   valueKind = iota // model parameter: 1 or n values
	weightsKind                  // coupling weights: to × from row-major, or one per edge of a Sparse
	gainKind                     // coupling gain: 1 or n values
	sigmaKind                    // noise amplitude: 1 or n values
	initKind                     // initial state: n values
	historyKind                  // states before the initial one: D × n, oldest first; nil means constant
	inputKind                    // input series: T × 1 or T × n; nil means given at run time
	samplesKind                  // standard normals of a noise: T × n; nil means drawn from the seed
)

var kindNames = [...]string{"parameter", "weights", "gain", "noise amplitude", "initial state", "history", "input", "noise samples"}

func (k valueKind) String() string { return kindNames[k] }

// value is the current content of an address.
type value struct {
	Address string
	Unit    string
	Kind    valueKind
	Data    []float64
	N       int      // regions of the population it belongs to (couplings: the target)
	Labels  []string // of those regions

	// Rows and Cols are set for weights (to × from), histories (D × n), inputs (T × 1 or T × n) and
	// noise samples (T × n).
	Rows, Cols int
	// I and J are the target and source of each entry of sparse weights, nil when they are dense.
	I, J   []int
	Source []string // labels of the source population of weights

	Learned   bool
	Transform nmm.Transform
	Scope     nmm.Scope
	Domain    nmm.Transform // of a parameter

	lag    bool // a parameter that is a delay in its model's equations
	hidden bool // from users: weights of readings of the past

	pop  *population // nil for an input of channels
	name string      // of the parameter or state within pop
}

// perRegion reports whether the value enters the step graph as a vector of n rather than as one number.
func (v *value) perRegion() bool {
	return len(v.Data) > 1 || v.Learned && (v.Scope == nmm.PerRegion || v.Scope == nmm.PerRegionAndLane)
}

// entry names the i-th number of the value for error messages.
func (v *value) entry(i int) string {
	where := ""
	switch {
	case v.Kind == weightsKind:
		r, c := v.edge(i)
		where = fmt.Sprintf("entry to %s from %s", v.Labels[r], v.Source[c])
	case v.Cols > 1:
		where = fmt.Sprintf("row %d, %s", i/v.Cols+1, v.Labels[i%v.Cols])
	case v.Cols == 1:
		where = fmt.Sprintf("row %d", i+1)
	case len(v.Data) == len(v.Labels):
		where = "value of " + v.Labels[i]
	default:
		return fmt.Sprintf("value %v", v.Data[i])
	}
	return fmt.Sprintf("%s, %v,", where, v.Data[i])
}

// edge returns target and source of the i-th weight.
func (v *value) edge(i int) (to, from int) {
	if v.I != nil {
		return v.I[i], v.J[i]
	}
	return i / v.Cols, i % v.Cols
}

// set checks numbers and stores them.
func (v *value) set(data []float64, rows, cols int) error {
	if (v.Kind == historyKind || v.Kind == samplesKind) && data == nil {
		v.Data, v.Rows = nil, 0
		return nil
	}
	if err := v.checkShape(data, rows, cols); err != nil {
		return err
	}
	if err := v.checkFinite(data); err != nil {
		return err
	}
	if v.Learned {
		if err := v.checkLearnable(data, v.Transform, v.Scope); err != nil {
			return err
		}
	}
	v.Data = data
	if v.series() {
		v.Cols = cols
		v.Rows = len(data) / cols
	}
	return nil
}

// setMatrix sets what a part brings along, if it does.
func (v *value) setMatrix(m mat.Matrix) error {
	if m == nil {
		return nil
	}
	if absent(m) {
		return fmt.Errorf("graph: %s: expected a matrix, or none at all, found a nil %T", v.Address, m)
	}
	return v.set(flatten(m))
}

func (v *value) checkFinite(data []float64) error {
	for i, x := range data {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			shown := *v
			shown.Data = data
			return fmt.Errorf("graph: %s: %s is not a finite number", v.Address, shown.entry(i))
		}
	}
	if v.Kind == sigmaKind {
		for _, x := range data {
			if x < 0 {
				return fmt.Errorf("graph: %s: a noise amplitude must not be negative, found %v", v.Address, x)
			}
		}
	}
	return nil
}

// checkShape checks the number of values; rows and cols are 0 when they came as a list.
func (v *value) checkShape(data []float64, rows, cols int) error {
	ok, want := true, ""
	switch v.Kind {
	case paramKind, gainKind, sigmaKind:
		ok = len(data) == 1 || len(data) == v.N
		want = fmt.Sprintf("1 value or %d, one per region", v.N)
	case initKind:
		ok = len(data) == v.N
		want = fmt.Sprintf("%d values, one per region", v.N)
	case weightsKind:
		ok = len(data) == v.size() && (rows == 0 || v.I != nil || rows == v.Rows && cols == v.Cols)
		want = fmt.Sprintf("a %d × %d matrix (to × from)", v.Rows, v.Cols)
		if v.I != nil {
			want = fmt.Sprintf("%d values, one per edge", len(v.I))
		}
	case historyKind:
		ok = cols == v.N
		want = fmt.Sprintf("a matrix of %d columns, one per region, with one row per step, oldest first", v.N)
	case samplesKind:
		ok = cols == v.N
		want = fmt.Sprintf("a matrix of %d columns, one per region, with one row per step", v.N)
	case inputKind:
		if ok = cols == v.N; v.pop == nil {
			want = fmt.Sprintf("a matrix of %d columns, one per channel, with one row per step", v.N)
			break
		}
		ok = ok || cols == 1
		want = fmt.Sprintf("a matrix of 1 or %d columns with one row per step", v.N)
	}
	if ok {
		return nil
	}
	found := fmt.Sprintf("%d values", len(data))
	if rows != 0 {
		found = fmt.Sprintf("%d × %d", rows, cols)
	}
	return fmt.Errorf("graph: %s: expected %s, found %s", v.Address, want, found)
}

// series reports whether the value has one row per step.
func (v *value) series() bool {
	return v.Kind == historyKind || v.Kind == inputKind || v.Kind == samplesKind
}

// size is the number of weights.
func (v *value) size() int {
	if v.I != nil {
		return len(v.I)
	}
	return v.Rows * v.Cols
}

// numbers reads what a user gives for a value: a number, a quantity, a list, a matrix.
// rows and cols are 0 unless it is a matrix.
func numbers(x any, unit string) (data []float64, rows, cols int, err error) {
	if x == nil {
		return nil, 0, 0, nil
	}
	if absent(x) {
		return nil, 0, 0, fmt.Errorf("expected a number, a quantity, a []float64 or a matrix, found a nil %T", x)
	}
	switch x := x.(type) {
	case float64:
		return []float64{x}, 0, 0, nil
	case int:
		return []float64{float64(x)}, 0, 0, nil
	case nmm.Quantity:
		converted, err := nmm.Convert(x.Value, x.Unit, unit)
		return []float64{converted}, 0, 0, err
	case []float64:
		return append([]float64(nil), x...), 0, 0, nil
	case *Sparse:
		if err := x.Check(); err != nil {
			return nil, 0, 0, err
		}
		return append([]float64(nil), x.V...), 0, 0, nil
	case mat.Matrix:
		data, rows, cols = flatten(x)
		return data, rows, cols, nil
	}
	return nil, 0, 0, fmt.Errorf("expected a number, a quantity, a []float64 or a matrix, found %T", x)
}

// absent says whether x is nil, or a nil pointer, as a matrix or a part that was declared and never made is.
func absent(x any) bool {
	v := reflect.ValueOf(x)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// flatten returns the entries of a matrix row by row.
func flatten(m mat.Matrix) (data []float64, rows, cols int) {
	rows, cols = m.Dims()
	data = make([]float64, 0, rows*cols)
	for i := 0; i < rows; i++ {
		for j := 0; j < cols; j++ {
			data = append(data, m.At(i, j))
		}
	}
	return data, rows, cols
}
