package main

import "strings"

// long are the chains of three operations that the compiler makes of the models,
// integrators and tests in the repository, forward and adjoint.
var long = strings.Fields(`
sv-vs** sv-vv** vqs~v* vqv*v+ vqv+s* vqvq+ vqv~v* vqv~v+ vs*qv~ vs*s+s* vs*s+v* vs*s+v+ vs*s-s*
vs*s~v* vs*v*s* vs*v*s+ vs*v*v* vs*v*v+ vs*v*v- vs*v*v~ vs*v+s* vs*v+s^ vs*v+s_ vs*v+v* vs*v+v+
vs*v+v- vs*v+v~ vs*v-v+ vs*vq* vs*vs** vs*vs*+ vs*vs*- vs*vv*- vs*v~s* vs*v~v+ vs*v~v- vs-s*v*
vs-v+s* vv*qv~ vv*s*s+ vv*s*v* vv*s*v+ vv*s*v~ vv*s+v* vv*v*s* vv*v*v* vv*v*v+ vv*v*v~ vv*v+s*
vv*v+s^ vv*v+s_ vv*v+v* vv*v+v+ vv*v+v- vv*v-s* vv*v-v* vv*v-v+ vv*v-v- vv*vs** vv*vs*+ vv*vs*-
vv*vv*+ vv*vv*- vv*vv+- vv*v~s* vv*v~v* vv*v~v+ vv*v~v- vv+s*v* vv+s*v+ vv+v*v+ vv+v*v~ vv+v+s*
vv+v+s^ vv+v+s_ vv+v+v* vv+v+v+ vv+v+v- vv+vs** vv+vs*+ vv+vs*- vv+vv*+ vv+vv*- vv-s*v+ vv-s-s*
vv-s-v+ vv-v*v* vv-v*v+ vv-v+v- vv-v-v* vv-v-v- vv-vs** vv-vs*+ vv-vs*- vv-vv** vv-vv*+ vv-vv*-`)
