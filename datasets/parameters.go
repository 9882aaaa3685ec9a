package datasets

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Parameter is a parameter of a network, of one value or of one per region, with the
// fields of train.Parameter, so that a value of that converts to it.
type Parameter struct {
	Address, Unit string
	Regions       []string  // one name per value, if there is one value per region
	Shape         []int     // of the values in the network
	Start, Values []float64 // before and after fitting; Start is nil if unknown
}

// Parameters are what a fit found; train.Result saves its own.
type Parameters []Parameter

// parameterColumns are those of a file of parameters, a line per value.
var parameterColumns = []string{"address", "shape", "region", "unit", "start", "value"}

// Save writes the parameters, a line per value: address, shape, region, unit, start and
// value, to a .csv file, or to a .npz file of lists with these names. What is not there
// is empty, or NaN. [LoadParameters] gets back the same. The file appears when it is
// complete. It fails if the name ends otherwise, if there are none, if lists of a
// parameter differ in length, and if two follow one another at one address.
func (p Parameters) Save(path string) error {
	lines, err := p.lines()
	if err != nil {
		return fmt.Errorf("datasets: %s: %w", path, err)
	}
	switch extension(path) {
	case ".csv":
		return WriteFile(path, func(w io.Writer) error {
			out := csv.NewWriter(w)
			out.Write(parameterColumns)
			out.WriteAll(lines)
			return out.Error()
		})
	case ".npz":
		return WriteFile(path, func(w io.Writer) error { return writeNpz(w, parameterLists(lines)) })
	}
	return fmt.Errorf("datasets: %s: parameters are saved as .csv or .npz", path)
}

// lines are the fields of a line per value.
func (p Parameters) lines() ([][]string, error) {
	if len(p) == 0 {
		return nil, fmt.Errorf("no parameters")
	}
	var lines [][]string
	for k, one := range p {
		if len(one.Values) == 0 || one.Start != nil && len(one.Start) != len(one.Values) || one.Regions != nil && len(one.Regions) != len(one.Values) {
			return nil, fmt.Errorf("%s: %d values, %d starts and %d regions, expected as many", one.Address, len(one.Values), len(one.Start), len(one.Regions))
		}
		if k > 0 && one.Address == p[k-1].Address {
			return nil, fmt.Errorf("%s is there twice", one.Address)
		}
		shape := make([]string, len(one.Shape))
		for d, n := range one.Shape {
			shape[d] = strconv.Itoa(n)
		}
		for i, x := range one.Values {
			line := []string{one.Address, strings.Join(shape, "x"), "", one.Unit, "", exact(x)}
			if one.Regions != nil {
				line[2] = one.Regions[i]
			}
			if one.Start != nil {
				line[4] = exact(one.Start[i])
			}
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// parameterLists are the columns of lines.
func parameterLists(lines [][]string) []*variable {
	var lists []*variable
	for k, name := range parameterColumns {
		v := &variable{name: name, shape: []int{len(lines)}}
		for _, line := range lines {
			if k < 4 {
				v.texts = append(v.texts, line[k])
				continue
			}
			x := math.NaN()
			if line[k] != "" {
				x, _ = strconv.ParseFloat(line[k], 64) // written by exact
			}
			v.numbers = append(v.numbers, x)
		}
		lists = append(lists, v)
	}
	return lists
}

// LoadParameters reads parameters that were saved as .csv or .npz, also edited by hand. It
// fails if a column is missing, if the lines of one address do not agree or lack a
// region or start that others have, and if a value is not finite.
func LoadParameters(path string) (Parameters, error) {
	if isStore(path) {
		s, closer, err := openStore(path)
		if err != nil {
			return nil, err
		}
		defer closer.Close()
		return s.parameters()
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	return readParameters(f, path)
}

// readParameters reads the text of Save.
func readParameters(r io.Reader, name string) (Parameters, error) {
	limited := &io.LimitedReader{R: r, N: maxFileBytes}
	in := csv.NewReader(limited)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil || !slices.Equal(header, parameterColumns) {
		return nil, fmt.Errorf("datasets: %s: header %q, expected %q", name, header, parameterColumns)
	}
	var p Parameters
	for {
		line, err := in.Read()
		if errors.Is(err, io.EOF) && limited.N > 0 {
			return p.finish(name)
		}
		if err != nil {
			return nil, fmt.Errorf("datasets: %s: %w", name, err)
		}
		at, _ := in.FieldPos(0)
		var numbers [2]float64
		for k := range numbers {
			if numbers[k], err = number(line[4+k]); err != nil {
				return nil, fmt.Errorf("datasets: %s:%d: %s: %w", name, at, parameterColumns[4+k], err)
			}
		}
		if p, err = p.taken(line[:4], numbers[0], numbers[1]); err != nil {
			return nil, fmt.Errorf("datasets: %s:%d: %w", name, at, err)
		}
	}
}

// parameters reads the lists of Save.
func (s *store) parameters() (Parameters, error) {
	var lists [6]*variable
	for k, name := range parameterColumns {
		v, err := s.must(name)
		if err != nil {
			return nil, err
		}
		if k < 4 && v.texts == nil || k >= 4 && v.numbers == nil || len(v.shape) != 1 || v.shape[0] != len(lists[0].orSelf(v).texts) {
			return nil, fmt.Errorf("datasets: %s has shape %v, expected a list of texts, of start and value one of numbers, all of one length", v.name, v.shape)
		}
		lists[k] = v
	}
	var p Parameters
	for i := range lists[0].texts {
		var err error
		line := []string{lists[0].texts[i], lists[1].texts[i], lists[2].texts[i], lists[3].texts[i]}
		if p, err = p.taken(line, lists[4].numbers[i], lists[5].numbers[i]); err != nil {
			return nil, fmt.Errorf("datasets: %s: value %d: %w", s.file, i, err)
		}
	}
	return p.finish(s.file)
}

// orSelf is v, or another of none.
func (v *variable) orSelf(other *variable) *variable {
	if v == nil {
		return other
	}
	return v
}

// taken adds a value, to the last parameter if that has its address.
func (p Parameters) taken(line []string, start, value float64) (Parameters, error) {
	if notFinite(value) || math.IsInf(start, 0) {
		return nil, fmt.Errorf("%s: value %v from %v, expected finite numbers", line[0], value, start)
	}
	shape, err := shapeOf(line[1])
	if err != nil {
		return nil, err
	}
	if len(p) == 0 || p[len(p)-1].Address != line[0] {
		p = append(p, Parameter{Address: line[0], Unit: line[3], Shape: shape})
	}
	last := &p[len(p)-1]
	if last.Unit != line[3] || !slices.Equal(last.Shape, shape) {
		return nil, fmt.Errorf("%s: unit %q and shape %v, but %q and %v before", line[0], line[3], shape, last.Unit, last.Shape)
	}
	last.Regions, last.Start, last.Values = append(last.Regions, line[2]), append(last.Start, start), append(last.Values, value)
	return p, nil
}

// finish drops regions and starts that are not there.
func (p Parameters) finish(name string) (Parameters, error) {
	if len(p) == 0 {
		return nil, fmt.Errorf("datasets: %s: no data: no parameter", name)
	}
	for k := range p {
		regions, starts := 0, 0
		for i := range p[k].Values {
			if p[k].Regions[i] != "" {
				regions++
			}
			if !math.IsNaN(p[k].Start[i]) {
				starts++
			}
		}
		n := len(p[k].Values)
		if regions != 0 && regions != n || starts != 0 && starts != n {
			return nil, fmt.Errorf("datasets: %s: %s has %d regions and %d starts for %d values", name, p[k].Address, regions, starts, n)
		}
		if regions == 0 {
			p[k].Regions = nil
		}
		if starts == 0 {
			p[k].Start = nil
		}
	}
	return p, nil
}

// shapeOf reads a shape like 3x4; "" is none.
func shapeOf(text string) ([]int, error) {
	var shape []int
	for text != "" {
		first, rest, _ := strings.Cut(text, "x")
		n, err := strconv.Atoi(first)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("shape %q, expected whole numbers like 3x4", text)
		}
		shape, text = append(shape, n), rest
	}
	return shape, nil
}
