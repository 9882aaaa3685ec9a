package main

// epilepsyClasses are those of seizures and of reduced sets of bursting neurons.
var epilepsyClasses []class
