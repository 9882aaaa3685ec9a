// Package nmm holds neural mass models: the equations of one brain region, as
// text that becomes Gorgonia nodes.
package nmm
