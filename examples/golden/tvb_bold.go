package main

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/forward"
)

// tvbBold is a file of TVB's BOLD monitor: a convolution of means of an activity.
type tvbBold struct {
	Input  tvbActivity
	Period float64
	Length float64 `json:"hrf_length_ms"`
	Steps  int     `json:"n_steps"`
	Kernel struct {
		Name       string
		Parameters map[string]float64
		N          int
		Samples    []int     `json:"sample_index"`
		Times      []float64 `json:"t_s"`
		Value      []float64
	}
	Time   []float64
	Output array // [sample][voi][node][mode]
}

// tvbBlock is the length of TVB's means, ms.
const tvbBlock = 4

// readTVBBold makes one case of a file.
func readTVBBold(name string, d *document) ([]instance, error) {
	var b tvbBold
	if err := json.Unmarshal(d.raw, &b); err != nil {
		return nil, err
	}
	return []instance{{name, b.run}}, nil
}

// run compares our signal with the integral that it stands for, and TVB's with the sum that it has
// instead: of one block before, but for the newest block, which stands at the response's end.
func (b *tvbBold) run() outcome {
	k := b.Kernel
	h, err := responseOf(k.Name, k.Parameters)
	switch {
	case err != nil:
		return failed("%v", err)
	case h == nil:
		return skipped("needs the response %s", k.Name)
	case b.Output.dim(3) != 1:
		return skipped("has %d modes", b.Output.dim(3))
	case k.N < 2 || !(b.Period >= tvbBlock):
		return failed("expected a response of 2 points and a period of 4 ms or more, found %d and %g ms", k.N, b.Period)
	}
	var cmp comparison
	kernel := onGrid(k.Name, h, grid(b.Length/1000*float64(k.N-1)/float64(k.N), k.N), k.Parameters["a"])
	for m, j := range k.Samples {
		cmp.near("time of the response", []float64{float64(j) * b.Length / 1000 / float64(k.N)}, []float64{k.Times[m]}, tvbPointwise, 0)
		cmp.each("response", kernel[j:j+1], k.Value[m:m+1], largest(kernel), func(int, float64) float64 { return tvbPointwise * largest(kernel) })
	}
	every := int(math.RoundToEven(b.Period / tvbBlock))
	for v := range b.Input.Variables {
		monitor := forward.TemporalAverage(activity, b.Input.Dt*math.RoundToEven(tvbBlock/b.Input.Dt))
		res, err := observed(b.Input.of(v, b.Steps), b.Input.Dt, monitor)
		if err != nil {
			return failed("%v", err)
		}
		blocks := res.Series(monitor.Name).Lane(0)
		if err := compareIntegral(&cmp, h.Over(b.Length/1000), blocks, tvbBlock, every); err != nil {
			return failed("%v", err)
		}
		for i := range b.Input.Nodes {
			var got, want []float64
			for m := range b.Time {
				newest := (m+1)*every - 1
				got = append(got, b.signal(blockSum(kernel[:k.N-1], blocks, newest-1, i)+kernel[k.N-1]*blocks[newest][i]))
				want = append(want, b.Output.at(m, v, i, 0))
			}
			cmp.near(fmt.Sprintf("BOLD of variable %d, node %d as coded", v, i), got, want, tvbPointwise, 0)
		}
	}
	var times []float64
	for m := range b.Time {
		times = append(times, float64((m+1)*every)*tvbBlock)
	}
	cmp.near("time", times, b.Time, tvbPointwise, 0)
	return cmp.excepted("TVB Bold")
}

// signal is what TVB makes of a sum.
func (b *tvbBold) signal(sum float64) float64 {
	if b.Kernel.Name == "FirstOrderVolterra" {
		return b.Kernel.Parameters["k_1"] * b.Kernel.Parameters["V_0"] * (sum - 1)
	}
	return sum
}
