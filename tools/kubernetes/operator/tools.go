//go:build tools

// Package operator exists for its go.mod: it pins the module of the SR-IOV network operator, whose custom resource definitions and webhook tests
// put before a real API server. It has no code of its own.
package operator

import _ "github.com/k8snetworkplumbingwg/sriov-network-operator/cmd/webhook"
