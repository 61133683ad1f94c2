// Package operator exists for its go.mod: it pins the module of the SR-IOV network operator, whose custom resource definitions tests give to a
// real API server. It has no code of its own.
package operator
