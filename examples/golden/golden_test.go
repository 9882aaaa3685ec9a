package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const sets = "../../testdata/golden"

// atLeast holds how many cases of a file pass; a pattern stands for each file that it matches. Further
// cases of these files need models that are not here yet, or are excepted.
var atLeast = []struct {
	pattern string
	passed  int
}{
	{"brainmass/coupling.json", 3},
	{"brainmass/params.json", 22},
	{"brainmass/rhs.json", 501},
	{"brainmass/single_node.json", 239},
	{"brainmass/networks.json", 75},
	{"brainmass/networks_handwired.json", 5},
	{"brainmass/layers.json", 1},
	{"brainmass/objectives.json", 3},
	{"neurolib/functions.json", 15},
	{"neurolib/signal.json", 10},
	{"neurolib/bold.json", 12},
	{"neurolib/stimuli.json", 15},
	{"neurolib/utils.json", 11},
	{"tvb/equations/all.json", 9},
	{"tvb/noise/coloured.json", 1},
	{"tvb/analyzers/all.json", 15},
	{"tvb/monitors/Bold_*.json", 0},
	{"tvb/monitors/*.json", 1},
	{"brainmass/forward.json", 12},
	{"brainmass/noise.json", 6},
	{"brainmass/datasets.json", 1},
	{"neurolib/gradients.json", 10},
	{"neurolib/optimal_control.json", 8},
	{"neurolib/model_hopf.json", 9},
	{"neurolib/model_wc.json", 7},
	{"neurolib/model_kuramoto.json", 5},
	{"neurolib/model_fhn.json", 5},
	{"neurolib/model_ww.json", 6},
	{"neurolib/model_thalamus.json", 3},
	{"neurolib/model_aln.json", 10},
	{"neurolib/multimodel.json", 9},
	{"tvb/coupling/*_PreSigmoidal.json", 0},
	{"tvb/coupling/*.json", 1},
	{"tvb/dfun/MontbrioPazoRoxin.json", 4},
	{"tvb/dfun/WilsonCowan.json", 4},
	{"tvb/dfun/*ExcInh.json", 4},
	{"tvb/connectivity/all.json", 11},
	{"tvb/dfun/ZetterbergJansen.json", 0}, // excepted, as are its trajectories
	{"tvb/trajectories/ZetterbergJansen.json", 0},
	{"tvb/dfun/EpileptorCodim3*.json", 5},
	{"tvb/dfun/*.json", 3},
	{"tvb/trajectories/ReducedSet*.json", 2},
	{"tvb/trajectories/*.json", 6},
	{"tvb/trajectories_extra/*.json", 1},
}

// exceptedIn holds how many cases of a file are known errors of the peer whose reason was tested.
var exceptedIn = map[string]int{"tvb/dfun/ZetterbergJansen.json": 3, "tvb/trajectories/ZetterbergJansen.json": 3, "brainmass/forward.json": 14, "brainmass/noise.json": 3, "tvb/monitors/Bold_*.json": 1, "tvb/coupling/*_PreSigmoidal.json": 1}

// notPublic are exceptions that no file here shows, but others of the same schema may.
var notPublic = []string{"neurolib filtered deviations"}

// public runs all files once.
var public = sync.OnceValues(func() (files []fileResult, err error) {
	var out bytes.Buffer
	_, err = golden([]string{"-json", "-v", sets}, &out, io.Discard)
	for d := json.NewDecoder(&out); err == nil && d.More(); {
		var f fileResult
		if err = d.Decode(&f); err == nil && f.Name != "" { // the last object holds the totals
			files = append(files, f)
		}
	}
	return files, err
})

func TestPublicSets(t *testing.T) {
	files, err := public()
	if err != nil {
		t.Fatal(err)
	}
	seen, known := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		for _, c := range f.Details {
			for name, e := range exceptions {
				if c.Verdict == except.String() && strings.HasSuffix(c.Reason, e.text()) {
					known[name] = true
				}
			}
			if c.Verdict == fail.String() {
				t.Errorf("%s: %s: %s", f.Name, c.Case, c.Reason)
			}
			if c.Verdict != pass.String() && c.Reason == "" {
				t.Errorf("%s: %s: %s without a reason", f.Name, c.Case, c.Verdict)
			}
		}
		for pattern, n := range exceptedIn {
			if named(f.Name, pattern) && f.Excepted != n {
				t.Errorf("%s: %d cases are excepted, expected %d", f.Name, f.Excepted, n)
			}
		}
		for _, want := range atLeast {
			if named(f.Name, want.pattern) {
				seen[want.pattern] = true
				if f.Passed < want.passed {
					t.Errorf("%s: %d cases passed, expected at least %d", f.Name, f.Passed, want.passed)
				}
				break
			}
		}
	}
	for name := range exceptions {
		if !known[name] && !slices.Contains(notPublic, name) {
			t.Errorf("%s is in the table of exceptions, but in no case of %s", name, sets)
		}
	}
	for _, want := range atLeast {
		if !seen[want.pattern] {
			t.Errorf("no file like %s in %s", want.pattern, sets)
		}
	}
}

// passedIn returns how many cases of a public file pass.
func passedIn(t *testing.T, file string) int {
	t.Helper()
	files, err := public()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(files, func(f fileResult) bool { return named(f.Name, file) })
	if i < 0 {
		t.Fatalf("no %s in %s", file, sets)
	}
	return files[i].Passed
}

// changed writes a copy of a golden file in which one number is another.
func changed(t *testing.T, file, old, new string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(sets, file))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte(old)) {
		t.Fatalf("%s does not contain %q", file, old)
	}
	path := filepath.Join(t.TempDir(), "renamed.json")
	if err := os.WriteFile(path, bytes.Replace(b, []byte(old), []byte(new), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestChangedNumbersFail shows that each kind of comparison can fail: one expected or given number is
// changed in a digit that its tolerance must see.
func TestChangedNumbersFail(t *testing.T) {
	for _, file := range []string{
		"tvb/dfun/SupHopf.json", "tvb/dfun/ZetterbergJansen.json", "tvb/trajectories/JansenRit.json", "tvb/coupling/15_Difference.json",
		"tvb/trajectories_extra/05_additive_white_noise_injected_ReducedWongWang_HeunStochastic.json",
		"neurolib/model_wc.json", "neurolib/model_ww.json", "neurolib/multimodel.json", "neurolib/functions.json", "neurolib/signal.json", "neurolib/bold.json",
		"brainmass/objectives.json", "tvb/analyzers/all.json", "brainmass/forward.json", "tvb/monitors/Bold_Gamma.json", "neurolib/stimuli.json", "tvb/noise/coloured.json", "tvb/coupling/13_PreSigmoidal.json",
	} {
		path := scaledDigits(t, file)
		sum, err := golden([]string{path}, io.Discard, io.Discard)
		if err != nil || sum.Failed == 0 {
			t.Errorf("%s with its results changed by a part in 10⁵: %+v, %v, expected a failure", file, sum, err)
		}
	}
}

// resultKeys are the keys of expected numbers.
var resultKeys = map[string]bool{"dfun": true, "x": true, "output": true, "out": true, "out_flat": true, "traj": true, "deriv": true, "grad_params": true, "grad_conn": true, "grad_init": true, "grad_k": true, "value": true, "gradient": true, "grads": true, "grad_sum_sq": true, "values": true, "fcd": true, "BOLD": true, "bold": true, "bold_literature": true, "generated": true}

// scaledDigits writes a copy of a file whose expected numbers are larger by a part in 10⁵.
func scaledDigits(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(sets, file))
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if b, err = json.Marshal(enlarge(v, false)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "renamed.json")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// enlarge multiplies the numbers under result keys.
func enlarge(v any, result bool) any {
	switch v := v.(type) {
	case float64:
		if result {
			return v * (1 + 1e-5)
		}
	case []any:
		for i := range v {
			v[i] = enlarge(v[i], result)
		}
	case map[string]any:
		for k := range v {
			v[k] = enlarge(v[k], result || resultKeys[k])
		}
	}
	return v
}

// TestChangedGradientsFail does the same for the gradient keys alone.
func TestChangedGradientsFail(t *testing.T) {
	for _, file := range []string{"brainmass/networks.json", "brainmass/single_node.json", "brainmass/coupling.json", "brainmass/params.json",
		"neurolib/gradients.json", "neurolib/optimal_control.json"} {
		saved := resultKeys["traj"]
		resultKeys["traj"] = false
		sum, err := golden([]string{scaledDigits(t, file)}, io.Discard, io.Discard)
		resultKeys["traj"] = saved
		if err != nil || sum.Failed == 0 || sum.Passed >= passedIn(t, file) {
			t.Errorf("%s with its gradients changed by a part in 10⁵: %+v, %v, expected failures", file, sum, err)
		}
	}
}

func TestRecognisedByContent(t *testing.T) {
	for _, c := range []struct{ file, schema string }{
		{"brainmass/rhs.json", "brainmass rhs"}, {"brainmass/single_node.json", "brainmass single_node"},
		{"brainmass/networks.json", "brainmass networks"}, {"brainmass/networks_handwired.json", "brainmass networks_handwired"},
		{"neurolib/gradients.json", "neurolib gradients"}, {"neurolib/optimal_control.json", "neurolib optimal_control"},
		{"brainmass/coupling.json", "brainmass coupling"}, {"brainmass/params.json", "brainmass params"},
		{"neurolib/model_wc.json", "neurolib model"},
		{"neurolib/multimodel.json", "neurolib multimodel"}, {"tvb/dfun/Linear.json", "tvb dfun"},
		{"tvb/coupling/00_Linear.json", "tvb coupling"}, {"tvb/trajectories/Linear.json", "tvb trajectories"},
		{"tvb/trajectories_extra/09_region_stimulus_JansenRit_RK4.json", "tvb trajectories_extra"},
	} {
		d, err := open(changed(t, c.file, ":", " :"))
		if err != nil {
			t.Fatal(err)
		}
		if s, reason := recognise(d); s == nil || s.peer+" "+s.name != c.schema {
			t.Errorf("%s under another name: %v %s, expected %q", c.file, s, reason, c.schema)
		}
	}
}

func TestFilesThatAreNotGolden(t *testing.T) {
	for _, c := range []struct{ name, content, verdict, reason string }{
		{"notes.json", `{"a": 1}`, "skip", "not a golden schema"},
		{"rhs.json", `{"a": {"b": 1}}`, "skip", "named like brainmass rhs"},
		{"number.json", `42`, "skip", "not a golden schema"},
		{"null.json", `null`, "skip", "not a golden schema"},
		{"none.json", `{"meta": null, "cases": null}`, "skip", "not a golden schema"},
		{"x.json", `{"a": `, "FAIL", "x.json:1:6: not JSON at offset 6"},
		{"comma.json", "{\"a\": 1,\n \"b\": [1 2]}", "FAIL", "comma.json:2:10: not JSON at offset 19"},
		{"empty.json", ``, "FAIL", "empty.json:1:1: not JSON at offset 0"},
		{"broken.json", `{"meta": {"tvb-library": "2"}, "state_variables": 3, "cvar_default": [], "cases": []}`, "FAIL", "read as tvb dfun"},
		{"ragged.json", `{"meta": {"tvb-library": "2"}, "tvb_quirk": null, "coupling": {"class": "Linear"}, "weights": [[1, 2], [3]], "past": [], "output": []}`, "FAIL", "ragged list"},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
			t.Fatal(err)
		}
		f := runFile(path)
		if f.Verdict != c.verdict || !strings.Contains(f.Details[0].Reason, c.reason) {
			t.Errorf("%s: %s %q, expected %s with %q", c.name, f.Verdict, f.Details[0].Reason, c.verdict, c.reason)
		}
	}
}

// TestBadCaseFailsAlone checks that a case which cannot be read leaves the others of its file alone.
func TestBadCaseFailsAlone(t *testing.T) {
	const good = `{"params": {"gamma": [-10]}, "states": {"x": [1]}, "inputs": {"x_inp": [0]}, "deriv": {"x": [-10]}}`
	for _, bad := range []string{
		strings.Replace(good, `"x": [1]`, `"x": [[1, 2], 3]`, 1), strings.Replace(good, `"x_inp": [0]`, `"x_inp": "none"`, 1),
		strings.Replace(good, `"params": {"gamma": [-10]}, `, "", 1), strings.Replace(good, `{"x": [-10]}`, `{}`, 1),
	} {
		path := filepath.Join(t.TempDir(), "cases.json")
		content := fmt.Sprintf(`{"LinearStep": {"deriv_units": {"x": "1/ms"}, "cases": [%s, %s]}}`, bad, good)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if f := runFile(path); f.Failed != 1 || f.Passed != 1 {
			t.Errorf("with %s: %d failed, %d passed, expected 1 and 1: %+v", bad, f.Failed, f.Passed, f.Details)
		}
	}
}

// TestTermsSetTheScale checks that a derivative may be wrong by what its terms' rounding makes, and by
// no more: x_in cancels gamma·x to one part in 1e12.
func TestTermsSetTheScale(t *testing.T) {
	const gamma, x = -10.3, 0.7
	for _, c := range []struct {
		off     float64
		verdict verdict
	}{{0, pass}, {1e-15, pass}, {1e-10, fail}} {
		input := -gamma * x * (1 + 1e-12)
		content := fmt.Sprintf(`{"LinearStep": {"deriv_units": {"x": "1/ms"}, "cases": [{"params": {"gamma": [%v]},
			"states": {"x": [%v]}, "inputs": {"x_inp": [%.17g]}, "deriv": {"x": [%.17g]}}]}}`, gamma, x, input, gamma*x+input+c.off)
		path := filepath.Join(t.TempDir(), "derivative.json")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if f := runFile(path); f.Details[0].Verdict != c.verdict.String() {
			t.Errorf("derivative off by %g of terms of 7: %s %s, expected %s", c.off, f.Details[0].Verdict, f.Details[0].Reason, c.verdict)
		}
	}
}

func TestCommandLine(t *testing.T) {
	var out bytes.Buffer
	if _, err := golden([]string{filepath.Join(sets, "tvb/dfun/DecoBalancedExcInh.json"), filepath.Join(sets, "tvb/dfun/Linear.json")}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if last := lines[len(lines)-1]; last != "7 passed, 0 failed, 0 skipped" {
		t.Errorf("last line is %q", last)
	}
	if before := lines[len(lines)-2]; before != "0 excepted" {
		t.Errorf("the line before the last is %q", before)
	}
	if f := strings.Fields(lines[0]); len(f) != 4 || f[0] != "ok" || !strings.HasSuffix(f[1], "DecoBalancedExcInh.json") || f[2] != "4" {
		t.Errorf("first line is %q", lines[0])
	}
	for _, args := range [][]string{{}, {"nowhere"}, {t.TempDir()}, {"-x"}} {
		if _, err := golden(args, io.Discard, io.Discard); err == nil {
			t.Errorf("golden %v: no error", args)
		}
	}
}

// TestTableNamesExist checks every row of the table against our models, and against the peers' equations.
func TestTableNamesExist(t *testing.T) {
	for _, entry := range classes {
		for _, c := range []*class{&entry, entry.coded} {
			if c == nil || c.model == nil {
				continue
			}
			checkNames(t, c)
		}
		if entry.model == nil && entry.coded == nil {
			t.Errorf("%s %s has no model", entry.peer, entry.name)
		}
	}
}

func checkNames(t *testing.T, c *class) {
	t.Helper()
	m := c.model()
	states, params, ports, seen := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, o := range m.Observables() {
		seen[o.Name] = true
	}
	for _, s := range m.States() {
		states[s.Name] = true
	}
	for _, p := range m.Parameters() {
		params[p.Name] = true
	}
	for _, p := range m.Ports() {
		ports[p.Name] = true
	}
	for _, d := range m.Delays() {
		ports[d.Name] = true
	}
	given := map[string]bool{}
	for name := range c.fixed {
		given[name] = true
	}
	for _, p := range c.params {
		given[p.ours] = true
	}
	for name := range given {
		if !params[name] {
			t.Errorf("%s %s: %s has no parameter %q", c.peer, c.name, m.Name(), name)
		}
	}
	for name := range params {
		if !given[name] {
			t.Errorf("%s %s: the table does not give parameter %s of %s", c.peer, c.name, name, m.Name())
		}
	}
	for _, p := range c.states {
		if !states[p.ours] {
			t.Errorf("%s %s: %s has no state %q", c.peer, c.name, m.Name(), p.ours)
		}
	}
	for _, p := range c.seen {
		if !seen[p.ours] {
			t.Errorf("%s %s: %s has no observable %q", c.peer, c.name, m.Name(), p.ours)
		}
	}
	for _, p := range c.ports {
		if !ports[p.ours] {
			t.Errorf("%s %s: %s has no port %q", c.peer, c.name, m.Name(), p.ours)
		}
	}
}

// TestExceptionsAreInTheTable checks that the table says all of every exception, that a case can only be
// excepted by it, and that -exceptions prints it.
func TestExceptionsAreInTheTable(t *testing.T) {
	var out bytes.Buffer
	if _, err := golden([]string{"-exceptions"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for name, e := range exceptions {
		for _, text := range []string{e.peer, e.where, e.does, e.right, e.source} {
			if text == "" || !strings.Contains(out.String(), text) {
				t.Errorf("%s: %q is empty or not printed", name, text)
			}
		}
		if o := excepted(name, "in %d cases", 3); o.verdict != except || !strings.Contains(o.reason, "in 3 cases") || !strings.Contains(o.reason, e.right) {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if o := excepted("no such error"); o.verdict != fail {
		t.Errorf("an error that is not in the table: %+v", o)
	}
}

// TestTapers checks the windows against numpy's of five samples.
func TestTapers(t *testing.T) {
	for name, want := range map[string][]float64{
		"hamming": {0.08, 0.54, 1, 0.54, 0.08}, "hanning": {0, 0.5, 1, 0.5, 0}, "bartlett": {0, 0.5, 1, 0.5, 0}, "blackman": {0, 0.34, 1, 0.34, 0},
	} {
		var cmp comparison
		cmp.near(name, tapers[name]([]float64{1, 1, 1, 1, 1}), want, 1e-15, 0)
		if o := cmp.outcome(); o.verdict != pass {
			t.Error(o.reason)
		}
	}
}
