//go:build tools

// Package kwok exists for its go.mod: it pins the module of kwok, which plays the kubelet of nodes that are not there. It has no code of its own.
package kwok

import _ "sigs.k8s.io/kwok/cmd/kwok"
