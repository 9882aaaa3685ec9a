package forward

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// AverageReference as [LeadField].Reference is the mean of all sensors.
const AverageReference = "average"

// LeadField turns the activity of regions into signals of EEG, MEG or intracranial sensors,
//
//	s = R N G x
//
// with gain G, normalisation of its rows N and reference R: the volume conductor is linear, and at these frequencies without
// memory. [Sphere] makes gains for those without a head model; [FixedOrientations] and [VertexMap]
// reduce gains of three dipole components and of surface vertices to one number per region.
//
// Nunez and Srinivasan 2006, doi:10.1093/acprof:oso/9780195050387.001.0001.
type LeadField struct {
	Name    string     // of the monitor; default "leadfield"
	Gain    *mat.Dense // sensors × regions
	Sensors []string   // labels; nil: sensor 1, 2, …
	Regions []string   // labels; nil: none to compare with
	Unit    string     // of the signals: that of the gain times that of the activity
	// Norm divides the gain of each sensor by the sum of its absolute values, 1, or by its Euclidean length,
	// 2, before the reference: for gains in units of their own, and so that one that learns does not grow
	// while a factor behind it shrinks. 0: as it is. A row of zeros stays one.
	Norm int
	// Reference is what is subtracted from every sensor: "" nothing (MEG; or the gain's own
	// reference), [AverageReference] the mean of all sensors, else the sensor of this label. Sensors
	// without a signal would count in the mean: see [LeadField.Only] and [LeadField.Silent].
	Reference string
}

// Check says what is wrong with the lead field: sizes, labels, norm, reference, gains that are not finite.
func (l *LeadField) Check() error {
	if l.Gain == nil || l.Gain.IsEmpty() {
		return errors.New("forward: lead field without a gain")
	}
	sensors, regions := l.Gain.Dims()
	if l.Sensors != nil && len(l.Sensors) != sensors {
		return fmt.Errorf("forward: lead field: a gain of %d sensors with %d sensor labels", sensors, len(l.Sensors))
	}
	if l.Regions != nil && len(l.Regions) != regions {
		return fmt.Errorf("forward: lead field: a gain of %d regions with %d region labels", regions, len(l.Regions))
	}
	if l.Norm < 0 || l.Norm > 2 {
		return fmt.Errorf("forward: lead field: expected a norm of 1, 2 or none, 0, found %d", l.Norm)
	}
	labels := l.Labels()
	for i := range labels {
		for j := 0; j < regions; j++ {
			if v := l.Gain.At(i, j); math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("forward: lead field: gain of sensor %q (row %d) for region %d is %g", labels[i], i+1, j+1, v)
			}
		}
	}
	_, err := l.treatment()
	return err
}

// Labels are those of the sensors.
func (l *LeadField) Labels() []string {
	if l.Sensors != nil {
		return l.Sensors
	}
	sensors, _ := l.Gain.Dims()
	labels := make([]string, sensors)
	for i := range labels {
		labels[i] = fmt.Sprintf("sensor %d", i+1)
	}
	return labels
}

// treatment reads what is done to the gain.
func (l *LeadField) treatment() (rowTreatment, error) {
	t := rowTreatment{l.Norm, noReference}
	switch l.Reference {
	case "":
	case AverageReference:
		t.reference = averageReference
	default:
		t.reference = slices.Index(l.Labels(), l.Reference)
		if t.reference < 0 {
			return t, fmt.Errorf("forward: lead field: expected as reference %q, a sensor or nothing, found %q", AverageReference, l.Reference)
		}
	}
	return t, nil
}

// Referenced is the gain with its rows normalised and the reference subtracted, R N G.
func (l *LeadField) Referenced() (*mat.Dense, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	t, err := l.treatment()
	if err != nil {
		return nil, err
	}
	gain := mat.DenseCopyOf(l.Gain)
	sensors, regions := gain.Dims()
	t.apply(gain.RawMatrix().Data, sensors, regions)
	return gain, nil
}

// Apply gives the signals [time, sensor] of a series [time, region].
func (l *LeadField) Apply(series *mat.Dense) (*mat.Dense, error) {
	gain, err := l.Referenced()
	if err != nil {
		return nil, err
	}
	t, n := series.Dims()
	sensors, regions := gain.Dims()
	if n != regions {
		return nil, fmt.Errorf("forward: lead field: expected activity of %d regions, found %d", regions, n)
	}
	out := mat.NewDense(t, sensors, nil)
	out.Mul(series, gain.T())
	return out, nil
}

// Node is [LeadField.Apply] of every lane of x, shape (lane, time, region), as a node of shape
// (lane, time, sensor).
func (l *LeadField) Node(x *G.Node) (*G.Node, error) {
	gain, err := l.Referenced()
	if err != nil {
		return nil, err
	}
	fixed := Array{Shape: shapeOf(gain), Data: gain.RawMatrix().Data}
	f := projection("lead field", rowTreatment{reference: noReference})
	value, gradient := f.Value, f.Gradient
	f.Inputs = f.Inputs[:1]
	f.Shape = func(in [][]int) ([]int, error) { return projectedShape(in[0], fixed.Shape) }
	f.Value = func(in []Array, out Array) error { return value([]Array{in[0], fixed}, out) }
	f.Gradient = func(_ int, in []Array, out, outGrad, inGrad Array) error {
		return gradient(0, []Array{in[0], fixed}, out, outGrad, inGrad)
	}
	return f.Apply(x)
}

// NodeOf is [LeadField.Node] with a node of shape (sensor, region) in the place of the gain, which
// then can be learned. Norm and Reference are applied to it as to the gain.
func (l *LeadField) NodeOf(x, gain *G.Node) (*G.Node, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	t, err := l.treatment()
	if err != nil {
		return nil, err
	}
	if shape := shapeOf(l.Gain); gain != nil && !slices.Equal(shape, gain.Shape()) {
		return nil, fmt.Errorf("forward: lead field: expected a gain of shape %v, found %v", shape, gain.Shape())
	}
	return projection("lead field", t).Apply(x, gain)
}

func shapeOf(m mat.Matrix) []int {
	rows, columns := m.Dims()
	return []int{rows, columns}
}

// projection is the function y = x (T G)ᵀ of x, shape (lane, time, region), and G, shape (sensor, region), with
// T what is done to the rows of G.
func projection(name string, t rowTreatment) *NodeFunction {
	treated := func(in Array) Array {
		gain := Array{in.Shape, slices.Clone(in.Data)}
		t.apply(gain.Data, gain.Shape[0], gain.Shape[1])
		return gain
	}
	return &NodeFunction{
		Name: name, Inputs: []int{3, 2}, Output: 3,
		Shape: func(in [][]int) ([]int, error) { return projectedShape(in[0], in[1]) },
		Value: func(in []Array, out Array) error {
			blas64.Gemm(blas.NoTrans, blas.Trans, 1, rows(in[0]), rows(treated(in[1])), 0, rows(out))
			return nil
		},
		Gradient: func(k int, in []Array, out, outGrad, inGrad Array) error {
			if k == 1 {
				blas64.Gemm(blas.Trans, blas.NoTrans, 1, rows(outGrad), rows(in[0]), 0, rows(inGrad))
				t.gradient(inGrad.Data, in[1].Data, inGrad.Shape[0], inGrad.Shape[1])
				return nil
			}
			blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, rows(outGrad), rows(treated(in[1])), 0, rows(inGrad))
			return nil
		},
	}
}

func projectedShape(x, gain []int) ([]int, error) {
	if x[2] != gain[1] {
		return nil, fmt.Errorf("expected activity of %d regions, found shape %v", gain[1], x)
	}
	return []int{x[0], x[1], gain[0]}, nil
}

// rows sees an array as a matrix of its last dimension's columns.
func rows(a Array) blas64.General {
	columns := a.Shape[len(a.Shape)-1]
	return general(a.Data, len(a.Data)/columns, columns)
}
