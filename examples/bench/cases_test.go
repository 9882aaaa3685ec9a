package main

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// small are flags that make every case beyond the networks quick.
const small = " -n 12 -steps 60 -every 1 -repeat 2 -fresh 0 -network="

// Every case runs, and measure's own check finds a gradient in everything learned.
func TestEveryCase(t *testing.T) {
	for _, name := range caseNames()[networks:] {
		for _, r := range lines(t, "-case "+name+small) {
			if r.Case != name || r.N != 12 || r.Forward <= 0 || (r.Gradient == nil) != (r.Learned == "none") || r.Gradient != nil && *r.Gradient <= 0 {
				t.Errorf("%s: forward %v, gradient %v", &r, r.Forward, r.Gradient)
			}
		}
	}
}

// The usual flags of a case are under those given.
func TestUsualFlags(t *testing.T) {
	_, jobs, err := parse(strings.Fields("-case grad1e6,hopf -budget 64MB -lanes 3"), io.Discard)
	if err != nil || len(jobs) != 3 {
		t.Fatalf("%d jobs, %v", len(jobs), err)
	}
	if j := jobs[0]; j.Steps != 1_000_000 || j.Budget != 64<<20 || j.Repeat != 1 || j.Delay != "full" || j.Lanes != 3 {
		t.Errorf("grad1e6: %+v", j)
	}
	if j := jobs[1]; j.Steps != 1000 || j.Repeat != 5 || j.Lanes != 3 {
		t.Errorf("hopf: %+v", j)
	}
}

func TestNormals(t *testing.T) {
	r := lines(t, "-case noise -delay none -n 200 -steps 500 -fresh 0 -learned none")[0]
	if r.Noise != 0.01 || r.Normal == nil || !(*r.Normal > 0 && *r.Normal < 1000) {
		t.Errorf("noise %v, %v ns a normal", r.Noise, r.Normal)
	}
}

func TestProcessors(t *testing.T) {
	r := lines(t, "-case lanes -lanes 4 -delay full"+small)[0]
	if p := r.Processors; p == nil || !p.Identical || p.Procs != 2 || p.SpeedUp != p.Wall1/p.Wall || p.CPU1 <= 0 {
		t.Errorf("%+v", p)
	}
}

// Everything of the classifier gets a gradient, and an update lowers its loss.
func TestHORN(t *testing.T) {
	_, jobs, err := parse(strings.Fields("-case horn -dtype float64"+small), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	p, err := jobs[0].problem(60, update)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	slices.Sort(p.names)
	if got, want := strings.Join(p.names, ", "), "cortex.alpha, cortex.b, cortex.gamma, cortex.omega, coupling/weights, encoder/weights, readout, readout bias"; got != want {
		t.Errorf("%s learn, expected %s", got, want)
	}
	var first float64
	for k := 0; k < 20; k++ {
		if err := p.compute(); err != nil {
			t.Fatal(err)
		}
		if k == 0 {
			first = p.loss.Data().(float64)
		}
	}
	if last := p.loss.Data().(float64); !(last < first-0.001) || math.Abs(first-math.Log(classes)) > 0.5 {
		t.Errorf("loss from %v to %v", first, last)
	}
}

// The sparse network has about the edges that it says, at lengths on the sphere, and none twice.
func TestSheet(t *testing.T) {
	_, jobs, err := parse(strings.Fields("-case sweep -n 1000"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	w, err := jobs[0].wiring()
	if err != nil {
		t.Fatal(err)
	}
	net, err := jobs[0].network() // checks order and positions
	if err != nil {
		t.Fatal(err)
	}
	r := lines(t, "-case sweep -n 1000 -steps 60 -repeat 1")[0]
	if mean := float64(r.Edges) / 1000; math.Abs(mean-(neighbours+longRange)) > 1 {
		t.Errorf("%v edges per region", mean)
	}
	if us := *r.ForwardEdge * float64(r.Edges) / 1000; math.Abs(us-r.Forward) > 1e-9*us {
		t.Errorf("%v ns per edge, %v µs per step", *r.ForwardEdge, r.Forward)
	}
	longest := 0.0
	for i := 0; i < 1000; i++ {
		for k := 0; k < 1000; k++ {
			longest = max(longest, w.delays.At(i, k))
		}
	}
	if most := math.Pi * radius / speed; longest > most || longest < 0.9*most {
		t.Errorf("delays up to %v ms, expected nearly %v", longest, most)
	}
	if _, err := net.Get("coupling/weights"); err != nil {
		t.Error(err)
	}
}

// A network from files is that of the files.
func TestNetworkFolder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"weights.csv": "0.5,0.25\n0.5,0.75\n", "delays.csv": "0.1,0.5\n0.5,0.1\n", "init.csv": "0.5,0.25\n0.125,0.75\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := lines(t, "-case hopf -integrator euler -steps 1 -final -repeat 1 -fresh 0 -delay full -set coupling/gain=2,cortex.omega=0 -learned gain -network "+dir)[0]
	f := func(x, y, other, w float64) float64 { return x + 0.1*((0.1-x*x-y*y)*x+2*w*(other-x)) }
	want := []float64{f(0.5, 0.25, 0.125, 0.25), f(0.125, 0.75, 0.5, 0.5)}
	for i, x := range want {
		if len(r.Final) != 2 || math.Abs(r.Final[i]-x) > 1e-15 {
			t.Errorf("after a step %v, expected %v", r.Final, want)
		}
	}
	if loss := (want[0]*want[0] + want[1]*want[1]) / 2; math.Abs(*r.Loss-loss) > 1e-15 {
		t.Errorf("loss %v, expected %v", *r.Loss, loss)
	}
	if g := 0.1 * (want[0]*0.25*(0.125-0.5) + want[1]*0.5*(0.5-0.125)); math.Abs(r.GradientSums["coupling/gain"]-g) > 1e-15 {
		t.Errorf("gradient %v, expected %v", r.GradientSums, g)
	}
}

// Asked, it measures what is asked for.
func TestAsk(t *testing.T) {
	_, jobs, err := parse(strings.Fields("-case hopf -delay none -n 3 -steps 60 -ask"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := jobs[0].serve(strings.NewReader("forward\ngradient\n"), &out); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), `{"us_per_step":`); got != 2 || !strings.HasPrefix(out.String(), "{}\n") {
		t.Errorf("answers %s", &out)
	}
	if err := jobs[0].serve(strings.NewReader("update\n"), &out); err == nil || !strings.Contains(err.Error(), "[forward gradient]") {
		t.Errorf("error %v", err)
	}
}

// The delayed match is computed in all three ways, also with trials of another length.
func TestDelayedMatch(t *testing.T) {
	_, jobs, err := parse(strings.Fields("-case dms -n 4 -lanes 3"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, steps := range []int{dmsSteps, 2 * dmsSteps} {
		for _, k := range []kind{forward, gradient, update} {
			p, err := jobs[0].problem(steps, k)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if err := p.compute(); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.check(); err != nil {
				t.Errorf("%v of %d steps: %v", k, steps, err)
			}
			p.close()
		}
	}
}

// The chain to BOLD and its FC is differentiated on TVB's 76 regions with their delays.
func TestBOLDGradient(t *testing.T) {
	r := lines(t, "-case boldgradient -network ../../testdata/tvb76 -steps 600 -fresh 0 -final -learned gain")[0]
	if r.N != 76 || *r.Loss <= 0 || len(r.Final) != 76 || r.GradientSums["coupling/gain"] == 0 {
		t.Errorf("%s: loss %v, gradient %v", &r, *r.Loss, r.GradientSums)
	}
	_, jobs, err := parse(strings.Fields("-case boldgradient -network ../../testdata/tvb76"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	w, err := jobs[0].wiring()
	if err != nil {
		t.Fatal(err)
	}
	longest := mat.Max(w.delays)
	if sum := mat.Sum(w.weights); math.Abs(sum-74) > 1e-12 || longest < 10 || longest > 100 {
		t.Errorf("weights sum to %v (two regions have no input), delays up to %v ms", sum, longest)
	}
}
