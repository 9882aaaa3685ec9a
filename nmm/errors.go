package nmm

import (
	"fmt"
	"slices"
	"strings"
)

// EquationError is a mistake in the text of equations: a character, a name, a
// unit. It prints the place, the problem, the line and a mark below the column.
type EquationError struct {
	Model        string // model's name; empty for a single expression
	Line, Column int    // both from 1; the column counts characters
	Text         string // the line
	Problem      string
	Cause        error // what Gorgonia or a unit's parser said, if anything
}

// Unwrap returns the cause.
func (e *EquationError) Unwrap() error { return e.Cause }

func (e *EquationError) Error() string {
	where := fmt.Sprintf("nmm: line %d, column %d", e.Line, e.Column)
	if e.Model != "" {
		where = fmt.Sprintf("nmm: model %s, line %d, column %d", e.Model, e.Line, e.Column)
	}
	mark := []rune(e.Text)[:min(e.Column-1, len([]rune(e.Text)))]
	for i, r := range mark {
		if r != '\t' {
			mark[i] = ' '
		}
	}
	return fmt.Sprintf("%s: %s\n\t%s\n\t%s^", where, e.Problem, e.Text, string(mark))
}

// nearest is the end of an error message about an unknown name.
func nearest(name string, candidates []string) string {
	closest := Nearest(name, candidates)
	if len(closest) == 0 {
		return "there are none"
	}
	return "nearest: " + strings.Join(closest, ", ")
}

// Nearest returns up to three of the candidates, those spelled most like name, the closest first.
func Nearest(name string, candidates []string) []string {
	candidates = slices.Clone(candidates)
	slices.Sort(candidates)
	distance := func(s string) int { return editDistance(strings.ToLower(name), strings.ToLower(s)) }
	slices.SortStableFunc(candidates, func(a, b string) int { return distance(a) - distance(b) })
	return candidates[:min(3, len(candidates))]
}

// editDistance is Levenshtein's: the fewest insertions, deletions and
// substitutions that turn a into b.
func editDistance(a, b string) int {
	s, t := []rune(a), []rune(b)
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		diagonal := row[0]
		row[0] = i + 1
		for j := range t {
			substitute := diagonal
			if s[i] != t[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(t)]
}
