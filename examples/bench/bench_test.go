package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// The fresh process of a test is the test binary itself. Tests look at what is measured, not at how well.
func TestMain(m *testing.M) {
	shortest = time.Millisecond
	if slices.Contains(os.Args, "-child") {
		main()
		return
	}
	os.Exit(m.Run())
}

// promised are the fields of a line, in order; others may follow.
const promised = `"case","n","lanes","dtype","delay","integrator","learned","budget","steps","forward_us_per_step","gradient_us_per_step","compile_ms","first_gradient_ms","peak_bytes","allocs_per_step"`

// lines runs the program and returns its output, decoded.
func lines(t *testing.T, args string) []result {
	t.Helper()
	var out bytes.Buffer
	if err := run(strings.Fields(args), &out, io.Discard); err != nil {
		t.Fatalf("%s: %v", args, err)
	}
	var all []result
	scan := bufio.NewScanner(&out)
	for scan.Scan() {
		checkFields(t, scan.Text())
		var r result
		if err := json.Unmarshal(scan.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// checkFields looks for the promised names in their order.
func checkFields(t *testing.T, line string) {
	t.Helper()
	rest := line
	for _, name := range strings.Split(promised, ",") {
		_, after, ok := strings.Cut(rest, name+":")
		if !ok {
			t.Fatalf("no field %s in its place in %s", name, line)
		}
		rest = after
	}
}

// The networks run, and measure's own check finds a gradient in everything learned.
func TestNetworks(t *testing.T) {
	all := lines(t, "-case all -delay both -dtype both -n 4 -lanes 1,3 -steps 60 -repeat 1 -fresh 0")
	if want := networks * 2 * 2 * 2; len(all) != want {
		t.Fatalf("%d lines, expected %d", len(all), want)
	}
	for _, r := range all {
		if r.Forward <= 0 || r.Gradient == nil || *r.Gradient <= 0 || *r.Ratio != *r.Gradient/r.Forward {
			t.Errorf("%s: forward %v, gradient %v", &r, r.Forward, r.Gradient)
		}
		if r.Compile != nil || r.Peak != nil {
			t.Errorf("%s: compile time without a fresh process", &r)
		}
	}
}

func TestFreshProcess(t *testing.T) {
	r := lines(t, "-case hopf -delay full -n 4 -steps 1200 -budget 100KB -integrator euler -repeat 1 -fresh 1 -learned gain,init,cortex.a")[0]
	if r.Integrator != "euler" || r.Learned != "gain,init,cortex.a" || r.Budget != 100<<10 || r.Steps != 1200 {
		t.Errorf("settings are not those of the flags: %+v", r)
	}
	if r.Compile == nil || *r.Compile <= 0 || r.FirstGradient == nil || *r.FirstGradient <= 0 || *r.Peak < 100<<10 {
		t.Errorf("compile %v, first gradient %v ms, peak %v bytes", r.Compile, r.FirstGradient, r.Peak)
	}
	if r.Tape > r.Budget || r.Recomputation <= 1 {
		t.Errorf("tape of %d bytes, recomputation %v", r.Tape, r.Recomputation)
	}
}

func TestNothingLearned(t *testing.T) {
	r := lines(t, "-case mpr -delay none -n 4 -steps 60 -repeat 1 -fresh 0 -learned none")[0]
	if r.Gradient != nil || r.Forward <= 0 {
		t.Errorf("forward %v, gradient %v", r.Forward, r.Gradient)
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1000": 1000, "64MB": 64 << 20, "1.5 kb": 1536, "2GB": 2 << 30} {
		if got, err := sizeOf(text); got != want || err != nil {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}

func TestDOT(t *testing.T) {
	var out strings.Builder
	if err := run(strings.Fields("-case hopf,mpr -n 3 -delay full -dot"), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "subgraph \"cluster_cortex\""); n != 2 {
		t.Errorf("%d clusters, expected one for each of 2 cases", n)
	}
}

// A wrong flag is an error that says which, and what was expected.
func TestWrongFlags(t *testing.T) {
	for args, words := range map[string][]string{
		"-case wilson":                  {"-case", "hopf", `"wilson"`},
		"-delay some":                   {"-delay", "none", `"some"`},
		"-dtype float16":                {"-dtype", "float32", `"float16"`},
		"-n 0":                          {"-n", `"0"`},
		"-lanes 1,x":                    {"-lanes", `"x"`},
		"-steps 5 -every 10":            {"-steps", "10", "5"},
		"-budget 64QB":                  {"-budget", "MB", `"64QB"`},
		"-budget -1":                    {"-budget", `"-1"`},
		"-integrator leapfrog":          {"leapfrog"},
		"-learned wheights -n 3":        {"-learned", "wheights"},
		"-repeat 0":                     {"-repeat", "0"},
		"-noise -1":                     {"-noise", "-1"},
		"-set cortex.eta":               {"-set", `"cortex.eta"`},
		"-set cortex.etta=1 -n 3":       {"-set", "cortex.eta"},
		"-network nowhere":              {"-network", "nowhere"},
		"-ask -steps 10,20":             {"-ask", "2"},
		"-steps 2000 -n 84 -budget 1KB": {"budget", "1024", "minimum"},
		"more":                          {"flags", `"more"`},
	} {
		err := run(append(strings.Fields("-fresh 0 -case mpr -delay full"), strings.Fields(args)...), io.Discard, io.Discard)
		for _, w := range words {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: error %v, expected one with %s", args, err, w)
			}
		}
	}
}
