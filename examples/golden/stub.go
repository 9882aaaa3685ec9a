//go:build !engine

package main

func (p *problem) simulate() (map[string][][]float64, *outcome)      { return nil, decline(skipped("needs the engine")) }
func (p *problem) differentiate(want *gradient, cmp *comparison) *outcome { return nil }
func passive(states []string) *class                                  { return nil }
