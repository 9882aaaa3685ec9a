package main

import (
	"encoding/json"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/forward"
)

// tvbProxy is the result of the proxies of synchrony and metastability.
type tvbProxy struct{ Metastability, Synchrony *float64 }

func (p *tvbProxy) run(x *mat.Dense) outcome {
	var cmp comparison
	if p.Metastability != nil {
		cmp.near("metastability", []float64{forward.ProxyMetastability(x)}, []float64{*p.Metastability}, tvbPointwise, 0)
	}
	if p.Synchrony != nil {
		cmp.near("synchrony", []float64{forward.ProxySynchrony(x)}, []float64{*p.Synchrony}, tvbPointwise, 0)
	}
	return cmp.outcome()
}

// tvbComponents is the result of a principal component analysis of one variable.
type tvbComponents struct {
	Fractions array
	Weights   array `json:"weights_rows_up_to_sign"`
}

// run compares the components of the z-scored series, with the file's signs.
func (p *tvbComponents) run(x *mat.Dense) outcome {
	components, fractions := forward.PrincipalComponents(forward.ZScore(x))
	var cmp comparison
	cmp.near("fractions", fractions, p.Fractions.data, tvbPointwise, 0)
	rows, n := components.Dims()
	if len(p.Weights.data) == rows*n {
		for c := 0; c < rows; c++ {
			if theirs := mat.NewVecDense(n, p.Weights.data[c*n:(c+1)*n]); mat.Dot(components.RowView(c), theirs) < 0 {
				copy(components.RawRowView(c), scaled(components.RawRowView(c), -1))
			}
		}
	}
	cmp.near("weights", rowMajor(components), p.Weights.data, tvbPointwise, 0)
	return cmp.outcome()
}

// tvbEntropy is the result of the sample entropy: "node1_tau2" is that of node 1 at scale 2.
type tvbEntropy struct {
	Length    int    `json:"m"`
	Tolerance string `json:"r"` // "0.15*std"
}

func (r *tvbEntropy) run(f *tvbAnalyzers, raw json.RawMessage) outcome {
	number, of, _ := strings.Cut(r.Tolerance, "*")
	tolerance, err := strconv.ParseFloat(number, 64)
	if err != nil || of != "std" {
		return skipped("sample entropy with tolerance %q is not known here", r.Tolerance)
	}
	var cmp comparison
	return eachResult(raw, "node", &cmp, func(key string, want array) error {
		node, scale := key, 1
		if before, after, found := strings.Cut(key, "_tau"); found {
			node, scale = before, indexOf(after)
		}
		got, err := forward.SampleEntropy{Length: r.Length, Tolerance: tolerance, Scale: scale, LastStretch: true}.Of(f.series(0))
		if err == nil {
			cmp.near(key, got[indexOf(node):][:1], want.data, tvbPointwise, 0)
		}
		return err
	})
}

// eachResult reads the entries of an object whose names begin so.
func eachResult[T any](raw json.RawMessage, prefix string, cmp *comparison, do func(key string, want T) error) outcome {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return failed("%v", err)
	}
	for _, key := range sortedKeys(all) {
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		var want T
		err := json.Unmarshal(all[key], &want)
		if err == nil {
			err = do(key, want)
		}
		if err != nil {
			return failed("%s: %v", key, err)
		}
	}
	return cmp.outcome()
}
