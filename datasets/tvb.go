package datasets

import (
	"archive/zip"
	"compress/bzip2"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// tvbParts are the parts of a connectome by the file names, without extension, that
// may hold them: those of The Virtual Brain, and those of our own testdata with the
// unit in the name.
var tvbParts = map[string]string{
	"weights":       "Weights",
	"tract_lengths": "TractLengths", "tract_lengths_mm": "TractLengths", "tracts": "TractLengths",
	"labels": "Labels", "region_labels": "Labels",
	"centres": "Centres", "centers": "Centres", "centres_mm": "Centres",
	"average_orientations": "Orientations", "orientations": "Orientations",
	"areas": "Areas", "areas_mm2": "Areas",
	"cortical":    "Cortical",
	"hemispheres": "RightHemisphere", "hemisphere": "RightHemisphere", "right_hemisphere": "RightHemisphere",
	"meta": "meta",
}

// LoadTVB reads a connectome in the layout of The Virtual Brain: a folder, or a zip
// of one, with the text files
//
//	weights           n×n, [to][from]            required
//	tract_lengths     n×n, [to][from], mm        required
//	centres           n lines "label x y z", mm
//	average_orientations   n×3
//	areas             n numbers, mm²
//	cortical          n times 0 or 1
//	hemispheres       n times 0 or 1, 1 = right
//
// with the extension .txt, .csv or .tsv, or .txt.bz2, at the top or one folder down.
// Our testdata/tvb76 layout is read too: units in the names (tract_lengths_mm.csv),
// labels one a line in labels.txt, cortical and right_hemisphere in meta.json. Other
// files are ignored. Regions that no file names are "region 1" onwards. An HDF5 file
// (.h5) of arrays with these names, and region_labels, is read as [LoadConnectome] does.
//
// It fails if a required file is missing, if sizes differ, and if an entry is NaN,
// infinite, no number, or a negative length; the error names file, line, column and
// the regions.
//
// Layout: Sanz Leon et al., Front. Neuroinform. 7 (2013) 10,
// doi:10.3389/fninf.2013.00010.
func LoadTVB(path string) (*Connectome, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	if isStore(path) && !info.IsDir() {
		return LoadConnectome(path, ConnectomeOptions{})
	}
	if info.IsDir() {
		return readTVB(os.DirFS(path), path)
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: expected a folder or a zip: %w", path, err)
	}
	defer archive.Close()
	return readTVB(archive, path)
}

// readTVB reads the layout from a file system; name stands for its root in errors.
func readTVB(fsys fs.FS, name string) (*Connectome, error) {
	files, err := findTVB(fsys, name)
	if err != nil {
		return nil, err
	}
	c, from := &Connectome{}, sources{}
	// Labels first: the order decides which file a disagreement is blamed on.
	for _, field := range []string{"Labels", "Centres", "Weights", "TractLengths", "Orientations", "Areas", "Cortical", "RightHemisphere", "meta"} {
		file, ok := files[field]
		switch {
		case ok:
			if err := c.takeTVB(fsys, field, file, filepath.Join(name, filepath.FromSlash(file)), from); err != nil {
				return nil, err
			}
		case field == "Weights":
			return nil, fmt.Errorf("datasets: %s: no weights.txt", name)
		case field == "TractLengths":
			return nil, fmt.Errorf("datasets: %s: no tract_lengths.txt", name)
		}
	}
	return c.finish(from)
}

// findTVB lists the files of the layout by the part they hold.
func findTVB(fsys fs.FS, name string) (map[string]string, error) {
	files := map[string]string{}
	err := fs.WalkDir(fsys, ".", func(file string, entry fs.DirEntry, err error) error {
		base := path.Base(file)
		switch {
		case err != nil:
			return err
		case file == ".":
			return nil
		case entry.IsDir() && (strings.Contains(file, "/") || strings.HasPrefix(base, ".") || base == "__MACOSX"):
			return fs.SkipDir // two levels down, or what macOS adds to archives
		case entry.IsDir():
			return nil
		}
		field := tvbPart(base)
		if field == "" {
			return nil
		}
		if other, ok := files[field]; ok {
			return fmt.Errorf("both %s and %s hold %s", other, file, field)
		}
		files[field] = file
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", name, err)
	}
	return files, nil
}

// tvbPart is the part that a file of this name holds, "" if none.
func tvbPart(base string) string {
	stem := strings.TrimSuffix(strings.ToLower(base), ".bz2")
	extension := path.Ext(stem)
	part := tvbParts[strings.TrimSuffix(stem, extension)]
	switch {
	case part == "meta" && extension == ".json", part != "meta" && (extension == ".txt" || extension == ".csv" || extension == ".tsv"):
		return part
	}
	return ""
}

// takeTVB reads one file of the layout into its part.
func (c *Connectome) takeTVB(fsys fs.FS, field, file, name string, from sources) error {
	f, err := fsys.Open(file)
	if err != nil {
		return fmt.Errorf("datasets: %s: %w", name, err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(strings.ToLower(file), ".bz2") {
		r = bzip2.NewReader(f)
	}
	from[field] = &grid{name: name}
	switch field {
	case "meta":
		return c.takeMeta(r, name)
	case "Labels":
		return c.takeLabelLines(r, name, from)
	case "Cortical":
		c.Cortical, err = readFlags(r, name)
		return err
	case "RightHemisphere":
		c.RightHemisphere, err = readFlags(r, name)
		return err
	}
	g, err := readGrid(r, name)
	if err != nil {
		return err
	}
	return c.takeGrid(field, g, from)
}

// takeGrid takes a part that is a table of numbers.
func (c *Connectome) takeGrid(field string, g *grid, from sources) (err error) {
	from[field] = g
	switch field {
	case "Weights", "TractLengths":
		return c.takePairs(field, g, from)
	case "Centres":
		return c.takeCentres(g, from)
	case "Orientations":
		c.Orientations, err = g.numbers(g.allColumns())
	case "Areas":
		c.Areas, err = g.list()
	}
	return err
}

// takeLabelLines reads labels, one a line.
func (c *Connectome) takeLabelLines(r io.Reader, name string, from sources) error {
	text, err := readText(r, name)
	if err != nil {
		return err
	}
	var labels []string
	for _, line := range strings.Split(text, "\n") {
		if label := strings.Trim(strings.TrimSpace(line), `"`); label != "" {
			labels = append(labels, label)
		}
	}
	if labels == nil {
		return fmt.Errorf("datasets: %s: no data: the file is empty", name)
	}
	return c.takeLabels(labels, from["Labels"], from)
}

// takeCentres reads positions, with the labels in the first column or without.
func (c *Connectome) takeCentres(g *grid, from sources) error {
	labels := g.takeRowNames()
	if labels == nil && g.columns() == 4 { // labels that look like numbers
		for _, row := range g.cells {
			labels = append(labels, row[0])
		}
		g.dropFirst()
	}
	var err error
	if c.Centres, err = g.numbers(g.allColumns()); err != nil {
		return err
	}
	return c.takeLabels(labels, g, from)
}

// takeMeta reads the flags that our own layout keeps in meta.json.
func (c *Connectome) takeMeta(r io.Reader, name string) error {
	text, err := readText(r, name)
	if err != nil {
		return err
	}
	var meta struct {
		Cortical        []bool `json:"cortical"`
		RightHemisphere []bool `json:"right_hemisphere"`
	}
	if err := json.Unmarshal([]byte(text), &meta); err != nil {
		return fmt.Errorf("datasets: %s: %w", name, err)
	}
	if c.Cortical == nil {
		c.Cortical = meta.Cortical
	}
	if c.RightHemisphere == nil {
		c.RightHemisphere = meta.RightHemisphere
	}
	return nil
}

// list is the grid as one list of numbers, be it a row or a column.
func (g *grid) list() ([]float64, error) {
	m, err := g.numbers(g.allColumns())
	if err != nil {
		return nil, err
	}
	if rows, columns := m.Dims(); rows > 1 && columns > 1 {
		return nil, fmt.Errorf("datasets: %s: expected one number per region, found %d×%d", g.name, rows, columns)
	}
	return m.RawMatrix().Data, nil
}

// readFlags reads a list of yes and no: 0 and 1, or true and false.
func readFlags(r io.Reader, name string) ([]bool, error) {
	text, err := readText(r, name)
	if err != nil {
		return nil, err
	}
	var flags []bool
	for _, token := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" \t\n,;", c) }) {
		x, err := number(token)
		switch {
		case err == nil && (x == 0 || x == 1):
			flags = append(flags, x == 1)
		case strings.EqualFold(token, "true") || strings.EqualFold(token, "false"):
			flags = append(flags, strings.EqualFold(token, "true"))
		default:
			return nil, fmt.Errorf("datasets: %s: flag of region %d is %q, expected 0 or 1", name, len(flags)+1, token)
		}
	}
	if flags == nil {
		return nil, fmt.Errorf("datasets: %s: no data: the file is empty", name)
	}
	return flags, nil
}
