package datasets

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
)

// nifti is an image whose header has been read, and whose voxels come next.
//
// NIfTI-1: https://nifti.nimh.nih.gov/nifti-1, NIfTI-2: https://nifti.nimh.nih.gov/nifti-2
type nifti struct {
	r            io.Reader
	name         string
	order        binary.ByteOrder
	dims         [4]int  // voxels along x, y, z; volumes
	kind         int     // data type of a voxel
	step         float64 // between volumes
	units        int     // of space and, in bits 3 to 5, of time
	offset       int64
	slope, inter float64
	placed       bool        // whether the header tells where voxels are
	affine       [12]float64 // of voxel indices to mm, row by row
}

// niftiLayout is where a version of the header keeps its fields, and their widths.
type niftiLayout struct {
	size, magic, dim, kind, pixdim, offset, slope, sform, affine, units int
	wide                                                                bool // int64 and float64, not int16 and float32
}

var (
	nifti1 = niftiLayout{size: 348, magic: 344, dim: 40, kind: 70, pixdim: 76, offset: 108, slope: 112, sform: 254, affine: 280, units: 123}
	nifti2 = niftiLayout{size: 540, magic: 4, dim: 16, kind: 12, pixdim: 104, offset: 168, slope: 176, sform: 348, affine: 400, units: 500, wide: true}
)

const maxNiftiOffset = 64 << 20 // bytes of header and extensions

// niftiWidths are the bytes of a voxel by data type.
var niftiWidths = map[int]int{2: 1, 4: 2, 8: 4, 16: 4, 64: 8, 256: 1, 512: 2, 768: 4, 1024: 8, 1280: 8}

// openNifti reads the header of an image, packed by gzip or not, up to its voxels.
func openNifti(r io.Reader, name string) (*nifti, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	if start, _ := buffered.Peek(2); string(start) == "\x1f\x8b" {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("datasets: %s: %w", name, err)
		}
		buffered = bufio.NewReaderSize(z, 1<<16)
	}
	n := &nifti{r: buffered, name: name}
	start := make([]byte, 4)
	if _, err := io.ReadFull(buffered, start); err != nil {
		return nil, fmt.Errorf("datasets: %s: at byte 0: size of the header: %w", name, err)
	}
	layout, err := n.layout(start)
	if err != nil {
		return nil, err
	}
	header := append(start, make([]byte, layout.size-4)...)
	if k, err := io.ReadFull(buffered, header[4:]); err != nil {
		return nil, fmt.Errorf("datasets: %s: at byte %d: header of %d bytes: %w", name, 4+k, layout.size, err)
	}
	if err := n.parse(header, layout); err != nil {
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, buffered, n.offset-int64(layout.size)); err != nil {
		return nil, fmt.Errorf("datasets: %s: the voxels start at byte %d: %w", name, n.offset, err)
	}
	return n, nil
}

// layout finds version and byte order by the size of the header.
func (n *nifti) layout(start []byte) (*niftiLayout, error) {
	for _, n.order = range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch n.order.Uint32(start) {
		case 348:
			return &nifti1, nil
		case 540:
			return &nifti2, nil
		}
	}
	return nil, fmt.Errorf("datasets: %s: at byte 0: no NIfTI image: it starts with % x", n.name, start)
}

func (n *nifti) errorAt(at int, format string, args ...any) error {
	return fmt.Errorf("datasets: %s: at byte %d: %w", n.name, at, fmt.Errorf(format, args...))
}

// parse takes the fields of the header.
func (n *nifti) parse(h []byte, at *niftiLayout) error {
	magic := h[at.magic : at.magic+4]
	if !bytes.Equal(magic, []byte("n+1\x00")) && !bytes.Equal(magic, []byte("n+2\x00")) {
		return n.errorAt(at.magic, "magic %q, expected n+1 or n+2: one file of header and voxels", magic)
	}
	if err := n.parseDims(h, at); err != nil {
		return err
	}
	n.kind = int(int16(n.order.Uint16(h[at.kind:])))
	if niftiWidths[n.kind] == 0 {
		return n.errorAt(at.kind, "data type %d, expected real numbers", n.kind)
	}
	n.step = n.float(h, at.pixdim, 4, at.wide)
	n.slope, n.inter = n.float(h, at.slope, 0, at.wide), n.float(h, at.slope, 1, at.wide)
	if n.slope == 0 || notFinite(n.slope) || notFinite(n.inter) {
		n.slope, n.inter = 1, 0 // the standard's sign of none
	}
	start := n.float(h, at.offset, 0, false)
	n.units, n.placed = int(h[at.units]), n.order.Uint16(h[at.sform:]) != 0
	if at.wide {
		start = float64(int64(n.order.Uint64(h[at.offset:])))
		n.units, n.placed = int(n.order.Uint32(h[at.units:])&0xff), n.order.Uint32(h[at.sform:]) != 0
	}
	if !(start >= float64(at.size) && start <= maxNiftiOffset) || start != math.Trunc(start) {
		return n.errorAt(at.offset, "the voxels start at byte %g, expected %d to %d", start, at.size, maxNiftiOffset)
	}
	n.offset = int64(start)
	for k := range n.affine {
		n.affine[k] = n.float(h, at.affine, k, at.wide)
	}
	return nil
}

// parseDims takes the number of voxels along each axis, and of volumes.
func (n *nifti) parseDims(h []byte, at *niftiLayout) error {
	var dims [8]int64
	for k := range dims {
		if at.wide {
			dims[k] = int64(n.order.Uint64(h[at.dim+8*k:]))
		} else {
			dims[k] = int64(int16(n.order.Uint16(h[at.dim+2*k:])))
		}
	}
	if dims[0] < 3 || dims[0] > 7 {
		return n.errorAt(at.dim, "%d dimensions, expected 3 (labels) or 4 (signal)", dims[0])
	}
	voxels := int64(1)
	for k := int64(1); k <= dims[0]; k++ {
		switch {
		case dims[k] < 1 || dims[k] > math.MaxInt32 || k > 4 && dims[k] != 1:
			return n.errorAt(at.dim, "size %v, expected up to four dimensions, each from 1", dims[1:dims[0]+1])
		case k < 4:
			voxels *= dims[k]
			if voxels > maxFileBytes/8 {
				return n.errorAt(at.dim, "size %v: more than %d voxels in a volume", dims[1:dims[0]+1], maxFileBytes/8)
			}
		}
	}
	n.dims = [4]int{int(dims[1]), int(dims[2]), int(dims[3]), 1}
	if dims[0] >= 4 {
		n.dims[3] = int(dims[4])
	}
	return nil
}

// float is the k-th of the numbers that start at a byte of the header: of 32-bit ones
// the shortest decimal, so that 0.72 is not 0.7200000286.
func (n *nifti) float(h []byte, at, k int, wide bool) float64 {
	if wide {
		return math.Float64frombits(n.order.Uint64(h[at+8*k:]))
	}
	x := math.Float32frombits(n.order.Uint32(h[at+4*k:]))
	decimal, err := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'g', -1, 32), 64)
	if err != nil { // it parses, infinities and NaN too
		return float64(x)
	}
	return decimal
}

// voxels is the number of voxels of a volume.
func (n *nifti) voxels() int { return n.dims[0] * n.dims[1] * n.dims[2] }

// value is a voxel of a volume's bytes, scaled as the header says.
func (n *nifti) value(volume []byte, voxel int) float64 {
	var x float64
	switch b := volume[voxel*niftiWidths[n.kind]:]; n.kind {
	case 2:
		x = float64(b[0])
	case 4:
		x = float64(int16(n.order.Uint16(b)))
	case 8:
		x = float64(int32(n.order.Uint32(b)))
	case 16:
		x = float64(math.Float32frombits(n.order.Uint32(b)))
	case 64:
		x = math.Float64frombits(n.order.Uint64(b))
	case 256:
		x = float64(int8(b[0]))
	case 512:
		x = float64(n.order.Uint16(b))
	case 768:
		x = float64(n.order.Uint32(b))
	case 1024:
		x = float64(int64(n.order.Uint64(b)))
	case 1280:
		x = float64(n.order.Uint64(b))
	}
	return n.slope*x + n.inter
}

// at names a voxel, indices from 0.
func (n *nifti) at(voxel int) string {
	x, y := voxel%n.dims[0], voxel/n.dims[0]%n.dims[1]
	return fmt.Sprintf("voxel (%d, %d, %d)", x, y, voxel/n.dims[0]/n.dims[1])
}

// repetition is the time between volumes in s, 0 if the header does not tell it.
func (n *nifti) repetition() (float64, error) {
	perSecond := map[int]float64{8: 1, 16: 1e3, 24: 1e6}[n.units&0x38] // s, ms, µs
	if perSecond == 0 || n.step == 0 {
		return 0, nil
	}
	if !(n.step > 0) || notFinite(n.step) {
		return 0, fmt.Errorf("datasets: %s: pixdim[4]: the time between volumes is %v, expected a positive number", n.name, n.step)
	}
	return n.step / perSecond, nil
}
