//go:build !engine

package main

func (p *problem) differentiate(want *gradient, cmp *comparison) *outcome { return nil }
