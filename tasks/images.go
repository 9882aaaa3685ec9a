package tasks

import (
	"fmt"
	"math"
	"strconv"
)

// Order is the order in which the pixels of an image are shown.
type Order int

const (
	RowByRow Order = iota // sMNIST: left to right, top to bottom
	Permuted              // psMNIST: one fixed random order
)

// ImageSettings says how images become sequences. The zero value is one pixel a step, row by row.
type ImageSettings struct {
	Order      Order
	PerStep    int    // pixels shown at once, each on a channel of its own; 0: one
	OrderSeed  uint64 // of the permutation; it is the task's identity, so not the seed of the trials
	Validation int    // images at the end of the training set kept for validation; 0: 1000, at most a tenth
}

// imageSource gives the picture of a trial: n pixels from 0 to 1, and its class.
type imageSource interface {
	size() (rows, columns, classes int)
	picture(tr *Trial) (pixels []float64, class int)
}

// NewImageSequence is the classification of images shown a few pixels at a time; the answer is due at the
// last step. The training set is shown in an order that is shuffled anew each time through, and the
// images kept for validation and those for the test in their own.
func NewImageSequence(train, test *Images, settings ImageSettings) (*Task, error) {
	if train == nil || test == nil || train.Len() < 2 || test.Len() == 0 {
		return nil, fmt.Errorf("tasks: a sequence of images needs at least two for training and one for the test")
	}
	for _, set := range []*Images{train, test} {
		if err := set.check(); err != nil {
			return nil, err
		}
	}
	if train.Rows != test.Rows || train.Columns != test.Columns {
		return nil, fmt.Errorf("tasks: images for training are %d×%d, for the test %d×%d", train.Rows, train.Columns, test.Rows, test.Columns)
	}
	kept := settings.Validation
	if kept == 0 {
		kept = max(1, min(1000, train.Len()/10))
	}
	if kept < 0 || kept >= train.Len() {
		return nil, fmt.Errorf("tasks: %d of %d images cannot be kept for validation", kept, train.Len())
	}
	t := imageSequence("smnist", "images as sequences", recordedImages{train, test, kept}, settings)
	return t, t.err
}

// NewStrokes is the stand-in for digits where there are no files: ten classes of strokes, drawn anew for
// each trial, 28×28.
func NewStrokes(settings ImageSettings) *Task {
	return imageSequence("strokes", "drawn strokes as sequences", strokes{}, settings)
}

func strokesInOrder(order Order) func(Timing) *Task {
	return sampled(func() *Task { return NewStrokes(ImageSettings{Order: order}) })
}

func imageSequence(name, title string, source imageSource, settings ImageSettings) *Task {
	rows, columns, classes := source.size()
	pixels := rows * columns
	perStep := min(max(settings.PerStep, 1), pixels)
	order := pixelOrder(settings, pixels)
	if settings.Order == Permuted {
		name, title = "p"+name, title+", pixels permuted"
	}
	digits := make([]string, classes)
	for i := range digits {
		digits[i] = strconv.Itoa(i)
	}
	return build(&definition{
		name: name, title: title, source: "Le, Jaitly & Hinton 2015, arXiv:1504.00941",
		dt: 1, stepwise: true,
		inputs: channels("pixel", perStep), outputs: digits, rule: classRule{},
		conditions: func(*Task) []Condition { return named(digits...) },
		variants: single([]span{
			{"image", fixed(math.Ceil(float64(pixels)/float64(perStep)) - 1), false}, {"answer", fixed(1), false},
		}, func(tr *Trial) {
			values, class := source.picture(tr)
			for i, from := range order {
				tr.Inputs[i] = values[from]
			}
			tr.answer("answer", class)
			tr.Condition = tr.task.Conditions()[class]
			tr.onlyAnswers()
		}),
		check: func(t *Task) error {
			if settings.PerStep < 0 || pixels%perStep != 0 || perStep == pixels {
				return fmt.Errorf("tasks: %s: %d pixels a step do not divide an image of %d", name, settings.PerStep, pixels)
			}
			if settings.Order != RowByRow && settings.Order != Permuted {
				return fmt.Errorf("tasks: %s: no order number %d; there are RowByRow and Permuted", name, settings.Order)
			}
			if n := t.MaxSteps(); n < pixels/perStep {
				return fmt.Errorf("tasks: %s: an image takes %d steps; its epochs have %d", name, pixels/perStep, n)
			}
			return nil
		},
	}, Timing{})
}

// pixelOrder lists which pixel comes at each place.
func pixelOrder(settings ImageSettings, n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if settings.Order == Permuted {
		s := newStream(settings.OrderSeed, Train, 0, forOrder)
		for i := n - 1; i > 0; i-- {
			j := s.below(i + 1)
			order[i], order[j] = order[j], order[i]
		}
	}
	return order
}

// recordedImages are images of files.
type recordedImages struct {
	train, test *Images
	kept        int // for validation, from the end of train
}

func (r recordedImages) size() (rows, columns, classes int) {
	for _, set := range []*Images{r.train, r.test} {
		for _, class := range set.Labels {
			classes = max(classes, class+1)
		}
	}
	return r.train.Rows, r.train.Columns, classes
}

// place is the image of a trial: the training set shuffled once per round, the others in order.
func (r recordedImages) place(tr *Trial) (*Images, int) {
	switch tr.Split {
	case Test:
		return r.test, tr.Index % r.test.Len()
	case Validation:
		return r.train, r.train.Len() - r.kept + tr.Index%r.kept
	}
	n := r.train.Len() - r.kept
	return r.train, newStream(tr.task.seed, Train, tr.Index/n, forOrder).permuted(tr.Index%n, n)
}

func (r recordedImages) picture(tr *Trial) ([]float64, int) {
	set, i := r.place(tr)
	n := set.Rows * set.Columns
	values := make([]float64, n)
	for k, b := range set.Pixels[i*n : (i+1)*n] {
		values[k] = float64(b) / 255
	}
	return values, set.Labels[i]
}
