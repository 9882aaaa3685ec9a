package nmm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// transformFile is a transform in a file: "free", "positive" or "exp"; [lo, hi] for Between, null being no bound;
// or what it is made of.
type transformFile struct{ t Transform }

// transformParts are a transform in the terms of its doc comment. closed says that the bounds belong to the domain.
type transformParts struct {
	Base   string   `json:"base"`
	Scale  *float64 `json:"scale"`
	Offset float64  `json:"offset,omitempty"`
	Closed bool     `json:"closed,omitempty"`
	Mask   []bool   `json:"mask,omitempty"`
}

// equal tells whether two transforms are the same to the last bit.
func (t Transform) equal(o Transform) bool {
	return t.base == o.base && math.Float64bits(t.factor()) == math.Float64bits(o.factor()) &&
		math.Float64bits(t.offset) == math.Float64bits(o.offset) && t.closed == o.closed && slices.Equal(t.mask, o.mask)
}

// namedTransforms have a name of their own.
var namedTransforms = []Transform{Free, Positive, Exp}

// MarshalJSON writes the shortest form that is exact.
func (f transformFile) MarshalJSON() ([]byte, error) {
	for _, named := range namedTransforms {
		if f.t.equal(named) {
			return json.Marshal(named.base.String())
		}
	}
	lo, hi := f.t.bounds()
	if f.t.equal(Between(lo, hi)) {
		return json.Marshal(boundsFile(lo, hi))
	}
	scale := f.t.factor()
	return json.Marshal(transformParts{f.t.base.String(), &scale, f.t.offset, f.t.closed, f.t.mask})
}

// UnmarshalJSON reads all forms. What is wrong is left in the transform, so that who uses it can say where.
func (f *transformFile) UnmarshalJSON(text []byte) error {
	var err error
	if f.t, err = readTransform(text); err != nil {
		f.t = Transform{wrong: err.Error()}
	}
	return nil
}

func readTransform(text []byte) (Transform, error) {
	switch text[0] {
	case '[':
		var list []*float64
		if err := json.Unmarshal(text, &list); err != nil {
			return Free, err
		}
		lo, hi, err := boundsOf(list)
		return Between(lo, hi), err
	case '{':
		return transformOfParts(text)
	}
	for _, named := range namedTransforms {
		if string(text) == strconv.Quote(named.base.String()) {
			return named, nil
		}
	}
	return Free, fmt.Errorf(`%s: expected "free", "positive", "exp", [lo, hi] or {"base": …}`, text)
}

func transformOfParts(text []byte) (Transform, error) {
	var p transformParts
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return Free, err
	}
	if p.Scale == nil {
		return Free, fmt.Errorf("without a scale")
	}
	for base := identityBase; base <= softsignBase; base++ {
		if base.String() == p.Base {
			t := Scaled(Transform{base: base}, *p.Scale)
			t.offset, t.closed = p.Offset, p.Closed
			if p.Mask != nil {
				t = Masked(p.Mask, t)
			}
			return t, nil
		}
	}
	return Free, fmt.Errorf("of unknown base %q", p.Base)
}

// boundsFile is a pair of bounds with null for none.
func boundsFile(lo, hi float64) []*float64 {
	list := []*float64{&lo, &hi}
	for i, b := range list {
		if math.IsInf(*b, 0) {
			list[i] = nil
		}
	}
	return list
}

// boundsOf reads what boundsFile returns.
func boundsOf(list []*float64) (lo, hi float64, err error) {
	if len(list) != 2 {
		return 0, 0, fmt.Errorf("expected [lo, hi], found %d numbers", len(list))
	}
	lo, hi = math.Inf(-1), math.Inf(1)
	if list[0] != nil {
		lo = *list[0]
	}
	if list[1] != nil {
		hi = *list[1]
	}
	return lo, hi, nil
}
