package datasets

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/datasets/internal/hdf5"
)

// ConnectomeOptions name variables of a file of arrays; "" is the usual name.
type ConnectomeOptions struct {
	Weights      string // "" is weights
	TractLengths string // "" is tract_lengths, tract_lengths_mm, tracts or lengths; optional
	Labels       string // "" is labels; optional
}

// LoadConnectome reads a connectome from a file of arrays, .npz, .mat or .h5, or from
// what [LoadTVB] reads, for which the options must be zero. Arrays are those of
// [Connectome.Save]; only the weights must be there. Arrays within structs and cells of
// a .mat are called struct.field and cell{1} onwards; labels may be a cell array of text
// or a char array of rows. It fails as [LoadTVB] does.
func LoadConnectome(path string, options ConnectomeOptions) (*Connectome, error) {
	if !isStore(path) {
		if options != (ConnectomeOptions{}) {
			return nil, fmt.Errorf("datasets: %s: variables can be named in files of arrays only", path)
		}
		return LoadTVB(path)
	}
	s, closer, err := openStore(path)
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	return s.connectome(options)
}

func loadStoredSeries(path string, options SeriesOptions) (*TimeSeries, error) {
	if err := checkTR(options.TR, path); err != nil {
		return nil, err
	}
	s, closer, err := openStore(path)
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	return s.series(options)
}

// extension is the end of a file's name, in small letters.
func extension(path string) string { return strings.ToLower(filepath.Ext(path)) }

// isStore tells by the name whether a file holds arrays.
func isStore(path string) bool {
	switch extension(path) {
	case ".npz", ".npy", ".mat", ".h5", ".hdf5":
		return true
	}
	return false
}

// openStore opens a file of arrays.
func openStore(path string) (*store, io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("datasets: %w", err)
	}
	if extension(path) == ".npy" {
		return npyStore(f, path), f, nil
	}
	info, err := f.Stat()
	switch ext := extension(path); {
	case err != nil:
	case ext == ".mat" && hdf5.Find(f, info.Size()) < 0:
		s, err := matStore(f, path)
		f.Close()
		return s, io.NopCloser(nil), err
	case ext != ".npz":
		s, err := hdf5Store(f, info.Size(), path)
		if err != nil {
			f.Close()
		}
		return s, f, err
	default:
		var archive *zip.Reader
		if archive, err = zip.NewReader(f, info.Size()); err == nil {
			return npzStore(archive, path), f, nil
		}
	}
	f.Close()
	return nil, nil, fmt.Errorf("datasets: %s: %w", path, err)
}

// npyStore is one array, called data.
func npyStore(f io.Reader, file string) *store {
	var v *variable
	var err error
	return &store{file: file, names: []string{"data"}, load: func(string) (*variable, error) {
		if v == nil && err == nil {
			v, err = readNpy(bufio.NewReader(f), file)
		}
		return v, err
	}}
}

// npzStore are the arrays of an archive of .npy files.
func npzStore(archive *zip.Reader, file string) *store {
	s := &store{file: file}
	files := map[string]*zip.File{}
	for _, f := range archive.File {
		if name, isArray := strings.CutSuffix(f.Name, ".npy"); isArray && files[name] == nil {
			files[name], s.names = f, append(s.names, name)
		}
	}
	s.load = func(name string) (*variable, error) {
		where := file + ": " + name
		r, err := files[name].Open()
		if err != nil {
			return nil, fmt.Errorf("datasets: %s: %w", where, err)
		}
		defer r.Close()
		return readNpy(bufio.NewReader(r), where)
	}
	return s
}

// Save writes the connectome to a .npz file, which numpy.load reads: weights,
// tract_lengths_mm, labels, centres_mm, orientations, areas_mm2, cortical and
// right_hemisphere, those that there are; or to a .zip of text files in the layout of The
// Virtual Brain, which [LoadTVB] reads. The file appears when it is complete. It fails if
// the connectome is not sound, or the name ends otherwise, and of a .zip if there are no
// tract lengths, or a label is empty or has quotes or line breaks.
func (c *Connectome) Save(path string) error {
	if err := c.Check(); err != nil {
		return err
	}
	switch extension(path) {
	case ".npz":
		arrays := []*variable{
			matrixOf("weights", c.Weights), matrixOf("tract_lengths_mm", c.TractLengths), textsOf("labels", c.Labels),
			matrixOf("centres_mm", c.Centres), matrixOf("orientations", c.Orientations), listOf("areas_mm2", c.Areas),
			listOf("cortical", zerosAndOnes(c.Cortical)), listOf("right_hemisphere", zerosAndOnes(c.RightHemisphere)),
		}
		return WriteFile(path, func(w io.Writer) error { return writeNpz(w, arrays) })
	case ".zip":
		return WriteFile(path, c.writeTVB)
	}
	return fmt.Errorf("datasets: %s: a connectome is saved as .npz or .zip", path)
}

func matrixOf(name string, m *mat.Dense) *variable {
	if m == nil {
		return nil
	}
	rows, columns := m.Dims()
	return &variable{name: name, shape: []int{rows, columns}, numbers: mat.DenseCopyOf(m).RawMatrix().Data}
}

func listOf(name string, x []float64) *variable {
	if x == nil {
		return nil
	}
	return &variable{name: name, shape: []int{len(x)}, numbers: x}
}

func textsOf(name string, texts []string) *variable {
	return &variable{name: name, shape: []int{len(texts)}, texts: texts}
}

func zerosAndOnes(flags []bool) []float64 {
	if flags == nil {
		return nil
	}
	x := make([]float64, len(flags))
	for i, flag := range flags {
		if flag {
			x[i] = 1
		}
	}
	return x
}

// writeNpz writes arrays, those that are not nil, to an archive without dates: the same
// arrays give the same bytes.
func writeNpz(w io.Writer, arrays []*variable) error {
	archive := zip.NewWriter(w)
	for _, v := range arrays {
		if v == nil {
			continue
		}
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: v.name + ".npy", Method: zip.Deflate})
		if err != nil {
			return err
		}
		if err := writeNpy(entry, v); err != nil {
			return err
		}
	}
	return archive.Close()
}
