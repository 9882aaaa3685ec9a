package nmm

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// Every model, and one with all settings, comes back from its file as it was.
func TestFilesOfModels(t *testing.T) {
	all := vanDerPol(t).Set("mu", []float64{1.0 / 3, 2}).Learn("mu", Masked([]bool{true, false}, Shifted(Exp, 0.1)), PerRegion).
		Learn("tau", Softsign(0.5, 2), Shared).Bound("x", math.Inf(-1), 0.1+0.2)
	for _, m := range append(List(), all, tabled(t), Hopf().Bound("x", 0, 1, SmoothFloor(0.1)).Bound("y", math.Inf(-1), math.Inf(1), Reflecting)) {
		path := filepath.Join(t.TempDir(), "model.json")
		if err := m.Save(path); err != nil {
			t.Fatal(err)
		}
		got, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		sameModel(t, got, m)
		var again, first bytes.Buffer
		if err := errors.Join(m.WriteJSON(&first), got.WriteJSON(&again)); err != nil || first.String() != again.String() {
			t.Errorf("%s: %v, written\n%s\nand again\n%s", m.Name(), err, &first, &again)
		}
	}
}

// sameModel compares all but the places in the text, which has lost its margin.
func sameModel(t *testing.T, got, want *Model) {
	t.Helper()
	for _, part := range [][2]any{{got.String(), want.String()}, {got.States(), want.States()}, {got.Ports(), want.Ports()},
		{got.Observables(), want.Observables()}, {got.Presets(), want.Presets()}, {got.LaTeX(), want.LaTeX()}} {
		if !reflect.DeepEqual(part[0], part[1]) {
			t.Errorf("%s: expected %v, found %v", want.Name(), part[1], part[0])
		}
	}
	for i, p := range want.Parameters() {
		q := got.Parameters()[i]
		if !q.Domain.equal(p.Domain) || !q.Transform.equal(p.Transform) {
			t.Errorf("%s: %s: expected %v, %v, found %v, %v", want.Name(), p.Name, p.Domain, p.Transform, q.Domain, q.Transform)
		}
		q.Domain, q.Transform = p.Domain, p.Transform
		if !reflect.DeepEqual(p, q) {
			t.Errorf("%s: expected %+v, found %+v", want.Name(), p, q)
		}
	}
	if !reflect.DeepEqual(got.tables, want.tables) {
		t.Errorf("%s: tables %v, expected %v", want.Name(), got.tables, want.tables)
	}
	if len(got.equations) != len(want.equations) {
		t.Fatalf("%s: %d equations, expected %d", want.Name(), len(got.equations), len(want.equations))
	}
}

func TestTransformsInFiles(t *testing.T) {
	for _, c := range []struct {
		transform Transform
		text      string
	}{
		{Free, `"free"`}, {Positive, `"positive"`}, {Exp, `"exp"`}, {Between(0, 1), "[0,1]"}, {Between(-1, math.Inf(1)), "[-1,null]"},
		{Between(math.Inf(-1), 3), "[null,3]"}, {Affine(2, 1), `{"base":"free","scale":2,"offset":1}`},
		{Between(0.1, 0.7), ""}, {Scaled(Between(0.3, 1), -1.0/3), ""}, {Masked([]bool{true, false}, Positive), `{"base":"positive","scale":1,"mask":[true,false]}`},
		{Softsign(1, 2), `{"base":"softsign","scale":1,"offset":1,"closed":true}`},
	} {
		text, err := transformFile{c.transform}.MarshalJSON()
		if err != nil || c.text != "" && string(text) != c.text {
			t.Errorf("%v: %s, %v, expected %s", c.transform, text, err, c.text)
		}
		var got transformFile
		if err := got.UnmarshalJSON(text); err != nil || got.t.err() != nil || !got.t.equal(c.transform) {
			t.Errorf("%v: read %v from %s, %v", c.transform, got.t, text, err)
		}
	}
}

const smallFile = `{
  "format": "euryale model 1",
  "name": "Small",
  "equations": ["dx/dt = -a*x*f(x) : mV"],
  "states": [{"name": "x", "initial": [0, 1], "bounds": [0, null]}],
  "parameters": [{"name": "a", "unit": "1/ms", "default": 2, "domain": "positive"}],
  "tables": [{"name": "f", "unit": "1", "axes": [{"start": 0, "step": 1, "unit": "mV"}], "values": [[1, 2]]}],
  "presets": [{"name": "p", "values": {"a": 1}}]
}
`

func TestFileErrors(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"model 1", "model 2", `field format: expected "euryale model 1", found "euryale model 2"`},
		{`"name": "Small"`, `"title": "Small"`, `unknown field "title"`},
		{`"name": "Small",`, "", "field name is missing"},
		{`"unit": "1/ms"`, `"units": "1/ms"`, `unknown field "units"`},
		{`"name": "Small"`, `"name": 3`, "line 3: field name: expected string, found number"},
		{`"default": 2,`, "", `field parameters: "a" has no default`},
		{`"default": 2`, `"default": "2"`, "line 6: field parameters.default: expected float64, found string"},
		{`"default": 2`, `"default": -2`, `parameter "a": default -2 is outside its domain`},
		{`"default": 2`, `"default": 1e999`, "line 6: field parameters.default"},
		{`"positive"`, `"negative"`, `parameter "a": transform "negative": expected "free", "positive", "exp", [lo, hi] or {"base": …}`},
		{`"positive"`, `[1, 0]`, `parameter "a": transform between(1, 0): expected the lower bound first`},
		{`"positive"`, `[1]`, `transform expected [lo, hi], found 1 numbers`},
		{`"positive"`, `{"base": "cubic", "scale": 1}`, `transform of unknown base "cubic"`},
		{`"positive"`, `{"base": "free"}`, `transform without a scale`},
		{`"positive"`, `"positive", "values": []`, `expected one value per region, found none`},
		{`"positive"`, `"positive", "values": [-1]`, `parameter "a": value -1 is outside its domain`},
		{`"positive"`, `"positive", "learned": {"scope": "shared"}`, `field parameters: "a": learned without a transform`},
		{`"positive"`, `"positive", "learned": {"transform": "exp", "scope": "per edge"}`, `unknown scope "per edge"`},
		{`[0, 1]`, `[0]`, `field states: "x": initial: expected [lo, hi], found 1 numbers`},
		{`[0, 1]`, `[null, 1]`, `line 5: field initial: null`},
		{`[0, null]`, `[0]`, `field states: "x": bounds: expected [lo, hi], found 1 numbers`},
		{`[0, null]`, `[2, 1]`, `expected bounds lo <= hi`},
		{`"name": "x"`, `"name": "y"`, `no state "y" has an equation; nearest: x`},
		{`-a*x`, `-b*x`, `model Small, line 1, column 10: unknown name "b"`},
		{`: mV`, `: V/`, `model Small, line 1`},
		{`[[1, 2]]`, `[[1, 2], [3, 4]]`, `field tables: "f": expected two axes, or one and one row of values, found 1 and 2`},
		{`[[1, 2]]`, `[[1, 2], [3]]`, `field tables: "f": values: 1 in row 2, 2 in the first`},
		{`[[1, 2]]`, `[]`, `field tables: "f": values: expected numbers, found none`},
		{`[[1, 2]]`, `[[1]]`, `table "f": expected at least 2 values along axis 1, found 1`},
		{`{"a": 1}`, `{"a": 1, "a": 2}`, "line 8: field a is there twice"},
		{`{"a": 1}`, `{"b": 1}`, `unknown parameter "b"; nearest: a, in preset "p"`},
		{`{"a": 1}`, `{"a": null}`, `line 8: field a: null`},
		{"}\n", "} {}", "expected the end of the file after the model"},
		{"}\n", "", "unexpected EOF"},
		{`"equations"`, `"references": ["` + strings.Repeat(`a", "`, 1001) + `"], "equations"`, "field references: 1002 entries, more than 1000"},
	} {
		text := strings.Replace(smallFile, c.old, c.new, 1)
		if c.old == "}\n" {
			text = strings.TrimSuffix(smallFile, "}\n") + c.new
		}
		_, err := Read(strings.NewReader(text), "small.json")
		wantError(t, err, "nmm: small.json: ", c.want)
		if err != nil && strings.Count(err.Error(), "nmm:") != 1 {
			t.Errorf("expected the package's name once, found: %v", err)
		}
	}
	if _, err := Read(strings.NewReader(smallFile), "small.json"); err != nil {
		t.Error(err)
	}
	_, err := Read(strings.NewReader(strings.Repeat(" ", maxFileBytes+1)), "long.json")
	wantError(t, err, "nmm: long.json: longer than 67108864 bytes")
}

func TestSaveErrors(t *testing.T) {
	dir := t.TempDir()
	square := func(x float64) float64 { return x * x }
	goCode, err := Define("M", "dx/dt = f(x)/1[ms] : 1", Function("f", square, square, nil))
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, goCode.Save(filepath.Join(dir, "m.json")), `nmm: model M cannot be written: its function "f" is Go code`)
	wantError(t, Hopf().Set("b", 1).Save(filepath.Join(dir, "m.json")), `unknown parameter "b"`)
	wantError(t, Hopf().Save(filepath.Join(dir, "m.toml")), "a model is saved as .json")
	wantError(t, Hopf().Save(filepath.Join(dir, "no", "m.json")), "nmm: ")
	_, err = Load(filepath.Join(dir, "m.json"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("expected no file, found %v", err)
	}
	if list, _ := os.ReadDir(dir); len(list) > 0 {
		t.Errorf("%v is left behind", list)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(smallFile)
	var text bytes.Buffer
	if err := BalloonWindkessel().Learn("tau", Masked([]bool{true}, Exp), PerRegion).WriteJSON(&text); err != nil {
		f.Fatal(err)
	}
	f.Add(text.String())
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Read(strings.NewReader(text), "fuzz.json")
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := m.WriteJSON(&out); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&out, "again.json")
		if err != nil {
			t.Fatal(err)
		}
		sameModel(t, again, m)
	})
}
