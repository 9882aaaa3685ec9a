//go:build !slow

package graph

// moreNetworks multiplies the number of random networks that the properties are checked on.
const moreNetworks = 1
