// Package tasks is the place of the cognitive tasks on which networks are trained. There are none yet.
package tasks
