package datasets

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// peer has the numbers of tvb-library 2.10 for its methods scaled_weights,
// compute_tract_lengths and set_idelays.
var peer = struct {
	weights, lengths, centres, tract, region, distances []float64
	delays                                              []struct {
		speed, dt float64
		steps     []int
	}
}{
	weights: []float64{0, 2, 0.5, 0, 1, 0.25, 0, 3, 0, -4, 0, 1, 0.125, 0, 6, 0},
	lengths: []float64{0, 10.5, 20, 37, 30, 1, 2.25, 40, 7.5, 60, 0, 5, 3, 4.75, 90, 0},
	centres: []float64{1, 2, 3, -4, 5, 6.5, 30, -20, 10, 0, 0.5, -70},
	tract: []float64{0.0, 0.3333333333333333, 0.08333333333333333, 0.0, 0.16666666666666666, 0.041666666666666664, 0.0, 0.5, 0.0,
		-0.6666666666666666, 0.0, 0.16666666666666666, 0.020833333333333332, 0.0, 1.0, 0.0},
	region: []float64{0.0, 0.32653061224489793, 0.08163265306122448, 0.0, 0.16326530612244897, 0.04081632653061224, 0.0, 0.4897959183673469, 0.0,
		-0.6530612244897959, 0.0, 0.16326530612244897, 0.02040816326530612, 0.0, 0.9795918367346939, 0.0},
	distances: []float64{0.0, 6.800735254367722, 37.067505985701274, 73.02225688103593, 6.800735254367722, 0.0, 42.34678264047931, 76.73656234155919,
		37.067505985701274, 42.34678264047931, 0.0, 87.86495319523024, 73.02225688103593, 76.73656234155919, 87.86495319523024, 0.0},
	delays: []struct {
		speed, dt float64
		steps     []int
	}{
		{3, 0.5, []int{0, 7, 13, 25, 20, 1, 2, 27, 5, 40, 0, 3, 2, 3, 60, 0}}, // 2.25/3/0.5 = 1.5, 90/3/0.5 = 60
		{4, 0.25, []int{0, 10, 20, 37, 30, 1, 2, 40, 8, 60, 0, 5, 3, 5, 90, 0}},
		{2.5, 1, []int{0, 4, 8, 15, 12, 0, 1, 16, 3, 24, 0, 2, 1, 2, 36, 0}},
	},
}

func TestPeerConnectome(t *testing.T) {
	c := &Connectome{Weights: mat.NewDense(4, 4, peer.weights), TractLengths: mat.NewDense(4, 4, peer.lengths),
		Centres: mat.NewDense(4, 3, peer.centres), Labels: numbered(4)}
	for by, want := range map[Scaling][]float64{ByMaximum: peer.tract, ByInput: peer.region} {
		scaled, err := c.Scaled(by)
		if err != nil || !mat.EqualApprox(scaled.Weights, mat.NewDense(4, 4, want), 1e-15) {
			t.Errorf("%v: %v, %v", by, scaled, err)
		}
		edges, err := c.Edges().Scaled(by)
		if err != nil || !mat.EqualApprox(edges, mat.NewDense(4, 4, want), 1e-15) {
			t.Errorf("%v of edges: %v, %v", by, edges, err)
		}
	}
	for _, d := range peer.delays {
		steps, err := c.DelaySteps(d.speed, d.dt)
		if err != nil || !slices.Equal(slices.Concat(steps...), d.steps) {
			t.Errorf("%v mm/ms, %v ms: %v, %v, expected %v", d.speed, d.dt, steps, err, d.steps)
		}
	}
	straight, err := c.WithDistances(1)
	if err != nil || !mat.EqualApprox(straight.TractLengths, mat.NewDense(4, 4, peer.distances), 1e-12) {
		t.Errorf("%v, %v", straight, err)
	}
	longer, err := c.WithDistances(1.3)
	if err != nil || longer.TractLengths.At(0, 1) != 1.3*straight.TractLengths.At(0, 1) || c.TractLengths.At(0, 1) != 10.5 {
		t.Errorf("%v, %v", longer, err)
	}
}

func TestDistancesErrors(t *testing.T) {
	c := pair()
	_, err := c.WithDistances(1)
	wantError(t, err, "distances of regions without centres")
	c.Centres = mat.NewDense(2, 3, nil)
	_, err = c.WithDistances(0)
	wantError(t, err, "times 0, expected a positive number")
	c.TractLengths = nil
	_, err = c.DelaySteps(1, 1)
	wantError(t, err, "delays of regions without tract lengths")
	c.TractLengths = mat.NewDense(2, 2, []float64{0, 1, 1, 0})
	_, err = c.DelaySteps(0, 1)
	wantError(t, err, "delays at 0 mm/ms")
	_, err = c.DelaySteps(1e-10, 1)
	wantError(t, err, fmt.Sprintf("delay to %q from %q of 1e+10 steps", c.Labels[0], c.Labels[1]))
	c.Labels = nil
	for _, err := range []error{second(c.WithDistances(1)), second(c.DelaySteps(1, 1))} {
		if err == nil || !strings.Contains(err.Error(), "Labels") {
			t.Error(err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
