package datasets

import (
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// RegionMap says which region each vertex of a surface, or voxel of a volume, belongs to.
type RegionMap struct {
	Regions []int    // of each vertex, an index into Labels; -1 of none
	Values  []int    // what the file writes for each region
	Labels  []string // of the regions
}

// MapOptions say how to read a region map.
type MapOptions struct {
	// Names are the regions by their value in the file, and select them. Nil is all
	// values from First to the highest, called "region 1" onwards; of a GIFTI file all
	// values that occur from First on, called as its table of labels says.
	Names map[int]string
	// First is the least value that is a region, if there are no Names: 0 as The Virtual
	// Brain counts; 1 in files that write 0 where there is none. Of volumes and GIFTI
	// files it is at least 1.
	First int
	// Labels are those of a connectome in the order of the values from First, instead of
	// Names.
	Labels []string
	// Variable names the array of a file of several; "" is region_mapping, or else the
	// only one.
	Variable string
}

// LoadRegionMap reads the region of every vertex, a whole number each: from a text file,
// one a line or all in one; from arrays, .npy, .npz, .mat or .h5; or of every voxel from
// a label volume, .nii or .nii.gz, the first index running fastest; or from the labels of
// a surface in GIFTI, .gii.
//
// It fails if a value is not whole, if a value from First on has no label where there are
// Labels, and if a named region has no vertex.
func LoadRegionMap(path string, options MapOptions) (*RegionMap, error) {
	values, err := regionValues(path, &options)
	if err != nil {
		return nil, err
	}
	m := &RegionMap{Regions: make([]int, len(values))}
	if err := m.takeNames(values, options); err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", path, err)
	}
	index := map[int]int{}
	for k, value := range m.Values {
		index[value] = k
	}
	found := make([]bool, len(m.Values))
	for v, value := range values {
		k, ok := index[value]
		if !ok {
			k = -1
		} else {
			found[k] = true
		}
		if !ok && value >= options.First && options.Labels != nil {
			return nil, fmt.Errorf("datasets: %s: vertex %d is of region %d, but there are %s from %d", path, v, value, plural(len(options.Labels), "label"), options.First)
		}
		m.Regions[v] = k
	}
	if k := slices.Index(found, false); k >= 0 && (options.Names != nil || options.Labels != nil) {
		return nil, fmt.Errorf("datasets: %s: no vertex of region %d (%q)", path, m.Values[k], m.Labels[k])
	}
	return m, nil
}

// takeNames lists the regions.
func (m *RegionMap) takeNames(values []int, options MapOptions) error {
	if options.Names != nil && options.Labels != nil {
		return fmt.Errorf("regions are named by Names and by Labels")
	}
	if options.Names != nil {
		if len(options.Names) == 0 || len(options.Names) > maxRegions {
			return fmt.Errorf("%d regions, expected 1 to %d", len(options.Names), maxRegions)
		}
		for _, value := range slices.Sorted(maps.Keys(options.Names)) {
			m.Values, m.Labels = append(m.Values, value), append(m.Labels, options.Names[value])
		}
		return nil
	}
	n := len(options.Labels)
	if options.Labels == nil {
		if n = slices.Max(values) - options.First + 1; n < 1 || n > maxRegions {
			return fmt.Errorf("values from %d to %d, expected 1 to %d regions from %d", slices.Min(values), slices.Max(values), maxRegions, options.First)
		}
		m.Labels = numbered(n)
	} else {
		m.Labels = options.Labels
	}
	for k := range n {
		m.Values = append(m.Values, options.First+k)
	}
	return nil
}

// regionValues reads the numbers of a map.
func regionValues(path string, options *MapOptions) ([]int, error) {
	var numbers []float64
	switch {
	case strings.HasSuffix(strings.TrimSuffix(strings.ToLower(path), ".gz"), ".nii"):
		options.First = max(options.First, 1)
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("datasets: %w", err)
		}
		defer f.Close()
		if numbers, err = labelVolume(f, path); err != nil {
			return nil, err
		}
	case extension(path) == ".gii":
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("datasets: %w", err)
		}
		defer f.Close()
		var names map[int]string
		if numbers, names, err = giftiLabels(f, path); err != nil {
			return nil, err
		}
		options.nameFound(numbers, names)
	case isStore(path):
		s, closer, err := openStore(path)
		if err != nil {
			return nil, err
		}
		defer closer.Close()
		if numbers, err = s.regionNumbers(options.Variable); err != nil {
			return nil, err
		}
	default:
		g, err := loadGrid(path)
		if err != nil {
			return nil, err
		}
		if numbers, err = g.list(); err != nil {
			return nil, err
		}
	}
	values := make([]int, len(numbers))
	for v, x := range numbers {
		if x != math.Trunc(x) || math.Abs(x) > math.MaxInt32 {
			return nil, fmt.Errorf("datasets: %s: vertex %d is of region %v, expected a whole number", path, v, x)
		}
		values[v] = int(x)
	}
	return values, nil
}

// nameFound selects the labels of vertices by a table of names, unless the user did.
func (o *MapOptions) nameFound(numbers []float64, names map[int]string) {
	o.First = max(o.First, 1)
	if o.Names != nil || o.Labels != nil {
		return
	}
	o.Names = map[int]string{}
	for _, x := range numbers {
		if value := int(x); x == float64(value) && value >= o.First && len(o.Names) <= maxRegions {
			o.Names[value] = names[value]
			if names[value] == "" {
				o.Names[value] = fmt.Sprintf("label %d", value)
			}
		}
	}
}

// labelVolume reads the values of all voxels of a volume.
func labelVolume(r io.Reader, name string) ([]float64, error) {
	n, err := openNifti(r, name)
	if err != nil {
		return nil, err
	}
	if n.dims[3] != 1 {
		return nil, fmt.Errorf("datasets: %s has %d volumes, expected the one of labels", name, n.dims[3])
	}
	volume, err := n.volume()
	if err != nil {
		return nil, err
	}
	numbers := make([]float64, n.voxels())
	for voxel := range numbers {
		numbers[voxel] = n.value(volume, voxel)
	}
	return numbers, nil
}

// regionNumbers finds the array that is a region map.
func (s *store) regionNumbers(name string) ([]float64, error) {
	if name == "" && len(s.names) == 1 {
		name = s.names[0]
	}
	if name == "" {
		name = "region_mapping"
	}
	v, err := s.must(name)
	if err != nil {
		return nil, err
	}
	return v.list()
}

// Vertices are the vertices of each region.
func (m *RegionMap) Vertices() [][]int {
	vertices := make([][]int, len(m.Labels))
	for v, k := range m.Regions {
		if k >= 0 {
			vertices[k] = append(vertices[k], v)
		}
	}
	return vertices
}

// Means averages over the vertices of each region: of a matrix of values at vertices, a
// sample a row, the values of regions. Regions without vertices have 0. It fails if the
// matrix has not a column per vertex.
func (m *RegionMap) Means(values mat.Matrix) (*mat.Dense, error) {
	out, err := m.Sums(values)
	if err != nil {
		return nil, err
	}
	rows, _ := out.Dims()
	for k, vertices := range m.Vertices() {
		for i := 0; i < rows && len(vertices) > 0; i++ {
			out.Set(i, k, out.At(i, k)/float64(len(vertices)))
		}
	}
	return out, nil
}

// Sums adds over the vertices of each region, as a lead field of vertices (sensors ×
// vertices) becomes one of regions. It fails if the matrix has not a column per vertex.
func (m *RegionMap) Sums(values mat.Matrix) (*mat.Dense, error) {
	rows, columns := values.Dims()
	if columns != len(m.Regions) || rows == 0 || len(m.Labels) == 0 {
		return nil, fmt.Errorf("datasets: a matrix of %d×%d for %s of %d vertices, expected a column per vertex", rows, columns, plural(len(m.Labels), "region"), len(m.Regions))
	}
	out := mat.NewDense(rows, len(m.Labels), nil)
	for i := 0; i < rows; i++ {
		row := out.RawRowView(i)
		for v, k := range m.Regions {
			if k >= 0 {
				row[k] += values.At(i, v)
			}
		}
	}
	return out, nil
}

// Merged is the map into the regions of a coarser parcellation, as
// [Connectome.Merged] merges: coarse gives the new name of every region by its label, ""
// to leave its vertices out. Values count from 0. It fails as that does.
func (m *RegionMap) Merged(coarse map[string]string) (*RegionMap, error) {
	names, members, err := (&Connectome{Labels: m.Labels}).grouped(coarse)
	if err != nil {
		return nil, err
	}
	region := make([]int, len(m.Labels))
	for k := range region {
		region[k] = -1
	}
	out := &RegionMap{Regions: make([]int, len(m.Regions)), Labels: names}
	for a, group := range members {
		out.Values = append(out.Values, a)
		for _, k := range group {
			region[k] = a
		}
	}
	for v, k := range m.Regions {
		out.Regions[v] = -1
		if k >= 0 {
			out.Regions[v] = region[k]
		}
	}
	return out, nil
}
