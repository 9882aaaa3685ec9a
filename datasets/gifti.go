package datasets

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// GIFTI files are XML with arrays as text, base64 or packed base64. The reader is our own:
// there is no kept library.
//
// Harwell et al., GIFTI, Geometry Data Format for Neuroimaging, version 1.0 (2011),
// https://www.nitrc.org/projects/gifti/.

// gifti is what is read of a file.
type gifti struct {
	XMLName xml.Name `xml:"GIFTI"`
	Labels  []struct {
		Key  string `xml:",attr"`
		Name string `xml:",chardata"`
	} `xml:"LabelTable>Label"`
	Arrays []giftiArray `xml:"DataArray"`
}

// giftiArray is an array as the file writes it.
type giftiArray struct {
	Intent, DataType, Dimensionality, Encoding, Endian string `xml:",attr"`
	Dim0                                               string `xml:",attr"`
	Data                                               string `xml:"Data"`
}

// giftiLabels reads the label of every vertex, and the names of labels.
func giftiLabels(r io.Reader, name string) (numbers []float64, names map[int]string, err error) {
	text, err := readText(r, name)
	if err != nil {
		return nil, nil, err
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	var g gifti
	if err := decoder.Decode(&g); err != nil {
		return nil, nil, fmt.Errorf("datasets: %s: at byte %d: %w", name, decoder.InputOffset(), err)
	}
	names = map[int]string{}
	for _, label := range g.Labels {
		key, err := strconv.Atoi(label.Key)
		if err != nil {
			return nil, nil, fmt.Errorf("datasets: %s: LabelTable: key %q of %q, expected a whole number", name, label.Key, label.Name)
		}
		names[key] = strings.TrimSpace(label.Name)
	}
	var found *giftiArray
	for k := range g.Arrays {
		if a := &g.Arrays[k]; a.Intent == "NIFTI_INTENT_LABEL" {
			if found != nil {
				return nil, nil, fmt.Errorf("datasets: %s: several arrays of labels, expected one", name)
			}
			found = a
		}
	}
	if found == nil {
		return nil, nil, fmt.Errorf("datasets: %s: no array of the intent NIFTI_INTENT_LABEL", name)
	}
	if numbers, err = found.numbers(); err != nil {
		return nil, nil, fmt.Errorf("datasets: %s: labels: %w", name, err)
	}
	return numbers, names, nil
}

// numbers decodes a list of numbers.
func (a *giftiArray) numbers() ([]float64, error) {
	width := map[string]int{"NIFTI_TYPE_UINT8": 1, "NIFTI_TYPE_INT32": 4, "NIFTI_TYPE_FLOAT32": 4}[a.DataType]
	n, err := strconv.Atoi(a.Dim0)
	switch {
	case width == 0:
		return nil, fmt.Errorf("type %q, expected NIFTI_TYPE_UINT8, INT32 or FLOAT32", a.DataType)
	case a.Dimensionality != "1":
		return nil, fmt.Errorf("dimensionality %q, expected 1", a.Dimensionality)
	case err != nil || n < 1 || int64(n) > maxFileBytes/8:
		return nil, fmt.Errorf("size Dim0 is %q, expected 1 to %d vertices", a.Dim0, maxFileBytes/8)
	case a.Encoding == "ASCII":
		return a.text(n)
	case a.Endian != "LittleEndian" && a.Endian != "BigEndian":
		return nil, fmt.Errorf("byte order %q, expected LittleEndian or BigEndian", a.Endian)
	}
	data, err := a.bytes(n * width)
	if err != nil {
		return nil, err
	}
	var order binary.ByteOrder = binary.LittleEndian
	if a.Endian == "BigEndian" {
		order = binary.BigEndian
	}
	numbers := make([]float64, n)
	for k := range numbers {
		switch b := data[k*width:]; a.DataType {
		case "NIFTI_TYPE_UINT8":
			numbers[k] = float64(b[0])
		case "NIFTI_TYPE_INT32":
			numbers[k] = float64(int32(order.Uint32(b)))
		default:
			numbers[k] = float64(math.Float32frombits(order.Uint32(b)))
		}
	}
	return numbers, nil
}

// text decodes numbers that are written as text.
func (a *giftiArray) text(n int) ([]float64, error) {
	var numbers []float64 // grows with what is there
	for field := range strings.FieldsSeq(a.Data) {
		x, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return nil, fmt.Errorf("vertex %d: %q is not a number", len(numbers), field)
		}
		if len(numbers) == n {
			return nil, fmt.Errorf("more than the %d numbers of Dim0", n)
		}
		numbers = append(numbers, x)
	}
	if len(numbers) != n {
		return nil, fmt.Errorf("%d numbers, expected %d by Dim0", len(numbers), n)
	}
	return numbers, nil
}

// bytes decodes base64, packed or not, of so many bytes.
func (a *giftiArray) bytes(size int) ([]byte, error) {
	var r io.Reader = base64.NewDecoder(base64.StdEncoding, strings.NewReader(strings.TrimSpace(a.Data)))
	switch a.Encoding {
	case "Base64Binary":
	case "GZipBase64Binary": // zlib in spite of the name
		z, err := zlib.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Encoding, err)
		}
		defer z.Close()
		r = z
	default:
		return nil, fmt.Errorf("encoding %q, expected ASCII, Base64Binary or GZipBase64Binary", a.Encoding)
	}
	var data bytes.Buffer
	if _, err := data.ReadFrom(io.LimitReader(r, int64(size)+1)); err != nil {
		return nil, fmt.Errorf("%s: at byte %d of the data: %w", a.Encoding, data.Len(), err)
	}
	if data.Len() != size {
		return nil, fmt.Errorf("%s: %d bytes or more of data, expected %d by Dim0", a.Encoding, data.Len(), size)
	}
	return data.Bytes(), nil
}
