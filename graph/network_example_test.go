package graph_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
)

func ExampleNewNetwork() {
	w := mat.NewDense(2, 2, []float64{0, 1, 2, 0}) // [to, from]
	lengths := mat.NewDense(2, 2, []float64{0, 30, 30, 0})
	net, err := graph.NewNetwork(
		graph.Population("cortex", []string{"left", "right"}, nmm.MontbrioPazoRoxin().Set("eta", -4.6)),
		layers.Couple("cortex.r", "cortex.v").Weights(w).Gain(0.5).Delays(lengths, nmm.Q(3, "m/s")),
		layers.WhiteNoise("cortex.v", 0.03))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := net.Learn("cortex.eta", nmm.Free, nmm.PerRegion); err != nil {
		fmt.Println(err)
	}
	fmt.Print(net)
	fmt.Println(net.Set("cortex.etta", -5.0))
	// Output:
	// population cortex: MontbrioPazoRoxin, 2 regions
	// coupling   cortex.r->cortex.v: cortex.v_in += gain · (S1), S = Σ W · x, x = cortex.r
	// noise      cortex.v: additive, white
	// learns     cortex.eta: free, per region, unit 1
	// graph: unknown address "cortex.etta"; did you mean cortex.eta, cortex.Delta or cortex.tau?
}
