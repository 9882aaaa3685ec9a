package main

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/forward"
)

// brainmassResponses are values of response functions with default parameters on a grid.
type brainmassResponses struct {
	Times  []float64 `json:"t_ms"`
	Values map[string][]float64
}

// readBrainmassKernels makes an instance of every response.
func readBrainmassKernels(block string, raw json.RawMessage) ([]instance, error) {
	var f brainmassResponses
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for _, name := range sortedKeys(f.Values) {
		all = append(all, instance{block + " " + name, func() outcome {
			h, err := responseOf(name, nil)
			if err != nil || h == nil {
				return skipped("needs the response %s", name)
			}
			var cmp comparison
			cmp.near(name, onGrid(name, h, scaled(f.Times, 1e-3), brainmassPeak), f.Values[name], brainmassPointwise, 0)
			if responses[name].peaked {
				cmp.note("scaled to the largest value on the grid, as brainmass's; ours is scaled to the peak")
			}
			return cmp.outcome()
		}})
	}
	return all, nil
}

// brainmassPeak is the peak of those that are scaled to one, 1/s.
const brainmassPeak = 0.1

// brainmassHRF is BOLD by convolution.
type brainmassHRF struct {
	Kernel, Mode string
	Dt           float64 `json:"dt_ms"`
	Z            *array  // [step][node]; without, that of the case Reference
	Reference    int     `json:"z_ref"`
	Period       float64 `json:"period_ms"`
	Block        float64 `json:"downsample_ms"`
	Duration     float64 `json:"duration_ms"` // of the response
	BOLD         array   // [sample][node]

	k1, v0 float64
}

// readBrainmassHRF makes an instance of every case.
func readBrainmassHRF(block string, raw json.RawMessage) ([]instance, error) {
	var f struct {
		Cases []brainmassHRF
		K1    float64 `json:"k_1"`
		V0    float64 `json:"V_0"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for i := range f.Cases {
		c := &f.Cases[i]
		c.k1, c.v0 = f.K1, f.V0
		if c.Z == nil && c.Reference < len(f.Cases) {
			c.Z = f.Cases[c.Reference].Z
		}
		all = append(all, instance{fmt.Sprintf("%s[%d] %s %s", block, i, c.Kernel, c.Mode), c.run})
	}
	return all, nil
}

// run compares our signal with the integral that it stands for, and brainmass's with the sum that it has
// instead. The gradient of its mean square is that of the same sums, and of nothing of ours.
func (c *brainmassHRF) run() outcome {
	h, err := responseOf(c.Kernel, nil)
	if err != nil || h == nil {
		return skipped("needs the response %s", c.Kernel)
	}
	if c.Z == nil || len(c.Z.shape) != 2 {
		return failed("no z [step][node]")
	}
	monitor := forward.TemporalAverage(activity, c.Dt*math.RoundToEven(c.Block/c.Dt))
	res, err := observed(c.Z.matrix(), c.Dt, monitor)
	if err != nil {
		return failed("%v", err)
	}
	blocks := res.Series(monitor.Name).Lane(0)
	taps, every := int(math.Ceil(c.Duration/c.Block)), int(math.RoundToEven(c.Period/c.Block))
	// The first sample that the mode keeps of what is behind zeros as long as the response.
	first, ok := map[string]int{"valid": taps - 1, "same": (taps - 1) / 2, "full": 0}[c.Mode]
	if !ok || taps < 2 || every < 1 {
		return skipped("needs the mode %q with %d points and %d blocks in a sample", c.Mode, taps, every)
	}
	var cmp comparison
	if err := compareIntegral(&cmp, h.Over(c.Duration/1000), blocks, c.Block, every); err != nil {
		return failed("%v", err)
	}
	kernel := onGrid(c.Kernel, h, grid(c.Duration/1000, taps), brainmassPeak)
	for i := range c.Z.dim(1) {
		var got, want []float64
		for m := range c.BOLD.dim(0) {
			sum := blockSum(kernel, blocks, first+(m+1)*every-taps, i)
			got, want = append(got, c.k1*c.v0*(sum-1)), append(want, c.BOLD.at(m, i))
		}
		cmp.near(fmt.Sprintf("BOLD of node %d as coded", i), got, want, brainmassPointwise, 0)
	}
	return cmp.excepted("brainmass HRF", "%d points for %g ms in blocks of %g ms", taps, c.Duration, c.Block)
}
