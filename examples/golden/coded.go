package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/euryale-ml/euryale/nmm"
)

// A peer whose equations are wrong is compared twice: its numbers with its own equations, which must
// reproduce them before a case is excepted, and ours with the literature, in the tests of nmm and where a
// file holds the right values too.

// asCoded makes the model of a peer's equations as its program has them. A parameter is "name unit", and a
// number where nothing is said of it; ports are numbers.
func asCoded(name, equations string, parameters, ports string) *nmm.Model {
	var items []nmm.Item
	for _, p := range strings.Split(parameters, ", ") {
		symbol, unit, found := strings.Cut(p, " ")
		if !found {
			unit = "1"
		}
		items = append(items, nmm.Parameter(symbol, 1, unit, nmm.Free, "as in the peer"))
	}
	for _, p := range strings.Split(ports, ", ") {
		items = append(items, nmm.Port(p, "1"))
	}
	m, err := nmm.Define(name, equations, items...)
	if err != nil {
		panic(err) // a mistake in the table
	}
	return m
}

// altered makes a model of ours with one line as the peer has coded it.
func altered(m *nmm.Model, name, line string) *nmm.Model {
	var file map[string]any
	var b bytes.Buffer
	err := m.WriteJSON(&b)
	if err == nil {
		err = json.Unmarshal(b.Bytes(), &file)
	}
	equations, _ := file["equations"].([]any)
	for i, e := range equations {
		if left, _, _ := strings.Cut(fmt.Sprint(e), "="); strings.TrimSpace(left) == name {
			equations[i] = line
		}
	}
	b.Reset()
	if err == nil {
		err = json.NewEncoder(&b).Encode(file)
	}
	if err == nil {
		m, err = nmm.Read(&b, m.Name()+" as coded")
	}
	if err != nil {
		panic(err) // a mistake in the table
	}
	return m
}

// codedAs says that the peer has coded one line of a model otherwise; wrong is its entry in the table of exceptions.
func (c class) codedAs(wrong, name, line string) class {
	coded, model := c, c.model
	coded.wrong, coded.literature, coded.differs = wrong, nil, nil
	coded.model = func() *nmm.Model { return altered(model(), name, line) }
	c.coded = &coded
	return c
}

// running returns the class that runs a peer's numbers: the peer's own equations where ours differ. An error that
// shows in rare cases only is tried where ours have failed.
func (c *class) running(params map[string]array) *class {
	if c.coded == nil || c.rare || c.codedIf != nil && !c.codedIf(params) {
		return c
	}
	return c.own()
}

// own returns the class with the peer's equations.
func (c *class) own() *class {
	own := *c.coded
	own.peer, own.name = c.peer, c.name
	return &own
}

// selfLinks bring held states to their ports.
func (c *class) selfLinks(n int) []link {
	weights := make([][]float64, n)
	for i := range weights {
		weights[i] = repeat(0, n)
		weights[i][i] = 1
	}
	var all []link
	for _, s := range c.held {
		all = append(all, link{from: s, port: "held " + s, gain: []float64{1}, weights: weights})
	}
	return all
}

// judge turns a case that wrong equations reproduce into an exception.
func (c *class) judge(o outcome) outcome {
	if c.wrong != "" && o.verdict == pass {
		return excepted(c.wrong, "reproduced to %.1e by doing the same", o.err)
	}
	return o
}

// tried runs a case with the equations that are expected to hold and, where they fail and the peer's error is a rare
// one, with the peer's.
func (c *class) tried(params map[string]array, run func(*class) outcome) outcome {
	expected := c.running(params)
	o := expected.judge(run(expected))
	if o.verdict != fail || !c.rare {
		return o
	}
	if coded := c.own().judge(run(c.own())); coded.verdict != fail {
		return coded
	}
	return o
}
