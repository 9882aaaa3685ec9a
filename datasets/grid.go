package datasets

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// maxFileBytes bounds what is read from one file, so that a damaged or hostile
// archive cannot take all memory.
var maxFileBytes int64 = 256 << 20

// What a line and a field take in a grid.
const (
	lineBytes  = 48
	fieldBytes = 16
)

// grid is the text of a delimited file, cut into fields of equal rows but not yet
// numbers: columns that nobody selected may hold anything.
type grid struct {
	name   string            // file, as errors name it
	header []string          // nil if the file has none, otherwise one name per column
	cells  [][]string        // data rows
	lines  []int             // line in the file of each row
	first  int               // columns of the file before cells[·][0]: removed row names
	notes  map[string]string // comments that tell something
}

// loadGrid reads the grid of a file.
func loadGrid(path string) (*grid, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	return readGrid(f, path)
}

// readGrid cuts a stream into fields; name stands for the stream in errors.
func readGrid(r io.Reader, name string) (*grid, error) {
	text, err := readText(r, name)
	if err != nil {
		return nil, err
	}
	g := &grid{name: name}
	room := 2 * max(maxFileBytes, 1<<20) // for lines and fields, which may be many more bytes than the text
	var kept []string
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		line = strings.TrimRight(line, " \t\v\f")
		if start := strings.TrimSpace(line); start == "" || start[0] == '#' || start[0] == '%' {
			g.takeNote(start)
			continue
		}
		if room -= lineBytes; room < 0 {
			return nil, fmt.Errorf("datasets: %s:%d: more lines than %d bytes hold", name, number, 2*maxFileBytes)
		}
		kept = append(kept, line)
		g.lines = append(g.lines, number)
	}
	if len(kept) == 0 {
		return nil, fmt.Errorf("datasets: %s: no data: the file is empty", name)
	}
	sep := separator(kept)
	for k, line := range kept {
		fields := splitFields(line, sep)
		if room -= fieldBytes * int64(len(fields)); room < 0 {
			return nil, fmt.Errorf("datasets: %s:%d: more fields than %d bytes hold", name, g.lines[k], 2*maxFileBytes)
		}
		g.cells = append(g.cells, fields)
	}
	return g, g.takeHeader()
}

// readText returns a stream's text with \n line ends and no byte order mark.
func readText(r io.Reader, name string) (string, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err != nil {
		return "", fmt.Errorf("datasets: %s: %w", name, err)
	}
	if int64(len(b)) > maxFileBytes {
		return "", fmt.Errorf("datasets: %s: more than %d bytes", name, maxFileBytes)
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return "", fmt.Errorf("datasets: %s: not plain text: it has zero bytes (UTF-16 or binary?)", name)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(b)), nil
}

// takeHeader moves the first row to header if it is one, and checks that all rows
// are equally long. A header one field short has no name for the row names, as R
// writes it.
func (g *grid) takeHeader() error {
	firstLine := g.lines[0]
	header, known := g.laidOut("header")
	if !known {
		header = isHeader(g.cells)
	}
	if header {
		g.header, g.cells, g.lines = g.cells[0], g.cells[1:], g.lines[1:]
		if len(g.cells) == 0 {
			return fmt.Errorf("datasets: %s: no data: only a header line", g.name)
		}
		if column := g.column(0); !known && len(g.header)+1 == len(g.cells[0]) && (counts(column) || allWords(column)) {
			g.header = append([]string{""}, g.header...)
		}
	}
	want := len(g.cells[0])
	if g.header != nil {
		want = len(g.header)
	}
	for i, row := range g.cells {
		if len(row) != want {
			return fmt.Errorf("datasets: %s:%d: %s, expected %d as in line %d",
				g.name, g.lines[i], plural(len(row), "field"), want, firstLine)
		}
	}
	return nil
}

// columns is the number of columns.
func (g *grid) columns() int { return len(g.cells[0]) }

// column is the text of one column; rows that do not reach it are left out.
func (g *grid) column(j int) []string {
	var fields []string
	for _, row := range g.cells {
		if j < len(row) {
			fields = append(fields, row[j])
		}
	}
	return fields
}

// takeIndex removes a first column without a name that only counts the rows.
func (g *grid) takeIndex() {
	if _, known := g.laidOut(""); known || g.header == nil || g.columns() < 2 || (g.header[0] != "" && g.header[0] != "Unnamed: 0") {
		return
	}
	if counts(g.column(0)) {
		g.dropFirst()
	}
}

// takeRowNames removes a first column in which every field is a word, and returns it.
func (g *grid) takeRowNames() []string {
	names := g.column(0)
	if has, known := g.laidOut("row names"); g.columns() < 2 || known && !has || !known && !allWords(names) {
		return nil
	}
	g.dropFirst()
	return names
}

func (g *grid) dropFirst() {
	for i, row := range g.cells {
		g.cells[i] = row[1:]
	}
	if g.header != nil {
		g.header = g.header[1:]
	}
	g.first++
}

// at says where an entry stands, as errors do: file, line, column, column name; or
// indices, from 0, if the source is no text.
func (g *grid) at(i, j int) string {
	if g.lines == nil {
		return fmt.Sprintf("%s[%d][%d]", g.name, i, j)
	}
	where := fmt.Sprintf("%s:%d: column %d", g.name, g.lines[i], g.first+j+1)
	if g.header != nil && g.header[j] != "" {
		where += fmt.Sprintf(" (%q)", g.header[j])
	}
	return where
}

// allColumns are the indices of every column.
func (g *grid) allColumns() []int {
	all := make([]int, g.columns())
	for j := range all {
		all[j] = j
	}
	return all
}

// numbers turns columns into numbers. Missing values become NaN: the caller knows
// the names of the entries, and reports them.
func (g *grid) numbers(columns []int) (*mat.Dense, error) {
	m := mat.NewDense(len(g.cells), len(columns), nil)
	for i, row := range g.cells {
		for k, j := range columns {
			x, err := number(row[j])
			if err != nil {
				return nil, fmt.Errorf("datasets: %s: %w", g.at(i, j), err)
			}
			m.Set(i, k, x)
		}
	}
	return m, nil
}

// finite turns columns into numbers and refuses values that are missing or infinite.
func (g *grid) finite(columns []int) (*mat.Dense, error) {
	m, err := g.numbers(columns)
	if err != nil {
		return nil, err
	}
	for i, row := range g.cells {
		for k, j := range columns {
			if notFinite(m.At(i, k)) {
				return nil, fmt.Errorf("datasets: %s: the value is missing or not finite: %q", g.at(i, j), row[j])
			}
		}
	}
	return m, nil
}

func notFinite(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }

// number parses one field; a missing value is NaN.
func number(field string) (float64, error) {
	if isMissing(field) {
		return math.NaN(), nil
	}
	x, err := strconv.ParseFloat(field, 64)
	switch {
	case err == nil:
		return x, nil
	case isWord(field) && strings.Contains(field, ","):
		return 0, fmt.Errorf("%q is not a number (a decimal comma? write a point)", field)
	case isWord(field):
		return 0, fmt.Errorf("%q is not a number", field)
	}
	return 0, fmt.Errorf("%s is too large for a 64-bit number", field)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
