package nmm

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"fmt"
	"sync"

	"gonum.org/v1/gonum/mat"
)

// The grid of ALN's tables.
const (
	alnMus, alnSigmas       = 350, 64
	alnMuStep, alnSigmaStep = 0.022922636103151817, 0.0714285714285714 // 8/349 and 4.5/63, as they come with the tables
)

// alnFile holds the tables of the rate, the mean potential, and the time constants of the mean's and the deviation's
// filter, see aln/README.md.
//
//go:embed aln/table.gz
var alnFile []byte

var (
	alnOnce sync.Once
	alnRead [4]*mat.Dense // [mu, sigma]
)

// alnTable is one of the tables of the file as a function of mean and deviation.
func alnTable(name, unit string, index int) Item {
	alnOnce.Do(readALN)
	return Table2D(name, unit, Axis{Start: -1, Step: alnMuStep, Unit: "mV/ms"},
		Axis{Start: 0.5, Step: alnSigmaStep, Unit: "mV/ms^(1/2)"}, alnRead[index])
}

// readALN reads the file, which the tests prove.
func readALN() {
	r, err := gzip.NewReader(bytes.NewReader(alnFile))
	if err != nil {
		panic(fmt.Sprintf("nmm: tables of ALN: %v", err))
	}
	for i := range alnRead {
		values := make([]float64, alnMus*alnSigmas)
		if err := binary.Read(r, binary.LittleEndian, values); err != nil {
			panic(fmt.Sprintf("nmm: tables of ALN: %v", err))
		}
		alnRead[i] = mat.NewDense(alnMus, alnSigmas, values)
	}
}
