package datasets_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/train"
)

func ExampleLoadTVB() {
	sc, err := datasets.LoadTVB("../testdata/tvb76")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sc.Regions(), "regions, from", sc.Labels[0], "to", sc.Labels[75])
	fmt.Println("weight to", sc.Labels[1], "from", sc.Labels[0], "is", sc.Weights.At(1, 0))
	fmt.Printf("fibre length %.1f mm\n", sc.TractLengths.At(1, 0))
	// Output:
	// 76 regions, from rA1 to lCC
	// weight to rA2 from rA1 is 3
	// fibre length 20.3 mm
}

func ExampleSynthetic() {
	sc := datasets.Synthetic(10, 1)
	fmt.Println(sc)
	// Output:
	// 10 regions: L1, L2, L3, L4, L5, R1, R2, R3, R4, R5
	// 23 connections between regions (25.6 % of pairs), weights up to 1, tracts up to 179.2 mm
}

func ExampleReadTimeSeries() {
	text := `time,left,right
0,1.5,0.5
2,2.5,-0.5
4,0.5,1.5
6,1.5,x
`
	_, err := datasets.ReadTimeSeries(strings.NewReader(text), "bold.csv", datasets.SeriesOptions{TR: 2, Columns: "left:right"})
	fmt.Println(err)
	bold, err := datasets.ReadTimeSeries(strings.NewReader(strings.Replace(text, "x", "1", 1)), "bold.csv", datasets.SeriesOptions{TR: 2, Columns: "left:right"})
	fmt.Println(bold, err)
	// Output:
	// datasets: bold.csv:5: column 3 ("right"): "x" is not a number
	// 4 samples of 2 regions, TR 2 s: left, right <nil>
}

func ExampleRestingState() {
	bold := datasets.RestingState()
	first, second := bold.Detrended().Halves()
	samples, regions := first.Dims()
	fmt.Printf("%d regions, halves of %.2f s and %.2f s, %d samples each\n", regions, first.Duration(), second.Duration(), samples)
	// Output:
	// 28 regions, halves of 236.25 s and 236.25 s, 125 samples each
}

// What networks record and fits find is saved with labels, times and units.
func ExampleFromSamples() {
	recorded := &graph.Series{Address: "cortex.x", Unit: "mV", Labels: []string{"a", "b"}, Dt: 0.5, Lanes: 1, Samples: 2, Data: []float64{1, 2, 3, 4}}
	fitted := &train.Result{Parameters: []train.Parameter{{Address: "coupling:G", Unit: "1/ms", Start: []float64{0.1}, Values: []float64{0.3}}}}

	folder, err := os.MkdirTemp("", "results")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	series, err := datasets.FromSamples(recorded.Lane(0), recorded.Start, recorded.Dt, recorded.Unit, recorded.Labels)
	if err != nil {
		panic(err)
	}
	if err := series.Save(filepath.Join(folder, "x.csv")); err != nil {
		panic(err)
	}
	if err := fitted.Save(filepath.Join(folder, "parameters.csv")); err != nil {
		panic(err)
	}
	for _, name := range []string{"x.csv", "parameters.csv"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			panic(err)
		}
		fmt.Print(string(text))
	}
	// Output:
	// # layout: header
	// # unit: mV
	// # TR_s: 0.0005
	// time_s,a,b
	// 0,1,2
	// 0.0005,3,4
	// address,shape,region,unit,start,value
	// coupling:G,,,1/ms,0.1,0.3
}
