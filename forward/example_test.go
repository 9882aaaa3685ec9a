package forward_test

import (
	"context"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func ExampleFC() {
	series := mat.NewDense(4, 3, []float64{ // [time, region]
		1, 2, 0,
		2, 4, 1,
		3, 6, 1,
		4, 8, 0,
	})
	fmt.Printf("%.2f\n", mat.Formatted(forward.FC(series)))
	// Output:
	// ⎡1.00  1.00  0.00⎤
	// ⎢1.00  1.00  0.00⎥
	// ⎣0.00  0.00  1.00⎦
}

// Two regions that relax at 0.5/s, the second driven by the first: its variance and
// the gradient of it with respect to the Jacobian, without a simulation.
func ExampleLinearCovariance() {
	g := G.NewGraph()
	matrix := func(name string, v ...float64) *G.Node {
		return G.NewMatrix(g, tensor.Float64, G.WithName(name), G.WithShape(2, 2), G.WithValue(tensor.New(tensor.WithShape(2, 2), tensor.WithBacking(v))))
	}
	J := matrix("J", -0.5, 0, 0.25, -0.5) // 1/s
	Q := matrix("Q", 1, 0, 0, 1)
	C, err := forward.LinearCovariance(J, Q)
	if err != nil {
		panic(err)
	}
	variance := G.Must(G.Slice(C, G.S(1), G.S(1)))
	grad, err := G.Grad(variance, J)
	if err != nil {
		panic(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		panic(err)
	}
	fmt.Printf("variance %.3f, gradient\n%.3f\n", variance.Value().Data(), grad[0].Value())
	// Output:
	// variance 1.125, gradient
	// ⎡0.375  0.625⎤
	// ⎣1.000  2.375⎦
}

// A loss of one's own: the mean over time and regions, one value per lane.
func ExampleNodeFunction() {
	mean := &forward.NodeFunction{
		Name: "mean activity", Inputs: []int{3}, Output: 1,
		Shape: func(in [][]int) ([]int, error) { return []int{in[0][0]}, nil },
		Value: func(in []forward.Array, out forward.Array) error {
			each := len(in[0].Data) / len(out.Data)
			for i, v := range in[0].Data {
				out.Data[i/each] += v / float64(each)
			}
			return nil
		},
		Gradient: func(_ int, in []forward.Array, _, outGrad, inGrad forward.Array) error {
			each := len(in[0].Data) / len(outGrad.Data)
			for i := range inGrad.Data {
				inGrad.Data[i] = outGrad.Data[i/each] / float64(each)
			}
			return nil
		},
	}
	g := G.NewGraph()
	x := tensor.New(tensor.WithShape(2, 2, 1), tensor.WithBacking([]float64{1, 3, 10, 30}))
	node := G.NewTensor(g, tensor.Float64, 3, G.WithShape(2, 2, 1), G.WithName("x"), G.WithValue(x))
	loss, err := mean.Apply(node)
	if err != nil {
		panic(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		panic(err)
	}
	fmt.Println(loss.Value())
	// Output: [ 2  20]
}

// A slow and a fast rhythm: the filter leaves the fast one, whose peak is at 10 Hz.
func ExampleWelch() {
	series := mat.NewDense(400, 1, nil) // [time, region], 2 s at 200 Hz
	for k := 0; k < 400; k++ {
		t := float64(k) / 200
		series.Set(k, 0, 2*math.Sin(2*math.Pi*3*t)+math.Sin(2*math.Pi*10*t))
	}
	band, err := forward.Butterworth{Order: 4, Low: 8, High: 12, Rate: 200}.Filter(series)
	if err != nil {
		panic(err)
	}
	welch := forward.Welch{Rate: 200, Window: 200, Overlap: 100}
	for _, x := range []*mat.Dense{series, band} {
		psd, err := welch.PSD(x)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%.1f Hz\n", forward.SpectralPeak(psd, welch.Frequencies(), 1, 40, 8)[0])
	}
	// Output:
	// 3.0 Hz
	// 10.0 Hz
}

// A loss that fits the distribution of the FCD, and its gradient.
func ExampleFCDNode() {
	g := G.NewGraph()
	x := make([]float64, 30*3) // 1 lane of 30 samples of 3 regions
	for k := range x {
		x[k] = math.Sin(float64(k * k % 17))
	}
	series := G.NewTensor(g, tensor.Float64, 3, G.WithName("x"), G.WithValue(tensor.New(tensor.WithShape(1, 30, 3), tensor.WithBacking(x))))
	recorded := G.NewTensor(g, tensor.Float64, 2, G.WithName("recorded"), G.WithValue(tensor.New(tensor.WithShape(1, 4), tensor.WithBacking([]float64{0.1, 0.4, 0.5, 0.9}))))

	fcd, err := forward.FCDNode(series, 12, 6) // windows of 12 samples in steps of 6
	if err != nil {
		panic(err)
	}
	values, err := forward.UpperTriangleNode(fcd, 1)
	if err != nil {
		panic(err)
	}
	loss, err := forward.WassersteinNode(values, recorded)
	if err != nil {
		panic(err)
	}
	grads, err := G.Grad(G.Must(G.Sum(loss)), series)
	if err != nil {
		panic(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		panic(err)
	}
	fmt.Println("FCD", fcd.Shape(), "values", values.Shape(), "loss", loss.Shape(), "gradient", grads[0].Shape())
	// Output: FCD (1, 4, 4) values (1, 6) loss (1) gradient (1, 30, 3)
}

// BOLD of a Wilson-Cowan region that a stimulus excites from 1 s to 3 s, sampled every second.
func ExampleBalloon() {
	stimulus := mat.NewDense(12000, 1, nil) // steps of 1 ms
	for k := 1000; k < 3000; k++ {
		stimulus.Set(k, 0, 3)
	}
	net, err := graph.NewNetwork(
		graph.Population("cortex", []string{"V1"}, nmm.WilsonCowan().Set("c_ee", 8)),
		&graph.Input{Name: "stimulus", To: "cortex.E_in", Values: stimulus},
		forward.Balloon("cortex.E", 1000))
	if err != nil {
		panic(err)
	}
	run, err := net.Simulate(context.Background(), graph.Run{Dt: 1, Duration: 12000, Record: []string{}})
	if err != nil {
		panic(err)
	}
	for _, x := range run.Series("bold").Lane(0) {
		fmt.Printf("%.2f ", 100*x[0])
	}
	fmt.Println("%")
	// Output: 0.01 0.20 1.09 2.10 2.41 2.13 1.52 0.78 0.10 -0.35 -0.52 -0.46 %
}

// BOLD by a linear response, of activity from 1 s to 3 s, given as means over 10 ms.
func ExampleHRFSignal() {
	activity := mat.NewDense(1000, 1, nil)
	for k := 100; k < 300; k++ {
		activity.Set(k, 0, 0.3)
	}
	bold := forward.HRFSignal{HRF: forward.GammaHRF(), Step: 10, Period: 1000, WarmUp: forward.WarmUpSilent}
	y, err := bold.Signal(activity)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.3f\n", mat.Formatted(y.T()))
	// Output: [0.000  0.008  0.034  0.055  0.052  0.038  0.024  0.014  0.008  0.004]
}
