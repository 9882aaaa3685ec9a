package nmm

import (
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// families are those of the catalogue, in its order.
var families = []string{"linear", "oscillator", "excitable", "population rate", "synaptic potential", "spin/associative",
	"mean-field (QIF)", "mean-field (spiking)", "conductance", "epilepsy", "haemodynamics", "artificial"}

// A model is found under the name of its constructor, and stands with those of its family.
func TestCatalogue(t *testing.T) {
	last := 0
	seen := map[string]bool{}
	for i, m := range List() {
		name := m.Name()
		if full := runtime.FuncForPC(reflect.ValueOf(catalogue[i]).Pointer()).Name(); full[strings.LastIndex(full, ".")+1:] != name {
			t.Errorf("%s makes a model of the name %q", full, name)
		}
		if seen[name] {
			t.Errorf("%s is listed twice", name)
		}
		seen[name] = true
		at := slices.Index(families, m.Family())
		if at < last {
			t.Errorf("%s, %q: expected one of the families %q, next to the others of it and in this order", name, m.Family(), families)
		}
		last = max(last, at)
		if found, err := Lookup(name); err != nil || found.String() != m.String() {
			t.Errorf("Lookup(%q): %v, %v", name, found, err)
		}
	}
}

// What List and Lookup return can be changed without harm.
func TestCatalogueGivesCopies(t *testing.T) {
	for _, m := range List() {
		p := m.Parameters()[0]
		m.Learn(p.Name, Free, Shared)
	}
	for _, m := range List() {
		if m.Parameters()[0].Learned {
			t.Errorf("%s learns what an earlier copy was told to", m.Name())
		}
	}
}

func TestLookupUnknown(t *testing.T) {
	_, err := Lookup("JansenRits")
	wantError(t, err, `nmm: unknown model "JansenRits"; nearest: JansenRit`)
}

// citation is how a reference says where to find it.
var citation = regexp.MustCompile(`doi:10\.\d{4,}/\S+|arXiv:\d{4}\.\d{4,}`)

// Every model says where it comes from and what each of its parts is.
func TestModelsAreDocumented(t *testing.T) {
	for _, m := range List() {
		if len(m.References()) == 0 {
			t.Errorf("%s has no reference", m.Name())
		}
		for _, r := range m.References() {
			if !citation.MatchString(r) {
				t.Errorf("%s: reference %q has no doi:10.… and no arXiv:…", m.Name(), r)
			}
		}
		for _, s := range m.States() {
			if s.Meaning == "" || s.Lo >= s.Hi {
				t.Errorf("%s: state %s has no meaning or initial range", m.Name(), s.Name)
			}
		}
		for _, p := range m.Parameters() {
			if p.Meaning == "" {
				t.Errorf("%s: parameter %s has no meaning", m.Name(), p.Name)
			}
		}
	}
}
