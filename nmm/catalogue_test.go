package nmm

import (
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"path/filepath"
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

// The comment of a constructor has equations and a source, its own or those of a model that it names, and says what
// the ports are for.
func TestModelsHaveComments(t *testing.T) {
	comments := constructorComments(t)
	for _, m := range List() {
		text := comments[m.Name()]
		for name, other := range comments {
			if name != m.Name() && regexp.MustCompile(`\b`+name+`\b`).MatchString(comments[m.Name()]) {
				text += other
			}
		}
		if !strings.Contains(comments[m.Name()], "\n\t") || !strings.Contains(comments[m.Name()], " = ") {
			t.Errorf("%s: the comment has no equations", m.Name())
		}
		if !citation.MatchString(text) {
			t.Errorf("%s: the comment has no source", m.Name())
		}
		for _, p := range m.Ports() {
			name := p.Name
			if m.modes != nil {
				name = strings.TrimRight(name, "_0123456789")
			}
			if spelled := strings.ReplaceAll(unicodeGreek.Replace(text), `\`, ""); !strings.Contains(spelled, name) {
				t.Errorf("%s: the comment does not say what port %s is for", m.Name(), p.Name)
			}
		}
	}
}

// constructorComments are the comments of the functions of the package, by name.
func constructorComments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{}
	for _, path := range files {
		file, err := goparser.ParseFile(gotoken.NewFileSet(), path, nil, goparser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Doc != nil && slices.ContainsFunc(List(), func(m *Model) bool { return m.name == f.Name.Name }) {
				comments[f.Name.Name] = f.Doc.Text()
			}
		}
	}
	return comments
}
