package forward_test

import (
	"fmt"

	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/mat"
)

// EEG of two sources in a spherical head, of which the positions and directions are known.
func ExampleSphere_EEG() {
	sources := mat.NewDense(2, 3, []float64{-60, 0, 20, 0, 65, 30}) // mm: right, front, up
	normals := mat.NewDense(2, 3, []float64{-1, 0, 0, 0, 0, 1})
	head := forward.HeadSphere([3]float64{}, 92)
	labels, electrodes, err := head.TenTwenty()
	if err != nil {
		panic(err)
	}
	gain, err := head.EEG(electrodes, sources) // V per A·m, three columns per source
	if err != nil {
		panic(err)
	}
	if gain, err = forward.FixedOrientations(gain, normals); err != nil {
		panic(err)
	}
	eeg, err := (&forward.LeadField{Gain: gain, Sensors: labels, Unit: "V", Reference: forward.AverageReference}).Scaled(10e-9*1e6, "µV")
	if err != nil {
		panic(err)
	}
	activity := mat.NewDense(2, 2, []float64{1, 0, 0, 1}) // [time, source], in 10 nA·m
	signal, err := eeg.Apply(activity)
	if err != nil {
		panic(err)
	}
	for k, label := range labels {
		if label == "T7" || label == "Fz" || label == "T8" {
			fmt.Printf("%s: %5.2f and %5.2f µV\n", label, signal.At(0, k), signal.At(1, k))
		}
	}
	// Output:
	// Fz: -0.19 and  0.93 µV
	// T7:  1.67 and -0.22 µV
	// T8: -0.33 and -0.22 µV
}
