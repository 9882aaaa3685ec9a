package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/forward"
)

// brain is what the files hold: a connectome and what sensors see of it.
type brain struct {
	*datasets.Connectome
	eeg, meg *forward.LeadField // in V and T per A·m; nil: none
	dipole   float64            // how much larger the dipole of a region is than with gains from files
	notes    []string
}

// load reads the files of the flags.
func load(c *config) (*brain, error) {
	sc, err := loadConnectome(c)
	if err != nil {
		return nil, err
	}
	if sc, err = sc.WithoutSelf(); err != nil {
		return nil, err
	}
	b := &brain{Connectome: sc, dipole: 1}
	if c.sc == bundled && c.eeg == "" && c.meg == "" && c.centres == "" {
		c.eeg, c.eegSensors = filepath.Join(bundled, "eeg65_region_gain.csv"), filepath.Join(bundled, "eeg65_sensors.csv")
		c.meg, c.megSensors = filepath.Join(bundled, "meg276_region_gain.csv"), filepath.Join(bundled, "meg276_sensors.csv")
	}
	if c.eeg != "" {
		if b.eeg, err = b.gain("EEG", "V", c.eeg, c.eegSensors); err != nil {
			return nil, err
		}
	}
	if c.meg != "" {
		if b.meg, err = b.gain("MEG", "T", c.meg, c.megSensors); err != nil {
			return nil, err
		}
	}
	if b.eeg == nil && b.meg == nil {
		err = b.sphere(c)
	}
	return b, err
}

func loadConnectome(c *config) (sc *datasets.Connectome, err error) {
	switch strings.ToLower(filepath.Ext(c.sc)) {
	case ".csv", ".txt", ".tsv":
		sc, err = datasets.LoadCSV(c.sc, c.lengths)
	default:
		if c.lengths != "" {
			return nil, fmt.Errorf("-lengths belongs to weights in CSV; %s has its own", c.sc)
		}
		sc, err = datasets.LoadConnectome(c.sc, datasets.ConnectomeOptions{})
	}
	if err != nil {
		if c.sc == bundled {
			err = fmt.Errorf("%w (run it in the repository's root, or give -sc)", err)
		}
		return nil, err
	}
	if c.centres != "" {
		if sc.Centres, err = threeColumns(c.centres, sc.Regions()); err != nil {
			return nil, fmt.Errorf("-centres: %w", err)
		}
	}
	if c.normals != "" {
		if sc.Orientations, err = threeColumns(c.normals, sc.Regions()); err != nil {
			return nil, fmt.Errorf("-normals: %w", err)
		}
	}
	return sc, nil
}

func threeColumns(path string, regions int) (*mat.Dense, error) {
	m, err := datasets.LoadMatrix(path)
	if err != nil {
		return nil, err
	}
	if rows, columns := m.Data.Dims(); rows != regions || columns != 3 {
		return nil, fmt.Errorf("%s: expected x, y and z of %d regions, found %d × %d", path, regions, rows, columns)
	}
	return m.Data, nil
}

// gain reads a lead field, without the sensors that see nothing.
func (b *brain) gain(name, unit, path, sensors string) (*forward.LeadField, error) {
	m, err := datasets.LoadMatrix(path)
	if err != nil {
		return nil, fmt.Errorf("%s gain: %w", name, err)
	}
	rows, columns := m.Data.Dims()
	if columns != b.Regions() {
		return nil, fmt.Errorf("%s gain %s: expected a column for each of %d regions, found %d", name, path, b.Regions(), columns)
	}
	l := &forward.LeadField{Name: strings.ToLower(name), Gain: m.Data, Sensors: m.RowLabels, Regions: b.Labels, Unit: unit}
	if sensors != "" {
		list, err := datasets.LoadMatrix(sensors)
		if err != nil {
			return nil, fmt.Errorf("%s sensors: %w", name, err)
		}
		if len(list.RowLabels) != rows {
			return nil, fmt.Errorf("%s: expected the names of %d sensors, found %d", sensors, rows, len(list.RowLabels))
		}
		l.Sensors = list.RowLabels
	}
	return b.withoutSilent(name, l)
}

func (b *brain) withoutSilent(name string, l *forward.LeadField) (*forward.LeadField, error) {
	var heard, silent []string
	labels := l.Labels()
	for i, s := range l.Silent() {
		if s {
			silent = append(silent, labels[i])
		} else {
			heard = append(heard, labels[i])
		}
	}
	if len(silent) == 0 {
		return l, l.Check()
	}
	b.notes = append(b.notes, fmt.Sprintf("%s: %d sensors without any gain left out (%s)", name, len(silent), abbreviated(silent)))
	return l.Only(heard...)
}

func abbreviated(list []string) string {
	if len(list) <= 4 {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:3], ", ") + ", …"
}

const (
	magnetometers  = 100
	aboveTheScalp  = 25 // mm, a helmet's distance
	pointDipole    = 50 // a region's one dipole against those of its vertices
	sphericalNotes = "head of three spheres about the regions' centres, scalp %.0f mm; dipoles %s"
)

// sphere makes lead fields of the regions' centres.
func (b *brain) sphere(c *config) error {
	if b.Centres == nil {
		b.notes = append(b.notes, "neither gains nor centres: no EEG and no MEG")
		return nil
	}
	b.dipole = pointDipole
	turn, err := axes(c.axes, b.Connectome)
	if err != nil {
		return err
	}
	var centres mat.Dense
	centres.Mul(b.Centres, turn)
	head, err := forward.HeadAround(&centres)
	if err != nil {
		return err
	}
	normals, directed := radial(&centres, head), "radial, which MEG does not see"
	if b.Orientations != nil {
		normals.Mul(b.Orientations, turn)
		directed = "along the regions' normals"
	}
	b.notes = append(b.notes, fmt.Sprintf(sphericalNotes, head.Radii[2], directed))
	if err := b.sphericalEEG(head, &centres, normals); err != nil {
		return err
	}
	if b.Orientations != nil {
		err = b.sphericalMEG(head, &centres, normals)
	}
	return err
}

func (b *brain) sphericalEEG(head forward.Sphere, centres, normals *mat.Dense) error {
	labels, electrodes, err := head.TenTwenty()
	if err != nil {
		return err
	}
	gain, err := head.EEG(electrodes, centres)
	if err == nil {
		gain, err = forward.FixedOrientations(gain, normals)
	}
	b.eeg = &forward.LeadField{Name: "eeg", Gain: gain, Sensors: labels, Regions: b.Labels, Unit: "V"}
	return err
}

func (b *brain) sphericalMEG(head forward.Sphere, centres, normals *mat.Dense) error {
	labels, positions, directions, err := head.Helmet(magnetometers, aboveTheScalp)
	if err != nil {
		return err
	}
	gain, err := head.MEG(positions, directions, centres)
	if err == nil {
		gain, err = forward.FixedOrientations(gain, normals)
	}
	b.meg = &forward.LeadField{Name: "meg", Gain: gain, Sensors: labels, Regions: b.Labels, Unit: "T"}
	return err
}

// radial are directions away from the centre of the head.
func radial(centres *mat.Dense, head forward.Sphere) *mat.Dense {
	n, _ := centres.Dims()
	out := mat.NewDense(n, 3, nil)
	for i := 0; i < n; i++ {
		row := out.RawRowView(i)
		for k := range row {
			row[k] = centres.At(i, k) - head.Centre[k]
		}
		if length := math.Hypot(math.Hypot(row[0], row[1]), row[2]); length > 0 {
			for k := range row {
				row[k] /= length
			}
		}
	}
	return out
}

// axes is the matrix that turns rows of x, y, z with the given directions into right, anterior and
// superior. Without directions, the axis from the left to the right regions is told by where they lie,
// and the others are those of RAS or ALS, the frames in use.
func axes(directions string, sc *datasets.Connectome) (*mat.Dense, error) {
	if directions == "" {
		directions = guessedAxes(sc)
	}
	turn := mat.NewDense(3, 3, nil)
	used := [3]bool{}
	for k, letter := range strings.ToUpper(directions) {
		to := strings.IndexRune("RASLPI", letter)
		if len(directions) != 3 || to < 0 || used[to%3] {
			return nil, fmt.Errorf("-axes %q: expected one each of R or L, A or P, and S or I", directions)
		}
		used[to%3] = true
		turn.Set(k, to%3, 1-2*float64(to/3))
	}
	return turn, nil
}

func guessedAxes(sc *datasets.Connectome) string {
	left, right, err := sc.Hemispheres()
	if err != nil || left.Centres == nil {
		return "RAS"
	}
	across := func(k int) float64 {
		return mat.Sum(right.Centres.ColView(k))/float64(right.Regions()) - mat.Sum(left.Centres.ColView(k))/float64(left.Regions())
	}
	switch x, y := across(0), across(1); {
	case math.Abs(x) >= math.Abs(y) && x >= 0:
		return "RAS"
	case math.Abs(x) >= math.Abs(y):
		return "LPS" // turned about the vertical
	case y < 0:
		return "ALS"
	default:
		return "PRS"
	}
}

// String says what was read.
func (b *brain) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%d regions", b.Regions())
	for _, l := range []*forward.LeadField{b.eeg, b.meg} {
		if l != nil {
			sensors, _ := l.Gain.Dims()
			fmt.Fprintf(&s, ", %d %s sensors", sensors, strings.ToUpper(l.Name))
		}
	}
	for _, note := range b.notes {
		s.WriteString("\n" + note)
	}
	return s.String()
}
