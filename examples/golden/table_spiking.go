package main

// spikingClasses are those of mean fields of spiking neurons and of ions.
var spikingClasses []class
