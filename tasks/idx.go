package tasks

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// mostItems bounds what an idx header may claim.
const mostItems = 1 << 24

// idxFile is an idx array of bytes: the format of the MNIST files. Two zero bytes, the element type
// (8: unsigned byte), the number of axes, each axis as a big-endian 32-bit number, then the elements.
type idxFile struct {
	axes  []int
	bytes []byte
}

// readIDX reads an array of that many axes.
func readIDX(r io.Reader, axes int) (*idxFile, error) {
	head := make([]byte, 4+4*axes)
	if n, err := io.ReadFull(r, head[:4]); err != nil {
		return nil, fmt.Errorf("an idx header has 4 bytes, found %d: %w", n, err)
	}
	if head[0] != 0 || head[1] != 0 {
		return nil, fmt.Errorf("an idx file begins with two zero bytes, found %#x %#x", head[0], head[1])
	}
	if head[2] != 8 {
		return nil, fmt.Errorf("the elements of the idx file are to be unsigned bytes (type 0x8), found type %#x", head[2])
	}
	if int(head[3]) != axes {
		return nil, fmt.Errorf("the idx file is to have %d axes, found %d: are images and labels exchanged?", axes, head[3])
	}
	if n, err := io.ReadFull(r, head[4:]); err != nil {
		return nil, fmt.Errorf("the lengths of %d axes take %d bytes, found %d: %w", axes, 4*axes, n, err)
	}
	file := &idxFile{}
	size := 1
	for i := range axes {
		b := head[4+4*i:]
		length := int(b[0])<<24 | int(b[1])<<16 | int(b[2])<<8 | int(b[3])
		if length <= 0 || length > mostItems || size > 1<<30/length {
			return nil, fmt.Errorf("axis %d of the idx file has length %d", i+1, length)
		}
		file.axes = append(file.axes, length)
		size *= length
	}
	return file, file.readElements(r, size)
}

// readElements lets the data, not the header's claim, decide how much memory is taken.
func (f *idxFile) readElements(r io.Reader, size int) error {
	var err error
	if f.bytes, err = io.ReadAll(io.LimitReader(r, int64(size)+1)); err != nil {
		return fmt.Errorf("after %d of %d elements: %w", len(f.bytes), size, err)
	}
	if len(f.bytes) != size {
		what := "has only"
		if len(f.bytes) > size {
			what = "has more than"
		}
		return fmt.Errorf("the idx header promises %v = %d elements, the file %s %d", f.axes, size, what, min(len(f.bytes), size))
	}
	return nil
}

// openIDX reads a file, packed by gzip or not, whatever its name.
func openIDX(path string, axes int) (*idxFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("tasks: %w", err)
	}
	defer f.Close()
	file, err := readPossiblyPacked(f, axes)
	if err != nil {
		return nil, fmt.Errorf("tasks: %s: %w", path, err)
	}
	return file, nil
}

func readPossiblyPacked(r io.Reader, axes int) (*idxFile, error) {
	b := bufio.NewReader(r)
	if magic, err := b.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		unpacked, err := gzip.NewReader(b)
		if err != nil {
			return nil, err
		}
		return readIDX(unpacked, axes)
	}
	return readIDX(b, axes)
}

// Images are grey pictures of one size with classes 0, 1, …
type Images struct {
	Rows, Columns int
	Pixels        []byte // [image, row, column]
	Labels        []int  // [image]
}

// Len is the number of images.
func (im *Images) Len() int { return len(im.Labels) }

func (im *Images) check() error {
	if im.Rows <= 0 || im.Columns <= 0 || len(im.Pixels) != im.Rows*im.Columns*im.Len() {
		return fmt.Errorf("tasks: %d pixels are not %d images of %d×%d", len(im.Pixels), im.Len(), im.Rows, im.Columns)
	}
	for i, class := range im.Labels {
		if class < 0 || class >= mostClasses {
			return fmt.Errorf("tasks: image %d has class %d; 0 to %d are possible", i+1, class, mostClasses-1)
		}
	}
	return nil
}

// LoadIDX reads images and their labels from two idx files, as those of MNIST, packed by gzip or not.
func LoadIDX(images, labels string) (*Images, error) {
	pictures, err := openIDX(images, 3)
	if err != nil {
		return nil, err
	}
	classes, err := openIDX(labels, 1)
	if err != nil {
		return nil, err
	}
	if pictures.axes[0] != classes.axes[0] {
		return nil, fmt.Errorf("tasks: %d images in %s and %d labels in %s", pictures.axes[0], images, classes.axes[0], labels)
	}
	out := &Images{Rows: pictures.axes[1], Columns: pictures.axes[2], Pixels: pictures.bytes, Labels: make([]int, classes.axes[0])}
	for i, c := range classes.bytes {
		out.Labels[i] = int(c)
	}
	return out, nil
}

// LoadMNIST reads the four files of MNIST, or of a set in its form, from a folder: the training and the
// test images. The names may end in .gz, and may have a dot for the dash before idx.
func LoadMNIST(folder string) (train, test *Images, err error) {
	if train, err = loadPair(folder, "train"); err != nil {
		return nil, nil, err
	}
	if test, err = loadPair(folder, "t10k"); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

func loadPair(folder, prefix string) (*Images, error) {
	images, err := firstOf(folder, prefix+"-images-idx3-ubyte")
	if err != nil {
		return nil, err
	}
	labels, err := firstOf(folder, prefix+"-labels-idx1-ubyte")
	if err != nil {
		return nil, err
	}
	return LoadIDX(images, labels)
}

func firstOf(folder, name string) (string, error) {
	dotted := strings.Replace(name, "-idx", ".idx", 1)
	for _, candidate := range []string{name, name + ".gz", dotted, dotted + ".gz"} {
		path := folder + string(os.PathSeparator) + candidate
		if _, err := os.Stat(path); err == nil || !errors.Is(err, os.ErrNotExist) {
			return path, err
		}
	}
	return "", fmt.Errorf("tasks: %s has neither %s nor %s.gz: %w", folder, name, name, os.ErrNotExist)
}
