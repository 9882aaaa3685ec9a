package datasets

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// NIfTIOptions say how to read a recording of volumes.
type NIfTIOptions struct {
	// TR is the repetition time in s; 0 takes it from the BIDS sidecar, the file of the
	// same name that ends in .json, or from the header, and what both tell must agree.
	TR float64
	// Names are the regions by their value in the label volume, and select them; nil is
	// all values but 0, called "label 17".
	Names map[int]string
	// Unit is that of the signal, such as "% change"; files do not tell it.
	Unit string
}

// maxRegions bounds the values of a label volume, which a wrong file has in millions.
const maxRegions = 1 << 16

// LoadNIfTI reads a recording of volumes, NIfTI-1 or -2, .nii or .nii.gz, as the means of
// the regions that a label volume of the same grid marks with whole numbers, in the order
// of these. Volumes are read one at a time: a recording may be larger than memory. The
// repetition time is 0 where no file tells it with its unit.
//
// It fails if a file is no such image or ends early, if size or, where both headers tell
// them, positions of voxels differ (nothing is resampled), if a label is not whole or
// a named one does not occur, and if a voxel of a region is not finite.
func LoadNIfTI(signal, labels string, options NIfTIOptions) (*TimeSeries, error) {
	tr, err := sidecarTR(signal)
	if err != nil {
		return nil, err
	}
	labelFile, err := os.Open(labels)
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer labelFile.Close()
	signalFile, err := os.Open(signal)
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer signalFile.Close()
	return readNIfTI(signalFile, labelFile, signal, labels, tr, options)
}

// sidecarTR is the repetition time in s of the BIDS sidecar, of volumes or of a table;
// 0 if there is none.
func sidecarTR(signal string) (float64, error) {
	path := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(signal, ".gz"), ".nii"), ".tsv") + ".json"
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	text, err := readText(f, path)
	if err != nil {
		return 0, err
	}
	var sidecar struct{ RepetitionTime *float64 }
	if err := json.Unmarshal([]byte(text), &sidecar); err != nil {
		return 0, fmt.Errorf("datasets: %s: %w", path, err)
	}
	if sidecar.RepetitionTime == nil {
		return 0, nil
	}
	if tr := *sidecar.RepetitionTime; !(tr > 0) {
		return 0, fmt.Errorf("datasets: %s: RepetitionTime is %v s, expected a positive number", path, tr)
	}
	return *sidecar.RepetitionTime, nil
}

// readNIfTI is LoadNIfTI of streams; sidecar is the repetition time told there, or 0.
func readNIfTI(signal, labels io.Reader, signalName, labelName string, sidecar float64, options NIfTIOptions) (*TimeSeries, error) {
	if err := checkTR(options.TR, signalName); err != nil {
		return nil, err
	}
	atlas, err := openNifti(labels, labelName)
	if err != nil {
		return nil, err
	}
	image, err := openNifti(signal, signalName)
	if err != nil {
		return nil, err
	}
	if err := sameGrid(image, atlas); err != nil {
		return nil, err
	}
	out := &TimeSeries{Unit: options.Unit}
	if out.TR, err = image.chosenTR(options.TR, sidecar); err != nil {
		return nil, err
	}
	regions, values, err := atlas.regions(options.Names)
	if err != nil {
		return nil, err
	}
	for _, value := range values {
		name := fmt.Sprintf("label %d", value)
		if options.Names != nil {
			name = options.Names[value]
		}
		out.Labels = append(out.Labels, name)
	}
	out.Data, err = image.means(regions, out.Labels)
	return out, err
}

// sameGrid refuses images whose voxels are not the same places.
func sameGrid(image, atlas *nifti) error {
	if atlas.dims[3] != 1 {
		return fmt.Errorf("datasets: %s has %d volumes, expected the one of labels", atlas.name, atlas.dims[3])
	}
	if a, b := image.dims, atlas.dims; a[0] != b[0] || a[1] != b[1] || a[2] != b[2] {
		return fmt.Errorf("datasets: %s has %v voxels, %s has %v: resample the labels to the signal", image.name, a[:3], atlas.name, b[:3])
	}
	for k := range image.affine {
		const rounding = 1e-3 // mm, of headers written as 32-bit numbers
		if image.placed && atlas.placed && !(math.Abs(image.affine[k]-atlas.affine[k]) <= rounding) {
			return fmt.Errorf("datasets: the voxels of %s and %s lie apart: srow %v and %v: resample the labels to the signal",
				image.name, atlas.name, image.affine, atlas.affine)
		}
	}
	return nil
}

// chosenTR is the repetition time: the user's, or the sidecar's, or the header's.
func (n *nifti) chosenTR(options, sidecar float64) (float64, error) {
	if options != 0 {
		return options, nil
	}
	header, err := n.repetition()
	switch {
	case sidecar == 0 || err != nil:
		return header, err
	case header != 0 && math.Abs(header-sidecar) > 1e-3*sidecar:
		return 0, fmt.Errorf("datasets: %s: TR is %g s in the header and %g s in the sidecar: set it in the options", n.name, header, sidecar)
	}
	return sidecar, nil
}

// regions reads a label volume: the index of the region of every voxel, -1 of none, and
// the values of the regions in rising order.
func (n *nifti) regions(names map[int]string) (regions []int32, values []int, err error) {
	volume, err := n.volume()
	if err != nil {
		return nil, nil, err
	}
	index := map[int]int32{}
	for voxel := 0; voxel < n.voxels(); voxel++ {
		x := n.value(volume, voxel)
		if !(x >= 0 && x <= math.MaxInt32) || x != math.Trunc(x) {
			return nil, nil, fmt.Errorf("datasets: %s: %s: label %g, expected a whole number from 0", n.name, n.at(voxel), x)
		}
		if _, named := names[int(x)]; named || names == nil && x != 0 {
			index[int(x)] = 0
		}
		if len(index) > maxRegions {
			return nil, nil, fmt.Errorf("datasets: %s: more than %d labels: is it a label volume?", n.name, maxRegions)
		}
	}
	for _, value := range slices.Sorted(maps.Keys(names)) {
		if _, ok := index[value]; !ok {
			return nil, nil, fmt.Errorf("datasets: %s: no voxel of label %d (%q)", n.name, value, names[value])
		}
	}
	if len(index) == 0 {
		return nil, nil, fmt.Errorf("datasets: %s: no voxel of any label", n.name)
	}
	for value := range index {
		values = append(values, value)
	}
	slices.Sort(values)
	for k, value := range values {
		index[value] = int32(k)
	}
	regions = make([]int32, n.voxels())
	for voxel := range regions {
		k, ok := index[int(n.value(volume, voxel))]
		if !ok {
			k = -1
		}
		regions[voxel] = k
	}
	return regions, values, nil
}

// volume reads the next volume.
func (n *nifti) volume() ([]byte, error) {
	size := n.voxels() * niftiWidths[n.kind]
	volume, err := io.ReadAll(io.LimitReader(n.r, int64(size))) // grows with what is there
	if err == nil && len(volume) < size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: at byte %d: voxels up to byte %d: %w", n.name, n.offset+int64(len(volume)), n.offset+int64(size), err)
	}
	return volume, nil
}

// means reads the volumes and averages each over the regions.
func (n *nifti) means(regions []int32, names []string) (*mat.Dense, error) {
	counts := make([]float64, len(names))
	for _, k := range regions {
		if k >= 0 {
			counts[k]++
		}
	}
	volume := make([]byte, len(regions)*niftiWidths[n.kind]) // no larger than 8 × the labels that were read
	var data []float64
	for t := 0; t < n.dims[3]; t++ {
		if int64(len(data)+len(names)) > maxFileBytes/8 {
			return nil, fmt.Errorf("datasets: %s: means of more than %d bytes", n.name, maxFileBytes)
		}
		if got, err := io.ReadFull(n.r, volume); err != nil {
			at := n.offset + int64(t)*int64(len(volume)) + int64(got)
			return nil, fmt.Errorf("datasets: %s: at byte %d: volume %d of %d: %w", n.name, at, t, n.dims[3], err)
		}
		row := make([]float64, len(names))
		for voxel, k := range regions {
			if k < 0 {
				continue
			}
			x := n.value(volume, voxel)
			if notFinite(x) {
				return nil, fmt.Errorf("datasets: %s: volume %d, %s of %q: the value is %v", n.name, t, n.at(voxel), names[k], x)
			}
			row[k] += x / counts[k]
		}
		data = append(data, row...)
	}
	return mat.NewDense(n.dims[3], len(names), data), nil
}
