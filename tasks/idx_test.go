package tasks

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// idx writes an array of bytes in the format.
func idx(elements []byte, axes ...int) []byte {
	out := []byte{0, 0, 8, byte(len(axes))}
	for _, n := range axes {
		out = append(out, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, elements...)
}

func packed(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// smallSet writes images of 2×3 pixels, image i full of pixels i, with classes 0, 1, 2, 0, …
func smallSet(t *testing.T, folder, prefix string, n int, pack func([]byte) []byte, end string) {
	t.Helper()
	pixels, labels := []byte{}, []byte{}
	for i := range n {
		pixels = append(pixels, bytes.Repeat([]byte{byte(i)}, 6)...)
		labels = append(labels, byte(i%3))
	}
	for name, data := range map[string][]byte{"-images-idx3-ubyte": idx(pixels, n, 2, 3), "-labels-idx1-ubyte": idx(labels, n)} {
		if err := os.WriteFile(filepath.Join(folder, prefix+name+end), pack(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func smallMNIST(t *testing.T) (train, test *Images) {
	t.Helper()
	folder := t.TempDir()
	smallSet(t, folder, "train", 20, packed, ".gz")
	smallSet(t, folder, "t10k", 7, bytes.Clone, "")
	train, test, err := LoadMNIST(folder)
	if err != nil {
		t.Fatal(err)
	}
	return train, test
}

func TestLoadMNIST(t *testing.T) {
	train, test := smallMNIST(t)
	if train.Len() != 20 || test.Len() != 7 || train.Rows != 2 || train.Columns != 3 {
		t.Fatalf("%d and %d images of %d×%d", train.Len(), test.Len(), train.Rows, train.Columns)
	}
	if train.Pixels[6*19] != 19 || train.Labels[19] != 1 {
		t.Errorf("the last image has pixels %d, class %d", train.Pixels[6*19], train.Labels[19])
	}
	if _, _, err := LoadMNIST(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestIDXErrors(t *testing.T) {
	good := idx([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3)
	for _, c := range []struct {
		data []byte
		want string
	}{
		{nil, "an idx header has 4 bytes, found 0"},
		{good[:3], "found 3"},
		{append([]byte{1}, good[1:]...), "two zero bytes, found 0x1"},
		{append([]byte{0, 0, 0xd}, good[3:]...), "found type 0xd"},
		{idx([]byte{1}, 1), "is to have 3 axes, found 1: are images and labels exchanged?"},
		{good[:10], "12 bytes, found 6"},
		{good[:20], "1 2 3] = 6 elements, the file has only 4"},
		{append(bytes.Clone(good), 0), "has more than 6"},
		{idx(nil, 0, 2, 3), "axis 1 of the idx file has length 0"},
		{idx(nil, 1<<24, 1<<24, 1), "axis 2 of the idx file has length 16777216"},
		{idx(nil, 1<<20, 28, 28), "the file has only 0"},
		{packed(good)[:12], "EOF"},
		{[]byte{0x1f, 0x8b, 0, 0}, "EOF"},
	} {
		path := filepath.Join(t.TempDir(), "images")
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openIDX(path, 3); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("% x: %v, expected %q", c.data, err, c.want)
		}
	}
	if _, err := LoadIDX("nowhere", "nothing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestIDXCountsAgree(t *testing.T) {
	folder := t.TempDir()
	images, labels := filepath.Join(folder, "i"), filepath.Join(folder, "l")
	for path, data := range map[string][]byte{images: idx([]byte{1, 2}, 2, 1, 1), labels: idx([]byte{1}, 1)} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := LoadIDX(images, labels); err == nil || !strings.Contains(err.Error(), "2 images") {
		t.Errorf("two images, one label: %v", err)
	}
}

func FuzzReadIDX(f *testing.F) {
	good := idx([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3)
	for _, seed := range [][]byte{good, packed(good), good[:9], idx(nil, 1<<24, 1<<23, 1<<22), {0x1f, 0x8b}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := readPossiblyPacked(bytes.NewReader(data), 3)
		if err != nil {
			return
		}
		if len(file.axes) != 3 || len(file.bytes) != file.axes[0]*file.axes[1]*file.axes[2] {
			t.Errorf("axes %v, %d bytes", file.axes, len(file.bytes))
		}
	})
}
