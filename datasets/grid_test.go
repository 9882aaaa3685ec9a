package datasets

import (
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestReadTimeSeriesLayouts(t *testing.T) {
	for _, test := range []struct {
		name, text, columns string
		labels              []string
		data                []float64
	}{
		{"commas", "a,b\n1,2\n3,4\n", "", []string{"a", "b"}, []float64{1, 2, 3, 4}},
		{"no header", "1,2\n3,4", "", []string{"region 1", "region 2"}, []float64{1, 2, 3, 4}},
		{"semicolons and quotes", "\"a; b\";\"say \"\"c\"\"\"\n1;2\n", "", []string{"a; b", `say "c"`}, []float64{1, 2}},
		{"tabs, names with spaces", "left one\tright one\n1\t2\n", "", []string{"left one", "right one"}, []float64{1, 2}},
		{"aligned columns", "  a   b\n  1   2\n 10  20\n", "", []string{"a", "b"}, []float64{1, 2, 10, 20}},
		{"tabs and spaces mixed", "1\t2 3\n4 5\t6\n", "", []string{"region 1", "region 2", "region 3"}, []float64{1, 2, 3, 4, 5, 6}},
		{"CRLF, byte order mark, blank lines, comments", "\ufeff# made by hand\r\na,b\r\n\r\n1, 2\r\n% more\r\n3 ,4\r\n", "", []string{"a", "b"}, []float64{1, 2, 3, 4}},
		{"CR alone", "a,b\r1,2\r3,4\r", "", []string{"a", "b"}, []float64{1, 2, 3, 4}},
		{"trailing tab", "1\t2\t\n3\t4\t\n", "", []string{"region 1", "region 2"}, []float64{1, 2, 3, 4}},
		{"pandas index and names", ",a,b\n0,1,2\n1,3,4\n", "", []string{"a", "b"}, []float64{1, 2, 3, 4}},
		{"pandas column numbers", "0,1,2\n0.5,1.5,2.0\n", "", []string{"0", "1", "2"}, []float64{0.5, 1.5, 2}},
		{"pandas index and column numbers", ",0,1\n0,0.5,1.5\n1,2.5,3.5\n", "", []string{"0", "1"}, []float64{0.5, 1.5, 2.5, 3.5}},
		{"counting data is no header", "0,1,2\n3,4,5\n", "", []string{"region 1", "region 2", "region 3"}, []float64{0, 1, 2, 3, 4, 5}},
		{"R row names", "\"a\" \"b\"\n\"1\" 1 2\n\"2\" 3 4\n", "", []string{"a", "b"}, []float64{1, 2, 3, 4}},
		{"exponents and signs", "-1e-3,+2E2\n.5,7.\n", "", []string{"region 1", "region 2"}, []float64{-1e-3, 200, 0.5, 7}},
		{"one column", "a\n1\n2\n", "", []string{"a"}, []float64{1, 2}},
		{"one column, name of two words", "left one\n1\n2\n", "", []string{"left one"}, []float64{1, 2}},
		{"range", "a,b,c,d\n1,2,3,4\n", "2:3", []string{"b", "c"}, []float64{2, 3}},
		{"range of names", "a,b,c,d\n1,2,3,4\n", "b : d", []string{"b", "c", "d"}, []float64{2, 3, 4}},
		{"reordered list, open range", "a,b,c,d\n1,2,3,4\n", "4,1:2", []string{"d", "a", "b"}, []float64{4, 1, 2}},
		{"last ones", "1,2,3,4\n", "3:", []string{"region 1", "region 2"}, []float64{3, 4}},
		{"text and gaps in other columns", "when,a,bad\nnoon,1,\nnight,2,NaN\n", "2", []string{"a"}, []float64{1, 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := ReadTimeSeries(strings.NewReader(test.text), "x.csv", SeriesOptions{TR: 2, Columns: test.columns})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(s.Labels, test.labels) {
				t.Errorf("labels %q, expected %q", s.Labels, test.labels)
			}
			if got := s.Data.RawMatrix().Data; !reflect.DeepEqual(got, test.data) {
				t.Errorf("data %v, expected %v", got, test.data)
			}
			if s.TR != 2 {
				t.Errorf("TR %v, expected 2", s.TR)
			}
		})
	}
}

func TestReadTimeSeriesErrors(t *testing.T) {
	for _, test := range []struct{ name, text, columns, want string }{
		{"empty", "", "", "x.csv: no data: the file is empty"},
		{"blank and comments only", "\n  \n# a,b\n", "", "x.csv: no data: the file is empty"},
		{"header only", "a,b\n", "", "x.csv: no data: only a header line"},
		{"short row", "a,b,c\n1,2,3\n\n4,5\n", "", "x.csv:4: 2 fields, expected 3 as in line 1"},
		{"long row", "1,2\n3,4\n5,6,7\n", "", "x.csv:3: 3 fields, expected 2 as in line 1"},
		{"header without a name", "a,b\n1,2,3\n4,5,6\n", "", "x.csv:2: 3 fields, expected 2 as in line 1"},
		{"word", "a,b\n1,2\n3,x4\n", "", `x.csv:3: column 2 ("b"): "x4" is not a number`},
		{"word in the first row", "1,oops,3\n4,5,6\n", "", `x.csv:1: column 2: "oops" is not a number`},
		{"decimal comma", "a;b\n1,5;2\n", "", `x.csv:2: column 1 ("a"): "1,5" is not a number (a decimal comma? write a point)`},
		{"NaN", "a,b\n1,nan\n", "", `x.csv:2: column 2 ("b"): the value is missing or not finite: "nan"`},
		{"infinity", "1,2\n3,-Inf\n", "", `x.csv:2: column 2: the value is missing or not finite: "-Inf"`},
		{"gap", "a,b\n1,\n", "", `x.csv:2: column 2 ("b"): the value is missing or not finite: ""`},
		{"too large", "1,1e999\n", "", "x.csv:1: column 2: 1e999 is too large for a 64-bit number"},
		{"column after an index", ",a,b\n0,1,2\n1,3,?\n", "", `x.csv:3: column 3 ("b"): "?" is not a number`},
		{"binary", "1,2\n\x003,4\n", "", "x.csv: not plain text: it has zero bytes"},
		{"no such number", "a,b\n1,2\n", "1:3", `column selection "1:3": no column 3: there are columns 1 to 2 (in x.csv)`},
		{"column zero", "a,b\n1,2\n", "0", `no column 0: there are columns 1 to 2`},
		{"no such name", "a,b\n1,2\n", "a:z", `no column "z": there are a, b`},
		{"name without header", "1,2\n", "a", `no column "a": the columns have no names, use numbers 1 to 2`},
		{"ambiguous name", "a,a\n1,2\n", "a", `two columns are called "a" (1 and 2): use the number`},
		{"backwards", "1,2,3\n", "3:1", `"3:1" runs backwards`},
		{"twice", "1,2,3\n", "1:2,2", `column 2 occurs twice`},
		{"empty item", "a,b\n1,2\n", "1,,2", `no column "": there are a, b`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadTimeSeries(strings.NewReader(test.text), "x.csv", SeriesOptions{Columns: test.columns})
			wantError(t, err, test.want)
		})
	}
}

func TestReadTextIsBounded(t *testing.T) {
	defer func(n int64) { maxFileBytes = n }(maxFileBytes)
	maxFileBytes = 100
	if _, err := readGrid(strings.NewReader(strings.Repeat("1\n", 50)), "x.csv"); err != nil {
		t.Errorf("100 bytes: %v", err)
	}
	_, err := readGrid(strings.NewReader(strings.Repeat("1\n", 51)), "x.csv")
	wantError(t, err, "x.csv: more than 100 bytes")
}

// wantError checks that an error of this package says what it should.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("no error, expected one with %q", want)
	case !strings.HasPrefix(err.Error(), "datasets: ") || !strings.Contains(err.Error(), want):
		t.Errorf("error %q, expected \"datasets: …%s…\"", err, want)
	}
}

// TestHostileText: archives that unpack to text of many lines or fields, or to more than
// can be, are refused before they fill the memory.
func TestHostileText(t *testing.T) {
	defer func(n int64) { maxFileBytes = n }(maxFileBytes)
	maxFileBytes = 8 << 20
	for _, test := range []struct{ text, want string }{
		{strings.Repeat("0\n", 4<<20), "weights.txt:349526: more lines than 16777216 bytes hold"},
		{strings.Repeat(strings.Repeat("0,", 1023)+"0\n", 4<<10), "weights.txt:1013: more fields than 16777216 bytes hold"},
		{strings.Repeat("0 ", 4<<20), "weights.txt:1: more fields than 16777216 bytes hold"},
		{strings.Repeat("0 ", 8<<20), "weights.txt: more than 8388608 bytes"},
	} {
		archive := zipped(t, "", map[string]string{"weights.txt": test.text, "tract_lengths.txt": "0\n"})
		if len(archive) > 1<<17 {
			t.Errorf("an archive of %d bytes", len(archive))
		}
		path := write(t, "c.zip", string(archive))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := LoadTVB(path)
		runtime.ReadMemStats(&after)
		wantError(t, err, test.want)
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 24*uint64(maxFileBytes) { // copies of growing buffers included
			t.Errorf("%s: %d bytes taken", test.want, taken)
		}
	}
}

// TestSplitPlain: fields of a line without quotes are those that the reading of quotes
// finds.
func TestSplitPlain(t *testing.T) {
	for _, line := range []string{"", " ", "a", "1,2", ",1,,2 ,", " 1  2\t3 ", "1\t\t2", "1;2, 3", "\u00a01,2\u00a0"} {
		for _, sep := range []byte{' ', ',', ';', '\t'} {
			quoted := splitFields(line+string(sep)+`""`, sep)
			if plain := splitFields(line, sep); !slices.Equal(plain, quoted[:len(quoted)-1]) {
				t.Errorf("%q at %q: %q, expected %q", line, sep, plain, quoted[:len(quoted)-1])
			}
		}
	}
}
